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

/// An ATS document.
pub fn document(user_id: Uuid, document_id: Uuid, extension: &str) -> String {
    format!("documents/{user_id}/{document_id}.{extension}")
}

/// A published site: every object of it begins with this.
pub fn site(slug: &str) -> String {
    format!("p/{slug}/")
}

/// A file of a published site.
pub fn site_file(slug: &str, name: &str) -> String {
    format!("p/{slug}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
