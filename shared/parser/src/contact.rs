//! Who the person is and how to reach them: name, headline, mail, telephone, sites, profiles, place.

use std::collections::HashSet;

use crate::dates;
use crate::gazetteer::{
    CONTACT_LABELS, REGION_CODES, REGION_NAMES, STREET_WORDS, SectionKind, TITLE_WORDS, country, network, network_named,
};
use crate::lines::{Line, Pages};
use crate::phone;
use crate::piece::Piece;
use crate::roles::{self, title_score};
use crate::sections::{Sections, is_heading_text};
use crate::text::{fold, folded_words, is_prose, squash};

/// What was found, each with how sure it is.
#[derive(Debug, Default)]
pub(crate) struct Contact {
    pub name: Option<(Piece, f32)>,
    pub label: Option<(Piece, f32)>,
    pub email: Option<(String, Piece, f32)>,
    pub phone: Option<(Piece, f32)>,
    pub url: Option<(String, Piece, f32)>,
    pub profiles: Vec<ProfileFound>,
    pub place: Option<Place>,
    /// Running text at the top, under no heading.
    pub prose: Vec<Line>,
}

/// A profile on another site.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProfileFound {
    pub network: Option<String>,
    pub username: Option<String>,
    pub url: Option<String>,
    pub piece: Piece,
    pub sure: f32,
}

/// An address, part by part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub street: Option<Piece>,
    pub postal_code: Option<Piece>,
    pub city: Option<Piece>,
    pub region: Option<Piece>,
    pub country_code: Option<(String, Piece)>,
    pub sure: f32,
}

/// Reads the contact data of a document.
pub(crate) fn read(pages: &Pages<'_>, sections: &Sections) -> Contact {
    let mut contact = Contact::default();
    let top_length = top_of_page(&sections.top);
    let top = &sections.top[..top_length];
    let name_lines = find_name(pages, sections, &mut contact);
    let mut zone: Vec<&Line> = top.iter().filter(|line| !name_lines.contains(&word_of(line))).collect();
    zone.extend(
        sections
            .of_kind(SectionKind::Contact)
            .chain(sections.of_kind(SectionKind::Profiles))
            .flat_map(|section| &section.lines),
    );
    zone.extend(
        sections.of_kind(SectionKind::Summary).flat_map(|section| &section.lines).filter(|line| is_contact_line(line)),
    );
    contact.prose = prose_lines(&zone);
    let prose_words: HashSet<u32> = contact.prose.iter().map(word_of).collect();
    zone.retain(|line| !prose_words.contains(&word_of(line)));
    let fragments = fragments(pages, &zone);
    let mut left = read_fragments(fragments, &mut contact);
    if contact.email.is_none() {
        contact.email = email_anywhere(pages);
    }
    if contact.phone.is_none() {
        contact.phone = labelled_phone_anywhere(sections);
    }
    take_label(&mut left, &zone, &mut contact);
    take_bare_usernames(pages, &mut left, &zone, &mut contact);
    let home = contact.phone.as_ref().and_then(|(piece, _)| phone_country(piece.text()));
    contact.place = find_place(&left, &zone, home.as_deref());
    contact
}

/// Whether the line is contact data and nothing else: a label, an address of the web or the mail, a linked name.
pub(crate) fn is_contact_line(line: &Line) -> bool {
    let text = line.text().trim();
    let single = line.word_count() == 1;
    is_label(text.trim_end_matches(':'))
        || single
            && (is_email(text) || web_address(text).is_some() || line.links.iter().any(|link| link.starts_with("http")))
}

/// How many of the top's lines belong to the top of the first page; what follows a section by columns may lie below.
fn top_of_page(top: &[Line]) -> usize {
    top.iter().position(|line| line.page > 0).unwrap_or(top.len())
}

fn word_of(line: &Line) -> u32 {
    line.piece.words().next().unwrap_or(u32::MAX)
}

/// A stretch of contact data.
#[derive(Debug, Clone)]
struct Fragment {
    piece: Piece,
    /// `Email`, `Telefon`: the label before it, folded.
    label: Option<String>,
    link: Option<String>,
    line: usize,
    size: f32,
    bold: bool,
}

fn fragments(pages: &Pages<'_>, zone: &[&Line]) -> Vec<Fragment> {
    let mut out: Vec<Fragment> = Vec::new();
    let mut pending: Option<(String, usize, f32)> = None;
    for (number, line) in zone.iter().enumerate() {
        for (index, cell) in pieces_of(pages, line).into_iter().enumerate() {
            let first_cell = index == 0;
            let text = cell.text();
            let (label, value) = match text.split_once(':') {
                Some((label, rest)) if !rest.trim().is_empty() && !rest.starts_with("//") && is_label(label) => {
                    (Some(fold(label.trim())), cell.slice(label.len() + 1..text.len()).trimmed())
                }
                _ => (None, cell.clone()),
            };
            if is_label(value.text().trim_end_matches([':', '.'])) && label.is_none() {
                pending = Some((fold(value.text().trim().trim_end_matches([':', '.'])), number, line.bbox.x));
                continue;
            }
            let label =
                label.or_else(|| pending.take().filter(|(_, at, _)| number - at <= 1).map(|(label, _, _)| label));
            // A line of many parts that was too long goes on in the next, within one of them.
            if let Some(last) = out.last_mut()
                && first_cell
                && wraps(zone, number)
                && label.is_none()
                && last.link.is_none()
                && last.line + 1 == number
                && !last.piece.text().contains('@')
                && web_address(last.piece.text()).is_none()
            {
                last.piece.append(" ", &value);
                continue;
            }
            // A mail address that was too long for its column.
            if let Some(last) = out.last_mut()
                && last.line + 1 == number
                && last.piece.text().contains('@')
                && !last.piece.text().contains(char::is_whitespace)
                && !value.text().contains(|c: char| c.is_whitespace() || c == '@')
                && value.text().starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
                && is_cut_short(zone[last.line], line)
                && is_email(&format!("{}{}", last.piece.text(), value.text()))
            {
                last.piece.append("", &value);
                continue;
            }
            // A postal address goes on behind its comma.
            if let Some(last) = out.last_mut()
                && last.line + 1 == number
                && zone[last.line].text().trim_end().ends_with(',')
                && last.piece.text().chars().any(|c| c.is_ascii_digit())
                && !value.text().contains('@')
                && value.text().split_whitespace().count() <= 5
                && value.text().starts_with(char::is_uppercase)
                && last.link.is_none()
            {
                last.piece.append(", ", &value);
                continue;
            }
            // An address that was too long for its line goes on in the next.
            if let Some(last) = out.last_mut()
                && last.line + 1 == number
                && last.piece.text().ends_with(['-', '/', '_', '.', '@'])
                && !value.text().split(" (").next().unwrap_or_default().contains(char::is_whitespace)
                && value.text().starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
                && (web_address(last.piece.text()).is_some() || last.piece.text().contains('@'))
            {
                last.piece.append("", &value);
                continue;
            }
            let link =
                value.words().find_map(|word| pages.words.get(word as usize).and_then(|(word, _)| word.link.clone()));
            let bold = line.bold;
            out.push(Fragment { piece: value, label, link, line: number, size: line.size, bold });
        }
    }
    out
}

