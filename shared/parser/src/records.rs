//! Entries that are a title with who stands behind it and when: certificates, awards, publications, projects, and
//! the degrees of an education.

use crate::entries::{Entry, Fragment, words_of};
use crate::fields::Field;
use crate::gazetteer::{COURSE_WORDS, DEGREE_WORDS, GRADE_WORDS, ISSUED_BY, PUBLISHER_WORDS, WEAK_TITLE_WORDS};
use crate::piece::Piece;
use crate::roles::{Parts, degree_score, employer_score, is_grade, school_score};
use crate::text::{fold, is_prose};

/// A title, who gave or published it, and the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub title: Piece,
    pub by: Option<Piece>,
    pub sure: f32,
}

/// How a kind of record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A comma before the last part sets who gave it apart.
    Granted,
    /// Titles hold commas of their own.
    Published,
}

/// Tells the title of an entry from who stands behind it.
pub(crate) fn record(entry: &Entry, kind: Kind) -> Option<Record> {
    let mut fragments = entry.fragments.clone();
    let mut by: Option<Piece> = None;
    // "Issued by Somebody", "Awarded by Somebody", also as the label of what follows.
    let mut i = 0;
    while i < fragments.len() {
        match after_issued_by(&fragments[i]) {
            Issued::Names(piece) if i > 0 => {
                by = by.or(Some(piece));
                fragments.remove(i);
            }
            Issued::Label if i > 0 => {
                fragments.remove(i);
                if i < fragments.len() && by.is_none() {
                    by = Some(fragments.remove(i).piece);
                }
            }
            _ => i += 1,
        }
    }
    if kind == Kind::Published
        && let Some(record) = cited(&fragments)
    {
        return Some(record);
    }
    let first = fragments.first()?.clone();
    let same_line: Vec<&Fragment> = fragments.iter().filter(|fragment| fragment.line == first.line).collect();
    let same_look = same_line
        .iter()
        .take_while(|fragment| {
            fragment.bold == first.bold
                && fragment.italic == first.italic
                && !(fragment.after_gap && fragment.index > 0)
        })
        .count();
    // The title takes the fragments of its own look; in one look throughout, all but the last.
    let title_count = if same_look < same_line.len()
        || by.is_some()
        || fragments.len() > same_line.len() && same_look <= 2 && first.bold
    {
        same_look
    } else if same_look > 1 {
        same_look - 1
    } else {
        1
    };
    let mut title = first.piece.clone();
    for fragment in &fragments[1..title_count.max(1).min(fragments.len())] {
        let between = match fragment.separator {
            '-' => " – ",
            '@' => " at ",
            ',' => ", ",
            '|' => " | ",
            _ => " ",
        };
        title.append(between, &fragment.piece);
    }
    let mut sure = if title_count == 1 { 0.85 } else { 0.75 };
    let mut rest = &fragments[title_count.max(1).min(fragments.len())..];
    // A bold title may go on in bold lines before the plain one that says who gave it.
    while let [next, after, ..] = rest
        && first.bold
        && next.bold
        && next.index == 0
        && next.line > first.line
        && !after.bold
        && same_look == same_line.len()
        && kind == Kind::Granted
    {
        title.append_line(&next.piece);
        rest = &rest[1..];
    }
    if by.is_none() {
        by = rest.iter().find(|fragment| !is_prose(fragment.text())).map(|fragment| fragment.piece.clone());
    }
    // Who gave it may stand over what was given.
    if let (Some(giver), Some(other)) = (&by, rest.first())
        && other.piece == *giver
        && other.line != first.line
        && organisation_score(title.text()) > 1.1
        && organisation_score(giver.text()) < 0.6
        && giver.text().split_whitespace().count() > 1
    {
        (title, by) = (giver.clone(), Some(title));
    }
    if by.is_none()
        && let Some(open) = title.text().trim_end().rfind(" (")
        && title.text().ends_with(')')
        && names_giver(&title.text()[open + 2..title.text().len() - 1])
    {
        let (head, tail) = (title.slice(0..open).trimmed(), title.slice(open + 1..title.text().len()).trimmed());
        (title, by) = (head, Some(tail));
    }
    if by.is_none()
        && kind == Kind::Granted
        && let Some((head, tail)) = cut_at_giver(&title)
    {
        (title, by) = (head, Some(tail));
        sure = 0.7;
    }
    if kind == Kind::Published {
        if let Some((cited, journal)) = citation(&title) {
            title = cited;
            by = journal.or(by);
        }
        title = quoted(&title).unwrap_or(title);
        if by.is_none()
            && let Some((head, journal)) = cut_at_journal(&title)
        {
            (title, by) = (head, Some(journal));
        }
    }
    let title = title.trimmed();
    (!title.is_empty()).then(|| Record { title, by: by.map(|piece| piece.trimmed()), sure })
}

