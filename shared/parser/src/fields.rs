//! Forms: entries whose parts say what they are (`Employer: Acme Ltd`), and tables whose first row does.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::entries::Fragment;
use crate::lines::Line;
use crate::text::folded_words;

const FIELDS: &str = include_str!("../data/fields.txt");

/// What a label says of the text behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    What,
    Who,
    School,
    Degree,
    Area,
    Period,
    Place,
    Text,
    Grade,
    /// Something that a résumé has no place for.
    Other,
}

static LABELS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let mut labels = HashMap::new();
    let mut field = Field::Other;
    for line in FIELDS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "[what]" => field = Field::What,
            "[who]" => field = Field::Who,
            "[school]" => field = Field::School,
            "[degree]" => field = Field::Degree,
            "[area]" => field = Field::Area,
            "[period]" => field = Field::Period,
            "[place]" => field = Field::Place,
            "[text]" => field = Field::Text,
            "[grade]" => field = Field::Grade,
            "[other]" => field = Field::Other,
            label => {
                labels.entry(key(label)).or_insert(field);
            }
        }
    }
    labels
});

fn key(label: &str) -> String {
    folded_words(label).into_iter().filter(|word| word.chars().any(char::is_alphanumeric)).collect::<Vec<_>>().join(" ")
}

/// The field that a label names, if the whole text is a label.
pub(crate) fn field(text: &str) -> Option<Field> {
    let text = text.trim().trim_end_matches(':').trim();
    if text.is_empty() || text.chars().count() > 80 {
        return None;
    }
    if text == "%" {
        return Some(Field::Grade);
    }
    LABELS.get(&key(text)).copied()
}

/// The label at the start of a line, with the byte where what it labels begins: behind a colon or a gap.
pub(crate) fn labelled(line: &Line) -> Option<(Field, usize)> {
    let text = line.text();
    let cut = text.find([':', '\t'])?;
    let rest = text[cut + 1..].trim_start_matches([':', '\t', ' ']);
    if rest.is_empty() || rest.starts_with("//") {
        return None;
    }
    // A word before a gap may be anything; two words of a form, or a colon, are a label.
    let label = &text[..cut];
    Some((field(label)?, text.len() - rest.len()))
}

/// The columns of a table by its first row: each cell is the name of a field.
pub(crate) fn columns(line: &Line) -> Option<Vec<(f32, f32, Field)>> {
    let cells = line.cells();
    if cells.len() < 2 || cells.len() > 9 {
        return None;
    }
    let mut columns = Vec::new();
    for cell in &cells {
        let field = field(cell.text())?;
        let first = cell.words().next()?;
        let run = line.runs.iter().find(|run| run.piece.words().any(|word| word == first))?;
        columns.push((run.x, run.right, field));
    }
    // A row of places or of years names itself by chance; a table says at least two things.
    let named = columns.iter().filter(|(.., field)| *field != Field::Other).count();
    (named >= 2).then_some(columns)
}

/// Whether a section's lines are a form: several lines begin with the name of a field.
pub(crate) fn is_form(lines: &[Line]) -> bool {
    let mut kinds: Vec<Field> = Vec::new();
    for line in lines {
        if let Some((field, _)) = labelled(line)
            && !kinds.contains(&field)
        {
            kinds.push(field);
        }
    }
    kinds.iter().filter(|field| !matches!(field, Field::Other | Field::Text | Field::Grade)).count() >= 2
}

/// Takes the labels off the fragments of a line: each says what the fragments behind it are.
pub(crate) fn take_labels(fragments: &mut Vec<Fragment>, form: bool) {
    let mut current: Option<Field> = None;
    let mut out: Vec<Fragment> = Vec::with_capacity(fragments.len());
    let count = fragments.len();
    for (i, mut fragment) in fragments.drain(..).enumerate() {
        let text = fragment.text().to_owned();
        // A label before its value in one stretch.
        if let Some(colon) = text.find(':')
            && let Some(named) = field(&text[..colon])
        {
            current = Some(named);
            fragment.piece = fragment.piece.slice(colon + 1..text.len()).trimmed();
            if fragment.piece.is_empty() {
                continue;
            }
        } else if (form || text.trim_end().ends_with(':'))
            && (i + 1 < count || form && i == 0)
            && let Some(named) = field(&text)
        {
            current = Some(named);
            continue;
        }
        fragment.field = current.or(fragment.field);
        out.push(fragment);
    }
    *fragments = out;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Pages;
    use crate::testing;

    #[test]
    fn labels_are_known_in_many_tongues_whatever_their_punctuation() {
        assert_eq!(field("Nome e indirizzo del datore di lavoro"), Some(Field::Who));
        assert_eq!(field("Date (da – a)"), Some(Field::Period));
        assert_eq!(field("stanowisko:"), Some(Field::What));
        assert_eq!(field("CGPA / %"), Some(Field::Grade));
        assert_eq!(field("Acme Ltd"), None);
    }

    #[test]
    fn the_first_row_of_a_table_names_its_columns() {
        let document = testing::document(&["**Degree**\t**Institution**\t**Year**", "BSc\tUniversity\t2013"]);
        let pages = Pages::of(&document);
        let fields: Vec<Field> = columns(&pages.lines[0]).unwrap().into_iter().map(|(.., field)| field).collect();
        assert_eq!(fields, [Field::Degree, Field::School, Field::Period]);
        assert!(columns(&pages.lines[1]).is_none());
    }
}
