//! `GET /users/me` and `PATCH /users/me`.

use axum::extract;
use serde::{Deserialize, Deserializer};
use url::Url;
use utoipa::ToSchema;
use vitae_store::{Person, StoreError};
use vitae_web::{FieldError, IfMatch, Json, Problem, ProblemBody, User, WithEtag};

use crate::profile::{self, Profile};
use crate::{State, session_ended};

/// Most links that new uploads start from.
const MOST_LINKS: usize = 10;
/// Longest link, in bytes.
const LONGEST_LINK: usize = 500;
/// Longest id of a template.
const LONGEST_TEMPLATE_ID: usize = 40;
/// The profile may change, or a password be hashed anew, while a change without `If-Match` is written.
const ATTEMPTS: usize = 3;

/// What is to be changed (JSON Merge Patch, RFC 7396): a member that is left out stays, `null` removes it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfilePatch {
    /// How the person wants to be called; 1 to 200 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 200)]
    name: Option<Option<String>>,
    /// The language that they are written to in, BCP 47.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "de-AT")]
    locale: Option<Option<String>>,
    /// What new uploads start from; `null` is the state of a new account.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DefaultsPatch>)]
    defaults: Option<Option<DefaultsPatch>>,
    /// Whether to send a mail when a job has ended; `false` for a new account.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    mail_when_done: Option<Option<bool>>,
}

/// What new uploads start from, in part.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultsPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "minimal-portfolio")]
    template_id: Option<Option<String>>,
    /// `auto`, `light` or `dark`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    theme: Option<Option<String>>,
    /// `professional`, `friendly`, `bold` or `academic`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    tone: Option<Option<String>>,
    /// All of them: at most ten, http or https.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    links: Option<Option<Vec<String>>>,
    /// `true` by default.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    auto_generate: Option<Option<bool>>,
}

/// Tells `null` from what was left out.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Read one's profile.
#[utoipa::path(
    get, path = "/api/v1/users/me", operation_id = "getMe", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 200, body = Profile, description = "The profile", headers(("ETag" = String, description = "Its version"))),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<WithEtag<Json<Profile>>, Problem> {
    let person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
    Ok(WithEtag(person.version, Json(person.into())))
}