/// A citation whose title stands in quotation marks: authors before it, what published it behind it.
fn cited(fragments: &[Fragment]) -> Option<Record> {
    let mut whole = Piece::default();
    for fragment in fragments {
        let between = match fragment.separator {
            '-' => " – ",
            '|' => " | ",
            _ => " ",
        };
        whole.append(if whole.is_empty() { "" } else { between }, &fragment.piece);
    }
    let title = quoted(&whole)?;
    let last = title.words().last()?;
    // What published it follows, in the same stretch or the next.
    let behind = |piece: &Piece| {
        let start = piece.starts().iter().find(|(_, word)| *word > last).map(|(start, _)| *start)?;
        let rest = piece.slice(start..piece.text().len()).trimmed();
        let end = rest.text().find([',', ';']).unwrap_or(rest.text().len());
        Some(rest.slice(0..end).trimmed()).filter(|by| by.text().chars().filter(|c| c.is_alphabetic()).count() >= 3)
    };
    let by = fragments.iter().find_map(|fragment| behind(&fragment.piece)).unwrap_or_default();
    let named = by.text().chars().next().is_some_and(char::is_uppercase);
    Some(Record { title, by: named.then_some(by), sure: 0.85 })
}

/// Whether what stands in brackets behind a title is who gave it: a name of several words, not a remark.
fn names_giver(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capitals = words.iter().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
    words.len() >= 2
        && capitals * 2 >= words.len()
        && !text.chars().any(|c| c.is_ascii_digit())
        && (organisation_score(text) > 0.9 || capitals == words.len() || words.len() >= 3)
}

fn organisation_score(text: &str) -> f32 {
    employer_score(text).max(school_score(text))
}

enum Issued {
    /// The words name who gave it.
    Names(Piece),
    /// Only "issued by" stands here; the name is the next fragment.
    Label,
    No,
}

fn after_issued_by(fragment: &Fragment) -> Issued {
    let text = fragment.text();
    let words = words_of(text);
    let length = ISSUED_BY.longest_at(&words);
    if length == 0 {
        return Issued::No;
    }
    if length == words.len() {
        return Issued::Label;
    }
    // Only small words can introduce a name: "By" and "From" may begin one.
    let small = text.chars().next().is_some_and(char::is_lowercase) || length >= 2;
    if !small {
        return Issued::No;
    }
    let mut spaces = text.char_indices().filter(|(_, c)| c.is_whitespace());
    match spaces.nth(length - 1) {
        Some((at, _)) => Issued::Names(fragment.piece.slice(at..text.len()).trimmed()),
        None => Issued::No,
    }
}

/// `First Aid, Red Cross`: the comma before who gave it, the last one unless an earlier one is more telling.
fn cut_at_giver(title: &Piece) -> Option<(Piece, Piece)> {
    let text = title.text();
    let commas: Vec<usize> = text
        .match_indices(", ")
        .map(|(i, _)| i)
        .filter(|i| text[..*i].matches('(').count() == text[..*i].matches(')').count())
        .collect();
    let last = *commas.last()?;
    let after = |comma: &usize| commas.iter().copied().find(|other| other > comma).unwrap_or(text.len());
    let tells = |comma: &usize| organisation_score(text[comma + 1..after(comma)].trim()) > 1.0;
    let cut = if tells(&last) { last } else { commas.iter().copied().find(tells).unwrap_or(last) };
    let tail = text[cut + 1..].trim();
    // "…, Associate" and "…, Level 2" belong to the title.
    let words = words_of(tail);
    let level = words.len() <= 2
        && words.iter().all(|word| {
            WEAK_TITLE_WORDS.has_word(word)
                || matches!(word.as_str(), "associate" | "level" | "foundation" | "advanced")
                || word.chars().all(|c| c.is_ascii_digit())
        });
    if level || tail.starts_with(char::is_lowercase) {
        return None;
    }
    // What says more about it in small letters is no part of who gave it.
    let end = after(&cut);
    let small = text[end..].trim_start_matches([',', ' ']).starts_with(char::is_lowercase);
    let end = if small { end } else { text.len() };
    Some((title.slice(0..cut).trimmed(), title.slice(cut + 1..end).trimmed()))
}

