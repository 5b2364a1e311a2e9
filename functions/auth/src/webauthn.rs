//! The part of WebAuthn (Level 3) that a relying party computes: what a browser and an authenticator say, and whether it
//! holds. Pure.
//!
//! An attestation would prove the make of an authenticator, which nobody here asks for: `none` is wanted, and a statement
//! that comes all the same is not looked at. That the person was verified (by a finger, a face or a PIN) is demanded, so
//! that a passkey is two factors.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Largest part of a credential that is looked at, in bytes.
const LARGEST: usize = 16 * 1024;
/// Longest id of a credential, in bytes (5.8.3).
const LONGEST_ID: usize = 1023;
/// How deep a CBOR value may be; an attestation's has three levels.
const DEPTH: usize = 16;

/// The algorithms that a passkey may sign by (RFC 9053, RFC 8812), the best liked first: ES256, EdDSA, RS256.
pub(crate) const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Which of both ceremonies something was made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Create,
    Get,
}

/// What is wrong with a credential; for the log, as whoever sent it is told nothing of it.
pub(crate) type Refusal = &'static str;

/// What the browser says that it did (5.8.1).
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// What the authenticator says (6.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AuthenticatorData<'a> {
    /// How often it has signed, where it counts; zero where it does not.
    pub(crate) sign_count: u32,
    /// Whether the key may exist elsewhere as well.
    pub(crate) is_synced: bool,
    rest: &'a [u8],
}

/// A new credential.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewCredential {
    pub(crate) id: Vec<u8>,
    /// The public key as COSE has it (RFC 9053).
    pub(crate) public_key: Vec<u8>,
    pub(crate) sign_count: u32,
    pub(crate) is_synced: bool,
}

/// The challenge that a browser's data names, to be looked up; what is refused is refused by [`check_client_data`].
pub(crate) fn challenge_of(client_data: &str) -> Option<String> {
    let data: ClientData = serde_json::from_slice(&decode(client_data).ok()?).ok()?;
    Some(data.challenge)
}

/// The hash of the browser's data, where it is of this ceremony, this challenge and a page that is trusted (7.1, 7.2).
pub(crate) fn check_client_data(
    client_data: &str,
    ceremony: Ceremony,
    challenge: &str,
    is_trusted: impl Fn(&str) -> bool,
) -> Result<[u8; 32], Refusal> {
    let bytes = decode(client_data)?;
    let data: ClientData = serde_json::from_slice(&bytes).map_err(|_| "the client data are none")?;
    let expected = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.r#type != expected {
        return Err("it was made in another ceremony");
    }
    if !bool::from(data.challenge.as_bytes().ct_eq(challenge.as_bytes())) {
        return Err("it answers another challenge");
    }
    if !is_trusted(&data.origin) {
        return Err("it was made at another origin");
    }
    if data.cross_origin {
        return Err("it was made in a frame of another's page");
    }
    Ok(Sha256::digest(&bytes).into())
}

/// Reads a new credential of a person who was verified, for this relying party (7.1).
pub(crate) fn registered(attestation: &str, rp_id: &str) -> Result<NewCredential, Refusal> {
    let bytes = decode(attestation)?;
    let whole = cbor(&mut bytes.as_slice())?;
    let data = member(&whole, &Value::from("authData")).and_then(Value::as_bytes).ok_or("it has no data")?;
    let data = authenticator_data(data, rp_id)?;
    let NewFields { id, key } = new_fields(&data)?;
    let (sign_count, is_synced) = (data.sign_count, data.is_synced);
    // What cannot be used is not kept.
    public_key(&key)?;
    Ok(NewCredential { id, public_key: key, sign_count, is_synced })
}

