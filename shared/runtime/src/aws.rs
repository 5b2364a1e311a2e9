//! The one place where AWS clients are built.
#![expect(clippy::disallowed_methods, reason = "this is the file that the rule keeps AWS clients in")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_types::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::environment::optional;
use crate::signing::Signer;

/// What the SDK's defaults are is pinned here, so that an update of a crate does not change them.
fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// The account, region, credentials and endpoints that the environment names, from which each client is made.
///
/// `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` are honoured as by every AWS SDK. Credentials are those of the
/// environment alone, where Lambda puts a role's. The chain of profiles, instance metadata and token exchange that a
/// machine of one's own may need would be in every function, and asked by none.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    credentials: Option<Credentials>,
    clients: Arc<Clients>,
}

/// The clients that more than one part of a function asks for: making one is a noticeable part of a start.
#[derive(Debug, Default)]
struct Clients {
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
}

impl Aws {
    /// Reads the environment. Whoever has no credentials there finds out at the first call.
    pub fn from_environment() -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(8))
            .operation_timeout(Duration::from_secs(20))
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(behavior_version())
            .http_client(http_client())
            .timeout_config(timeouts)
            .service_config(Environment)
            .region(optional("AWS_REGION").or_else(|| optional("AWS_DEFAULT_REGION")).map(Region::new));
        config.set_endpoint_url(optional("AWS_ENDPOINT_URL"));
        let keys = optional("AWS_ACCESS_KEY_ID").zip(optional("AWS_SECRET_ACCESS_KEY"));
        let credentials =
            keys.map(|(id, secret)| Credentials::new(id, secret, optional("AWS_SESSION_TOKEN"), None, "environment"));
        config.set_credentials_provider(credentials.clone().map(SharedCredentialsProvider::new));
        Self { config: config.build(), credentials, clients: Arc::default() }
    }

    /// The emulator or the local recogniser at this address, whatever the environment says, as the emulator's root.
    ///
    /// For tools and tests: the credentials are the emulator's own and mean nothing to AWS.
    pub fn at_local_endpoint(url: &str) -> Self {
        let credentials = Credentials::new("test", "test", None, None, "local");
        let config = SdkConfig::builder()
            .behavior_version(behavior_version())
            .http_client(http_client())
            .region(Region::from_static("us-east-1"))
            .endpoint_url(url)
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .build();
        Self { config, credentials: Some(credentials), clients: Arc::default() }
    }

    /// DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.clients.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.config)).clone()
    }

    /// Key Management Service.
    pub fn kms(&self) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::new(&self.config)
    }

    /// S3. Bucket names go into the path where an endpoint is given: `bucket.127.0.0.1` is no host.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let make = || {
            let config = aws_sdk_s3::config::Builder::from(&self.config)
                .force_path_style(self.config.endpoint_url().is_some())
                .build();
            aws_sdk_s3::Client::from_conf(config)
        };
        self.clients.s3.get_or_init(make).clone()
    }

    /// Simple Email Service.
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.config)
    }

    /// Simple Queue Service.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        self.clients.sqs.get_or_init(|| aws_sdk_sqs::Client::new(&self.config)).clone()
    }

    /// CloudFront, which is one for all regions and is signed for in one. `None` without credentials.
    ///
    /// Its client is larger than a function, and one call of it is used.
    pub fn cloudfront(&self) -> Option<Signer> {
        self.signer("cloudfront", "us-east-1", "https://cloudfront.amazonaws.com".to_owned())
    }

    /// Systems Manager, of which one call is used. `None` without credentials or region.
    pub fn systems_manager(&self) -> Option<Signer> {
        let region = self.config.region()?.as_ref();
        self.signer("ssm", region, format!("https://ssm.{region}.amazonaws.com"))
    }

    fn signer(&self, service: &'static str, region: &str, address: String) -> Option<Signer> {
        let configured = optional(&format!("AWS_ENDPOINT_URL_{}", service.to_uppercase()));
        let address = configured.or_else(|| self.config.endpoint_url().map(str::to_owned)).unwrap_or(address);
        Some(Signer::new(service, region, &address, self.credentials.clone()?))
    }

    /// Textract. Recognising a dense page takes seconds, so it has longer than the others.
    pub fn textract(&self) -> aws_sdk_textract::Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(90))
            .operation_timeout(Duration::from_secs(100))
            .build();
        let config = aws_sdk_textract::config::Builder::from(&self.config).timeout_config(timeouts).build();
        aws_sdk_textract::Client::from_conf(config)
    }
}

/// The SDK's own HTTP client, once for all services: they share connections, and the machine's certificates are parsed once
/// at a start instead of for each client.
fn http_client() -> SharedHttpClient {
    let loaded = AtomicBool::new(false);
    Builder::new().build_with_connector_fn(move |settings, components| {
        // Each new client of a service asks without settings for a connector that it throws away, so that what is slow to
        // load is loaded at a start. Once it is, any connector will do.
        if settings.is_none() && loaded.swap(true, Ordering::Relaxed) {
            return ConnectorBuilder::default().build_http();
        }
        let mut connector = ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

/// Where a client looks for what is configured for its service alone.
#[derive(Debug)]
struct Environment;

impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        optional(&format!("{}_{service}", key.env())).or_else(|| optional(key.env()))
    }
}
