//! How a job posting is built: headings, lists, running text, and how urgently each sentence asks.

use crate::sheet::clean_line;
use crate::terms;
use crate::vocabulary::{Heading, Saying, VOCABULARY, lower};

/// Most words of a line that opens a list without a colon, and of one with it.
const MOST_HEADING_WORDS: usize = 7;
const MOST_LEAD_WORDS: usize = 11;

/// A line with more words that ends like a sentence is none of a list's items.
const MOST_ITEM_WORDS: usize = 8;

/// How urgently a sentence asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    Mentioned,
    /// What the work is: it needs the tools that it names.
    Done,
    Preferred,
    Required,
}

/// The sentences of a job posting that may ask for something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) sentences: Vec<(Need, String)>,
    /// How many others there were: benefits, equal opportunity, the employer's portrait.
    pub(crate) left_out: usize,
}

/// What a part of a posting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nobody said.
    Open,
    /// The employer.
    Idle,
    Tasks,
    Asking(Need),
}

struct Line {
    text: String,
    bullet: bool,
    /// Whether an empty line stands before it.
    gap: bool,
}

/// What was read since the last heading.
struct Section {
    part: Part,
    /// Lines, bullets, and lines that could be items without a bullet.
    lines: usize,
    bullets: usize,
    items: usize,
    /// Whether the headings that follow divide it: `Requirements`, then `Languages:`, `Databases:`.
    divided: bool,
}

impl Section {
    fn of(part: Part) -> Self {
        Self { part, lines: 0, bullets: 0, items: 0, divided: false }
    }

    /// A line that stands over a list opens a section of its own, or divides the one that it stands in.
    fn divide(&mut self) {
        let divides = if self.part == Part::Idle { self.lines == 0 } else { self.bullets == 0 };
        if divides {
            self.divided = true;
        } else if !self.divided {
            *self = Self::of(Part::Open);
        }
    }
}

/// Reads a job posting.
pub(crate) fn read(description: &str) -> Posting {
    let lines = lines(description);
    let mut posting = Posting::default();
    let mut section = Section::of(Part::Open);
    // Whether a heading said already what is required.
    let mut asked = false;
    for (i, line) in lines.iter().enumerate() {
        let next = lines.get(i + 1);
        let mut text = line.text.as_str();
        let mut of_line = None;
        match heading(line, next) {
            Some((found, None)) => {
                section = Section::of(found);
                continue;
            }
            Some((found, Some(rest))) => {
                // `Hours: four on, four off` says nothing about what follows.
                if line.bullet || found == Part::Idle {
                    of_line = Some(found);
                } else {
                    section = Section::of(found);
                }
                text = rest;
            }
            None if opens_a_list(line, next) => {
                section.divide();
                // A heading that nobody foresaw is known by what stands under it.
                if section.part == Part::Open && asks(&lines[i + 1..], !asked) {
                    section.part = Part::Asking(Need::Required);
                    if need(text, Part::Open, false) < Need::Preferred {
                        continue;
                    }
                }
            }
            None if !line.bullet => {
                let prose = text.ends_with(['.', '!']) && text.split(' ').count() > MOST_ITEM_WORDS;
                // Running text behind a list is no more of it.
                if section.bullets > 0 && !section.divided || section.items > 1 && prose {
                    section = Section::of(Part::Open);
                } else if !prose {
                    section.items += 1;
                }
            }
            None => {}
        }
        asked |= section.part == Part::Asking(Need::Required);
        section.lines += 1;
        section.bullets += usize::from(line.bullet);
        for sentence in split_sentences(text).into_iter().flat_map(pieces) {
            posting.add(sentence, of_line.unwrap_or(section.part), line.bullet);
        }
    }
    posting
}

