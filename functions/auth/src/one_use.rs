//! The tokens that mails carry: made, sent and read here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use vitae_store::{OneUseToken, Person, StoreError, TokenPurpose, keys};
use vitae_web::Problem;

use crate::State;
use crate::mail::Letter;

/// How long an address can be verified by one mail.
const VERIFY: SignedDuration = SignedDuration::from_hours(24);
/// How long a password can be replaced by one mail.
const RESET: SignedDuration = SignedDuration::from_hours(1);
/// Length of a token: 256 bits in base64url.
const LENGTH: usize = 43;

/// Makes a token for what `letter` offers and sends it to the person.
///
/// # Errors
/// When the token cannot be stored; a mail that cannot be sent is no error.
pub(crate) async fn send(state: &State, person: &Person, letter: Letter) -> Result<(), StoreError> {
    let (purpose, lasts, page) = match letter {
        Letter::VerifyEmail => (TokenPurpose::VerifyEmail, VERIFY, "verify-email"),
        // The other letters carry no token.
        _ => (TokenPurpose::ResetPassword, RESET, "reset-password"),
    };
    let secret = make(state, person, purpose, lasts).await?;
    state.mailer.send(person, letter, page, &secret).await;
    Ok(())
}

/// Makes a token; answers its secret.
///
/// # Errors
/// When the token cannot be stored.
pub(crate) async fn make(
    state: &State,
    person: &Person,
    purpose: TokenPurpose,
    lasts: SignedDuration,
) -> Result<String, StoreError> {
    make_with(state, person, purpose, lasts, Vec::new()).await
}

/// Makes a token that says what was proved already; answers its secret.
///
/// # Errors
/// When the token cannot be stored.
pub(crate) async fn make_with(
    state: &State,
    person: &Person,
    purpose: TokenPurpose,
    lasts: SignedDuration,
    amr: Vec<String>,
) -> Result<String, StoreError> {
    let secret = secret();
    let token = OneUseToken {
        user_id: person.user_id,
        purpose,
        bound_to: bound_to(purpose, person),
        amr,
        session_id: None,
        address: None,
        failures: 0,
        expires_at: crate::after(Timestamp::now(), lasts),
    };
    state.store.create_token(&secret, &token).await?;
    Ok(secret)
}

/// A new secret: 256 random bits.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A token that was presented and is good, and its person as they are now.
pub(crate) async fn redeem(
    state: &State,
    secret: &str,
    purpose: TokenPurpose,
) -> Result<(OneUseToken, Person), Problem> {
    if secret.len() != LENGTH {
        return Err(not_good());
    }
    let token = state.store.token(secret, purpose).await?.ok_or_else(not_good)?;
    let person = state.store.person(token.user_id).await?.ok_or_else(not_good)?;
    if bound_to(purpose, &person) != token.bound_to {
        return Err(not_good());
    }
    Ok((token, person))
}

/// What must not change between a mail and the use of its token: one sent to an address verifies no other, and one that
/// was to replace a password replaces no later one.
pub(crate) fn bound_to(purpose: TokenPurpose, person: &Person) -> String {
    match purpose {
        TokenPurpose::VerifyEmail => keys::digest(&person.email.to_lowercase()),
        // A link that was sent to an address is worth nothing when the account has another.
        TokenPurpose::ResetPassword | TokenPurpose::ChangeEmail => {
            keys::digest(&format!("{}\n{}", person.password_hash, person.email.to_lowercase()))
        }
        TokenPurpose::SecondFactor => keys::digest(&person.password_hash),
        // These are bound to a browser or a session, by who makes and takes them.
        TokenPurpose::SignInElsewhere
        | TokenPurpose::LinkIdentity
        | TokenPurpose::RegisterPasskey
        | TokenPurpose::ProveByPasskey => String::new(),
    }
}

pub(crate) fn not_good() -> Problem {
    Problem::invalid("/token", "this link was used, has expired or never was good; ask for a new mail")
}