/// Checks that the key signed for a person who was verified, for this relying party (7.2).
pub(crate) fn asserted(
    data: &str,
    signature: &str,
    client_data_hash: &[u8; 32],
    key: &[u8],
    rp_id: &str,
) -> Result<(u32, bool), Refusal> {
    let (bytes, signature) = (decode(data)?, decode(signature)?);
    let read = authenticator_data(&bytes, rp_id)?;
    let mut signed = bytes.clone();
    signed.extend(client_data_hash);
    public_key(key)?.verify(&signed, &signature)?;
    Ok((read.sign_count, read.is_synced))
}

struct NewFields {
    id: Vec<u8>,
    key: Vec<u8>,
}

/// The flags of 6.1.
mod flags {
    pub(super) const PRESENT: u8 = 1;
    pub(super) const VERIFIED: u8 = 1 << 2;
    pub(super) const MAY_BE_SYNCED: u8 = 1 << 3;
    pub(super) const IS_SYNCED: u8 = 1 << 4;
    pub(super) const HAS_CREDENTIAL: u8 = 1 << 6;
}

fn authenticator_data<'a>(data: &'a [u8], rp_id: &str) -> Result<AuthenticatorData<'a>, Refusal> {
    let (hash, rest) = data.split_first_chunk::<32>().ok_or("its data are too short")?;
    let (flags, rest) = rest.split_first().ok_or("its data are too short")?;
    let (count, _) = rest.split_first_chunk::<4>().ok_or("its data are too short")?;
    if *hash != <[u8; 32]>::from(Sha256::digest(rp_id)) {
        return Err("it is for another relying party");
    }
    if flags & flags::PRESENT == 0 || flags & flags::VERIFIED == 0 {
        return Err("nobody was verified");
    }
    if flags & flags::IS_SYNCED != 0 && flags & flags::MAY_BE_SYNCED == 0 {
        return Err("it contradicts itself");
    }
    Ok(AuthenticatorData {
        sign_count: u32::from_be_bytes(*count),
        is_synced: flags & flags::IS_SYNCED != 0,
        rest: &data[32..],
    })
}

fn new_fields(data: &AuthenticatorData<'_>) -> Result<NewFields, Refusal> {
    let (flags, rest) = data.rest.split_first().ok_or("its data are too short")?;
    if flags & flags::HAS_CREDENTIAL == 0 {
        return Err("it has no credential");
    }
    // Past the count and the authenticator's make.
    let rest = rest.get(4 + 16..).ok_or("its data are too short")?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or("its data are too short")?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > LONGEST_ID {
        return Err("its id is none");
    }
    let (id, rest) = rest.split_at_checked(length).ok_or("its data are too short")?;
    let mut after = rest;
    cbor(&mut after)?;
    let key = &rest[..rest.len() - after.len()];
    Ok(NewFields { id: id.to_vec(), key: key.to_vec() })
}

/// A public key of one of [`ALGORITHMS`].
enum PublicKey {
    Es256([u8; 65]),
    Ed25519([u8; 32]),
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let verified = match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(signed, signature),
            Self::Ed25519(x) => UnparsedPublicKey::new(&ED25519, x).verify(signed, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
        };
        verified.map_err(|_| "the signature is not the key's")
    }
}

fn public_key(cose: &[u8]) -> Result<PublicKey, Refusal> {
    const UNKNOWN: Refusal = "the key is of a kind that was not asked for";
    let key = cbor(&mut &*cose)?;
    let number = |label: i64| member(&key, &Value::from(label)).and_then(Value::as_integer).map(i128::from);
    let bytes = |label: i64| member(&key, &Value::from(label)).and_then(Value::as_bytes).map(Vec::as_slice);
    let field = |label: i64| <[u8; 32]>::try_from(bytes(label).unwrap_or_default()).map_err(|_| UNKNOWN);
    // Labels 1 and 3 are kind and algorithm; -1 and below are the kind's own.
    match (number(1), number(3), number(-1)) {
        (Some(2), Some(-7), Some(1)) => {
            let mut point = [4; 65];
            point[1..33].copy_from_slice(&field(-2)?);
            point[33..].copy_from_slice(&field(-3)?);
            Ok(PublicKey::Es256(point))
        }
        (Some(1), Some(-8), Some(6)) => Ok(PublicKey::Ed25519(field(-2)?)),
        (Some(3), Some(-257), None) => {
            let (n, e) = (bytes(-1).ok_or(UNKNOWN)?, bytes(-2).ok_or(UNKNOWN)?);
            if !(256..=1024).contains(&n.len()) || !(1..=8).contains(&e.len()) {
                return Err(UNKNOWN);
            }
            Ok(PublicKey::Rs256 { n: n.to_vec(), e: e.to_vec() })
        }
        _ => Err(UNKNOWN),
    }
}

