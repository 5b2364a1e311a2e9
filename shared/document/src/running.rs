//! Headers and footers that repeat on every page.

use crate::{Document, Line, Page};

/// Share of the page's height at its top and bottom where running titles and page numbers stand.
const MARGIN: f32 = 0.09;

/// Drops page numbers, and what repeats at the edge of the second and later pages. The first page keeps its own: a
/// name that runs on top of every page is still the name.
pub(crate) fn drop_repeated(document: &mut Document) {
    let several = document.pages.len() > 1;
    let edges: Vec<Vec<String>> = document.pages.iter().map(edge_lines).collect();
    let repeated = |index: usize, key: &str| {
        edges.iter().enumerate().any(|(other, keys)| other < index && keys.iter().any(|k| k == key))
    };
    for index in 0..document.pages.len() {
        let page = &mut document.pages[index];
        let height = page.height;
        for block in &mut page.blocks {
            block.lines.retain(|line| {
                if !at_edge(line, height) {
                    return true;
                }
                let key = key(line);
                !((is_page_number(&key) && several) || is_footer(&key) || (index > 0 && repeated(index, &key)))
            });
        }
        page.blocks.retain(|block| !block.lines.is_empty());
    }
}

fn edge_lines(page: &Page) -> Vec<String> {
    let lines = page.blocks.iter().flat_map(|block| &block.lines);
    lines.filter(|line| at_edge(line, page.height)).map(key).collect()
}

fn at_edge(line: &Line, height: f32) -> bool {
    height > 0.0 && (line.bbox.bottom() < height * MARGIN || line.bbox.y > height * (1.0 - MARGIN))
}

/// The line's text with each number as `#`, so that page 1 and page 2 are alike.
fn key(line: &Line) -> String {
    let mut key = String::new();
    for character in line.text().to_lowercase().chars() {
        if !character.is_numeric() {
            key.push(character);
        } else if !key.ends_with('#') {
            key.push('#');
        }
    }
    key
}

/// "Ada Byron – page 1 of 1": a page's number among how many behind a short text.
fn is_footer(key: &str) -> bool {
    let words: Vec<&str> = key.split_whitespace().collect();
    words.len() <= 12
        && words.len() >= 4
        && words.windows(4).any(|run| {
            matches!(run[0], "page" | "seite" | "página" | "pagina" | "strona" | "sida" | "sayfa" | "pág" | "p.")
                && run[1] == "#"
                && matches!(run[2], "of" | "von" | "sur" | "de" | "di" | "van" | "z" | "av" | "/")
                && run[3].starts_with('#')
        })
}

/// "3", "Page 3", "3 / 4", "Seite 3 von 4".
fn is_page_number(key: &str) -> bool {
    let words: Vec<&str> =
        key.split(|c: char| c.is_whitespace() || "/|-–—.".contains(c)).filter(|w| !w.is_empty()).collect();
    !words.is_empty()
        && words.len() <= 4
        && words.iter().filter(|word| **word == "#").count() >= 1
        && words.iter().all(|word| {
            matches!(
                *word,
                "#" | "page"
                    | "of"
                    | "seite"
                    | "von"
                    | "sur"
                    | "página"
                    | "pagina"
                    | "de"
                    | "di"
                    | "van"
                    | "strona"
                    | "z"
                    | "sida"
                    | "av"
                    | "sayfa"
                    | "pág"
                    | "p"
            )
        })
}
