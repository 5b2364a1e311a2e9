//! Positioned words of one page to blocks of lines in reading order.
//!
//! 0. Rows of ruled tables are put together first, cell by cell; each is one line from then on.
//! 1. Words that stand side by side with no more than a wide space between become *segments*; a segment is never cut.
//! 2. A *gutter* is a vertical stripe that no segment crosses over some height, with text on both sides. What stands
//!    left and right of it is a pair of columns, read one after the other, unless the two sides are rows of a table,
//!    or one side is a *rail*: dates, places or labels that each belong to the line beside them.
//! 3. Above, below, left and right of a gutter the same is done again; where no gutter is left, segments on one
//!    baseline make a line, lines with a common distance make a block.
//!
//! A page from right to left is mirrored first, and its boxes are turned back at the end.
//!
//! Where words come from does not matter: a text layer and a recogniser go the same way.

mod columns;
mod direction;
mod line;
mod segment;
mod table;

pub(crate) use columns::is_date;
pub(crate) use direction::{Class, is_right_to_left, left_to_right};
pub(crate) use line::join_soft_hyphens;
pub(crate) use segment::is_bullet;

use crate::{Block, Line, Rect, Word};
use columns::Group;
use direction::Mirror;
use segment::Segment;

/// Makes blocks of lines in reading order from the words of one page.
///
/// Boxes are in points (or any one unit) from the top left corner; `page_width` and `page_height` are in the same
/// unit. `glued` is kept, `after_gap` is set here, and leading bullet signs become [`Line::bullet`].
pub fn blocks(words: Vec<Word>, page_width: f32, page_height: f32) -> Vec<Block> {
    blocks_with(words, &Drawn::default(), page_width, page_height)
}

/// What is drawn on a page beside its words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Drawn<'d> {
    /// Bullets that are drawn and not written.
    pub(crate) markers: &'d [Rect],
    /// Straight lines along the page's edges.
    pub(crate) rules: &'d [Rect],
}

/// The same, with what is drawn on the page.
pub(crate) fn blocks_with(words: Vec<Word>, drawn: &Drawn<'_>, page_width: f32, _page_height: f32) -> Vec<Block> {
    let mut words: Vec<Word> = words
        .into_iter()
        .filter(|word| !word.text.is_empty())
        .filter(|word| [word.bbox.x, word.bbox.y, word.bbox.width, word.bbox.height].iter().all(|v| v.is_finite()))
        .collect();
    let mirror = Mirror::of(&mut words, page_width);
    let on_page = |drawn: &[Rect]| -> Vec<Rect> {
        drawn.iter().map(|rect| mirror.as_ref().map_or(*rect, |mirror| mirror.mirrored(*rect))).collect()
    };
    let (rows, words) = table::rows(words, &on_page(drawn.rules), page_width);
    let mut segments = segment::part_dates(segment::segments(words, page_width));
    mark_bullets(&mut segments, &on_page(drawn.markers));
    segments.extend(rows);
    let groups = columns::arrange(segments, 0);
    let mut blocks: Vec<Block> = Vec::new();
    for group in groups {
        blocks.extend(group_blocks(group, mirror.is_some()));
    }
    join_soft_hyphens(&mut blocks);
    if let Some(mirror) = mirror {
        mirror.back(&mut blocks);
    }
    blocks
}

/// A bullet drawn a little left of a segment, at the height of its small letters, belongs to it.
fn mark_bullets(segments: &mut [Segment], markers: &[Rect]) {
    for marker in markers {
        let (right, middle) = (marker.right(), marker.y + marker.height / 2.0);
        let beside = |segment: &Segment| {
            let size = segment.size;
            let above = segment.level - middle;
            let gap = segment.bbox.x - right;
            marker.height < 0.65 * size && above > 0.05 * size && above < 0.6 * size && gap > 0.0 && gap < 2.2 * size
        };
        let nearest = segments.iter_mut().filter(|s| beside(s)).min_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
        if let Some(segment) = nearest {
            segment.bullet = true;
        }
    }
}

/// Lines of a group as blocks: cut where the white space between lines grows, or the size of the type changes.
fn group_blocks(group: Group, mirrored: bool) -> Vec<Block> {
    let lines: Vec<Line> = group.lines.into_iter().filter_map(|line| line::finish(line, mirrored)).collect();
    let white = |above: &Line, below: &Line| below.bbox.y - above.bbox.bottom();
    let mut gaps: Vec<f32> = lines.windows(2).map(|pair| white(&pair[0], &pair[1])).collect();
    gaps.sort_by(f32::total_cmp);
    // The lower half of the gaps are those within paragraphs.
    let usual = gaps.get(gaps.len() / 4).copied().unwrap_or(0.0).max(0.0);
    let mut blocks: Vec<Block> = Vec::new();
    for line in lines {
        let joins = blocks.last().and_then(|block| block.lines.last()).is_some_and(|above| {
            let (a, b) = (line_size(above), line_size(&line));
            let gap = white(above, &line);
            gap < usual + 0.55 * a.min(b) && gap > -1.5 * a.max(b) && (a - b).abs() < 0.15 * a.max(b)
        });
        match blocks.last_mut() {
            Some(block) if joins => block.lines.push(line),
            _ => blocks.push(Block { lines: vec![line], column: group.column }),
        }
    }
    blocks
}

