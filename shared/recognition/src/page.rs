use std::collections::HashMap;

use aws_sdk_textract::types::{Block, BlockType, Geometry, RelationshipType};
use vitae_document::{Rect, Source, Word};

use crate::size;

/// The words of one page, not yet in reading order, and the page's size once it stands upright.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecognisedPage {
    /// Width in points. A page that was scanned sideways has its sides exchanged.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// The words, line by line as Textract joined them.
    pub words: Vec<Word>,
}

/// A point in page points from the top left corner.
type Point = (f32, f32);

/// Textract's blocks as words on a page of `width` by `height` points.
///
/// A page that lies askew or sideways is turned so that its lines run level, by the directions of its lines: columns and
/// reading order are only to be seen on a level page.
pub fn words(blocks: &[Block], width: f32, height: f32) -> RecognisedPage {
    let by_id: HashMap<&str, &Block> = blocks.iter().filter_map(|block| block.id().map(|id| (id, block))).collect();
    let lines: Vec<(Vec<&Block>, f32)> = blocks
        .iter()
        .filter(|block| block.block_type() == Some(&BlockType::Line))
        .map(|line| {
            let words = children(line).filter_map(|id| by_id.get(id).copied());
            let words = words.filter(|block| block.block_type() == Some(&BlockType::Word)).collect();
            (words, line.geometry().map_or(0.0, |geometry| direction(&corners(geometry, width, height))))
        })
        .collect();

    let turn = Turn::new(page_direction(&lines), width, height);
    let mut page = RecognisedPage { width: turn.width, height: turn.height, words: Vec::new() };
    for (line, _) in &lines {
        page.words.extend(words_of_line(line, &turn, width, height));
    }
    page
}

fn words_of_line(line: &[&Block], turn: &Turn, width: f32, height: f32) -> Vec<Word> {
    let mut words: Vec<Word> = line
        .iter()
        .filter_map(|block| {
            let text: String = block.text()?.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            let bbox = turn.bounds(&corners(block.geometry()?, width, height));
            let confidence = (block.confidence().unwrap_or(0.0) / 100.0).clamp(0.0, 1.0);
            (!text.is_empty()).then(|| Word {
                size: size::of_word(&text, bbox.height).unwrap_or(0.0),
                text,
                bbox,
                // What a recogniser saw a reader sees.
                contrast: 21.0,
                source: Source::Recognised { confidence },
                ..Word::default()
            })
        })
        .collect();
    even_out(&mut words);
    onto_base_line(&mut words);
    words
}

/// A line is set in one size nearly always, while the box of each word errs by a pixel or two: words near the line's
/// usual size get it, and so does punctuation; a word that is far from it keeps its own. Sizes are in half points.
fn even_out(words: &mut [Word]) {
    let mut sizes: Vec<f32> = Vec::new();
    for word in words.iter().filter(|word| word.size > 0.0) {
        sizes.extend(std::iter::repeat_n(word.size, word.text.chars().count()));
    }
    sizes.sort_by(f32::total_cmp);
    let Some(&usual) = sizes.get(sizes.len() / 2) else {
        for word in words {
            word.size = half_points(word.bbox.height);
        }
        return;
    };
    for word in words {
        let near = word.size == 0.0 || (word.size / usual - 1.0).abs() < 0.3;
        word.size = half_points(if near { usual } else { word.size });
    }
}

/// Ink boxes of one line differ in height and middle (`some – Typing`), which says nothing about where the line stands:
/// each word gets the box of its type instead, as a word of a text layer has it, from 0.76 of its size above the line's
/// base line to 0.24 below.
fn onto_base_line(words: &mut [Word]) {
    let of = |word: &Word| size::below_base_line(&word.text).map(|part| word.bbox.bottom() - part * word.size);
    let mut base_lines: Vec<f32> = words.iter().filter_map(of).collect();
    base_lines.sort_by(f32::total_cmp);
    let Some(&base_line) = base_lines.get(base_lines.len() / 2) else { return };
    for word in words {
        word.bbox.y = base_line - 0.76 * word.size;
        word.bbox.height = word.size;
    }
}

fn half_points(size: f32) -> f32 {
    (size * 2.0).round() / 2.0
}

