//! ATS documents and the report on them.
//!
//! The pure half knows no AWS: `sheet` says what stands on a document, `template` how it looks and `fonts` in which type, `typeset`, `docx` and
//! `plain` write it, `round_trip` sets beside it what our own reader reads back, `report` says what is wrong with a CV,
//! `job` what a job description asks for (`posting` how it is built, `terms` it knows, `phrases` it lists by the
//! `vocabulary` of postings, `knock_out` conditions), `tailor` puts first what it asks for. The other half is the HTTP interface ([`routes()`])
//! and the worker of the ATS queue ([`work`]).
//!
//! **Architecture invariant:** a person's words reach Typst, XML and JSON as data, never as markup.
//!
//! **Architecture invariant:** a document says nothing that the CV does not say. Tailoring changes order alone; other
//! wordings (`propose`) are proposals that a person takes or leaves.

mod api;
mod docx;
mod fonts;
mod job;
mod knock_out;
mod language;
mod large_fonts;
mod make;
mod phrases;
mod plain;
mod posting;
mod propose;
mod report;
mod round_trip;
mod sheet;
mod tailor;
mod template;
mod terms;
mod typeset;
mod vocabulary;
mod wording;
mod worker;

use std::sync::Arc;

use axum::middleware::from_fn;
use vitae_blobs::Bucket;
use vitae_llm::Chain;
use vitae_queue::{Consumer, CountedEvent, Queue, SiteMessage};
use vitae_runtime::Aws;
use vitae_runtime::environment::{EnvironmentError, required};
use vitae_store::Store;
use vitae_web::{Routes, routes};

use large_fonts::LargeFonts;

pub use fonts::{Fonts, WrongFonts};
pub use make::{Format, MakeError, Product, Wish, make, write_document};
pub use report::{DocumentFacts, Report, analyze};
pub use round_trip::{AddedField, FieldState, FieldTrip, RoundTrip};
pub use sheet::Section;
pub use template::Template;
pub use typeset::{FontSize, PageSize, TypesetError, load as prepare};
pub use worker::work;

/// What the handlers and the worker work with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    store: Store,
    files: Bucket,
    sites: Bucket,
    large_fonts: LargeFonts,
    events: Queue<CountedEvent>,
    requests: Queue<SiteMessage>,
    messages: Consumer,
    app_url: Arc<str>,
    models: Option<Chain>,
}

impl State {
    /// Reads `FILES_BUCKET`, `SITES_BUCKET`, `ASSETS_BUCKET`, `EVENTS_QUEUE_URL`, `ATS_QUEUE_URL` and `APP_URL`, and loads the fonts.
    ///
    /// `MODELS` says whether language models may propose wordings.
    ///
    /// # Errors
    /// When a variable is not set, or the models are configured in a way that cannot work.
    pub fn from_environment(aws: &Aws, store: Store) -> Result<Self, EnvironmentError> {
        typeset::prepare();
        Ok(Self {
            store,
            files: Bucket::new(aws.s3(), required("FILES_BUCKET")?),
            sites: Bucket::new(aws.s3(), required("SITES_BUCKET")?),
            large_fonts: LargeFonts::new(Bucket::new(aws.s3(), required("ASSETS_BUCKET")?)),
            events: Queue::new(aws.sqs(), required("EVENTS_QUEUE_URL")?),
            requests: Queue::new(aws.sqs(), required("ATS_QUEUE_URL")?),
            messages: Consumer::new(aws.sqs(), required("ATS_QUEUE_URL")?),
            app_url: required("APP_URL")?.trim_end_matches('/').into(),
            models: Chain::from_environment()
                .map_err(|error| EnvironmentError::Invalid { name: "MODELS", reason: error.to_string() })?,
        })
    }
}

/// The routes, with their descriptions.
pub fn routes() -> Routes<State> {
    let generate = Routes::new()
        .routes(routes!(api::generate))
        .route_layer(from_fn(vitae_web::idempotent))
        .route_layer(from_fn(|request, next| api::GENERATE_LIMIT.apply(request, next)));
    let analyze = Routes::new()
        .routes(routes!(api::analyze))
        .route_layer(from_fn(|request, next| api::ANALYZE_LIMIT.apply(request, next)));
    Routes::new()
        .merge(generate)
        .merge(analyze)
        .routes(routes!(api::templates))
        .routes(routes!(api::list))
        .routes(routes!(api::download))
}