/// The size of most of a line's letters.
fn line_size(line: &Line) -> f32 {
    let mut sizes: Vec<(f32, usize)> = Vec::new();
    for word in &line.words {
        let letters = word.text.chars().count();
        match sizes.iter_mut().find(|(size, _)| (*size - word.size).abs() < 0.3) {
            Some((_, count)) => *count += letters,
            None => sizes.push((word.size, letters)),
        }
    }
    sizes.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(size, _)| size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    fn recognised(text: &str, x: f32, y: f32, slope: f32) -> Word {
        let width = 5.0 * text.chars().count() as f32;
        // Recognisers box the ink: a word without tall letters is lower.
        let height =
            if text.chars().any(|c| "bdfhkltABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".contains(c)) { 9.0 } else { 7.0 };
        let bbox = Rect { x, y: y + slope * x + (9.0 - height), width, height };
        Word { text: text.to_owned(), bbox, source: Source::Recognised { confidence: 0.9 }, ..Word::default() }
    }

    fn line(text: &str, x: f32, y: f32, slope: f32) -> Vec<Word> {
        let mut x = x;
        text.split(' ')
            .map(|part| {
                let word = recognised(part, x, y, slope);
                x = word.bbox.right() + 3.0;
                word
            })
            .collect()
    }

    fn texts(blocks: &[Block]) -> Vec<String> {
        blocks.iter().flat_map(|block| &block.lines).map(Line::text).collect()
    }

    #[test]
    fn recognised_words_of_a_page_that_lies_askew_make_straight_lines() {
        // Two degrees: over the page's width more than a line's height.
        let mut words = Vec::new();
        for row in 0..10 {
            let y = 100.0 + 13.0 * row as f32;
            words.extend(line(
                &format!("row {row} of a page that was photographed by hand and lies askew on it"),
                50.0,
                y,
                0.035,
            ));
        }
        words.reverse();
        let texts = texts(&blocks(words, 595.0, 842.0));
        assert_eq!(texts.len(), 10);
        assert!(
            texts.iter().enumerate().all(|(row, text)| text.starts_with(&format!("row {row} of a page"))),
            "{texts:?}"
        );
        assert!(texts.iter().all(|text| text.ends_with("askew on it")));
    }

    #[test]
    fn recognised_columns_are_columns() {
        let mut words = Vec::new();
        for row in 0..8 {
            words.extend(line("left side", 40.0, 100.0 + 14.0 * row as f32, 0.0));
            words.extend(line("a longer text on the right of it", 220.0, 105.0 + 14.0 * row as f32, 0.0));
        }
        let blocks = blocks(words, 595.0, 842.0);
        let texts = texts(&blocks);
        assert!(texts[..8].iter().all(|text| text == "left side"), "{texts:?}");
        assert_eq!(blocks.iter().map(|block| block.column).collect::<std::collections::BTreeSet<_>>().len(), 2);
    }

    #[test]
    fn a_date_close_before_a_text_is_parted_from_it_where_other_lines_begin() {
        let mut words = Vec::new();
        for row in 0..4 {
            let y = 100.0 + 42.0 * row as f32;
            // "2018 – 2020" is 61 wide with its spaces: three points before the edge of the text.
            words.extend(line("2018 – 2020", 50.0, y, 0.0));
            words.extend(line("Engineer at a company", 114.5, y, 0.0));
            words.extend(line("Did this and that for it", 114.0, y + 14.0, 0.0));
        }
        let texts = texts(&blocks(words, 595.0, 842.0));
        assert_eq!(texts[..2], ["2018 – 2020\tEngineer at a company", "Did this and that for it"]);
    }

    /// A word of ten points whose letters are six wide.
    fn word(text: &str, x: f32, y: f32) -> Word {
        Word {
            text: text.to_owned(),
            bbox: Rect { x, y, width: 6.0 * text.chars().count() as f32, height: 10.0 },
            size: 10.0,
            ..Word::default()
        }
    }

    fn row(words: &mut Vec<Word>, y: f32, cells: &[(f32, &str)]) {
        for (x, text) in cells {
            let mut x = *x;
            for part in text.split(' ') {
                words.push(word(part, x, y));
                x += 6.0 * part.chars().count() as f32 + 3.0;
            }
        }
    }

    #[test]
    fn labels_stay_beside_what_they_label_though_their_cells_are_of_unlike_height() {
        let mut words = Vec::new();
        row(&mut words, 100.0, &[(50.0, "seit 2017"), (180.0, "Leitung")]);
        row(&mut words, 112.0, &[(180.0, "Haus am See")]);
        row(&mut words, 124.0, &[(180.0, "Acht Leute geleitet")]);
        row(&mut words, 140.0, &[(50.0, "EDV"), (180.0, "Tabellen")]);
        row(&mut words, 156.0, &[(50.0, "Sprachen"), (180.0, "Deutsch und Englisch und noch")]);
        row(&mut words, 168.0, &[(180.0, "mehr")]);
        row(&mut words, 184.0, &[(50.0, "Hobbys"), (180.0, "Lesen")]);
        row(&mut words, 200.0, &[(50.0, "Ort"), (180.0, "Kiel")]);
        let texts = texts(&blocks(words, 595.0, 842.0));
        assert_eq!(texts[0], "seit 2017\tLeitung");
        assert_eq!(texts[3], "EDV\tTabellen");
        assert_eq!(texts[texts.len() - 1], "Ort\tKiel");
    }

    #[test]
    fn headings_at_the_right_margin_stay_over_their_text() {
        let mut words = Vec::new();
        for (section, heading) in ["EXPERIENCE", "EDUCATION", "LANGUAGES", "OTHER"].into_iter().enumerate() {
            let y = 100.0 + 60.0 * section as f32;
            row(&mut words, y, &[(450.0, heading)]);
            row(&mut words, y + 18.0, &[(50.0, "A line at the left")]);
            row(&mut words, y + 30.0, &[(50.0, "Another line at the left")]);
        }
        let texts = texts(&blocks(words, 595.0, 842.0));
        assert_eq!(texts[..4], ["EXPERIENCE", "A line at the left", "Another line at the left", "EDUCATION"]);
    }

    #[test]
    fn spans_of_years_close_under_one_another_are_not_one_date() {
        let mut words = Vec::new();
        for (i, (years, text)) in
            [("2019–present", "Senior Lecturer"), ("2014–2019", "Lecturer"), ("2011–2014", "Research Associate")]
                .into_iter()
                .enumerate()
        {
            row(&mut words, 100.0 + 12.0 * i as f32, &[(50.0, years), (160.0, text)]);
            row(&mut words, 200.0 + 12.0 * i as f32, &[(160.0, "of something else altogether")]);
        }
        let texts = texts(&blocks(words, 595.0, 842.0));
        assert_eq!(texts[1], "2014–2019\tLecturer");
    }

    #[test]
    fn rows_of_labels_and_values_are_rows_whatever_is_longest() {
        let mut words = Vec::new();
        row(&mut words, 100.0, &[(50.0, "Programming Languages"), (290.0, ": C, Embedded C, Python")]);
        row(&mut words, 112.0, &[(50.0, "Tools"), (290.0, ": Keil, MATLAB, Proteus")]);
        row(&mut words, 124.0, &[(50.0, "Operating Systems"), (290.0, ": Windows, Linux")]);
        let texts = texts(&blocks(words, 595.0, 842.0));
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert_eq!(texts[1], "Tools\t: Keil, MATLAB, Proteus");
    }

    #[test]
    fn spaces_stretched_in_a_narrow_column_are_no_gaps() {
        let words = vec![
            word("Led", 50.0, 100.0),
            word("and", 84.0, 100.0),
            word("trained", 118.0, 100.0),
            word("teams", 50.0, 112.0),
            word("of", 96.0, 112.0),
            word("eight", 124.0, 112.0),
        ];
        assert_eq!(texts(&blocks(words, 595.0, 842.0)), ["Led and trained", "teams of eight"]);
    }

    #[test]
    fn a_soft_hyphen_at_the_end_of_a_line_joins_the_word() {
        let words = vec![
            word("inter\u{AD}", 50.0, 100.0),
            word("2019", 400.0, 100.0),
            word("national", 50.0, 112.0),
            word("trade", 102.0, 112.0),
        ];
        assert_eq!(texts(&blocks(words, 595.0, 842.0)), ["international trade\t2019"]);
    }

    #[test]
    fn words_without_a_place_are_left_out_and_nothing_makes_nothing() {
        assert!(blocks(Vec::new(), 595.0, 842.0).is_empty());
        let lost = Word { text: "lost".to_owned(), bbox: Rect { x: f32::NAN, ..Rect::default() }, ..Word::default() };
        assert!(blocks(vec![lost], 595.0, 842.0).is_empty());
    }
}
