//! Refresh tokens: their form, and what is to be done with one that is presented.
//!
//! A token names its person and session, so that no index is needed, and holds two secrets. The first is the same in all
//! tokens of a session; who knows it once had one of them, so a token with the right first and a wrong second secret is an
//! old one used again (RFC 9700, 4.14.2), while a made-up one proves nothing and ends nobody's session. The second is new
//! in each token. The store holds hashes of both.
//!
//! Two tabs that refresh at the same moment, or a client whose answer was lost on the way, present a token just replaced.
//! For a few seconds it is answered with the very successor that it was replaced by, which the row keeps sealed with the
//! replaced secret: so both tabs end up with one token, and the store alone still opens nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use vitae_store::{ReplacedToken, Session, keys};

/// How long a replaced token is answered with its successor.
const GRACE: SignedDuration = SignedDuration::from_secs(10);
/// How long a session lasts without being used.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a session lasts at most.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(90 * 24);

const FAMILY: usize = 16;
const SECRET: usize = 32;
const LENGTH: usize = 16 + 16 + FAMILY + SECRET;

/// A refresh token. It has no `Debug`, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) user_id: Uuid,
    pub(crate) session_id: Uuid,
    family: [u8; FAMILY],
    secret: [u8; SECRET],
}

/// What a presented token is to its session.
pub(crate) enum Verdict {
    /// The one that is good.
    Good,
    /// Replaced a moment ago by this one.
    JustReplaced(RefreshToken),
    /// An old one: somebody has it who should not.
    Reused,
    /// None of this session's.
    Foreign,
}

impl RefreshToken {
    /// The first token of a new session.
    pub(crate) fn first(user_id: Uuid, session_id: Uuid) -> Self {
        Self { user_id, session_id, family: rand::random(), secret: rand::random() }
    }

    /// As the client holds it: 107 characters of base64url.
    pub(crate) fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend(self.user_id.as_bytes());
        bytes.extend(self.session_id.as_bytes());
        bytes.extend(self.family);
        bytes.extend(self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what a client presents; `None` where it has not the form of a token.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        // Anything longer would only cost work.
        if text.len() != LENGTH.div_ceil(3) * 4 - 1 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (user_id, rest) = bytes.split_first_chunk::<16>()?;
        let (session_id, rest) = rest.split_first_chunk::<16>()?;
        let (family, rest) = rest.split_first_chunk::<FAMILY>()?;
        Some(Self {
            user_id: Uuid::from_bytes(*user_id),
            session_id: Uuid::from_bytes(*session_id),
            family: *family,
            secret: rest.try_into().ok()?,
        })
    }

    /// What the store keeps of the first secret.
    pub(crate) fn family_hash(&self) -> String {
        keys::digest(&format!("family {}", URL_SAFE_NO_PAD.encode(self.family)))
    }

    /// What the store keeps of the second secret.
    pub(crate) fn token_hash(&self) -> String {
        keys::digest(&format!("token {}", URL_SAFE_NO_PAD.encode(self.secret)))
    }

