//! One-time codes that follow from a secret and the time (RFC 6238, RFC 4226), in the one form that every authenticator
//! understands: SHA-1, six digits, thirty seconds. Pure.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of a secret: as long as what SHA-1 makes, as RFC 4226 (section 4, R6) recommends.
pub(crate) const SECRET: usize = 20;
/// Seconds for which a code is shown.
const STEP_SECONDS: u64 = 30;
/// Codes have six digits.
const MODULUS: u32 = 1_000_000;
/// How many steps an authenticator's clock may be before or behind ours.
const DRIFT: u64 = 1;
/// What authenticators call us.
const ISSUER: &str = "Vitae";

/// The step that `code` is of, if it is the code of the present step or of one beside it, and that step is later than
/// `last`, whose code was taken already.
pub(crate) fn step_of(secret: &[u8; SECRET], code: &str, now_seconds: u64, last: u64) -> Option<u64> {
    let now = now_seconds / STEP_SECONDS;
    // Every step is tried, so that the time that it takes does not say which one it was.
    let mut found = None;
    for step in now.saturating_sub(DRIFT)..=now + DRIFT {
        let right = format!("{:06}", hotp(secret, step));
        if bool::from(right.as_bytes().ct_eq(code.as_bytes())) && step > last {
            found = Some(step);
        }
    }
    found
}

/// The code of a counter (RFC 4226, 5.3).
fn hotp(secret: &[u8], counter: u64) -> u32 {
    truncated(secret, counter) % MODULUS
}

/// Four bytes out of the twenty, at a place that the last of them says, without their sign.
fn truncated(secret: &[u8], counter: u64) -> u32 {
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(secret) else { return u32::MAX };
    let digest: [u8; SECRET] = mac.chain_update(counter.to_be_bytes()).finalize().into_bytes().into();
    let place = usize::from(digest[SECRET - 1] & 0x0f);
    u32::from_be_bytes([digest[place], digest[place + 1], digest[place + 2], digest[place + 3]]) & 0x7fff_ffff
}

/// What an authenticator is told, as the address that a QR code holds.
pub(crate) fn uri(secret: &[u8; SECRET], account: &str) -> String {
    let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
    let secret = base32(secret);
    format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30")
}

/// A QR code as an SVG image without a script, a style or a reference to anything.
pub(crate) fn qr_svg(text: &str) -> Option<String> {
    /// The empty space around a code that scanners need, in modules.
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    let whole = size + 2 * QUIET;
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" shape-rendering="crispEdges"><path fill="#fff" d="M0,0h{whole}v{whole}h-{whole}z"/><path d="{path}"/></svg>"##
    ))
}

/// Base32 without padding (RFC 4648, section 6).
pub(crate) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits)) as usize & 31]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET_OF_THE_RFCS: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn the_values_of_rfc_4226_come_out() {
        let codes: Vec<u32> = (0..10).map(|counter| hotp(SECRET_OF_THE_RFCS, counter)).collect();
        let expected = [755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489];
        assert_eq!(codes, expected);
        assert_eq!(truncated(SECRET_OF_THE_RFCS, 0), 0x4c93cf18);
    }

    #[test]
    fn the_values_of_rfc_6238_come_out() {
        // Its codes have eight digits.
        for (time, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(SECRET_OF_THE_RFCS, time / STEP_SECONDS) % 100_000_000, code, "{time}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let now = 1_234_567_890;
        let taken = |seconds: u64| {
            let code = format!("{:06}", hotp(SECRET_OF_THE_RFCS, seconds / STEP_SECONDS));
            step_of(SECRET_OF_THE_RFCS, &code, now, 0).is_some()
        };
        assert!(taken(now) && taken(now - 30) && taken(now + 30));
        assert!(!taken(now - 60) && !taken(now + 60));
    }

    #[test]
    fn no_code_is_taken_twice_nor_one_before_it() {
        let now = 1_234_567_890;
        let code = |step: u64| format!("{:06}", hotp(SECRET_OF_THE_RFCS, step));
        let step = step_of(SECRET_OF_THE_RFCS, &code(now / STEP_SECONDS), now, 0).unwrap();
        assert_eq!(step_of(SECRET_OF_THE_RFCS, &code(step), now, step), None);
        assert_eq!(step_of(SECRET_OF_THE_RFCS, &code(step - 1), now, step), None);
        assert_eq!(step_of(SECRET_OF_THE_RFCS, &code(step + 1), now, step), Some(step + 1));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "12345", "1234567", "abcdef", "00000a", "١٢٣٤٥٦"] {
            assert_eq!(step_of(SECRET_OF_THE_RFCS, text, 59, 0), None, "{text}");
        }
    }

    #[test]
    fn the_values_of_rfc_4648_come_out() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn an_authenticator_is_told_everything_and_nothing_slips_out_of_the_address() {
        let uri = uri(SECRET_OF_THE_RFCS, "ada+x@example.org&issuer=Eve");
        assert!(uri.starts_with("otpauth://totp/Vitae:ada%2Bx%40example%2Eorg%26issuer%3DEve?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"), "{uri}");
        let svg = qr_svg(&uri).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>") && !svg.contains("script"));
    }
}