/// Whether a line of contact data goes on in the one of this number: it has parts set apart by signs, fills its
/// column, and neither it ends nor the next begins with such a sign.
fn wraps(zone: &[&Line], number: usize) -> bool {
    const SIGNS: [char; 10] = ['|', '·', '•', '●', '◆', '∙', '⋄', '◦', '¦', '⋅'];
    let Some(above) = number.checked_sub(1).map(|above| zone[above]) else { return false };
    let (upper, lower) = (above.text().trim(), zone[number].text().trim());
    above.page == zone[number].page
        && above.column == zone[number].column
        && !above.paragraph
        && (above.size - zone[number].size).abs() < 0.3
        && upper.contains(SIGNS)
        && !upper.ends_with(SIGNS)
        && !upper.ends_with([',', '/', '-', ';'])
        && !lower.starts_with(SIGNS)
        && !zone[number].bullet
        && !upper.contains('\t')
        && above.column_right > 0.0
        && !above.has_room_for(zone[number])
}

/// Whether a word without a space was broken at the edge of its column, and goes on in the next line.
fn is_cut_short(line: &Line, next: &Line) -> bool {
    let letters = line.text().chars().count().max(1) as f32;
    let letter = line.bbox.width / letters;
    line.page == next.page
        && line.column == next.column
        && (line.size - next.size).abs() < 0.3
        && next.gap < 1.0
        && line.bbox.right() + 2.5 * letter > line.column_right
}

/// Cuts a line at separators, gaps, and where the link target changes.
fn pieces_of(pages: &Pages<'_>, line: &Line) -> Vec<Piece> {
    let text = line.text();
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (i, c) in text.char_indices() {
        let end = i + c.len_utf8();
        let spaced = text[..i].ends_with(' ') && text[end..].starts_with(' ');
        // "07071 / 555 0123" and "641 - 004" are one number.
        let in_number = matches!(c, '/' | '-' | '–')
            && text[..i].trim_end().ends_with(|c: char| c.is_ascii_digit())
            && text[end..].trim_start().starts_with(|c: char| c.is_ascii_digit())
            && dates::find(text, false).is_empty();
        let postal_code = matches!(c, '-' | '–') && is_postal_code(text[end..].trim()) && text[..i].contains(',');
        if matches!(c, '\t' | '|' | '·' | '•' | '●' | '◆' | '∙' | '⋄' | '◦' | '¦' | ';' | '∗' | '⋅')
            || (matches!(c, '–' | '—' | '-' | '/' | '~' | '*') && spaced && !in_number && !postal_code)
        {
            cuts.push((i, end));
        }
        // "Nairobi, Kenya. Cell: …": a label begins after a full stop.
        if c == '.'
            && text[end..].starts_with(' ')
            && text[end..].split_once(':').is_some_and(|(label, _)| is_label(label))
        {
            cuts.push((i, end));
        }
    }
    let starts = line.piece.starts();
    // A label in bold before its value, and the next label after it.
    for run in line.runs.iter().skip(1) {
        if let Some(first) = run.piece.words().next()
            && let Some((start, _)) = starts.iter().find(|(_, number)| *number == first)
        {
            cuts.push((*start, *start));
        }
    }
    for pair in starts.windows(2) {
        let link = |number: u32| pages.words.get(number as usize).and_then(|(word, _)| word.link.as_deref());
        if link(pair[0].1) != link(pair[1].1) && !text[pair[1].0..].starts_with('(') {
            cuts.push((pair[1].0, pair[1].0));
        }
    }
    // A mail address ends its fragment, wherever it stands.
    for (start, _) in starts {
        let word = text[*start..].split(char::is_whitespace).next().unwrap_or_default();
        // So does an address of the web with a path, or of a network.
        let of_the_web =
            || web_address(word).is_some_and(|url| word.contains('/') || network(&host_of(&url)).is_some());
        if word.contains('@') && word.len() > 4 || word.len() > 4 && of_the_web() {
            cuts.push((*start, *start));
            let rest = text[start + word.len()..].trim_start();
            // Its network in brackets belongs to it.
            if !rest.starts_with('(') {
                cuts.push((start + word.len(), start + word.len()));
            }
        }
    }
    for (start, end) in phone_runs(text) {
        cuts.push((start, start));
        cuts.push((end, end));
    }
    cuts.sort_unstable();
    let mut out = Vec::new();
    let mut from = 0;
    for (start, end) in cuts {
        if start >= from {
            out.push(line.piece.slice(from..start).trimmed());
            from = end;
        }
    }
    out.push(line.piece.slice(from..text.len()).trimmed());
    out.retain(|piece| piece.text().chars().any(char::is_alphanumeric));
    // What trimming took off an address's end would be missed when it goes on below.
    if let Some(last) = out.last_mut()
        && let Some(tail) = line.piece.text().trim_end().rsplit(char::is_whitespace).next()
        && tail.len() > last.text().len()
        && tail.starts_with(last.text())
        && tail.ends_with(['-', '/'])
        && web_address(tail).is_some()
    {
        let start = line.piece.text().trim_end().len() - tail.len();
        *last = line.piece.slice(start..start + tail.len());
    }
    out
}

/// Whether the text is a postal code alone: five or six digits.
fn is_postal_code(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (5..=6).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())
}

/// Where a telephone number stands among other words: nine digits and more with their marks, and no postal code.
fn phone_runs(text: &str) -> Vec<(usize, usize)> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | ' ' | '\u{a0}' | '‑');
    let mut runs = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')).map(|at| from + at) {
        let length = text[at..].find(|c| !part(c)).unwrap_or(text.len() - at);
        let run = text[at..at + length].trim_end_matches([' ', '(', '-', '.', '+']);
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let opens = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, ':' | '|' | '·'));
        let closes = text[at + run.len()..]
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '·'));
        if (9..=15).contains(&digits) && opens && closes && dates::find(run, false).is_empty() {
            runs.push((at, at + run.len()));
        }
        from = at + length.max(1);
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
    runs
}

fn is_label(text: &str) -> bool {
    let text = text.trim();
    text.split_whitespace().count() <= 3 && (CONTACT_LABELS.is(text) || network_named(text).is_some())
}