/// Change one's profile.
#[utoipa::path(
    patch, path = "/api/v1/users/me", operation_id = "changeMe", tag = "Users and sessions", security(("bearer" = [])),
    params(("If-Match" = Option<String>, Header, description = "`ETag` of the version that is to be changed")),
    request_body(content((ProfilePatch = "application/merge-patch+json"), (ProfilePatch = "application/json"))),
    responses(
        (status = 200, body = Profile, description = "The profile as it is now", headers(("ETag" = String, description = "Its version"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "The profile is no longer the version of `If-Match`"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn patch(
    extract::State(state): extract::State<State>,
    user: User,
    if_match: IfMatch,
    Json(patch): Json<ProfilePatch>,
) -> Result<WithEtag<Json<Profile>>, Problem> {
    state.live_session(user).await?;
    for _ in 0..ATTEMPTS {
        let mut person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
        if_match.check(person.version)?;
        patch.apply(&mut person)?;
        match state.store.update_person(person).await {
            Ok(person) => return Ok(WithEtag(person.version, Json(person.into()))),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

impl ProfilePatch {
    fn apply(&self, person: &mut Person) -> Result<(), Problem> {
        let mut errors = Refusals::default();
        if let Some(name) = &self.name {
            person.name = name.as_deref().and_then(|name| errors.unless("/name", profile::name(name)));
        }
        if let Some(locale) = &self.locale {
            person.locale = locale.as_deref().and_then(|tag| errors.unless("/locale", profile::locale(tag)));
        }
        match &self.defaults {
            None => {}
            Some(None) => person.defaults = Default::default(),
            Some(Some(defaults)) => defaults.apply(person, &mut errors),
        }
        if let Some(mail_when_done) = self.mail_when_done {
            person.mail_when_done = mail_when_done.unwrap_or(false);
        }
        if errors.0.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(errors.0)) }
    }
}

impl DefaultsPatch {
    fn apply(&self, person: &mut Person, errors: &mut Refusals) {
        let defaults = &mut person.defaults;
        if let Some(id) = &self.template_id {
            defaults.template_id = id.as_deref().and_then(|id| errors.unless("/defaults/template_id", template_id(id)));
        }
        if let Some(theme) = &self.theme {
            let known = |theme| one_of(theme, &["auto", "light", "dark"], "a theme is auto, light or dark");
            defaults.theme = theme.as_deref().and_then(|theme| errors.unless("/defaults/theme", known(theme)));
        }
        if let Some(tone) = &self.tone {
            let tones = ["professional", "friendly", "bold", "academic"];
            let known = |tone| one_of(tone, &tones, "a tone is professional, friendly, bold or academic");
            defaults.tone = tone.as_deref().and_then(|tone| errors.unless("/defaults/tone", known(tone)));
        }
        if let Some(links) = &self.links {
            let links = links.as_deref().unwrap_or_default();
            if links.len() > MOST_LINKS {
                errors.add("/defaults/links", "at most ten links");
            } else {
                let read = |(i, url): (usize, &String)| errors.unless(&format!("/defaults/links/{i}"), link(url));
                defaults.links = links.iter().enumerate().filter_map(read).collect();
            }
        }
        if let Some(auto_generate) = self.auto_generate {
            defaults.auto_generate = auto_generate.unwrap_or(true);
        }
    }
}

/// The form of a template's id; which there are is known where portfolios are made.
fn template_id(id: &str) -> Result<String, &'static str> {
    let is_id = (1..=LONGEST_TEMPLATE_ID).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if is_id { Ok(id.to_owned()) } else { Err("there is no such template; GET /api/v1/portfolio/templates lists them") }
}

fn one_of(value: &str, known: &[&str], otherwise: &'static str) -> Result<String, &'static str> {
    if known.contains(&value) { Ok(value.to_owned()) } else { Err(otherwise) }
}

fn link(link: &str) -> Result<String, &'static str> {
    let is_web = Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_web && link.len() <= LONGEST_LINK {
        Ok(link.to_owned())
    } else {
        Err("a link begins with http:// or https:// and has at most 500 characters")
    }
}

/// What is wrong with a change, member by member.
#[derive(Default)]
struct Refusals(Vec<FieldError>);

impl Refusals {
    fn add(&mut self, pointer: &str, detail: &str) {
        self.0.push(FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() });
    }

    fn unless<T>(&mut self, pointer: &str, read: Result<T, &'static str>) -> Option<T> {
        read.map_err(|detail| self.add(pointer, detail)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::{Value, json};
    use uuid::Uuid;
    use vitae_store::{Preferences, Role};

    fn person() -> Person {
        let now = Timestamp::now();
        Person {
            user_id: Uuid::now_v7(),
            email: "ada@example.org".to_owned(),
            name: Some("Ada".to_owned()),
            password_hash: String::new(),
            role: Role::User,
            email_verified: true,
            locale: Some("en".to_owned()),
            defaults: Preferences { theme: Some("dark".to_owned()), ..Preferences::default() },
            devices: Vec::new(),
            mail_when_done: false,
            identities: Vec::new(),
            suspended_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    fn patched(patch: Value) -> Result<Person, Vec<String>> {
        let patch: ProfilePatch = serde_json::from_value(patch).unwrap();
        let mut person = person();
        match patch.apply(&mut person) {
            Ok(()) => Ok(person),
            Err(problem) => Err(problem.body("").errors.into_iter().map(|error| error.pointer).collect()),
        }
    }

    #[test]
    fn what_is_left_out_stays_and_null_removes() {
        let same = patched(json!({})).unwrap();
        assert_eq!((same.name.as_deref(), same.defaults.theme.as_deref()), (Some("Ada"), Some("dark")));
        let bare = patched(json!({"name": null, "locale": null, "defaults": {"theme": null}})).unwrap();
        assert_eq!((bare.name, bare.locale, bare.defaults), (None, None, Preferences::default()));
        assert_eq!(patched(json!({"defaults": null})).unwrap().defaults, Preferences::default());
    }

    #[test]
    fn what_is_sent_replaces() {
        let person = patched(json!({
            "name": " Augusta Ada ", "locale": "de-AT", "mail_when_done": true,
            "defaults": {"tone": "bold", "links": ["https://ada.example"], "auto_generate": false},
        }))
        .unwrap();
        assert_eq!(person.name.as_deref(), Some("Augusta Ada"));
        assert_eq!(person.locale.as_deref(), Some("de-AT"));
        assert_eq!(person.defaults.theme.as_deref(), Some("dark"));
        assert_eq!(person.defaults.tone.as_deref(), Some("bold"));
        assert_eq!(person.defaults.links, ["https://ada.example"]);
        assert!(!person.defaults.auto_generate && person.mail_when_done);
    }

    #[test]
    fn every_member_that_is_not_valid_is_pointed_at() {
        let refused = patched(json!({
            "name": "", "locale": "German",
            "defaults": {
                "template_id": "../x", "theme": "pink", "tone": "loud", "links": ["https://ok.example", "javascript:alert(1)"],
            },
        }));
        let pointers =
            ["/name", "/locale", "/defaults/template_id", "/defaults/theme", "/defaults/tone", "/defaults/links/1"];
        assert_eq!(refused.unwrap_err(), pointers);
        assert_eq!(
            patched(json!({"defaults": {"links": vec!["https://a.example"; 11]}})).unwrap_err(),
            ["/defaults/links"]
        );
    }

    #[test]
    fn nobody_makes_themselves_an_admin() {
        for member in ["role", "email", "email_verified", "user_id", "password"] {
            let patch = json!({ member: "admin" });
            assert!(serde_json::from_value::<ProfilePatch>(patch).is_err(), "{member}");
        }
    }
}
