use crate::{PartialDate, Resume};

/// Longest single text, in characters. CVs stay far below; beyond it lies abuse or a broken import.
const LONGEST_TEXT: usize = 10_000;
/// Most entries in one list.
const MOST_ENTRIES: usize = 500;

/// One thing wrong with a résumé.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer (RFC 6901) to the member.
    pub pointer: String,
    /// A sentence that a person can act on.
    pub detail: String,
}

impl Resume {
    /// Checks what the types cannot: lengths, addresses, and periods that end before they start.
    ///
    /// # Errors
    /// Every violation found, in the document's order.
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        let document = serde_json::to_value(self).unwrap_or_default();
        walk(&document, &mut String::new(), &mut found);
        if let Some(email) = &self.basics.email
            && !email_address::EmailAddress::is_valid(email)
        {
            found.push(violation("/basics/email", "this is not a mail address"));
        }
        let periods = (self.work.iter().enumerate().map(|(i, w)| (format!("/work/{i}"), w.start_date, w.end_date)))
            .chain(
                self.volunteer.iter().enumerate().map(|(i, v)| (format!("/volunteer/{i}"), v.start_date, v.end_date)),
            )
            .chain(
                self.education.iter().enumerate().map(|(i, e)| (format!("/education/{i}"), e.start_date, e.end_date)),
            )
            .chain(self.projects.iter().enumerate().map(|(i, p)| (format!("/projects/{i}"), p.start_date, p.end_date)));
        for (pointer, start, end) in periods {
            if ends_before_it_starts(start, end) {
                found.push(violation(&format!("{pointer}/endDate"), "the end lies before the start"));
            }
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}

fn ends_before_it_starts(start: Option<PartialDate>, end: Option<PartialDate>) -> bool {
    matches!((start, end), (Some(start), Some(end)) if end.latest() < start.earliest())
}

fn walk(value: &serde_json::Value, pointer: &mut String, found: &mut Vec<Violation>) {
    match value {
        serde_json::Value::String(text) => {
            if text.chars().count() > LONGEST_TEXT {
                found.push(violation(pointer, &format!("longer than {LONGEST_TEXT} characters")));
            }
            if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
                found.push(violation(pointer, "holds control characters"));
            }
            let member = pointer.rsplit('/').next().unwrap_or_default();
            if matches!(member, "url" | "image") && !is_web_address(text) {
                found.push(violation(pointer, "an address begins with http:// or https://"));
            }
        }
        serde_json::Value::Array(entries) => {
            if entries.len() > MOST_ENTRIES {
                found.push(violation(pointer, &format!("more than {MOST_ENTRIES} entries")));
            }
            for (i, entry) in entries.iter().enumerate() {
                descend(&i.to_string(), entry, pointer, found);
            }
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if pointer.is_empty() && name == "meta" {
                    continue;
                }
                descend(&name.replace('~', "~0").replace('/', "~1"), member, pointer, found);
            }
        }
        _ => {}
    }
}

fn descend(name: &str, value: &serde_json::Value, pointer: &mut String, found: &mut Vec<Violation>) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(name);
    walk(value, pointer, found);
    pointer.truncate(length);
}

/// A link is put on public pages, so nothing but the web's own schemes passes.
fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn violation(pointer: &str, detail: &str) -> Violation {
    Violation { pointer: pointer.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(json: &str) -> Vec<String> {
        let resume: Resume = serde_json::from_str(json).unwrap();
        resume.validate().err().unwrap_or_default().into_iter().map(|v| v.pointer).collect()
    }

    #[test]
    fn a_sound_resume_passes() {
        assert!(violations(r#"{"basics":{"name":"Ada","email":"ada@example.org","url":"https://ada.example"},"work":[{"startDate":"2020","endDate":"2020-01"}]}"#).is_empty());
    }

    #[test]
    fn each_fault_is_pointed_at() {
        assert_eq!(
            violations(
                r#"{"basics":{"email":"nobody","url":"javascript:alert(1)"},"work":[{"startDate":"2021","endDate":"2020"}]}"#
            ),
            ["/basics/url", "/basics/email", "/work/0/endDate"]
        );
    }

    #[test]
    fn unknown_members_do_not_parse() {
        assert!(serde_json::from_str::<Resume>(r#"{"basics":{"nmae":"Ada"}}"#).is_err());
    }
}