fn children(block: &Block) -> impl Iterator<Item = &str> {
    block
        .relationships()
        .iter()
        .filter(|relationship| relationship.r#type() == Some(&RelationshipType::Child))
        .flat_map(|relationship| relationship.ids())
        .map(String::as_str)
}

/// The four corners from the text's own top left, clockwise; those of the upright box where there is no polygon.
fn corners(geometry: &Geometry, width: f32, height: f32) -> [Point; 4] {
    if let [a, b, c, d] = geometry.polygon() {
        return [a, b, c, d].map(|point| (point.x() * width, point.y() * height));
    }
    let Some(bbox) = geometry.bounding_box() else { return [(0.0, 0.0); 4] };
    let (left, top) = (bbox.left() * width, bbox.top() * height);
    let (right, bottom) = (left + bbox.width() * width, top + bbox.height() * height);
    [(left, top), (right, top), (right, bottom), (left, bottom)]
}

/// The angle in radians at which text with these corners runs: 0 to the right, positive downwards.
fn direction(corners: &[Point; 4]) -> f32 {
    let [(ax, ay), (bx, by), ..] = corners;
    (by - ay).atan2(bx - ax)
}

/// The direction in which most of the text runs: the mean over the lines, then the median around it, so that a vertical
/// label on the margin does not turn the page. Longer lines count for more.
fn page_direction(lines: &[(Vec<&Block>, f32)]) -> f32 {
    let weigh =
        |words: &[&Block]| words.iter().filter_map(|word| word.text()).map(|text| text.len() as f32).sum::<f32>();
    let (x, y) = lines.iter().fold((0.0, 0.0), |(x, y), (words, angle)| {
        let weight = weigh(words);
        (x + weight * angle.cos(), y + weight * angle.sin())
    });
    let mean = f32::atan2(y, x);
    let mut around: Vec<(f32, f32)> =
        lines.iter().map(|(words, angle)| ((angle - mean).sin().atan2((angle - mean).cos()), weigh(words))).collect();
    around.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = around.iter().map(|(_, weight)| weight).sum::<f32>() / 2.0;
    let mut seen = 0.0;
    let median = around.iter().find(|(_, weight)| {
        seen += weight;
        seen >= half
    });
    mean + median.map_or(0.0, |(angle, _)| *angle)
}

/// Turns the page about its middle until its lines are level.
struct Turn {
    cos: f32,
    sin: f32,
    from: Point,
    /// The size of the upright page.
    width: f32,
    height: f32,
}

impl Turn {
    fn new(angle: f32, width: f32, height: f32) -> Self {
        // Below a tenth of a degree the boxes' own error is larger than what a turn would mend.
        let angle = if angle.abs() < 0.0018 { 0.0 } else { angle };
        let sideways = angle.sin().abs() > angle.cos().abs();
        let (to_width, to_height) = if sideways { (height, width) } else { (width, height) };
        Self {
            cos: angle.cos(),
            sin: angle.sin(),
            from: (width / 2.0, height / 2.0),
            width: to_width,
            height: to_height,
        }
    }

    fn point(&self, (x, y): Point) -> Point {
        let (x, y) = (x - self.from.0, y - self.from.1);
        (x * self.cos + y * self.sin + self.width / 2.0, y * self.cos - x * self.sin + self.height / 2.0)
    }

    /// The level box of a word with these corners: as tall as the word is across its own direction, which a box around
    /// the corners would overstate for a long word whose angle is a little off the page's.
    fn bounds(&self, corners: &[Point; 4]) -> Rect {
        let [a, b, c, d] = corners.map(|corner| self.point(corner));
        let left = a.0.min(b.0).min(c.0).min(d.0);
        let right = a.0.max(b.0).max(c.0).max(d.0);
        let middle = (a.1 + b.1 + c.1 + d.1) / 4.0;
        let height = (distance(a, d) + distance(b, c)) / 2.0;
        Rect { x: left, y: middle - height / 2.0, width: right - left, height }
    }
}

fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use aws_sdk_textract::types::{Point as Corner, Relationship};

    use super::*;

    /// A line of one word per text, 10 points apart, 7 points tall, that begins at `start` and runs at `degrees`, on a
    /// page of 600 by 800 points.
    fn line(id: &str, start: Point, degrees: f32, texts: &[&str]) -> Vec<Block> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let at = |x: f32, y: f32| {
            let (px, py) = (start.0 + x * cos - y * sin, start.1 + x * sin + y * cos);
            Corner::builder().x(px / 600.0).y(py / 800.0).build()
        };
        let shape = |left: f32, right: f32| {
            Geometry::builder()
                .polygon(at(left, 0.0))
                .polygon(at(right, 0.0))
                .polygon(at(right, 7.0))
                .polygon(at(left, 7.0))
                .build()
        };
        let (mut x, mut words, mut ids) = (0.0, Vec::new(), Vec::new());
        for (i, text) in texts.iter().enumerate() {
            let right = x + 5.0 * text.chars().count() as f32;
            let word = Block::builder()
                .id(format!("{id}-{i}"))
                .block_type(BlockType::Word)
                .text(*text)
                .confidence(87.5)
                .geometry(shape(x, right))
                .build();
            ids.push(format!("{id}-{i}"));
            words.push(word);
            x = right + 10.0;
        }
        let whole = Block::builder()
            .id(id)
            .block_type(BlockType::Line)
            .geometry(shape(0.0, x - 10.0))
            .relationships(Relationship::builder().r#type(RelationshipType::Child).set_ids(Some(ids)).build())
            .build();
        [vec![whole], words].concat()
    }

    fn close(a: f32, b: f32) -> bool {
        (a - b).abs() < 0.6
    }

    #[test]
    fn boxes_become_points_and_percents_become_parts() {
        let page = words(&line("a", (100.0, 200.0), 0.0, &["Build", "hall"]), 600.0, 800.0);
        let [first, second] = &page.words[..] else { panic!("two words") };
        assert_eq!(first.text, "Build");
        assert!(close(first.bbox.x, 100.0) && close(first.bbox.width, 25.0));
        assert!(close(first.bbox.bottom(), 207.0 + 2.4), "ten points of type hang 2.4 below the base line");
        assert!(close(second.bbox.x, 135.0));
        assert_eq!(first.source, Source::Recognised { confidence: 0.875 });
        assert_eq!(first.size, 10.0, "seven points of ink from base line to ascender are ten points of type");
    }

    #[test]
    fn a_page_that_lies_askew_is_levelled() {
        let blocks = [
            line("a", (50.0, 100.0), 2.0, &["Senior", "Engineer", "at", "Harbourline", "since", "2021"]),
            line("b", (49.0, 130.0), 2.0, &["Education", "and", "training"]),
        ]
        .concat();
        let page = words(&blocks, 600.0, 800.0);
        let tops: Vec<f32> = page.words[..6].iter().map(|word| word.bbox.y).collect();
        assert!(tops.iter().all(|&top| close(top, tops[0])), "{tops:?}");
        assert!(close(page.words[6].bbox.x, page.words[0].bbox.x), "both lines begin at the same edge");
    }

    #[test]
    fn a_line_a_little_off_the_pages_direction_is_not_taken_for_larger_type() {
        let blocks = [
            line("a", (50.0, 100.0), 0.0, &["Senior", "Engineer", "at", "Harbourline", "since", "2021"]),
            line("b", (50.0, 60.0), 1.5, &["Internationalisierungsbeauftragte"]),
        ]
        .concat();
        let page = words(&blocks, 600.0, 800.0);
        // Seven points of ink from ascender to descender are nearly eight points of type.
        assert_eq!(page.words[6].size, 8.0);
    }

    #[test]
    fn a_page_scanned_sideways_is_set_upright() {
        let blocks = [
            line("a", (560.0, 60.0), 90.0, &["First", "line", "of", "the", "page"]),
            line("b", (520.0, 60.0), 90.0, &["Second", "line", "of", "the", "page"]),
        ]
        .concat();
        let page = words(&blocks, 600.0, 800.0);
        assert_eq!((page.width, page.height), (800.0, 600.0));
        let (first, second) = (&page.words[0], &page.words[5]);
        assert!(close(first.bbox.x, 60.0) && close(first.bbox.bottom(), 49.4), "{:?}", first.bbox);
        assert!(close(second.bbox.x, 60.0) && close(second.bbox.bottom(), 89.4), "{:?}", second.bbox);
    }

    #[test]
    fn a_vertical_label_on_the_margin_does_not_turn_the_page() {
        let blocks = [
            line("a", (100.0, 100.0), 0.0, &["A", "long", "line", "of", "ordinary", "text"]),
            line("b", (20.0, 700.0), -90.0, &["Curriculum", "vitae"]),
            line("c", (100.0, 130.0), 0.0, &["Another", "line", "of", "ordinary", "text"]),
        ]
        .concat();
        let page = words(&blocks, 600.0, 800.0);
        assert!(close(page.words[0].bbox.x, 100.0) && close(page.words[0].bbox.bottom(), 109.4));
    }

    #[test]
    fn punctuation_takes_the_size_of_its_line() {
        let page = words(&line("a", (100.0, 200.0), 0.0, &["•", "Build", "fields"]), 600.0, 800.0);
        assert!(page.words.iter().all(|word| word.size == 10.0), "{:?}", page.words);
    }

    #[test]
    fn words_of_a_line_stand_on_one_base_line_whatever_their_letters() {
        let page = words(&line("a", (100.0, 200.0), 0.0, &["Build", "–", "2021"]), 600.0, 800.0);
        let levels: Vec<(f32, f32)> = page.words.iter().map(|word| (word.bbox.y, word.bbox.height)).collect();
        assert!(levels.iter().all(|level| *level == levels[0]), "{levels:?}");
    }

    #[test]
    fn a_page_without_text_has_no_words() {
        assert_eq!(words(&[], 600.0, 800.0), RecognisedPage { width: 600.0, height: 800.0, words: Vec::new() });
    }
}