/// `Doe, J., & Roe, R. (2020). Title of the paper. Journal`: the title behind the authors and the year, and what
/// published it.
fn citation(text: &Piece) -> Option<(Piece, Option<Piece>)> {
    let whole = text.text();
    let authors = authors_end(whole)?;
    let tail = text.slice(authors..whole.len()).trimmed();
    let rest = tail.text();
    // A title ends with its sentence; an abbreviation's full stop is followed by a small letter or a number.
    let end = rest.match_indices(['.', '?']).map(|(at, _)| at).find(|at| {
        let after = rest[at + 1..].trim_start();
        rest[..*at].split_whitespace().count() >= 3
            && rest[at + 1..].starts_with(char::is_whitespace)
            && after.starts_with(char::is_uppercase)
    });
    match end {
        Some(end) => {
            let journal = tail.slice(end + 1..rest.len()).trimmed();
            Some((tail.slice(0..end + 1).trimmed(), (!journal.is_empty()).then_some(journal)))
        }
        None => Some((tail, None)),
    }
}

/// `Title of the paper, Journal of Something`: a last part that names what publishes.
fn cut_at_journal(title: &Piece) -> Option<(Piece, Piece)> {
    let text = title.text();
    let (cut, _) = text.match_indices([',', '.']).rfind(|(at, _)| text[at + 1..].starts_with(' '))?;
    let tail = title.slice(cut + 1..text.len()).trimmed();
    let names = words_of(tail.text()).iter().any(|word| PUBLISHER_WORDS.has_word(word));
    let begins = tail.text().chars().next().is_some_and(char::is_uppercase);
    (names && begins && cut > 10).then(|| (title.slice(0..cut).trimmed(), tail))
}

/// Where the authors of a citation end: names with initials, then a year in brackets or a full stop.
fn authors_end(text: &str) -> Option<usize> {
    let initial = |word: &str| {
        let letters = word.trim_end_matches([',', ';', ':']);
        letters.ends_with('.')
            && letters.split(['.', '-']).all(|part| part.chars().count() <= 1 && part.chars().all(char::is_uppercase))
    };
    let mut initials = 0;
    let mut end = 0;
    let numbered =
        |word: &str| word.ends_with(['.', ')', ']']) && word.chars().any(|c| c.is_ascii_digit()) && word.len() <= 5;
    for (place, word) in text.split_whitespace().enumerate() {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        // The entry's number in its list.
        if place == 0 && numbered(word) {
            continue;
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_year = bare.len() == 4 && bare.chars().all(|c| c.is_ascii_digit());
        let joins = matches!(bare, "" | "and" | "und" | "et" | "y" | "e" | "al" | "i" | "och" | "ve" | "en");
        if is_year && initials > 0 {
            return Some(at + word.len());
        } else if initial(word) {
            initials += 1;
            end = at + word.len();
        } else if joins
            || (bare.chars().next().is_some_and(char::is_uppercase) && word.ends_with([',', ';']))
            || is_particle(bare)
        {
            // A family name, or what joins two authors.
        } else {
            break;
        }
    }
    // Dates were cut out before: an author's initials end what is not the title.
    (initials > 0).then_some(end)
}

fn is_particle(word: &str) -> bool {
    matches!(word, "de" | "van" | "von" | "der" | "den" | "la" | "le" | "da" | "di" | "del" | "dos" | "el" | "al")
}

/// The part of a citation in quotation marks, which is its title.
fn quoted(title: &Piece) -> Option<Piece> {
    let text = title.text();
    for (open, close) in [('“', '”'), ('„', '“'), ('«', '»'), ('"', '"')] {
        let Some(start) = text.find(open) else { continue };
        let inner = start + open.len_utf8();
        if let Some(length) = text[inner..].find(close).filter(|length| *length > 8) {
            return Some(title.slice(inner..inner + length).trimmed());
        }
    }
    None
}

/// A degree taken apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Study {
    pub study_type: Option<Piece>,
    pub area: Option<Piece>,
    pub score: Option<Piece>,
    pub courses: Vec<Piece>,
}