impl Posting {
    fn add(&mut self, sentence: &str, part: Part, bullet: bool) {
        if part == Part::Idle || says(sentence, Saying::Idle) {
            self.left_out += 1;
            return;
        }
        // What stands in brackets can be wanted otherwise than what stands around them: `SQL (PostgreSQL preferred)`.
        let (outside, inside) = brackets_apart(sentence);
        // `Theatre experience, preferably in orthopaedics` asks for the theatre.
        let (outside, rather) = rather_apart(&outside);
        let (outside, last) = last_apart(outside);
        let pieces = std::iter::once(outside.to_owned()).chain(last.map(str::to_owned)).chain(inside);
        for piece in pieces.filter(|piece| piece.contains(char::is_alphanumeric)) {
            self.sentences.push((need(&piece, part, bullet), piece));
        }
        self.sentences.extend(rather.map(|piece| (Need::Preferred, piece.to_owned())));
    }
}

fn lines(description: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut gap = false;
    for raw in description.lines() {
        let text = without_genders(&clean_line(raw));
        if text.is_empty() {
            gap = true;
            continue;
        }
        let bullet = is_bullet(&text);
        match lines.last_mut() {
            // An item that goes on in the next line.
            Some(last) if last.bullet && !bullet && !gap && text.starts_with(char::is_lowercase) => {
                last.text.push(' ');
                last.text.push_str(&text);
            }
            _ => lines.push(Line { text, bullet, gap }),
        }
        gap = false;
    }
    lines
}

/// Whether a line begins with a sign and a space, or with a number of a list.
fn is_bullet(text: &str) -> bool {
    let Some((first, rest)) = text.split_once(' ') else {
        return text.starts_with(['•', '✔', '✓', '▪', '◦', '‣']);
    };
    let number = first
        .strip_suffix(['.', ')'])
        .is_some_and(|digits| !digits.is_empty() && digits.len() < 3 && digits.chars().all(|c| c.is_ascii_digit()));
    let sign = first.chars().count() <= 2
        && first
            .chars()
            .all(|c| !c.is_alphanumeric() && !matches!(c, '#' | '(' | '"' | '“' | '„' | '&' | '€' | '$' | '£'));
    !rest.is_empty() && (number || sign || first == "o") || first.starts_with(['•', '✔', '✓', '▪', '◦', '‣'])
}

/// A line without its `(m/w/d)` and `(H/F)`.
fn without_genders(line: &str) -> String {
    let (mut kept, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once('(')
        && let Some((within, behind)) = after.split_once(')')
    {
        kept.push_str(before);
        let pieces: Vec<&str> = within.split(['/', '|', ',']).map(str::trim).collect();
        if pieces.len() < 2 || pieces.iter().any(|piece| piece.chars().count() != 1) {
            kept.push_str(&format!("({within})"));
        }
        rest = behind;
    }
    kept.push_str(rest);
    clean_line(&kept)
}

/// What a heading is compared by.
fn title_of(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'")
}

/// A line that opens a part of the posting, and what of that part stands on the line itself: `Requirements: Rust, Go`.
fn heading<'a>(line: &'a Line, next: Option<&Line>) -> Option<(Part, Option<&'a str>)> {
    let (title, rest) = match line.text.split_once([':', '：']) {
        Some((title, rest)) => (title, Some(rest.trim()).filter(|rest| !rest.is_empty())),
        None => (line.text.as_str(), None),
    };
    let colon = title.len() < line.text.len();
    let title = title_of(title);
    let words: Vec<&str> = title.split(' ').collect();
    let made_of_them = words.iter().all(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
        word.is_empty() || VOCABULARY.is_of_headings(word)
    });
    let asks = words.first().is_some_and(|first| {
        ["what", "was", "who", "why", "ce", "qué", "cosa", "o", "wat", "co", "vad"].contains(first)
    });
    let plausible = match rest {
        Some(_) => words.len() <= MOST_HEADING_WORDS && made_of_them,
        None => {
            let sentence = line.text.ends_with(['.', ',', ';']);
            let lead = colon || line.text.ends_with('?');
            let over = next.is_some_and(|next| next.bullet && !line.bullet);
            let most = if lead || over { MOST_LEAD_WORDS } else { MOST_HEADING_WORDS };
            let set_apart = line.gap && next.is_some_and(|next| !next.gap);
            !sentence
                && words.len() <= most
                && (!line.bullet || colon)
                && (lead || over || made_of_them || asks || set_apart)
        }
    };
    if !plausible {
        return None;
    }
    let found = VOCABULARY.headings.find(&title).map(|(heading, ..)| heading).min();
    // `About Finly` is about the employer.
    let portrait = ["about ", "über ", "à propos ", "sobre "].iter().any(|about| title.starts_with(about));
    let part = match found {
        Some(Heading::SurelyRequired | Heading::Required) => Part::Asking(Need::Required),
        Some(Heading::Preferred) => Part::Asking(Need::Preferred),
        Some(Heading::Tasks) => Part::Tasks,
        Some(Heading::Idle) => Part::Idle,
        // `Why Finly?` as well.
        None if (portrait || ["why", "warum", "pourquoi"].contains(&words[0])) && rest.is_none() => Part::Idle,
        None => return None,
    };
    Some((part, rest))
}

