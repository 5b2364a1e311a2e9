//! What may be the password of an account.

use unicode_normalization::UnicodeNormalization;
use vitae_passwords::Password;

/// Shortest password, in characters.
const SHORTEST: usize = 12;
/// Longest password, in characters.
const LONGEST: usize = 256;

/// A password that a person chose for their account: 12 to 256 characters, of whatever kind, but not their own address
/// or name, which is what is tried first.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn chosen(text: &str, address: &str, name: Option<&str>) -> Result<Password, &'static str> {
    let password = Password::typed(text);
    if password.length() < SHORTEST {
        return Err("a password has at least 12 characters");
    }
    if password.length() > LONGEST {
        return Err("a password has at most 256 characters");
    }
    let folded =
        |text: &str| text.nfc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect::<String>();
    let own = [Some(address), address.split('@').next(), name];
    if own.into_iter().flatten().any(|own| folded(own) == folded(text)) {
        return Err("your own name or address is the first that is tried; choose another password");
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<&'static str> {
        chosen(text, "ada.lovelace@example.org", Some("Augusta Ada King")).err()
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(refusal("elevenchars").is_some());
        assert!(refusal("twelve chars").is_none());
        assert!(refusal(&"é".repeat(12)).is_none());
        assert!(refusal(&"🦀".repeat(256)).is_none());
        assert!(refusal(&"🦀".repeat(257)).is_some());
        // Eleven characters, however the accents are sent.
        assert!(refusal(&"e\u{301}".repeat(11)).is_some());
    }

    #[test]
    fn ones_own_name_or_address_is_no_password() {
        assert!(refusal("Ada.Lovelace@example.org").is_some());
        assert!(refusal("ada.lovelace").is_some());
        assert!(refusal("augusta ada king").is_some());
        assert!(refusal("AugustaAdaKing").is_some());
        assert!(refusal("augusta ada king's engine").is_none());
    }
}
