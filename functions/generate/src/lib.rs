//! Portfolios: content, templates, publishing.
//!
//! The pure half turns a résumé into a site and knows no AWS: [`content`] says what stands there, [`customizations`]
//! what the person may change, [`templates`] how it can look, [`site`] puts the files together. The other half is the
//! HTTP interface ([`routes()`]) and the worker of the generate queue ([`work`]).

mod api;
pub mod colour;
pub mod content;
pub mod customizations;
mod deploying;
pub mod fonts;
pub mod labels;
mod page;
pub mod palette;
mod publishing;
mod share_image;
pub mod site;
pub mod slug;
pub mod templates;
pub mod vcard;
mod versions;
mod visits;
mod worker;

use std::sync::Arc;

use axum::middleware::from_fn;
use jiff::SignedDuration;
use vitae_blobs::Bucket;
use vitae_edge::FrontDoor;
use vitae_jobs::Jobs;
use vitae_queue::{Consumer, CountedEvent, JobMessage, Queue, SiteMessage};
use vitae_runtime::Aws;
use vitae_runtime::environment::{EnvironmentError, required};
use vitae_store::Store;
use vitae_web::{Routes, routes};

pub use worker::work;

/// How long a job is held between two stages: as long as the function may run.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// What the handlers and the worker work with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    store: Store,
    jobs: Jobs,
    sites: Bucket,
    front_door: FrontDoor,
    messages: Consumer,
    queues: Queues,
    addresses: Addresses,
}

/// Where messages go.
#[derive(Clone)]
struct Queues {
    generate: Queue<JobMessage>,
    ats: Queue<SiteMessage>,
    events: Queue<CountedEvent>,
}

/// The public addresses, without a slash at the end.
#[derive(Clone)]
struct Addresses {
    app: Arc<str>,
    sites: Arc<str>,
}

impl Addresses {
    /// Where the portfolio called `slug` can be seen.
    fn site(&self, slug: &str) -> String {
        format!("{}/p/{slug}", self.sites)
    }
}

impl State {
    /// Reads `SITES_BUCKET`, `GENERATE_QUEUE_URL`, `ATS_QUEUE_URL`, `EVENTS_QUEUE_URL`, `APP_URL`, `SITES_URL` and
    /// what [`FrontDoor`] needs.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn from_environment(aws: &Aws, store: Store) -> Result<Self, EnvironmentError> {
        let address = |name| Ok::<_, EnvironmentError>(Arc::from(required(name)?.trim_end_matches('/')));
        let events = Queue::new(aws.sqs(), required("EVENTS_QUEUE_URL")?);
        Ok(Self {
            jobs: Jobs::new(store.clone(), events.clone(), LEASE),
            store,
            sites: Bucket::new(aws.s3(), required("SITES_BUCKET")?),
            front_door: FrontDoor::from_environment(aws),
            messages: Consumer::new(aws.sqs(), required("GENERATE_QUEUE_URL")?),
            queues: Queues {
                generate: Queue::new(aws.sqs(), required("GENERATE_QUEUE_URL")?),
                ats: Queue::new(aws.sqs(), required("ATS_QUEUE_URL")?),
                events,
            },
            addresses: Addresses { app: address("APP_URL")?, sites: address("SITES_URL")? },
        })
    }
}

/// The routes, with their descriptions.
pub fn routes() -> Routes<State> {
    let creating = Routes::new()
        .routes(routes!(api::generate))
        .routes(routes!(api::regenerate))
        .route_layer(from_fn(vitae_web::idempotent))
        .route_layer(from_fn(|request, next| api::LIMIT.apply(request, next)));
    // A repetition of this one is no replay: the answer to a request with a token in it is not kept.
    let deploying = Routes::new()
        .routes(routes!(deploying::deploy))
        .route_layer(from_fn(|request, next| deploying::LIMIT.apply(request, next)));
    Routes::new()
        .merge(creating)
        .merge(deploying)
        .routes(routes!(api::list_templates))
        .routes(routes!(api::get_template))
        .routes(routes!(api::get_thumbnail))
        .routes(routes!(api::list))
        .routes(routes!(api::get, api::patch, api::delete))
        .routes(routes!(api::preview))
        .routes(routes!(api::publish))
        .routes(routes!(api::unpublish))
        .routes(routes!(api::download))
        .routes(routes!(versions::list))
        .routes(routes!(versions::get))
        .routes(routes!(versions::restore))
        .routes(routes!(visits::page))
        .routes(routes!(visits::file))
        .routes(routes!(visits::unlock))
}

#[cfg(test)]
mod fixtures {
    //! People to try templates on: a full CV, a thin one, a long one, a long name, no profile text, letters beside the core of Latin, scripts from right to left, CJK.

    use vitae_resume::Resume;

    pub(crate) struct Fixture {
        pub(crate) name: &'static str,
        pub(crate) resume: Resume,
    }

    pub(crate) fn all() -> Vec<Fixture> {
        [
            ("full", include_str!("../fixtures/full.json")),
            ("long", include_str!("../fixtures/long.json")),
            ("student", include_str!("../fixtures/student.json")),
            ("long-name", include_str!("../fixtures/long-name.json")),
            ("no-summary", include_str!("../fixtures/no-summary.json")),
            ("arabic", include_str!("../fixtures/arabic.json")),
            ("hebrew", include_str!("../fixtures/hebrew.json")),
            ("polish", include_str!("../fixtures/polish.json")),
            ("japanese", include_str!("../fixtures/japanese.json")),
        ]
        .into_iter()
        .map(|(name, json)| Fixture { name, resume: serde_json::from_str(json).unwrap() })
        .collect()
    }

    pub(crate) fn named(name: &str) -> Fixture {
        all().into_iter().find(|fixture| fixture.name == name).unwrap()
    }

    pub(crate) fn full() -> Resume {
        named("full").resume
    }
}
