//! Counting, dashboards, health and the public documentation.
//!
//! What happens anywhere in Vitae is a [`vitae_queue::CountedEvent`] on the events queue. [`worker`] turns each into
//! additions to named counts, once (`tally` says which); the dashboard's routes add those up and nothing else, so a
//! number that was not counted cannot be shown. Published pages tell of views through a beacon, which becomes an event
//! like any other. Frontends tell of their own faults through a route that bounds and redacts what it is told.
//!
//! This function is also where every path ends that is no other function's: health, documentation, the pages that
//! problems point at, and the 404.

mod activity;
mod assets;
mod beacon;
mod bots;
mod dashboard;
mod export;
mod frontend_logs;
mod histogram;
mod pages;
mod report;
mod send_beacon;
mod system;
mod tally;
mod window;
mod worker;

use std::sync::Arc;

use axum::extract::FromRef;
use axum::middleware::from_fn;
use vitae_queue::{Consumer, CountedEvent, NoticeMessage, Queue};
use vitae_runtime::Aws;
use vitae_runtime::environment::{EnvironmentError, required};
use vitae_store::Store;
use vitae_web::{Routes, routes};

pub use assets::OPENAPI;
pub use worker::worker;

/// What the handlers and the worker work with. Cheap to clone.
#[derive(Debug, Clone, FromRef)]
pub struct State {
    store: Store,
    events: Queue<CountedEvent>,
    messages: Consumer,
    notices: Queue<NoticeMessage>,
    sites: SitesHost,
}

/// The host that published sites stand on.
#[derive(Debug, Clone)]
struct SitesHost(Arc<str>);

impl State {
    /// Reads `EVENTS_QUEUE_URL`, `NOTICE_QUEUE_URL` and `SITES_URL`.
    ///
    /// # Errors
    /// When a variable is not set or cannot be read.
    pub fn from_environment(aws: &Aws, store: Store) -> Result<Self, EnvironmentError> {
        let sites = url::Url::parse(&required("SITES_URL")?)
            .map_err(|error| EnvironmentError::Invalid { name: "SITES_URL", reason: error.to_string() })?;
        Ok(Self {
            store,
            events: Queue::new(aws.sqs(), required("EVENTS_QUEUE_URL")?),
            messages: Consumer::new(aws.sqs(), required("EVENTS_QUEUE_URL")?),
            notices: Queue::new(aws.sqs(), required("NOTICE_QUEUE_URL")?),
            sites: SitesHost(sites.host_str().unwrap_or_default().into()),
        })
    }
}

/// The routes, with their descriptions.
pub fn routes() -> Routes<State> {
    let beacon = Routes::new()
        .routes(routes!(beacon::record))
        .route_layer(from_fn(|request, next| beacon::LIMIT.apply(request, next)));
    let logs = Routes::new()
        .routes(routes!(frontend_logs::record, frontend_logs::list))
        .route_layer(from_fn(|request, next| frontend_logs::LIMIT.apply(request, next)));
    let numbers = Routes::new()
        .routes(routes!(dashboard::dashboard))
        .routes(routes!(dashboard::metrics))
        .routes(routes!(dashboard::templates))
        .routes(routes!(dashboard::performance))
        .routes(routes!(dashboard::engagement))
        .routes(routes!(dashboard::geographic))
        .routes(routes!(dashboard::realtime))
        .routes(routes!(activity::list))
        .routes(routes!(export::summary))
        .route_layer(from_fn(|request, next| dashboard::LIMIT.apply(request, next)));
    Routes::new()
        .merge(beacon)
        .merge(logs)
        .merge(numbers)
        .routes(routes!(system::health))
        .routes(routes!(assets::openapi))
        .routes(routes!(assets::file))
        .routes(routes!(pages::start))
        .routes(routes!(pages::swagger_ui))
        .routes(routes!(pages::redoc))
        .routes(routes!(pages::problems))
        .routes(routes!(pages::problem))
}
