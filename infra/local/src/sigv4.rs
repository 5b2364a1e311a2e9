//! The signature of a read from S3, as AWS Signature Version 4 wants it.
//!
//! The sites' front door reads a private bucket, as CloudFront does with origin access control. One kind of request does
//! not need an SDK.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// What a path keeps as it is: the unreserved characters of RFC 3986, and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Whose signature it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Credentials {
    pub(crate) access_key: &'static str,
    pub(crate) secret_key: &'static str,
    pub(crate) region: &'static str,
}

/// A path as it stands in the request and in its signature.
pub(crate) fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// The headers that sign a request without a body and without a query.
///
/// `path` is encoded by [`encode_path`]; `now` is UTC as `20261121T214738Z`.
pub(crate) fn sign(
    credentials: Credentials,
    method: &str,
    host: &str,
    path: &str,
    now: &str,
) -> [(&'static str, String); 3] {
    let Credentials { access_key, secret_key, region } = credentials;
    let body = hex::encode(Sha256::digest(b""));
    let day = now.get(..8).unwrap_or(now);
    let scope = format!("{day}/{region}/s3/aws4_request");
    let headers = "host;x-amz-content-sha256;x-amz-date";
    let request =
        format!("{method}\n{path}\n\nhost:{host}\nx-amz-content-sha256:{body}\nx-amz-date:{now}\n\n{headers}\n{body}");
    let to_sign = format!("AWS4-HMAC-SHA256\n{now}\n{scope}\n{}", hex::encode(Sha256::digest(request)));
    let key = [day, region, "s3", "aws4_request"]
        .iter()
        .fold(format!("AWS4{secret_key}").into_bytes(), |key, part| hmac(&key, part));
    let signature = hex::encode(hmac(&key, &to_sign));
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={headers}, Signature={signature}");
    [("authorization", authorization), ("x-amz-content-sha256", body), ("x-amz-date", now.to_owned())]
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    // A key of any length is a key.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(message.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derivation example of the AWS General Reference, "Examples of how to derive a signing key".
    #[test]
    fn a_signing_key_is_derived_as_documented() {
        let key = ["20150830", "us-east-1", "iam", "aws4_request"]
            .iter()
            .fold(b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_vec(), |key, part| hmac(&key, part));
        assert_eq!(hex::encode(key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn a_path_keeps_its_slashes_only() {
        assert_eq!(encode_path("/bucket/p/zoë & co/a+b.html"), "/bucket/p/zo%C3%AB%20%26%20co/a%2Bb.html");
    }
}
