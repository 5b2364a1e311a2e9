//! A contact card, vCard 4.0 (RFC 6350).

use vitae_resume::Resume;

/// Writes the card of a résumé that holds nothing but what may be seen.
pub fn vcard(resume: &Resume) -> String {
    let basics = &resume.basics;
    let mut card = Card(String::new());
    card.line("BEGIN:VCARD");
    card.line("VERSION:4.0");
    let name = basics.name.as_deref().unwrap_or_default();
    card.text("FN", name);
    // Which part of a name is the family's cannot be told from a CV, and some address books want the property: the
    // whole name goes where the given name stands.
    card.line(&format!("N:;{};;;", escaped(name)));
    if let Some(label) = &basics.label {
        card.text("TITLE", label);
    }
    if let Some(employer) =
        resume.work.iter().find(|w| w.start_date.is_some() && w.end_date.is_none()).and_then(|w| w.name.as_ref())
    {
        // ORG is a structured value: its separator is escaped like any other.
        card.text("ORG", employer);
    }
    if let Some(email) = &basics.email {
        card.text("EMAIL", email);
    }
    if let Some(phone) = &basics.phone {
        match telephone(phone) {
            Some(number) => card.line(&format!("TEL;VALUE=uri:tel:{number}")),
            None => card.text("TEL", phone),
        }
    }
    if let Some(location) = &basics.location {
        let part = |text: &Option<String>| escaped(text.as_deref().unwrap_or_default());
        let parts = [
            String::new(),
            String::new(),
            part(&location.address),
            part(&location.city),
            part(&location.region),
            part(&location.postal_code),
            part(&location.country_code),
        ];
        if parts.iter().any(|part| !part.is_empty()) {
            card.line(&format!("ADR:{}", parts.join(";")));
        }
    }
    for url in basics.url.iter().chain(basics.profiles.iter().filter_map(|profile| profile.url.as_ref())) {
        card.line(&format!("URL:{url}"));
    }
    card.line("END:VCARD");
    card.0
}

/// A telephone number as a `tel:` address takes it (RFC 3966): the digits, with `+` where the number is international.
/// `None` where the text holds anything but a number, such as an extension.
pub fn telephone(text: &str) -> Option<String> {
    let international = text.trim_start().starts_with(['+', '＋']) || text.trim_start().starts_with("(+");
    let readable = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '＋' | ' ' | '\u{a0}' | '-' | '–' | '.' | '(' | ')' | '/'));
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if international && text.contains("(0)") {
        // In "+44 (0)20" the zero is dialled at home only.
        let without = text.replacen("(0)", "", 1);
        digits = without.chars().filter(char::is_ascii_digit).collect();
    }
    (readable && (5..=15).contains(&digits.len())).then(|| if international { format!("+{digits}") } else { digits })
}

struct Card(String);

impl Card {
    fn text(&mut self, property: &str, value: &str) {
        self.line(&format!("{property}:{}", escaped(value)));
    }

    /// Folds at 75 octets, never inside a character (RFC 6350, section 3.2).
    fn line(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_says_what_the_resume_says_escaped_and_folded() {
        let resume: Resume = serde_json::from_value(serde_json::json!({
            "basics": {"name": "Lovelace; Ada, Countess", "label": "Analyst", "email": "ada@example.org", "phone": "+44 (0)20 7946 0000",
                       "url": "https://ada.example", "location": {"city": "London", "countryCode": "GB"},
                       "profiles": [{"network": "X"}, {"url": "https://social.example/@ada-with-a-rather-long-name-that-needs-folding-somewhere"}]},
            "work": [{"name": "Engines, Ltd", "startDate": "1942"}],
        })).unwrap();
        assert_eq!(
            vcard(&resume),
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Lovelace\\; Ada\\, Countess\r\nN:;Lovelace\\; Ada\\, Countess;;;\r\nTITLE:Analyst\r\n\
             ORG:Engines\\, Ltd\r\nEMAIL:ada@example.org\r\nTEL;VALUE=uri:tel:+442079460000\r\nADR:;;;London;;;GB\r\n\
             URL:https://ada.example\r\nURL:https://social.example/@ada-with-a-rather-long-name-that-needs-folding-\r\n somewhere\r\nEND:VCARD\r\n"
        );
    }

    #[test]
    fn no_line_of_a_card_is_longer_than_75_octets_and_no_character_is_cut() {
        for fixture in crate::fixtures::all() {
            let card = vcard(&fixture.resume);
            assert!(card.split("\r\n").all(|line| line.len() <= 75), "{}", fixture.name);
            let unfolded = card.replace("\r\n ", "");
            assert!(unfolded.contains(fixture.resume.basics.name.as_deref().unwrap()), "{}", fixture.name);
        }
    }

    #[test]
    fn a_telephone_number_is_a_number_or_nothing() {
        assert_eq!(telephone("(415) 555-0132").as_deref(), Some("4155550132"));
        assert_eq!(telephone("+49 30 / 1234-567").as_deref(), Some("+49301234567"));
        assert_eq!(telephone("020 7946 0000 ext. 7"), None);
        assert_eq!(telephone("javascript:1"), None);
        assert_eq!(telephone("12"), None);
    }
}