/// Whether a line stands over a list, whatever it says.
fn opens_a_list(line: &Line, next: Option<&Line>) -> bool {
    let words = line.text.split(' ').count();
    let colon = line.text.ends_with(':') && words <= MOST_LEAD_WORDS;
    let over =
        next.is_some_and(|next| next.bullet) && words <= MOST_LEAD_WORDS && !line.text.ends_with(['.', ',', ';', '!']);
    colon || !line.bullet && over
}

/// Whether the items that come next mostly ask for something: by their own words or, where `names` may do, because they
/// are no more than the names of known things.
fn asks(lines: &[Line], names: bool) -> bool {
    const ENOUGH: usize = 20;
    const MOST_WORDS_OF_A_NAME: usize = 5;
    let items: Vec<&Line> = lines.iter().take_while(|line| line.bullet).take(ENOUGH).collect();
    let names =
        |text: &str| names && text.split(' ').count() <= MOST_WORDS_OF_A_NAME && !terms::find(text, None).is_empty();
    let asking =
        items.iter().filter(|line| need(&line.text, Part::Open, true) > Need::Done || names(&line.text)).count();
    asking * 2 >= items.len() && asking > 0
}

fn says(sentence: &str, what: Saying) -> bool {
    VOCABULARY.sayings.find(&lower(sentence)).any(|(saying, ..)| saying == what)
}

/// How urgently a piece of a sentence asks: by its own words before those that it stands under.
fn need(piece: &str, part: Part, bullet: bool) -> Need {
    let lower = lower(piece);
    // What a colon ends asks for what follows, and for nothing itself; a question asks the reader.
    if piece.ends_with([':', '?']) {
        return Need::Mentioned;
    }
    match (VOCABULARY.sayings.find(&lower).map(|(saying, ..)| saying).min(), part) {
        (Some(Saying::Preferred), _) => Need::Preferred,
        (Some(Saying::Must), _) => Need::Required,
        (_, Part::Asking(need)) => need,
        (_, Part::Tasks) if bullet => Need::Done,
        // Tasks told in running text may ask in between.
        (Some(Saying::Asking), Part::Open | Part::Tasks) if !is_about_us(&lower) => Need::Required,
        (_, Part::Tasks) if !is_about_us(&lower) => Need::Done,
        _ => Need::Mentioned,
    }
}

/// `We have ten years of experience in`: what the employer can is not asked for.
fn is_about_us(lower: &str) -> bool {
    const US: [&str; 23] = [
        "we", "we've", "we’ve", "our", "us", "wir", "unser", "unsere", "nous", "notre", "nuestro", "nuestra", "noi",
        "nostro", "nostra", "wij", "onze", "ons", "nasz", "nasza", "vi", "vår", "nosso",
    ];
    const SEEK: [&str; 13] = [
        "expect",
        "need",
        "look",
        "seek",
        "require",
        "want",
        "erwarten",
        "suchen",
        "recherch",
        "attend",
        "zoeken",
        "söker",
        "cerchiamo",
    ];
    let first = lower.split(|c: char| c.is_whitespace()).find(|word| word.contains(char::is_alphanumeric));
    first.is_some_and(|first| US.contains(&first)) && !SEEK.iter().any(|seek| lower.contains(seek))
}