/// Takes a grade off the front of a school's name: `cum laude, University of Somewhere`.
pub(crate) fn take_honours(school: &mut (Piece, f32)) -> Option<Piece> {
    let text = school.0.text();
    let comma = text.find(", ").filter(|comma| is_grade(&text[..*comma]) && school_score(&text[*comma + 1..]) > 0.9)?;
    let grade = school.0.slice(0..comma).trimmed();
    school.0 = school.0.slice(comma + 1..text.len()).trimmed();
    Some(grade)
}

/// Reads degree, field, grade and courses out of an education entry whose school is told.
pub(crate) fn study(entry: &Entry, parts: &Parts) -> Study {
    let mut study = Study::default();
    if let Some((piece, _)) = &parts.what {
        let piece = cut_grade(piece, &mut study.score);
        (study.study_type, study.area) = cut_degree(&piece);
    }
    for fragment in &parts.rest {
        match fragment.field {
            Some(Field::Grade) => study.score = Some(without_grade_label(&fragment.piece)),
            Some(Field::Area) => study.area = Some(fragment.piece.trimmed()),
            _ => take_detail(&fragment.piece, &mut study, true),
        }
    }
    for item in &entry.body {
        let short = !item.bullet && !is_prose(item.piece.text()) && item.piece.text().split_whitespace().count() <= 9;
        if short && study.study_type.is_none() && degree_score(item.piece.text()) > 1.0 {
            let (study_type, area) = cut_degree(&item.piece);
            study.study_type = study_type;
            study.area = area.or(study.area.take());
        } else {
            take_detail(&item.piece, &mut study, short);
        }
    }
    if study.study_type.is_none()
        && let Some(area) = &study.area
        && degree_score(area.text()) > 1.5
    {
        (study.study_type, study.area) = cut_degree(&area.clone());
    }
    study
}

fn take_detail(piece: &Piece, study: &mut Study, in_heading: bool) {
    let text = piece.text();
    let words = words_of(text);
    let courses = COURSE_WORDS.longest_at(&words);
    if courses > 0 && text.contains(':') {
        let colon = text.find(':').unwrap_or(0);
        study.courses.extend(crate::lists::split_list(&piece.slice(colon + 1..text.len())));
    } else if is_grade(text) {
        if study.score.is_none() {
            let value = match text.find(':') {
                Some(colon) if GRADE_WORDS.longest_at(&words) > 0 => piece.slice(colon + 1..text.len()).trimmed(),
                _ => piece.clone(),
            };
            study.score = Some(without_grade_label(&value));
        }
    } else if in_heading && study.area.is_none() && !is_prose(text) && words.len() <= 9 {
        study.area = Some(piece.trimmed());
    } else if in_heading && study.study_type.is_none() && degree_score(text) > 1.0 {
        study.study_type = Some(piece.trimmed());
    }
}

/// `GPA 3.9` to `3.9`; honours stay as they are.
fn without_grade_label(piece: &Piece) -> Piece {
    let text = piece.text();
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let label = matches!(
        fold(first).trim_end_matches([':', '.']),
        "gpa"
            | "cgpa"
            | "grade"
            | "note"
            | "nota"
            | "score"
            | "betyg"
            | "cijfer"
            | "ocena"
            | "voto"
            | "media"
            | "moyenne"
    );
    let number_follows = words.next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    if label && number_follows { piece.slice(first.len()..text.len()).trimmed() } else { piece.clone() }
}