    /// The CSRF token of the session: it follows from the cookie, and whoever cannot read the cookie cannot work it out.
    pub(crate) fn csrf_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(b"csrf ").chain_update(self.family).finalize())
    }

    /// Whether `sent` is the CSRF token of the session.
    pub(crate) fn is_csrf_token(&self, sent: &[u8]) -> bool {
        self.csrf_token().as_bytes().ct_eq(sent).into()
    }

    /// What this token is to `session`, which must be the one that it names. Comparing hashes of random secrets tells
    /// nothing by the time that it takes.
    pub(crate) fn judge(&self, session: &Session, now: Timestamp) -> Verdict {
        if session.session_id != self.session_id
            || session.user_id != self.user_id
            || session.family_hash != self.family_hash()
        {
            return Verdict::Foreign;
        }
        let hash = self.token_hash();
        if session.token_hash == hash {
            return Verdict::Good;
        }
        match &session.previous {
            Some(replaced) if replaced.hash == hash && now.duration_since(replaced.replaced_at) <= GRACE => {
                // A row that cannot be unsealed is none that this code wrote.
                self.unsealed(&replaced.sealed_successor).map_or(Verdict::Reused, Verdict::JustReplaced)
            }
            _ => Verdict::Reused,
        }
    }

    /// The session after this token, the good one, was used at `now`, and the token that is good from then on.
    pub(crate) fn rotate(&self, session: &Session, now: Timestamp) -> (Session, Self) {
        let next = Self { secret: rand::random(), ..self.clone() };
        let rotated = Session {
            token_hash: next.token_hash(),
            previous: Some(ReplacedToken {
                hash: self.token_hash(),
                sealed_successor: URL_SAFE_NO_PAD.encode(self.pad(&next.secret)),
                replaced_at: now,
            }),
            last_used_at: now,
            expires_at: crate::after(now, IDLE).min(session.ends_at.as_second()),
            ..session.clone()
        };
        (rotated, next)
    }

    fn unsealed(&self, sealed: &str) -> Option<Self> {
        let sealed: [u8; SECRET] = URL_SAFE_NO_PAD.decode(sealed).ok()?.try_into().ok()?;
        Some(Self { secret: self.pad(&sealed), ..self.clone() })
    }

    /// Seals a successor, or opens what was sealed: a one-time pad, as each secret is 256 random bits and seals one.
    fn pad(&self, secret: &[u8; SECRET]) -> [u8; SECRET] {
        let mut padded: [u8; SECRET] =
            Sha256::new().chain_update(b"successor ").chain_update(self.secret).finalize().into();
        padded.iter_mut().zip(secret).for_each(|(byte, other)| *byte ^= other);
        padded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn session_of(token: &RefreshToken) -> Session {
        Session {
            session_id: token.session_id,
            user_id: token.user_id,
            family_hash: token.family_hash(),
            token_hash: token.token_hash(),
            previous: None,
            amr: vec!["pwd".to_owned()],
            user_agent: None,
            created_at: begun(),
            proved_at: None,
            last_used_at: begun(),
            ends_at: begun() + ABSOLUTE,
            expires_at: crate::after(begun(), IDLE),
        }
    }

    fn first() -> (RefreshToken, Session) {
        let token = RefreshToken::first(Uuid::now_v7(), Uuid::now_v7());
        let session = session_of(&token);
        (token, session)
    }

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let (token, _) = first();
        let text = token.encode();
        assert_eq!(text.len(), 107);
        assert!(RefreshToken::decode(&text).unwrap() == token);
        assert!(RefreshToken::decode(&text[1..]).is_none());
        assert!(RefreshToken::decode(&format!("{text}A")).is_none());
        assert!(RefreshToken::decode(&text.replace(&text[..1], "%")).is_none());
        assert!(RefreshToken::decode("").is_none());
    }

    #[test]
    fn a_rotation_replaces_the_token_and_moves_the_end() {
        let (token, session) = first();
        assert!(matches!(token.judge(&session, begun()), Verdict::Good));
        let later = begun() + SignedDuration::from_hours(24);
        let (rotated, next) = token.rotate(&session, later);
        assert!(next != token);
        assert!(matches!(next.judge(&rotated, later), Verdict::Good));
        assert_eq!(rotated.expires_at, crate::after(later, IDLE));
        assert_eq!(rotated.created_at, session.created_at);
    }

    #[test]
    fn no_use_moves_the_end_beyond_ninety_days() {
        let (token, session) = first();
        let (rotated, _) = token.rotate(&session, begun() + SignedDuration::from_hours(89 * 24));
        assert_eq!(rotated.expires_at, (begun() + ABSOLUTE).as_second());
    }

    #[test]
    fn two_tabs_at_once_get_the_same_token() {
        let (token, session) = first();
        let (rotated, next) = token.rotate(&session, begun());
        let Verdict::JustReplaced(again) = token.judge(&rotated, begun() + SignedDuration::from_secs(10)) else {
            panic!("the grace was not given")
        };
        assert!(again == next);
    }

    #[test]
    fn an_old_token_is_reuse_after_the_grace_and_after_the_next_rotation() {
        let (token, session) = first();
        let (rotated, next) = token.rotate(&session, begun());
        assert!(matches!(token.judge(&rotated, begun() + SignedDuration::from_secs(11)), Verdict::Reused));
        let (rotated, _) = next.rotate(&rotated, begun());
        assert!(matches!(token.judge(&rotated, begun()), Verdict::Reused));
    }

    #[test]
    fn a_made_up_token_is_not_taken_for_reuse() {
        let (token, session) = first();
        let made_up = RefreshToken::first(token.user_id, token.session_id);
        assert!(matches!(made_up.judge(&session, begun()), Verdict::Foreign));
        let anothers = RefreshToken { user_id: Uuid::now_v7(), ..token };
        assert!(matches!(anothers.judge(&session, begun()), Verdict::Foreign));
    }

    #[test]
    fn the_row_holds_no_secret() {
        let (token, session) = first();
        let (rotated, next) = token.rotate(&session, begun());
        let row = serde_json::to_string(&rotated).unwrap();
        for secret in [&token.secret[..], &next.secret, &token.family] {
            assert!(!row.contains(&URL_SAFE_NO_PAD.encode(secret)));
        }
        assert!(!row.contains(&token.csrf_token()));
    }

    #[test]
    fn a_csrf_token_outlives_rotation_and_belongs_to_one_session() {
        let (token, session) = first();
        let (_, next) = token.rotate(&session, begun());
        assert!(next.is_csrf_token(token.csrf_token().as_bytes()));
        assert!(!first().0.is_csrf_token(token.csrf_token().as_bytes()));
        assert!(!token.is_csrf_token(b""));
    }
}