/// Takes what is certainly contact data; the rest comes back.
fn read_fragments(fragments: Vec<Fragment>, contact: &mut Contact) -> Vec<Fragment> {
    let mut left = Vec::new();
    for fragment in fragments {
        if let Some(email) = email_in(&fragment) {
            let sure = 0.98;
            if contact.email.is_none() {
                contact.email = Some((email, fragment.piece.clone(), sure));
            }
        } else if let Some((piece, sure)) = phone_in(&fragment) {
            // A number with its country's code or behind its label is surer than one that only looks like one.
            let better = contact.phone.as_ref().is_none_or(|(_, known)| sure > known + 0.05);
            if better && fragment.label.as_deref() != Some("fax") {
                contact.phone = Some((piece, sure));
            }
        } else if let Some(profile) = profile_in(&fragment) {
            let known = contact.profiles.iter().any(|other| {
                other.url.is_some() && other.url == profile.url
                    || other.network == profile.network && other.username == profile.username
            });
            if !known {
                contact.profiles.push(profile);
            }
        } else if let Some((url, sure)) = site_in(&fragment) {
            if contact.url.is_none() {
                contact.url = Some((url, fragment.piece.clone(), sure));
            } else if contact.url.as_ref().is_some_and(|(known, _, _)| host_of(known) != host_of(&url)) {
                contact.profiles.push(ProfileFound {
                    url: Some(url),
                    piece: fragment.piece.clone(),
                    sure,
                    ..ProfileFound::default()
                });
            }
        } else {
            left.push(fragment);
        }
    }
    left
}

fn email_in(fragment: &Fragment) -> Option<String> {
    let shown = fragment
        .piece
        .text()
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | ',' | ';' | '[' | ']'))
        .map(|word| word.trim_start_matches("mailto:").trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|word| is_email(word))
        .map(str::to_owned);
    shown.or_else(|| {
        let target = fragment.link.as_deref()?.strip_prefix("mailto:")?;
        let address = target.split('?').next().unwrap_or(target);
        // A link may be hidden behind an icon and a name; a telephone number is not its text.
        is_email(address).then(|| address.to_owned()).filter(|_| !has_phone_digits(fragment.piece.text()))
    })
}

/// A mail address with a dot in its domain, as they are on the web.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty()
        && domain.contains('.')
        && text.len() <= 254
        && email_address::EmailAddress::is_valid(text)
        && is_host(domain)
}

fn email_anywhere(pages: &Pages<'_>) -> Option<(String, Piece, f32)> {
    pages.lines.iter().filter(|line| line.text().contains('@')).find_map(|line| {
        let fragment = Fragment { piece: line.piece.clone(), label: None, link: None, line: 0, size: 0.0, bold: false };
        email_in(&fragment).map(|email| (email, line.piece.clone(), 0.8))
    })
}

fn has_phone_digits(text: &str) -> bool {
    (7..=16).contains(&text.chars().filter(char::is_ascii_digit).count())
}

/// The telephone number of a fragment, without its label.
fn phone_in(fragment: &Fragment) -> Option<(Piece, f32)> {
    let text = fragment.piece.text();
    let labelled = fragment.label.as_deref().is_some_and(is_phone_label);
    let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))?;
    let before = text[..start].trim().trim_end_matches([':', '.']);
    // A drawn telephone may have been recognised as a letter or two.
    let drawn = before.chars().count() <= 2 && !before.contains('@');
    if !before.is_empty() && !drawn && !is_phone_label(&fold(before)) {
        return None;
    }
    let length = text[start..].find(|c: char| {
        !(c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '\u{a0}' | '‑' | '–'))
    });
    let end = length.map_or(text.len(), |length| start + length);
    let number = &text[start..end];
    let rest = text[end..].trim();
    let extension = rest.to_lowercase();
    if !rest.is_empty()
        && !extension.starts_with("ext")
        && !extension.starts_with('x')
        && !rest.starts_with('(')
        && !is_phone_label(&fold(rest))
    {
        return None;
    }
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let international =
        number.trim_start().starts_with('+') || number.trim_start().starts_with("00") || number.starts_with("(+");
    let range = if international || labelled { 7..=15 } else { 8..=14 };
    let date = !international && !dates::find(number, false).is_empty();
    if !range.contains(&digits) || date {
        return None;
    }
    let piece = fragment.piece.slice(start..end).trimmed();
    // Trimming may have taken an opening bracket that belongs to the number.
    let piece = if number.trim_start().starts_with('(') && !piece.text().starts_with('(') {
        fragment.piece.slice(start..end)
    } else {
        piece
    };
    let valid = international && phone::is_valid(number);
    Some((
        piece,
        if valid {
            0.98
        } else if international || labelled {
            0.93
        } else {
            0.85
        },
    ))
}

fn is_phone_label(folded: &str) -> bool {
    let first = folded.split(|c: char| !c.is_alphanumeric()).find(|part| !part.is_empty()).unwrap_or_default();
    matches!(
        first,
        "phone"
            | "tel"
            | "telephone"
            | "mobile"
            | "cell"
            | "mob"
            | "m"
            | "p"
            | "t"
            | "telefon"
            | "mobil"
            | "handy"
            | "portable"
            | "movil"
            | "telefono"
            | "telefone"
            | "celular"
            | "cellulare"
            | "telefoon"
            | "cep"
            | "whatsapp"
            | "gsm"
            | "cellphone"
            | "fon"
            | "fax"
            | "numer"
    )
}

fn labelled_phone_anywhere(sections: &Sections) -> Option<(Piece, f32)> {
    let lines = sections
        .sections
        .iter()
        .filter(|section| !section.kinds.contains(&SectionKind::References))
        .flat_map(|section| &section.lines);
    lines.filter(|line| line.word_count() <= 8).find_map(|line| {
        line.cells().into_iter().find_map(|piece| {
            let international = piece.text().trim_start().starts_with('+');
            let label = piece.text().split_once(':').map(|(label, _)| fold(label));
            let labelled = label.as_deref().is_some_and(is_phone_label);
            let fragment = Fragment { piece, label: None, link: None, line: 0, size: 0.0, bold: false };
            phone_in(&fragment).filter(|_| international || labelled).map(|(piece, _)| (piece, 0.75))
        })
    })
}

/// A host name: labels of letters, digits and hyphens, the last one of letters alone.
fn is_host(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
        })
        && labels.last().is_some_and(|last| (2..=24).contains(&last.len()) && last.chars().all(char::is_alphabetic))
}

/// The web address that a text is, with its scheme.
fn web_address(text: &str) -> Option<String> {
    let first =
        text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>')).find(|part| !part.is_empty())?;
    let bare = first.trim_end_matches([',', ';', '.', ')']);
    let lower = bare.to_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let host = rest.split(['/', '?', '#', ':']).next()?;
    if !is_host(host) || bare.contains('@') {
        return None;
    }
    let full = if rest.len() == lower.len() { format!("https://{bare}") } else { bare.to_owned() };
    url::Url::parse(&full).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(full)
}

