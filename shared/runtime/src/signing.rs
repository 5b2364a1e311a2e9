//! Signature Version 4 for single calls, where a service's whole client would be larger than the function.

use std::time::SystemTime;

use aws_sdk_s3::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

/// A request that cannot be signed: its address or a header is none.
#[derive(Debug, thiserror::Error)]
#[error("the request cannot be signed: {0}")]
pub struct SigningError(String);

/// Signs requests to one service.
#[derive(Debug, Clone)]
pub struct Signer {
    service: &'static str,
    region: String,
    address: String,
    credentials: Credentials,
}

impl Signer {
    pub(crate) fn new(service: &'static str, region: &str, address: &str, credentials: Credentials) -> Self {
        let address = address.trim_end_matches('/').to_owned();
        Self { service, region: region.to_owned(), address, credentials }
    }

    /// The address of a path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The headers that sign a request with these headers, which go along with it.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn sign(
        &self,
        method: &str,
        url: &str,
        headers: &[(&'static str, &str)],
        body: &[u8],
    ) -> Result<Vec<(String, String)>, SigningError> {
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| SigningError(error.to_string()))?
            .into();
        let request = SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body));
        let signed = request.and_then(|request| sign(request, &parameters));
        let (instructions, _) = signed.map_err(|error| SigningError(error.to_string()))?.into_parts();
        let (headers, _) = instructions.into_parts();
        Ok(headers.iter().map(|header| (header.name().to_owned(), header.value().to_owned())).collect())
    }
}
