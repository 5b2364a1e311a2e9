//! What may be the password of an account.

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;
use vitae_passwords::Password;
use vitae_runtime::environment::{EnvironmentError, parsed_or};

/// Shortest password, in characters, where nothing else is configured.
const SHORTEST: usize = 12;
/// What may be configured: at least what NIST SP 800-63B-4 (3.1.1.2) asks of one factor among several, and no more than
/// people can be expected to type.
const CONFIGURABLE: RangeInclusive<usize> = 8..=64;
/// Longest password, in characters.
const LONGEST: usize = 256;
/// The commonest passwords, one a line, in order, in lower case. `assets/common-passwords.md` says where they come from.
const COMMON: &str = include_str!("../assets/common-passwords.txt");
/// A word of one's own that is as long as this says nothing about a password that holds it.
const TELLING: usize = 4;

/// What is asked of the password of an account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passwords {
    shortest: usize,
}

impl Passwords {
    /// Reads `MIN_PASSWORD_LENGTH`, in characters; 12 where it is absent.
    ///
    /// # Errors
    /// Where it is less than 8, more than 64, or no number.
    pub(crate) fn from_environment() -> Result<Self, EnvironmentError> {
        Self::of_at_least(parsed_or("MIN_PASSWORD_LENGTH", SHORTEST)?)
    }

    fn of_at_least(shortest: usize) -> Result<Self, EnvironmentError> {
        if CONFIGURABLE.contains(&shortest) {
            return Ok(Self { shortest });
        }
        let reason = format!("a shortest password of {shortest} characters is not between 8 and 64");
        Err(EnvironmentError::Invalid { name: "MIN_PASSWORD_LENGTH", reason })
    }

    /// A password that a person chose for their account: as long as is asked and at most 256 characters of whatever kind,
    /// but none that is tried first: their own address or name, a common password, a common one with digits or signs
    /// around it, or one sign, or a few, over and over.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(crate) fn chosen(self, text: &str, address: &str, name: Option<&str>) -> Result<Password, String> {
        let password = Password::typed(text);
        if password.length() < self.shortest {
            return Err(format!("a password has at least {} characters", self.shortest));
        }
        unguessed(password, text, address, name).map_err(str::to_owned)
    }
}

fn unguessed(password: Password, text: &str, address: &str, name: Option<&str>) -> Result<Password, &'static str> {
    if password.length() > LONGEST {
        return Err("a password has at most 256 characters");
    }
    let folded = folded(text);
    let own = [Some(address), address.split('@').next(), name].into_iter().flatten().map(self::folded);
    if own.filter(|own| own.chars().count() >= TELLING).any(|own| *own == folded || is_within(stripped(&own), &folded))
    {
        return Err("your own name or address is the first that is tried; choose another password");
    }
    if is_common(&folded) || is_common(stripped(&folded)) || is_repetitive(&folded) {
        return Err(
            "this is one of the passwords that are tried first; choose another, such as a few words of your own",
        );
    }
    Ok(password)
}

/// What stands in the place of a hash where there is no password: nothing matches it, and no two are alike, so that what is
/// bound to it ends when a password takes its place.
pub(crate) fn none() -> String {
    format!("none {}", Uuid::new_v4())
}

/// Whether a password is but this word with digits and signs around it.
fn is_within(own: &str, folded: &str) -> bool {
    !own.is_empty() && stripped(folded) == own
}

/// Without what people vary: case and white space.
fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// Without the digits and signs that people put before and behind a word to make it longer.
fn stripped(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

fn is_common(folded: &str) -> bool {
    // The list is short, and looked through once for a password that somebody chooses.
    !folded.is_empty() && COMMON.lines().any(|common| common == folded)
}

/// Whether it is a piece of up to six characters again and again, or goes along the alphabet or the digits.
fn is_repetitive(folded: &str) -> bool {
    let all: Vec<char> = folded.chars().collect();
    let repeats = |piece: usize| all.iter().zip(all.iter().skip(piece)).all(|(one, next)| one == next);
    let goes_by = |step: i64| all.windows(2).all(|pair| after(pair[0], step) == Some(pair[1]));
    (1..=6).any(repeats) || goes_by(1) || goes_by(-1)
}

/// The character so many places behind `c`; behind 9 comes 0.
fn after(c: char, step: i64) -> Option<char> {
    if let Some(digit) = c.to_digit(10) {
        return char::from_digit((i64::from(digit) + step).rem_euclid(10) as u32, 10);
    }
    u32::try_from(i64::from(u32::from(c)) + step).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORDS: Passwords = Passwords { shortest: SHORTEST };

    fn refusal(text: &str) -> Option<String> {
        PASSWORDS.chosen(text, "ada.lovelace@example.org", Some("Augusta Ada King")).err()
    }

    #[test]
    fn how_short_a_password_may_be_is_configured_and_never_less_than_eight() {
        for refused in [0, 7, 65] {
            assert!(Passwords::of_at_least(refused).is_err(), "{refused}");
        }
        let of = |shortest, text| Passwords::of_at_least(shortest).unwrap().chosen(text, "ada@example.org", None);
        assert!(of(8, "eight ch").is_ok());
        assert_eq!(of(15, "twelve chars").err().unwrap(), "a password has at least 15 characters");
        assert!(of(15, "fifteen letters").is_ok());
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(refusal("elevenchars").is_some());
        assert!(refusal("twelve chars").is_none());
        let accents: String =
            "éèêëàâôûîçñ".chars().cycle().zip("abcdefghijklm".chars()).flat_map(|(a, b)| [a, b]).collect();
        assert!(refusal(&accents.chars().take(12).collect::<String>()).is_none());
        // Eleven characters, however the accents are sent.
        assert!(refusal(&"e\u{301}".repeat(11)).is_some());
        let crabs: String = (0..128).flat_map(|n| ['🦀', char::from_u32(0x4e00 + n * n).unwrap()]).collect();
        assert!(refusal(&crabs).is_none());
        assert!(refusal(&format!("{crabs}🦀")).is_some());
    }

    #[test]
    fn ones_own_name_or_address_is_no_password() {
        assert!(refusal("Ada.Lovelace@example.org").is_some());
        assert!(refusal("ada.lovelace").is_some());
        assert!(refusal("augusta ada king").is_some());
        assert!(refusal("AugustaAdaKing").is_some());
        assert!(refusal("AugustaAdaKing1815!").is_some());
        assert!(refusal("augusta ada king's engine").is_none());
        // A name of two letters is in every other password.
        assert!(PASSWORDS.chosen("a fine mess of words", "a@b.org", Some("Al")).is_ok());
    }

    #[test]
    fn what_is_tried_first_is_no_password() {
        for text in [
            "123456qwerty",
            "1QAZ2WSX3EDC",
            "Password123456",
            "!!password!!!!",
            "aaaaaaaaaaaa",
            "abcabcabcabcabc",
            "abcdefghijklmnop",
            "zyxwvutsrqponm",
            "1234567890123456",
            "        password",
        ] {
            assert!(refusal(text).is_some(), "{text}");
        }
        for text in ["correct horse battery", "password of my grandmother", "a1b2c3d4e5f6g7"] {
            assert!(refusal(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_in_lower_case() {
        let words: Vec<&str> = COMMON.lines().collect();
        assert!(words.len() > 3000 && words.is_sorted());
        assert!(words.iter().all(|word| word.to_lowercase() == *word && !word.contains(char::is_whitespace)));
    }
}