/// A sentence before its `preferably`, and what follows, where only that is preferred.
fn rather_apart(sentence: &str) -> (&str, Option<&str>) {
    let lower = lower(sentence);
    let behind_a_comma = |(_, start, end): ((), usize, usize)| {
        let before = sentence[..start].trim_end();
        let before = before.strip_suffix([',', '–', '-', '—'])?.trim_end();
        (!before.is_empty() && sentence[end..].starts_with(' ')).then_some((before.len(), end))
    };
    match VOCABULARY.rather.find(&lower).filter_map(behind_a_comma).min() {
        Some((before, after)) => (&sentence[..before], Some(sentence[after..].trim_start())),
        None => (sentence, None),
    }
}

/// A sentence before its last clause, where that one alone says that it would be nice: `fluent in SQL, dbt is a plus`.
fn last_apart(sentence: &str) -> (&str, Option<&str>) {
    const MOST_WORDS: usize = 7;
    let Some((before, last)) = sentence.rsplit_once(", ") else { return (sentence, None) };
    let words = lower(last);
    let joined = words.split(' ').any(|word| {
        matches!(word, "and" | "or" | "are" | "und" | "oder" | "sind" | "et" | "ou" | "sont" | "y" | "e" | "o" | "son")
    });
    let alone = !joined && words.split(' ').count() <= MOST_WORDS && says(last, Saying::Preferred);
    if alone && !says(before, Saying::Preferred) { (before, Some(last)) } else { (sentence, None) }
}

/// A sentence without those of its brackets that say by themselves how urgent they are, and these.
fn brackets_apart(sentence: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside, mut rest) = (String::new(), Vec::new(), sentence);
    while let Some((before, after)) = rest.split_once('(')
        && let Some((within, behind)) = after.split_once(')')
    {
        outside.push_str(before);
        let within_lower = lower(within);
        let nothing_else = VOCABULARY
            .sayings
            .find(&within_lower)
            .any(|(saying, start, end)| saying == Saying::Preferred && start == 0 && end == within_lower.len());
        // `MCIPS (desirable)`: what says nothing else is said of the item before it.
        let item = if nothing_else { outside.rfind([',', ';']).map_or(0, |comma| comma + 1) } else { outside.len() };
        if outside[item..].contains(char::is_alphabetic) {
            inside.push(format!("{} ({within})", outside[item..].trim()));
            outside.truncate(item);
        } else if says(within, Saying::Preferred) || says(within, Saying::Must) {
            inside.push(within.trim().to_owned());
            outside.push(' ');
        } else {
            outside.push_str(&format!("({within})"));
        }
        rest = behind;
    }
    outside.push_str(rest);
    (outside, inside)
}