fn member<'a>(map: &'a Value, name: &Value) -> Option<&'a Value> {
    map.as_map()?.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Reads one value off the beginning.
fn cbor(bytes: &mut &[u8]) -> Result<Value, Refusal> {
    ciborium::de::from_reader_with_recursion_limit(bytes, DEPTH).map_err(|_| "it is no CBOR")
}

fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    if text.len() > LARGEST {
        return Err("it is too large");
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "it is no base64url")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::json;

    const RP: &str = "app.example";

    fn encoded(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).unwrap();
        bytes
    }

    fn cose(members: &[(i64, Value)]) -> Vec<u8> {
        encoded(&Value::Map(members.iter().map(|(label, value)| (Value::from(*label), value.clone())).collect()))
    }

    fn es256(point: &[u8]) -> Vec<u8> {
        cose(&[
            (1, 2.into()),
            (3, (-7).into()),
            (-1, 1.into()),
            (-2, Value::Bytes(point[1..33].to_vec())),
            (-3, Value::Bytes(point[33..].to_vec())),
        ])
    }

    fn data(rp_id: &str, flags: u8, count: u32, credential: Option<(&[u8], &[u8])>) -> Vec<u8> {
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(flags);
        data.extend(count.to_be_bytes());
        if let Some((id, key)) = credential {
            data.extend([0; 16]);
            data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
            data.extend(id);
            data.extend(key);
        }
        data
    }

    fn attestation(data: Vec<u8>) -> String {
        let whole = Value::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Value::Map(Vec::new())),
            ("authData".into(), Value::Bytes(data)),
        ]);
        URL_SAFE_NO_PAD.encode(encoded(&whole))
    }

    const GOOD: u8 = flags::PRESENT | flags::VERIFIED;

    #[test]
    fn a_new_credential_is_read_and_nothing_that_is_none() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let key = es256(pair.public_key().as_ref());
        let with = GOOD | flags::HAS_CREDENTIAL;
        let mut extended = data(RP, with, 7, Some((b"id", &key)));
        // What an extension says comes behind the key, and is none of it.
        extended.extend(encoded(&Value::Map(Vec::new())));
        for whole in [data(RP, with, 7, Some((b"id", &key))), extended] {
            let read = registered(&attestation(whole), RP).unwrap();
            let id = b"id".to_vec();
            assert_eq!(read, NewCredential { id, public_key: key.clone(), sign_count: 7, is_synced: false });
        }
        let bad_key = cose(&[(1, 2.into()), (3, (-35).into()), (-1, 2.into())]);
        for (what, bad) in [
            ("another relying party", data("evil.example", with, 0, Some((b"id", &key)))),
            ("nobody present", data(RP, with & !flags::PRESENT, 0, Some((b"id", &key)))),
            ("nobody verified", data(RP, with & !flags::VERIFIED, 0, Some((b"id", &key)))),
            ("synced and never to be", data(RP, with | flags::IS_SYNCED, 0, Some((b"id", &key)))),
            ("no credential", data(RP, GOOD, 0, None)),
            ("an empty id", data(RP, with, 0, Some((b"", &key)))),
            ("a long id", data(RP, with, 0, Some((&[7; 1024], &key)))),
            ("another algorithm", data(RP, with, 0, Some((b"id", &bad_key)))),
            ("no key", data(RP, with, 0, Some((b"id", b"")))),
            ("half a key", data(RP, with, 0, Some((b"id", &key[..40])))),
            ("nothing", Vec::new()),
        ] {
            assert!(registered(&attestation(bad), RP).is_err(), "{what}");
        }
        for nonsense in ["", "%", &"A".repeat(20_000), &URL_SAFE_NO_PAD.encode([0x81; 500])] {
            assert!(registered(nonsense, RP).is_err());
        }
    }

    #[test]
    fn a_signature_counts_by_each_algorithm_and_for_what_was_signed_alone() {
        let hash: [u8; 32] = Sha256::digest("client data").into();
        let signed_data = data(RP, GOOD, 9, None);
        let mut signed = signed_data.clone();
        signed.extend(hash);
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let ed = Ed25519KeyPair::generate().unwrap();
        let ed_key = cose(&[
            (1, 1.into()),
            (3, (-8).into()),
            (-1, 6.into()),
            (-2, Value::Bytes(ed.public_key().as_ref().to_vec())),
        ]);
        let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let rsa_public = rsa.public_key();
        let rsa_key = cose(&[
            (1, 3.into()),
            (3, (-257).into()),
            (-1, Value::Bytes(rsa_public.modulus().big_endian_without_leading_zero().to_vec())),
            (-2, Value::Bytes(rsa_public.exponent().big_endian_without_leading_zero().to_vec())),
        ]);
        let mut by_rsa = vec![0; rsa.public_modulus_len()];
        rsa.sign(&aws_lc_rs::signature::RSA_PKCS1_SHA256, &SystemRandom::new(), &signed, &mut by_rsa).unwrap();
        let by_ec = ec.sign(&SystemRandom::new(), &signed).unwrap();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let of_data = text(&signed_data);
        let ec_key = es256(ec.public_key().as_ref());
        for (key, signature) in
            [(&ec_key, by_ec.as_ref()), (&ed_key, ed.sign(&signed).as_ref()), (&rsa_key, by_rsa.as_slice())]
        {
            assert_eq!(asserted(&of_data, &text(signature), &hash, key, RP), Ok((9, false)));
            assert!(asserted(&of_data, &text(signature), &[0; 32], key, RP).is_err());
            assert!(asserted(&text(&data(RP, GOOD, 10, None)), &text(signature), &hash, key, RP).is_err());
            assert!(asserted(&of_data, "", &hash, key, RP).is_err());
            assert!(asserted(&of_data, &text(signature), &hash, key, "evil.example").is_err());
        }
        assert!(asserted(&of_data, &text(by_ec.as_ref()), &hash, &ed_key, RP).is_err());
        let unverified = text(&data(RP, flags::PRESENT, 9, None));
        assert!(asserted(&unverified, &text(by_ec.as_ref()), &hash, &ec_key, RP).is_err());
    }

    #[test]
    fn what_the_browser_says_is_of_this_ceremony_challenge_and_page() {
        let said = |changed: &[(&str, serde_json::Value)]| {
            let mut data = json!({ "type": "webauthn.get", "challenge": "c", "origin": "https://app.example" });
            for (name, value) in changed {
                data[name] = value.clone();
            }
            URL_SAFE_NO_PAD.encode(data.to_string())
        };
        let check = |text: &str| check_client_data(text, Ceremony::Get, "c", |origin| origin == "https://app.example");
        assert!(check(&said(&[])).is_ok());
        assert!(check(&said(&[("crossOrigin", json!(false)), ("other", json!(1))])).is_ok());
        assert_eq!(challenge_of(&said(&[])).as_deref(), Some("c"));
        for bad in [
            said(&[("type", json!("webauthn.create"))]),
            said(&[("challenge", json!("d"))]),
            said(&[("origin", json!("https://evil.example"))]),
            said(&[("origin", json!("https://app.example.evil.example"))]),
            said(&[("crossOrigin", json!(true))]),
            "e30".to_owned(),
            String::new(),
        ] {
            assert!(check(&bad).is_err(), "{bad}");
        }
    }
}
