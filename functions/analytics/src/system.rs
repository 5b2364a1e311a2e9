//! Health.

use serde::Serialize;
use utoipa::ToSchema;
use vitae_web::Json;

/// That the API answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version that answers.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Whether the API answers.
///
/// Says nothing of the stores behind it, so that their hiccup does not take every instance out of service.
#[utoipa::path(
    get, path = "/healthz", operation_id = "getHealth", tag = "System",
    responses((status = 200, body = Health))
)]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
