//! How often each kind of request may be made, for people on the internet. Guessing is slowed, nobody is locked out.

use std::time::Duration;

use vitae_web::{RateLimit, Subject};

const MINUTE: Duration = Duration::from_secs(60);

/// Attempts to sign in from one address.
pub(crate) const SIGN_IN: RateLimit =
    RateLimit { class: "sign-in", burst: 5, window: MINUTE, subject: Subject::Address };

/// Attempts to sign in to one account, wherever they come from, counted alike where there is no such account. Thirty at
/// once, so that a stranger who tries passwords does not keep the owner out at once; two a minute in the long run.
pub(crate) const SIGN_IN_ACCOUNT: RateLimit =
    RateLimit { class: "sign-in-account", burst: 30, window: Duration::from_secs(15 * 60), subject: Subject::Named };

/// Steps of sign-ins by other providers and with passkeys, from one address; each sign-in has two or three. Nothing can
/// be guessed there; this bounds the work of trying.
pub(crate) const ELSEWHERE: RateLimit =
    RateLimit { class: "elsewhere", burst: 20, window: MINUTE, subject: Subject::Address };

/// Codes of a second factor to one account, whoever sends them: only who knows the password comes as far as that.
pub(crate) const SECOND_FACTOR: RateLimit =
    RateLimit { class: "second-factor", burst: 5, window: Duration::from_secs(5 * 60), subject: Subject::Named };

/// The same in a day. Three codes of a million are good at a time, so that who tries all day has a chance of one in ten
/// thousand.
pub(crate) const SECOND_FACTOR_DAY: RateLimit = RateLimit {
    class: "second-factor-day",
    burst: 30,
    window: Duration::from_secs(24 * 3600),
    subject: Subject::Named,
};

/// Registrations from one address.
pub(crate) const REGISTER: RateLimit =
    RateLimit { class: "register", burst: 3, window: MINUTE, subject: Subject::Address };

/// Requests for a reset mail from one address.
pub(crate) const RECOVER: RateLimit =
    RateLimit { class: "recover", burst: 3, window: Duration::from_secs(10 * 60), subject: Subject::Address };

/// Mails to one mailbox that anybody can cause, of all kinds together: it is not to be flooded from many addresses.
pub(crate) const MAILBOX: RateLimit =
    RateLimit { class: "mailbox", burst: 5, window: Duration::from_secs(10 * 60), subject: Subject::Named };

/// Uses of a token out of a mail, from one address. Their 256 bits cannot be guessed; this bounds the work of trying.
pub(crate) const REDEEM: RateLimit =
    RateLimit { class: "redeem", burst: 10, window: MINUTE, subject: Subject::Address };

/// Refreshes and sign-outs from one address, behind which a whole office may sit.
pub(crate) const REFRESH: RateLimit =
    RateLimit { class: "refresh", burst: 60, window: MINUTE, subject: Subject::Address };

/// Reading and changing one's own profile and sessions.
pub(crate) const PROFILE: RateLimit =
    RateLimit { class: "profile", burst: 120, window: MINUTE, subject: Subject::Person };
