//! Plain text, UTF-8: headings in capitals, one fact a line, lines of at most 96 characters.

use unicode_segmentation::UnicodeSegmentation;

use crate::sheet::{Entry, Labelled, Run, Sheet};
use crate::wording::capitals;

/// Where lines are broken, in characters as people count them.
const WIDTH: usize = 96;

/// Writes a sheet as text.
pub(crate) fn plain(sheet: &Sheet) -> String {
    let mut out = String::new();
    put(&mut out, "", "", &sheet.name);
    if let Some(label) = &sheet.label {
        put(&mut out, "", "", label);
    }
    for run in &sheet.contact {
        put(&mut out, "", "", &shown(run));
    }
    for section in &sheet.sections {
        out.push('\n');
        put(&mut out, "", "", &capitals(&section.heading, &sheet.language));
        for paragraph in &section.paragraphs {
            put(&mut out, "", "", paragraph);
        }
        for (i, entry) in section.entries.iter().enumerate() {
            if i > 0 {
                out.push('\n');
            }
            put_entry(&mut out, entry);
        }
        for line in &section.lines {
            put_labelled(&mut out, line);
        }
    }
    out
}

fn put_entry(out: &mut String, entry: &Entry) {
    let title = entry.title.iter().chain(&entry.aside).map(shown);
    put(out, "", "", &title.chain(entry.dates.clone()).collect::<Vec<_>>().join(" | "));
    put(out, "", "", &entry.subtitle.iter().map(shown).collect::<Vec<_>>().join(" | "));
    for paragraph in &entry.paragraphs {
        put(out, "", "", paragraph);
    }
    for bullet in &entry.bullets {
        put(out, "- ", "  ", bullet);
    }
    for remark in &entry.remarks {
        put_labelled(out, remark);
    }
}

fn put_labelled(out: &mut String, line: &Labelled) {
    match &line.label {
        Some(label) => put(out, "", "  ", &format!("{label}: {}", line.text)),
        None => put(out, "", "", &line.text),
    }
}

/// Text has no links, so an address that is not itself the words stands after them.
fn shown(run: &Run) -> String {
    match &run.link {
        Some(link) if link.starts_with("mailto:") => run.text.clone(),
        Some(link) if link.contains(&run.text) => link.clone(),
        Some(link) => format!("{} | {link}", run.text),
        None => run.text.clone(),
    }
}

/// Puts a paragraph, broken between words; what has no space in it is never broken.
fn put(out: &mut String, first: &str, rest: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    out.push_str(first);
    let mut column = first.len();
    for (i, word) in text.split(' ').enumerate() {
        let width = word.graphemes(true).count();
        if i > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(rest);
            column = rest.len();
        } else if i > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Section;

    #[test]
    fn a_sheet_reads_as_a_person_would_type_it() {
        let resume = serde_json::from_str(
            r#"{"basics":{"name":"Ada Kovač","label":"Engineer","email":"ada@b.example","url":"https://ada.example/"},
                "work":[{"name":"Acme","position":"Lead","url":"https://acme.example","startDate":"2020-02","highlights":["Built it"]}],
                "skills":[{"name":"Cloud","keywords":["AWS","SQL"]}]}"#,
        )
        .unwrap();
        assert_eq!(
            plain(&Sheet::of(&resume, &Section::ALL)),
            "Ada Kovač\nEngineer\nada@b.example\nhttps://ada.example/\n\nEXPERIENCE\nLead | Feb 2020 – Present\nAcme | https://acme.example\n- Built it\n\nSKILLS\nCloud: AWS, SQL\n"
        );
    }

    #[test]
    fn lines_break_between_words_and_hang_under_their_bullet() {
        let mut out = String::new();
        put(&mut out, "- ", "  ", &["word"; 40].join(" "));
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(out.lines().skip(1).all(|line| line.starts_with("  word")));
        let long = "x".repeat(200);
        let mut out = String::new();
        put(&mut out, "", "", &long);
        assert_eq!(out, format!("{long}\n"));
    }
}
