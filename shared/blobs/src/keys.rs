//! Every object key.

use uuid::Uuid;

/// Under this prefix of the files bucket lies what people upload, and what was read from it.
pub const UPLOADS: &str = "uploads/";

/// The last part of an uploaded original's key; only such objects are announced to the parser.
pub const ORIGINAL: &str = "original";

/// The file that a job's person uploads.
pub fn original(user_id: Uuid, job_id: Uuid) -> String {
    format!("{UPLOADS}{user_id}/{job_id}/{ORIGINAL}")
}

/// The places on the pages that each field of a CV was read from, beside the original with this key.
pub fn spans(original_key: &str) -> String {
    let folder = original_key.strip_suffix(ORIGINAL).unwrap_or(original_key);
    format!("{folder}spans.json")
}

/// The person and the job that an original's key names.
pub fn parse_original(key: &str) -> Option<(Uuid, Uuid)> {
    let mut parts = key.strip_prefix(UPLOADS)?.split('/');
    let ids = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next() == Some(ORIGINAL) && parts.next().is_none()).then_some(ids)
}

/// Everything of a person in the files bucket begins with one of these.
pub fn of_person(user_id: Uuid) -> [String; 3] {
    ["uploads", "documents", "exports"].map(|folder| format!("{folder}/{user_id}/"))
}

/// A copy of everything that is held on a person.
pub fn export(user_id: Uuid, export_id: Uuid) -> String {
    format!("exports/{user_id}/{export_id}.zip")
}

/// An ATS document.
pub fn document(user_id: Uuid, document_id: Uuid, extension: &str) -> String {
    format!("documents/{user_id}/{document_id}.{extension}")
}

/// A font in the assets bucket.
pub fn font(file: &str) -> String {
    format!("fonts/{file}")
}

/// Who reads the objects of a published site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Everybody, through the sites' front door.
    Open,
    /// Whoever gives the password, through the function that checks it; the front door may not read them.
    Protected,
}

impl Shelf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Open, Self::Protected];

    /// Where a site lies that is protected by a password, or is not.
    pub fn of(protected: bool) -> Self {
        if protected { Self::Protected } else { Self::Open }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Open => Self::Protected,
            Self::Protected => Self::Open,
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Open => "p/",
            Self::Protected => "protected/",
        }
    }
}

/// A published site: every object of it begins with this.
pub fn site(shelf: Shelf, slug: &str) -> String {
    format!("{}{slug}/", shelf.prefix())
}

/// A file of a published site.
pub fn site_file(shelf: Shelf, slug: &str, name: &str) -> String {
    format!("{}{name}", site(shelf, slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_a_person_is_found_by_its_beginning() {
        let (person, thing) = (Uuid::now_v7(), Uuid::now_v7());
        let beginnings = of_person(person);
        let original = original(person, thing);
        for key in [spans(&original), original, document(person, thing, "pdf"), export(person, thing)] {
            assert!(beginnings.iter().any(|beginning| key.starts_with(beginning)), "{key}");
        }
    }

    #[test]
    fn an_originals_key_names_its_person_and_job() {
        let (user, job) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(parse_original(&original(user, job)), Some((user, job)));
        for key in [
            "",
            "uploads/",
            "uploads/x/y/original",
            &spans(&original(user, job)),
            &format!("{}/more", original(user, job)),
        ] {
            assert_eq!(parse_original(key), None, "{key}");
        }
    }
}