/// `BSc Physics, GPA: 3.9` and `MSc (Distinction)`: the grade behind a degree.
fn cut_grade(piece: &Piece, score: &mut Option<Piece>) -> Piece {
    let text = piece.text();
    for (at, _) in text.match_indices([',', '(', ';']) {
        let tail = piece.slice(at + 1..text.len());
        let inner = tail.trimmed();
        if at > 0
            && is_grade(inner.text().trim_end_matches(')'))
            && !matches!(fold(inner.text()).trim_end_matches(')'), "honours" | "honors")
        {
            *score = Some(match inner.text().find(':') {
                Some(colon) => inner.slice(colon + 1..inner.text().len()).trimmed(),
                None => without_grade_label(&inner),
            });
            return piece.slice(0..at).trimmed();
        }
    }
    piece.clone()
}

/// `BSc in Physics`, `Bachelor of Science, Physics`, `Grado en Derecho`, `PhD Physics`: the degree and its field.
fn cut_degree(piece: &Piece) -> (Option<Piece>, Option<Piece>) {
    let text = piece.text();
    let some = |piece: Piece| (!piece.is_empty()).then_some(piece);
    let lower = text.to_lowercase();
    // Only where lowering the case keeps the bytes in place.
    let lower = if lower.len() == text.len() { lower.as_str() } else { text };
    for joiner in [
        " in ",
        " en ",
        " em ",
        " im ",
        " i ",
        " inom ",
        " w zakresie ",
        " na kierunku ",
        " mention ",
        ": ",
        " – ",
        " - ",
    ] {
        if let Some(at) = lower.find(joiner)
            && text[..at].matches('(').count() == text[..at].matches(')').count()
        {
            return (some(piece.slice(0..at).trimmed()), some(piece.slice(at + joiner.len()..text.len()).trimmed()));
        }
    }
    if let Some(at) = text.find(", ")
        && text[..at].matches('(').count() == text[..at].matches(')').count()
    {
        return (some(piece.slice(0..at).trimmed()), some(piece.slice(at + 1..text.len()).trimmed()));
    }
    for ending in [" in", " en", " em", " of", " i"] {
        if lower.ends_with(ending) {
            return (some(piece.slice(0..text.len() - ending.len()).trimmed()), None);
        }
    }
    // A degree's short name behind its field: "Physics BSc", "Bilgisayar Mühendisliği Lisans".
    if let Some((at, _)) = text.rmatch_indices(' ').next() {
        let last = text[at + 1..].trim_matches(['(', ')']);
        let capitals = last.chars().filter(|c| c.is_uppercase()).count();
        let short = last.chars().count() <= 6 && capitals >= 2 || matches!(fold(last).as_str(), "lisans" | "onlisans");
        let field = &text[..at];
        if short
            && DEGREE_WORDS.has_word(fold(last).trim_end_matches('.'))
            && DEGREE_WORDS.longest_at(&words_of(field)) == 0
            && !field.contains(['(', ','])
            && !matches!(fold(field).as_str(), "executive" | "professional" | "international" | "global" | "joint")
        {
            let two =
                at.checked_sub(1).and_then(|_| field.rfind(' ')).filter(|two| fold(&field[two + 1..]) == "yuksek");
            let at = two.unwrap_or(at);
            return (some(piece.slice(at..text.len()).trimmed()), some(piece.slice(0..at).trimmed()));
        }
    }
    // A degree's short name with the field right behind it.
    let words = words_of(text);
    let mut covered = DEGREE_WORDS.longest_at(&words);
    let raw: Vec<&str> = text.split_whitespace().collect();
    // "BA (Hons) English Literature"
    covered +=
        usize::from(covered > 0 && raw.get(covered).is_some_and(|word| word.starts_with('(') && word.ends_with(')')));
    if covered > 0 && covered < raw.len() && raw.len() == words.len() {
        let starts: Vec<usize> = raw.iter().map(|word| word.as_ptr() as usize - text.as_ptr() as usize).collect();
        let next = fold(raw[covered]);
        let goes_on = matches!(next.as_str(), "of" | "de" | "di" | "d'" | "der" | "des" | "van" | "for")
            || raw[covered].starts_with('(')
            || DEGREE_WORDS.has_word(&next);
        if !goes_on {
            return (
                some(piece.slice(0..starts[covered]).trimmed()),
                some(piece.slice(starts[covered]..text.len()).trimmed()),
            );
        }
    }
    (some(piece.trimmed()), None)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::entries;
    use crate::lines::Pages;
    use crate::testing;

    fn words(text: &str) -> Piece {
        let mut piece = Piece::default();
        for (i, word) in text.split(' ').enumerate() {
            piece.push(" ", word, i as u32);
        }
        piece
    }

    fn records(lines: &[&str], kind: Kind) -> Vec<(String, Option<String>)> {
        let document = testing::document(lines);
        let pages = Pages::of(&document);
        entries::split(&pages.lines, false)
            .iter()
            .filter_map(|entry| record(entry, kind))
            .map(|record| (record.title.text().to_owned(), record.by.map(|by| by.text().to_owned())))
            .collect()
    }

    fn pair(title: &str, by: &str) -> (String, Option<String>) {
        (title.to_owned(), Some(by.to_owned()))
    }

    #[test]
    fn certificates_stand_on_one_line_or_three() {
        let expected = [pair("First Aid", "Red Cross")];
        assert_eq!(records(&["**First Aid**, Red Cross\tMar 2021"], Kind::Granted), expected);
        assert_eq!(records(&["**First Aid**", "Issued by **Red Cross**", "Mar 2021"], Kind::Granted), expected);
        assert_eq!(records(&["• First Aid – Red Cross, Mar 2021"], Kind::Granted), expected);
        assert_eq!(records(&["First Aid, Red Cross, 2021"], Kind::Granted), expected);
        assert_eq!(records(&["2021\tFirst Aid (The Red Cross)"], Kind::Granted), [pair("First Aid", "The Red Cross")]);
    }

    #[test]
    fn a_bold_title_may_take_two_lines() {
        assert_eq!(
            records(&["**Certified Something**", "**Administrator**", "Some Foundation (2021)"], Kind::Granted),
            [pair("Certified Something Administrator", "Some Foundation")]
        );
    }

    #[test]
    fn a_bold_title_keeps_its_dash() {
        assert_eq!(
            records(&["**Architect – Professional** – Some Cloud Company, 04.2022"], Kind::Granted),
            [pair("Architect – Professional", "Some Cloud Company")]
        );
    }

    #[test]
    fn a_title_keeps_its_commas_when_published() {
        assert_eq!(
            records(&["• Heat, cold and what lies between – Journal of Weather, Apr. 2023"], Kind::Published),
            [pair("Heat, cold and what lies between", "Journal of Weather")]
        );
    }

    #[test]
    fn who_gave_an_award_stands_between_its_title_and_what_is_said_of_it() {
        assert_eq!(
            records(
                &["• Some Investigator, Some Foundation, a grant of two millions for research, 2020"],
                Kind::Granted
            ),
            [pair("Some Investigator", "Some Foundation")]
        );
    }

    #[test]
    fn a_title_in_quotation_marks_is_the_title_whoever_wrote_it() {
        assert_eq!(
            records(
                &["• **J. Doe**, R. Roe, “Heat, cold and what lies between,” Journal of Weather, vol. 3, 2022."],
                Kind::Published
            ),
            [pair("Heat, cold and what lies between", "Journal of Weather")]
        );
    }

    #[rstest]
    #[case("Physics BSc", "BSc", Some("Physics"))]
    #[case("Bilgisayar Mühendisliği Lisans", "Lisans", Some("Bilgisayar Mühendisliği"))]
    #[case("Executive MBA", "Executive MBA", None)]
    #[case("BA (Hons) English Literature", "BA (Hons)", Some("English Literature"))]
    #[case("BSc in Accounting", "BSc", Some("Accounting"))]
    #[case("Bachelor of Science, Computer Science", "Bachelor of Science", Some("Computer Science"))]
    #[case("Grado en Derecho", "Grado", Some("Derecho"))]
    #[case("PhD Physics", "PhD", Some("Physics"))]
    #[case("BSc (Hons), Nursing (Adult)", "BSc (Hons)", Some("Nursing (Adult)"))]
    #[case("Master of Arts", "Master of Arts", None)]
    #[case("High School Diploma", "High School Diploma", None)]
    fn degrees_are_taken_apart(#[case] text: &str, #[case] degree: &str, #[case] area: Option<&str>) {
        let (study_type, field) = cut_degree(&words(text));
        assert_eq!(study_type.unwrap().text(), degree);
        assert_eq!(field.as_ref().map(Piece::text), area);
    }
}