fn is_web_link(target: &str) -> bool {
    url::Url::parse(target).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn host_of(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

fn profile_in(fragment: &Fragment) -> Option<ProfileFound> {
    let text = fragment.piece.text();
    let shown = text
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
        .filter(|part| !part.is_empty())
        .take(4)
        .find_map(web_address);
    let target = fragment.link.as_deref().filter(|link| is_web_link(link)).map(str::to_owned);
    for url in [shown.clone(), target].into_iter().flatten() {
        if url::Url::parse(&url).is_err() {
            continue;
        }
        if let Some(name) = network(&host_of(&url)) {
            let username = username_of(&url);
            let sure = if shown.is_some() { 0.96 } else { 0.9 };
            return Some(ProfileFound {
                network: Some(name.to_owned()),
                username,
                url: Some(url),
                piece: fragment.piece.clone(),
                sure,
            });
        }
    }
    // "GitHub: ada" and a label above the name.
    let labelled = fragment.label.as_deref().and_then(network_named);
    let prefixed = text.split_once(':').and_then(|(label, _)| network_named(label));
    let in_brackets = text.split_once('(').and_then(|(_, rest)| network_named(rest.trim_end_matches(')')));
    let (_, name) = labelled.or(prefixed).or(in_brackets)?;
    let value = match (prefixed, in_brackets) {
        (Some(_), _) => text.split_once(':').map_or(text, |(_, rest)| rest),
        (_, Some(_)) => text.split_once('(').map_or(text, |(before, _)| before),
        _ => text,
    };
    let username = value.trim().trim_start_matches('@');
    let sound = !username.is_empty() && !username.contains(char::is_whitespace) && username.len() <= 60;
    sound.then(|| ProfileFound {
        network: Some(name.to_owned()),
        username: Some(username.to_owned()),
        url: None,
        piece: fragment.piece.clone(),
        sure: 0.85,
    })
}

/// The last part of a profile's path that names the person.
fn username_of(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    if let Some((_, user)) = parsed.query_pairs().find(|(key, _)| key == "user") {
        return Some(crate::text::clean(&user)).filter(|user| !user.is_empty());
    }
    let last = parsed.path_segments()?.rfind(|segment| !segment.is_empty())?;
    // An address encodes what a page shows as letters.
    let name = percent_encoding::percent_decode_str(last).decode_utf8().ok()?;
    let name = crate::text::clean(name.trim_start_matches('@'));
    (!name.is_empty()).then_some(name)
}

fn site_in(fragment: &Fragment) -> Option<(String, f32)> {
    let text = fragment.piece.text().trim();
    if let Some(url) = web_address(text)
        && text.split_whitespace().count() <= 2
    {
        // A bare word with a dot is a site only if it ends in a known way or stands behind a label.
        let scheme = text.to_lowercase().starts_with("http") || text.to_lowercase().starts_with("www.");
        return Some((url, if scheme || fragment.label.is_some() { 0.95 } else { 0.85 }));
    }
    let target = fragment.link.as_deref().filter(|link| is_web_link(link))?;
    let short = text.split_whitespace().count() <= 4;
    short.then(|| (target.to_owned(), 0.7))
}

// ---------------------------------------------------------------------------------------------- name and headline

/// Finds the name; the first words of its lines come back.
fn find_name(pages: &Pages<'_>, sections: &Sections, contact: &mut Contact) -> Vec<u32> {
    let mail_names = mail_names(pages);
    let first_page: Vec<&Line> = sections.top.iter().filter(|line| line.page == 0).collect();
    let elsewhere: Vec<&Line> = sections
        .sections
        .iter()
        .filter(|section| {
            matches!(
                section.kinds[0],
                SectionKind::Contact | SectionKind::Summary | SectionKind::Other | SectionKind::Profiles
            )
        })
        .flat_map(|section| &section.lines)
        .filter(|line| line.page == 0)
        .collect();
    let candidates: Vec<(usize, &Line)> = first_page
        .iter()
        .copied()
        .enumerate()
        .chain(elsewhere.into_iter().enumerate().map(|(i, line)| (i + 8, line)))
        .collect();
    let largest = candidates.iter().map(|(_, line)| line.size).fold(0.0_f32, f32::max);
    let mut best: Option<(f32, usize, Vec<&Line>, Piece)> = None;
    for (position, (order, line)) in candidates.iter().enumerate() {
        // A form says outright which one the name is.
        if let Some(named) = name_in_two_rows(line, &candidates).or_else(|| labelled_name(line))
            && name_score(named.text(), line, 0, 0.0, 0.0, &mail_names) > 0.0
        {
            best = Some((6.0, *order, vec![*line], named));
            break;
        }
        let mut piece = name_cell(line);
        let mut lines = vec![*line];
        let mut score = name_score(piece.text(), line, *order, largest, pages.body_size, &mail_names);
        // A large name may be broken over two lines.
        if let Some((_, next)) = candidates.get(position + 1)
            && next.page == line.page
            && line.size > pages.body_size * 1.25
            && (next.size - line.size).abs() <= line.size * 0.05
            && next.bold == line.bold
            && !next.text().contains('\t')
        {
            let mut joined = piece.clone();
            joined.append_line(&next.piece);
            let joined_score = name_score(joined.text(), line, *order, largest, pages.body_size, &mail_names) + 0.3;
            if joined_score > score && title_score(next.text()) < 1.0 {
                (piece, score) = (joined, joined_score);
                lines.push(next);
            }
        }
        if score > 0.0 && best.as_ref().is_none_or(|(other, ..)| score > *other) {
            best = Some((score, *order, lines, piece));
        }
    }
    let Some((score, _, lines, piece)) = best else { return Vec::new() };
    contact.name = Some((piece.clone(), (0.45 + score * 0.09).clamp(0.3, 0.98)));
    // What shares the name's line (a title after a gap) stays in the zone.
    lines.iter().filter(|line| line.piece.text().len() <= piece.text().len() + 2).map(|line| word_of(line)).collect()
}

/// `Surname: Byron` and `First name: Ada` in rows of their own, if this line is one of them.
fn name_in_two_rows(line: &Line, candidates: &[(usize, &Line)]) -> Option<Piece> {
    const LAST: [&str; 15] = [
        "name",
        "surname",
        "last name",
        "family name",
        "nachname",
        "familienname",
        "nom",
        "nom de famille",
        "apellidos",
        "cognome",
        "apelido",
        "achternaam",
        "nazwisko",
        "efternamn",
        "soyadi",
    ];
    const FIRST: [&str; 13] = [
        "first name",
        "first names",
        "given name",
        "given names",
        "forename",
        "vorname",
        "vornamen",
        "prenom",
        "prenoms",
        "voornaam",
        "imie",
        "fornamn",
        "nombre",
    ];
    let row = |line: &Line, labels: &[&str]| -> Option<Piece> {
        let text = line.text();
        let cut = text.find(['\t', ':'])?;
        let label = folded_words(&text[..cut]).join(" ");
        let value = line.piece.slice(cut + 1..text.len()).trimmed();
        let value = value.split(|c| c == '\t').into_iter().next()?;
        (labels.contains(&label.as_str()) && !value.is_empty()).then_some(value)
    };
    if row(line, &LAST).is_none() && row(line, &FIRST).is_none() {
        return None;
    }
    let mut whole = candidates.iter().find_map(|(_, line)| row(line, &FIRST))?;
    let last = candidates.iter().find_map(|(_, line)| row(line, &LAST))?;
    whole.append(" ", &last);
    Some(whole)
}

/// `Name: Ada Byron`, or the same in two cells.
fn labelled_name(line: &Line) -> Option<Piece> {
    let text = line.text();
    let cut = text.find(['\t', ':'])?;
    let label = folded_words(&text[..cut]).join(" ");
    let known = matches!(
        label.as_str(),
        "name"
            | "full name"
            | "vor und nachname"
            | "vor- und nachname"
            | "nom"
            | "nom et prenom"
            | "prenom et nom"
            | "nombre"
            | "nombre y apellidos"
            | "nombre completo"
            | "nome"
            | "nome completo"
            | "nome e cognome"
            | "nome cognome"
            | "cognome nome"
            | "cognome e nome"
            | "nom prenom"
            | "prenom nom"
            | "apellidos y nombre"
            | "apellidos nombre"
            | "nombre apellidos"
            | "nachname vorname"
            | "vorname nachname"
            | "name vorname"
            | "vorname name"
            | "surname first name"
            | "first name surname"
            | "first name s surname s"
            | "surname s first name s"
            | "surname name"
            | "naam"
            | "imie i nazwisko"
            | "namn"
            | "ad soyad"
            | "adi soyadi"
    );
    let value = line.piece.slice(cut + 1..text.len()).trimmed();
    (known && !value.is_empty()).then(|| value.split(|c| c == '\t').into_iter().next().unwrap_or(value))
}

/// The part of a line that can be a name: up to the first gap or separator.
fn name_cell(line: &Line) -> Piece {
    // "Curriculum Vitae – Ada Byron"
    let text = line.text();
    let titled = text.find(['–', '—', '-', ':', '|', '\t']).filter(|at| {
        matches!(
            squash(&text[..*at]).as_str(),
            "curriculumvitae" | "cv" | "resume" | "lebenslauf" | "curriculum" | "ozgecmis"
        )
    });
    let whole = titled.map_or_else(|| line.piece.clone(), |at| line.piece.slice(at..text.len()).trimmed());
    let text = whole.text();
    let end = text.find(['\t', '|', '·', '•', '–', '—']).unwrap_or(text.len());
    let mut piece = whole.slice(0..end).trimmed();
    // "Curriculum Vitae of Ada Byron"
    for prefix in ["curriculum vitae of ", "curriculum vitae ", "resume of ", "lebenslauf ", "cv "] {
        if fold(piece.text()).starts_with(prefix) && piece.text().is_char_boundary(prefix.len()) {
            piece = piece.slice(prefix.len()..piece.text().len()).trimmed();
        }
    }
    // Degrees behind the name: "Ada Byron, PhD, PMP"
    if let Some(comma) = piece.text().find(',') {
        let tail = piece.text()[comma + 1..].trim();
        let credentials = tail.split([',', ' ']).filter(|part| !part.is_empty()).all(|part| {
            let letters = part.chars().filter(|c| c.is_alphabetic()).count();
            letters <= 6
                && part.chars().filter(|c| c.is_uppercase()).count() * 2 >= letters
                && !matches!(fold(part).trim_end_matches('.'), "jr" | "sr" | "ii" | "iii" | "iv")
        });
        if credentials {
            piece = piece.slice(0..comma);
        }
    }
    piece
}

/// Names that mail addresses on the page suggest: the folded local parts.
fn mail_names(pages: &Pages<'_>) -> Vec<String> {
    pages
        .lines
        .iter()
        .filter(|line| line.text().contains('@'))
        .flat_map(|line| {
            line.text().split_whitespace().filter(|word| word.contains('@')).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter_map(|word| word.split_once('@').map(|(local, _)| squash(local)))
        .take(3)
        .collect()
}

fn name_score(text: &str, line: &Line, order: usize, largest: f32, body: f32, mails: &[String]) -> f32 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let forbidden =
        text.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | '/' | ':' | '?' | '!' | '+' | '=' | '%' | '#'));
    if words.is_empty()
        || words.len() > 7
        || letters < 2
        || forbidden
        || is_heading_text(text)
        || is_prose(text)
        || line.bullet
        || text.len() > 70
    {
        return -1.0;
    }
    if matches!(
        squash(text).as_str(),
        "curriculumvitae"
            | "resume"
            | "cv"
            | "lebenslauf"
            | "curriculo"
            | "cvresume"
            | "europeancurriculumvitaeformat"
            | "europass"
    ) {
        return -1.0;
    }
    // Particles of names are written small (van der, de la, bin); any other word begins with a capital.
    let small = words.iter().filter(|word| word.chars().next().is_some_and(char::is_lowercase) && !is_particle(word));
    if small.filter(|word| !is_small_title(word)).count() > 0 {
        return -1.0;
    }
    let mut score = 2.0;
    if largest > body * 1.15 && body > 0.0 && !line.recognised || line.recognised && largest > body * 1.3 {
        score += if line.size >= largest * 0.97 { 3.0 } else { -1.0 };
    }
    score += match order {
        0 => 1.2,
        1 => 0.7,
        2 | 3 => 0.3,
        _ => -0.05 * order as f32,
    };
    score += match words.len() {
        2 | 3 => 0.8,
        4 | 5 => 0.4,
        // Chinese, Japanese and Korean names are one short word of many letters' worth.
        1 if letters <= 6 && text.chars().all(|c| matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')) => {
            0.8
        }
        1 => -0.4,
        _ => -0.2,
    };
    let title = folded_words(text).iter().filter(|word| TITLE_WORDS.has_word(word)).count();
    score -= title as f32 * 1.5;
    if country(text).is_some() || roles::place_score(text) > 1.5 {
        score -= 2.0;
    }
    let named = words
        .iter()
        .filter(|word| squash(word).chars().count() >= 3)
        .filter(|word| mails.iter().any(|mail| mail.contains(&squash(word))))
        .count();
    score += 1.4 * named.min(3) as f32;
    score
}

/// Parts of academic titles that are written small: "Dr. iur.", "mgr inż.", "dr hab.".
fn is_small_title(word: &str) -> bool {
    const SMALL: [&str; 31] = [
        "iur", "jur", "med", "phil", "rer", "nat", "pol", "oec", "publ", "soc", "theol", "agr", "techn", "sc", "h.c",
        "habil", "hab", "dent", "vet", "univ", "dr", "mgr", "inz", "lek", "mag", "ing", "prof", "dott", "dott.ssa",
        "avv", "lic",
    ];
    SMALL.contains(&fold(word).trim_end_matches([',', '.']))
}

fn is_particle(word: &str) -> bool {
    matches!(
        fold(word).trim_end_matches('.'),
        "van"
            | "der"
            | "den"
            | "de"
            | "la"
            | "le"
            | "du"
            | "da"
            | "do"
            | "dos"
            | "das"
            | "di"
            | "del"
            | "della"
            | "von"
            | "zu"
            | "zur"
            | "vom"
            | "bin"
            | "binti"
            | "bint"
            | "ibn"
            | "al"
            | "el"
            | "ul"
            | "y"
            | "e"
            | "i"
            | "ter"
            | "ten"
            | "af"
            | "av"
            | "het"
            | "dei"
            | "degli"
            | "lo"
            | "st"
            | "'t"
            | "te"
            | "op"
    ) || word.starts_with("d'")
        || word.starts_with("d’")
        || word.contains('-')
}

fn take_label(left: &mut Vec<Fragment>, zone: &[&Line], contact: &mut Contact) {
    let found = left.iter().position(|fragment| {
        let text = fragment.piece.text();
        fragment.label.is_none()
            && text.split_whitespace().count() <= 10
            && !is_prose(text)
            && !text.chars().any(|c| c == '@')
            && title_score(text) >= 1.0
    });
    let Some(i) = found else {
        // Without a job's word: a lone line right under the name, larger or bolder than the body.
        let first = left.first().filter(|fragment| {
            fragment.line == 0
                && zone.first().is_some_and(|line| !line.text().contains('\t'))
                && fragment.label.is_none()
                && roles::place_score(fragment.piece.text()) < 1.0
                && !fragment.piece.text().contains(',')
                && left.iter().filter(|other| other.line == 0).count() == 1
                && left.len() > 1
                && (fragment.bold || left.iter().any(|other| other.size < fragment.size - 0.6))
        });
        if let Some(fragment) = first {
            contact.label = Some((fragment.piece.clone(), 0.6));
            left.remove(0);
        }
        return;
    };
    let fragment = left.remove(i);
    let mut piece = fragment.piece;
    // The rest of the line belongs to a headline such as "Designer | Illustrator".
    while left.get(i).is_some_and(|next| next.line == fragment.line && title_score(next.piece.text()) >= 1.0) {
        let next = left.remove(i);
        piece.append(" | ", &next.piece);
    }
    contact.label = Some((piece, if fragment.line <= 1 { 0.9 } else { 0.75 }));
}

/// A user name whose site was only drawn beside it: one word among the contact data that shares letters with the
/// person's name or mail address. Which site it is, nobody can tell.
fn take_bare_usernames(pages: &Pages<'_>, left: &mut Vec<Fragment>, zone: &[&Line], contact: &mut Contact) {
    let mut known = mail_names(pages);
    known.extend(contact.name.iter().map(|(name, _)| squash(name.text())));
    let shares = |token: &str| {
        let letters: Vec<char> = squash(token).chars().collect();
        letters.windows(4).any(|part| known.iter().any(|name| name.contains(&part.iter().collect::<String>())))
    };
    left.retain(|fragment| {
        let text = fragment.piece.text();
        let among_contacts =
            zone.get(fragment.line).is_some_and(|line| line.text().contains('@') || has_phone_digits(line.text()));
        let token = text.len() >= 4
            && !text.contains(char::is_whitespace)
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
            && text.starts_with(|c: char| c.is_ascii_lowercase());
        if !(among_contacts && token && shares(text)) {
            return true;
        }
        contact.profiles.push(ProfileFound {
            username: Some(text.to_owned()),
            piece: fragment.piece.clone(),
            sure: 0.5,
            ..ProfileFound::default()
        });
        false
    });
}

// ---------------------------------------------------------------------------------------------- place

/// The country that a telephone number's prefix names.
fn phone_country(number: &str) -> Option<String> {
    if !number.trim_start().starts_with('+') {
        return None;
    }
    phone::country(number)
}

/// `home` is the country of the telephone number: it decides whether `NL` is a country or a province.
fn find_place(left: &[Fragment], zone: &[&Line], home: Option<&str>) -> Option<Place> {
    let mut best: Option<(f32, Place)> = None;
    for (i, fragment) in left.iter().enumerate() {
        let text = fragment.piece.text();
        if is_prose(text) || text.contains('@') || text.len() > 120 {
            continue;
        }
        let labelled = fragment.label.as_deref().is_some_and(is_place_label);
        if fragment.label.is_some() && !labelled {
            continue;
        }
        let mut place = Place::default();
        let mut score = read_place(&fragment.piece, &mut place, home);
        if labelled {
            score += 2.0;
        }
        let shares_line =
            zone.get(fragment.line).is_some_and(|line| line.text().contains('@') || has_phone_digits(line.text()));
        if shares_line {
            score += 1.2;
        }
        // A street on the line above belongs to it.
        if let Some(before) = i.checked_sub(1).and_then(|before| left.get(before))
            && before.line + 1 >= fragment.line
            && is_street(before.piece.text())
        {
            score += 1.0;
            place.street = place.street.or_else(|| Some(before.piece.clone()));
        }
        if title_score(text) > 1.0 {
            score -= 2.0;
        }
        // Among contact data a short "Somewhere, Region" is where the person lives.
        let neighbours = |distance: usize| {
            zone[fragment.line.saturating_sub(distance)..(fragment.line + distance + 1).min(zone.len())]
                .iter()
                .any(|line| line.text().contains('@') || has_phone_digits(line.text()))
        };
        if fragment.label.is_none() && neighbours(3) && text.split_whitespace().count() <= 6 {
            score += if text.contains(',') { 0.7 } else { 0.3 };
            if zone.get(fragment.line).is_some_and(|line| line.word_count() == text.split_whitespace().count())
                && neighbours(1)
            {
                score += if text.split_whitespace().count() <= 2 { 0.8 } else { 0.5 };
            }
        }
        if place.city.is_some() && score >= 1.0 && best.as_ref().is_none_or(|(other, _)| score > *other) {
            place.sure = (0.45 + score * 0.1).clamp(0.4, 0.95);
            best = Some((score, place));
        }
    }
    best.map(|(_, place)| place)
}

fn is_place_label(label: &str) -> bool {
    matches!(
        label,
        "address"
            | "location"
            | "adresse"
            | "anschrift"
            | "wohnort"
            | "lieu"
            | "direccion"
            | "domicilio"
            | "ubicacion"
            | "endereco"
            | "localizacao"
            | "indirizzo"
            | "luogo"
            | "adres"
            | "woonplaats"
            | "miejsce zamieszkania"
            | "adress"
            | "konum"
            | "based in"
            | "lives in"
            | "living in"
            | "residence"
            | "place of residence"
            | "residenza"
            | "residencia"
            | "bostadsort"
            | "ikametgah"
            | "home"
    )
}

fn is_street(text: &str) -> bool {
    let digits = text.chars().any(|c| c.is_ascii_digit());
    digits
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 4
        && text.chars().filter(char::is_ascii_digit).count() <= 9
        && !text.contains('@')
}

fn is_region(text: &str) -> bool {
    REGION_CODES.contains(text) || REGION_NAMES.is(text) || country(text).is_some()
}

/// Reads an address's parts; the score says how much it looks like one.
fn read_place(piece: &Piece, place: &mut Place, home: Option<&str>) -> f32 {
    let mut score: f32 = 0.0;
    let mut parts: Vec<Piece> = piece.split(|c| matches!(c, ',' | '،'));
    // The part that stands behind its postal code is the city: "00233 Accra".
    let mut behind_code = None;
    for (i, part) in parts.iter_mut().enumerate() {
        strip_country(part, place, home);
        let before = part.text().to_owned();
        strip_postal_code(part, place);
        if part.text().len() < before.len()
            && !part.is_empty()
            && (before.ends_with(part.text()) || i > 1 && !is_region(part.text()))
        {
            behind_code = Some(i);
        }
    }
    if let Some(city) = behind_code.filter(|city| *city > 0) {
        let mut street = place.street.take().unwrap_or_default();
        for part in parts.drain(..city).filter(|part| !part.is_empty()) {
            street.append(", ", &part);
        }
        place.street = (!street.is_empty()).then_some(street);
    }
    parts.retain(|part| !part.is_empty());
    if place.country_code.is_some() {
        score += 1.8;
    }
    if place.postal_code.is_some() {
        score += 1.0;
    }
    // A country's name closes the address.
    if parts.len() > 1
        && let Some(last) = parts.last().cloned()
        && let Some(code) = country(last.text())
        && !(REGION_CODES.contains(last.text()) && last.text().len() == 2 && parts.len() == 2 && home != Some(code))
    {
        place.country_code = Some((code.to_owned(), last));
        parts.pop();
        score += 2.0;
    }
    let mut plain: Vec<Piece> = Vec::new();
    for part in parts {
        let named = STREET_WORDS.coverage(&folded_words(part.text())) > 0 && place.street.is_some();
        if (is_street(part.text()) || named) && plain.is_empty() {
            if named {
                if let Some(street) = &mut place.street {
                    street.append(", ", &part);
                }
            } else if place.street.is_none() {
                place.street = Some(part);
            }
        } else {
            plain.push(part);
        }
    }
    let mut plain = plain.into_iter();
    if let Some(city) = plain.next() {
        let words = city.text().split_whitespace().count();
        let starts_large = city.text().chars().next().is_some_and(crate::text::begins_name);
        let strange = city.text().chars().any(|c| c.is_ascii_digit() || matches!(c, ':' | '@' | '/' | '+'));
        if words > 4 || !starts_large || strange {
            return -1.0;
        }
        if country(city.text()).is_some() && city.text().len() > 2 {
            score += 0.8;
        }
        // "Bilbao (Bizkaia)" is in Bizkaia; "Halle (Saale)" is called so.
        let open = city.text().find(" (").filter(|_| city.text().ends_with(')'));
        let named_so = home.is_none_or(|home| matches!(home, "DE" | "AT" | "CH"));
        match open.filter(|_| !named_so) {
            Some(open) => {
                place.region = Some(city.slice(open..city.text().len()).trimmed());
                place.city = Some(city.slice(0..open).trimmed());
            }
            None => place.city = Some(city),
        }
    }
    if let Some(region) = plain.next() {
        let known = REGION_CODES.contains(region.text()) || REGION_NAMES.is(region.text());
        score += if known { 2.0 } else { 0.6 };
        if region.text().split_whitespace().count() > 4 {
            score -= 2.0;
        }
        place.region = Some(region);
    }
    score - plain.count() as f32 * 0.7
}

/// Takes a country out of brackets or off the end: `Omaha (US)`, `HU5 2TT GB`.
fn strip_country(part: &mut Piece, place: &mut Place, home: Option<&str>) {
    let text = part.text().to_owned();
    if let (Some(open), Some(close)) = (text.find('('), text.find(')'))
        && open < close
        && let Some(code) = country(&text[open + 1..close])
    {
        place.country_code = Some((code.to_owned(), part.slice(open + 1..close)));
        let (mut before, after) = part.without(open..close + 1);
        before = before.trimmed();
        let after = after.trimmed();
        if !after.is_empty() {
            before.append(" ", &after);
        }
        *part = before;
        return;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 1
        && let Some(last) = words.last()
        && last.len() == 2
        && last.chars().all(char::is_uppercase)
        && let Some(code) = country(last)
        && (!REGION_CODES.contains(last) || home == Some(code))
    {
        let cut = text.rfind(last).unwrap_or(text.len());
        place.country_code = Some((code.to_owned(), part.slice(cut..text.len())));
        *part = part.slice(0..cut).trimmed();
    }
}

/// Takes a postal code off either end: `28195 Bremen`, `D-28195 Bremen`, `Hull HU5 2TT`, `Dallas 75201-1234`.
fn strip_postal_code(part: &mut Piece, place: &mut Place) {
    let text = part.text().to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let numeric = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let bare = word.trim_start_matches(|c: char| c.is_ascii_uppercase()).trim_start_matches('-');
        (4..=9).contains(&digits) && bare.chars().all(|c| c.is_ascii_digit() || c == '-')
    };
    let mixed = |word: &str| {
        (2..=4).contains(&word.len())
            && word.chars().any(|c| c.is_ascii_digit())
            && word.chars().any(|c| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    };
    let take = |part: &mut Piece, place: &mut Place, from: usize, to: usize| {
        place.postal_code = Some(part.slice(from..to).trimmed());
        let (before, after) = part.without(from..to);
        let (mut before, after) = (before.trimmed(), after.trimmed());
        if !after.is_empty() {
            before.append(" ", &after);
        }
        *part = before;
    };
    let short = |word: &str, length: usize| word.len() == length && word.chars().all(|c| c.is_ascii_digit());
    match words[..] {
        [] => {}
        [only] if numeric(only) => take(part, place, 0, text.len()),
        // "903 26 Umeå", "110 00 Praha"
        [first, second, city, ..]
            if short(first, 3)
                && short(second, 2)
                && words.len() <= 5
                && city.chars().next().is_some_and(char::is_uppercase) =>
        {
            let end = first.len() + text[first.len()..].find(second).unwrap_or(0) + second.len();
            take(part, place, 0, end);
        }
        // "Coimbatore - 641004"
        [city, .., dash, last]
            if matches!(dash, "-" | "–")
                && is_postal_code(last)
                && city.chars().next().is_some_and(char::is_uppercase) =>
        {
            take(part, place, text.rfind(dash).unwrap_or(0), text.len());
        }
        // "1011 AB Amsterdam"
        [first, second, _, ..]
            if numeric(first) && second.len() == 2 && second.chars().all(|c| c.is_ascii_uppercase()) =>
        {
            take(part, place, 0, text.find(second).map_or(0, |at| at + second.len()));
        }
        // "4400 Long Avenue" is a street.
        [first, ..] if numeric(first) && (words.len() > 3 || STREET_WORDS.coverage(&folded_words(&text)) > 0) => {}
        [first, second, ..]
            if numeric(first)
                && !second.contains(|c: char| c.is_ascii_digit())
                && first.chars().filter(char::is_ascii_digit).count() >= 4
                && words.len() <= 4 =>
        {
            take(part, place, 0, first.len());
        }
        [.., before_last, last] if mixed(before_last) && mixed(last) => {
            take(part, place, text.rfind(before_last).unwrap_or(0), text.len());
        }
        [.., last] if numeric(last) && words.len() > 1 => {
            take(part, place, text.rfind(last).unwrap_or(0), text.len());
        }
        _ => {}
    }
}

// ---------------------------------------------------------------------------------------------- prose at the top

fn prose_lines(zone: &[&Line]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut open = false;
    for (number, line) in zone.iter().enumerate() {
        // One block of text at the top is the profile; what comes after other lines is something else.
        if !open && !out.is_empty() {
            break;
        }
        let contact = line.text().contains('@')
            || line.text().contains("http")
            || line.text().contains('|')
            || has_phone_digits(line.text());
        let wide = line.word_count() >= 5;
        // A first line that says a job, full to the edge, of a sentence that ends below.
        let opens = || {
            zone.get(number + 1).is_some_and(|next| {
                next.block == line.block && is_prose(next.text()) && next.size == line.size && next.bold == line.bold
            })
        };
        let prose = !contact && is_prose(line.text()) && wide && title_score(line.text()) < 2.0
            || !contact && line.word_count() >= 9 && is_prose(line.text())
            || !contact && wide && line.is_full() && !line.text().contains('\t') && opens();
        let goes_on = open
            && !contact
            && !line.text().contains('\t')
            && out.last().is_some_and(|last| {
                last.is_full() && !last.text().trim_end().ends_with('.')
                    || line.begins_inside()
                    || last.text().ends_with('-')
            });
        open = prose || goes_on;
        if open {
            out.push((*line).clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::testing;

    fn contact(lines: &[&str]) -> Contact {
        let document = testing::document(lines);
        let pages = Pages::of(&document);
        let sections = Sections::of(&pages);
        read(&pages, &sections)
    }

    fn words(text: &str) -> Piece {
        let mut piece = Piece::default();
        for (i, word) in text.split(' ').enumerate() {
            piece.push(" ", word, i as u32);
        }
        piece
    }

    #[test]
    fn the_top_of_a_cv_is_read() {
        let found = contact(&[
            "# **Ada van der Berg**",
            "Software Engineer",
            "Hull, UK | ada.berg@example.org | +44 113 496 0000 | github.com/adaberg | ada.example.org",
            "# **Experience**",
            "Tester",
            "# **Education**",
        ]);
        assert_eq!(found.name.unwrap().0.text(), "Ada van der Berg");
        assert_eq!(found.label.unwrap().0.text(), "Software Engineer");
        assert_eq!(found.email.unwrap().0, "ada.berg@example.org");
        assert_eq!(found.phone.unwrap().0.text(), "+44 113 496 0000");
        assert_eq!(found.url.unwrap().0, "https://ada.example.org");
        assert_eq!(found.profiles[0].username.as_deref(), Some("adaberg"));
        assert_eq!(found.place.unwrap().city.unwrap().text(), "Hull");
    }

    #[test]
    fn labels_name_what_follows_them() {
        let found = contact(&[
            "# **Ada Byron**",
            "E-Mail: ada@example.org",
            "Telefon: 030 1234567",
            "LinkedIn",
            "ada-byron",
            "Wohnort: Kiel",
        ]);
        assert_eq!(found.email.unwrap().0, "ada@example.org");
        assert_eq!(found.phone.unwrap().0.text(), "030 1234567");
        assert_eq!(found.profiles[0].network.as_deref(), Some("LinkedIn"));
        assert_eq!(found.profiles[0].username.as_deref(), Some("ada-byron"));
        assert_eq!(found.place.unwrap().city.unwrap().text(), "Kiel");
    }

    #[rstest]
    #[case("Hull, East Yorkshire HU5 2TT GB", "Hull", Some("East Yorkshire"), Some("GB"))]
    #[case("28195 Bremen", "Bremen", None, None)]
    #[case("Dallas, TX 75201", "Dallas", Some("TX"), None)]
    #[case("12 Long Street, 68102, Omaha (US), NE", "Omaha", Some("NE"), Some("US"))]
    #[case("1011 AB Amsterdam, Netherlands", "Amsterdam", None, Some("NL"))]
    #[case("Accra, Ghana", "Accra", None, Some("GH"))]
    fn addresses_are_taken_apart(
        #[case] text: &str,
        #[case] city: &str,
        #[case] region: Option<&str>,
        #[case] code: Option<&str>,
    ) {
        let mut place = Place::default();
        read_place(&words(text), &mut place, None);
        assert_eq!(place.city.unwrap().text(), city);
        assert_eq!(place.region.as_ref().map(Piece::text), region);
        assert_eq!(place.country_code.as_ref().map(|(code, _)| code.as_str()), code);
    }

    #[test]
    fn a_form_names_the_name() {
        let found = contact(&[
            "# **Curriculum Vitae**",
            "**Contact**",
            "Name\tAda Byron",
            "E-Mail\tada@example.org",
            "**Education**",
            "x",
        ]);
        assert_eq!(found.name.unwrap().0.text(), "Ada Byron");
    }

    #[test]
    fn a_name_with_academic_titles_is_a_name() {
        for name in ["Dr. iur. Friederike von Hagenow-Lützow", "mgr inż. Jan Kowalski", "Prof. Dr. rer. nat. Wei Chen"]
        {
            let found =
                contact(&[&format!("# **{name}**"), "someone@example.org", "**Experience**", "x", "**Education**"]);
            assert_eq!(found.name.unwrap().0.text(), name);
        }
    }

    #[test]
    fn a_surname_and_a_first_name_in_rows_of_their_own_are_one_name() {
        let found = contact(&["Name:\tOelschläger", "Vorname:\tKatrin", "**Experience**", "x", "**Education**"]);
        assert_eq!(found.name.unwrap().0.text(), "Katrin Oelschläger");
    }

    #[test]
    fn addresses_of_the_web_without_signs_between_are_taken_apart() {
        let found = contact(&[
            "# **Ada Byron**",
            "ada@example.org +353 86 555 0182 Dublin, Ireland github.com/abyron linkedin.com/in/abyron",
        ]);
        assert_eq!(found.profiles.len(), 2);
        assert_eq!(found.place.unwrap().city.unwrap().text(), "Dublin");
    }

    #[test]
    fn a_name_over_two_lines_is_one_name() {
        let found = contact(&[
            "# **Maria Fernanda**",
            "# **Gonçalves**",
            "maria@example.org",
            "**Experience**",
            "x",
            "**Education**",
        ]);
        assert_eq!(found.name.unwrap().0.text(), "Maria Fernanda Gonçalves");
    }

    #[test]
    fn a_user_name_beside_a_lost_icon_is_kept_without_its_site() {
        let found = contact(&["# **Ada Byron**", "ada@example.org\tabyron-dev\t030 1234567"]);
        assert_eq!(found.profiles.len(), 1);
        assert_eq!(found.profiles[0].username.as_deref(), Some("abyron-dev"));
        assert_eq!(found.profiles[0].network, None);
    }

    #[test]
    fn a_year_span_is_no_telephone_number() {
        let found = contact(&["# **Ada Byron**", "2010 - 2014", "2014-2019"]);
        assert!(found.phone.is_none());
    }
}