/// A sentence in pieces that are short enough to look at each item beside each other.
fn pieces(sentence: &str) -> Vec<&str> {
    const MOST_BYTES: usize = 800;
    let (mut pieces, mut rest) = (Vec::new(), sentence);
    while rest.len() > MOST_BYTES {
        let most = rest.floor_char_boundary(MOST_BYTES);
        let at = rest[..most].rfind([',', ' ']).map_or(most, |at| at + 1);
        pieces.push(rest[..at].trim());
        rest = &rest[at..];
    }
    pieces.push(rest.trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn split_sentences(line: &str) -> Vec<&str> {
    const ABBREVIATIONS: [&str; 24] = [
        "e.g", "i.e", "z.B", "z. B", "bzw", "ca", "min", "mind", "inkl", "m.in", "np", "t.ex", "kat", "bl.a", "approx",
        "incl", "bijv", "o.a", "ad es", "es", "vs", "ds", "resp", "ggf",
    ];
    let mut sentences = Vec::new();
    let mut start = 0;
    for (i, c) in line.char_indices() {
        let next = line[i + c.len_utf8()..].chars().next();
        let ends = matches!(c, '!' | '?' | ';' | '。') || c == '.' && next.is_none_or(char::is_whitespace);
        // `e.g. Rust` and `Node.js` go on; a capital after the space begins anew.
        let begins = line[i + c.len_utf8()..].trim_start().chars().next().is_none_or(|c| !c.is_lowercase());
        let abbreviation = c == '.'
            && ABBREVIATIONS.iter().any(|abbreviation| {
                let before = line[start..i].strip_suffix(abbreviation);
                before.is_some_and(|before| !before.ends_with(char::is_alphanumeric))
            });
        let new = begins || c == ';' && i > start;
        if ends && new && !abbreviation {
            sentences.push(line[start..i + c.len_utf8()].trim());
            start = i + c.len_utf8();
        }
    }
    sentences.push(line[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(description: &str) -> Vec<String> {
        let asked = read(description).sentences.into_iter().filter(|(need, _)| *need == Need::Required);
        asked.map(|(_, sentence)| sentence).collect()
    }

    #[test]
    fn a_heading_is_known_by_its_words_and_its_place() {
        assert_eq!(required("The experience you'll bring\n– Bee keeping\n\nYour rewards\n– Honey"), ["– Bee keeping"]);
        assert_eq!(required("We'd love to hear from you if you:\n- can keep bees"), ["- can keep bees"]);
        assert_eq!(required("Nuestros requisitos\n✔ Apicultura\nTe ofrecemos\n✔ Miel"), ["✔ Apicultura"]);
        // An item that holds a word of a heading is none.
        assert_eq!(
            required("Requirements\nBee keeping experience\nHive skills"),
            ["Bee keeping experience", "Hive skills"]
        );
    }

    #[test]
    fn a_list_ends_where_running_text_follows_and_goes_on_under_its_own_divisions() {
        assert_eq!(required("Requirements:\n- Bees\nHoney Ltd keeps every hive that it ever bought."), ["- Bees"]);
        assert_eq!(required("Requirements\nAnimals:\n- Bees\nTools:\n- Smoker"), ["- Bees", "- Smoker"]);
        assert_eq!(required("Requirements\n- Bees, wasps\nand hornets"), ["- Bees, wasps and hornets"]);
    }

    #[test]
    fn an_unforeseen_heading_is_known_by_the_names_under_it_unless_another_said_what_is_required() {
        assert_eq!(required("The bag\n- Python\n- Docker"), ["- Python", "- Docker"]);
        assert_eq!(required("Requirements\n- Python\nThe bag\n- Rust\n- Docker"), ["- Python"]);
        assert_eq!(required("The bag\n- Sunshine\n- Parties"), Vec::<String>::new());
        assert_eq!(required("Requirements\n- Python\nWould be great\n- Rust\n- Docker"), ["- Python"]);
    }

    #[test]
    fn curly_letters_hide_nothing() {
        assert_eq!(required("What you’ll need\n• Bees\nWhat you’ll get\n• Honey"), ["• Bees"]);
        assert_eq!(required("You’ve kept bees."), ["You’ve kept bees."]);
    }

    #[test]
    fn a_sentence_without_an_end_is_read_in_pieces() {
        let endless = format!("Requirements: {}", "bees, wax, ".repeat(2000));
        let read = read(&endless);
        assert!(read.sentences.len() > 20);
        assert!(read.sentences.iter().all(|(need, piece)| *need == Need::Required && piece.len() <= 800));
        assert_eq!(pieces(&"ü".repeat(500)).concat(), "ü".repeat(500));
    }

    #[test]
    fn what_the_employer_can_is_not_asked_for() {
        assert_eq!(required("We have long experience in bee keeping."), Vec::<String>::new());
        assert_eq!(required("You have long experience in bee keeping."), ["You have long experience in bee keeping."]);
    }

    #[test]
    fn a_bracket_that_only_says_how_urgent_is_said_of_the_item_before_it() {
        let read = read("Requirements\nBees, wax (desirable)");
        assert_eq!(
            read.sentences,
            [(Need::Required, "Bees,".to_owned()), (Need::Preferred, "wax (desirable)".to_owned())]
        );
    }

    #[test]
    fn only_the_last_clause_may_be_welcome() {
        let read = read("Requirements\nFluent in Rust, dbt is a plus\nHours: nine to five, Python");
        assert_eq!(
            read.sentences,
            [(Need::Required, "Fluent in Rust".to_owned()), (Need::Preferred, "dbt is a plus".to_owned())]
        );
        assert_eq!(read.left_out, 1);
    }
}
