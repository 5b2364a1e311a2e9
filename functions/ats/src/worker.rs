//! The worker: `resume.pdf` of published sites.
//!
//! A site's `resume.json` is what its owner shows to visitors: hidden sections and contact data are not in it, hand edits
//! are. So the PDF is typeset from that file and from nothing else, and cannot say more than the site does.
//!
//! Every message can be worked off any number of times. If the site went down meanwhile, nothing is written, or what was
//! written is removed.

use std::time::Instant;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use vitae_blobs::BlobError;
use vitae_blobs::keys::{self, Shelf};
use vitae_queue::{Message, Retry, SiteMessage};
use vitae_resume::{Resume, VitaeMeta};
use vitae_runtime::{metrics, telemetry};
use vitae_store::StoreError;

use crate::State;
use crate::make::{MakeError, pdf_for_site};
use crate::typeset::TypesetError;

/// Documents made side by side. They share one core.
const AT_ONCE: usize = 2;
/// Most bytes of a `resume.json`; a CV is stored as an item of at most 400 KB.
const LARGEST_RESUME: u64 = 1024 * 1024;
/// What browsers and the CDN are told, as for the rest of a site: nothing that was taken down outlives a minute.
const CACHE_CONTROL: &str = "public, max-age=60, must-revalidate";

/// Works through a batch; answers which messages must come again.
pub async fn work(state: State, event: SqsEvent) -> SqsBatchResponse {
    state.messages.drive(event, AT_ONCE, |message| typeset_for_site(&state, message)).await
}

async fn typeset_for_site(state: &State, message: Message) -> Result<(), Retry> {
    let request: SiteMessage = match message.parse() {
        Ok(request) => request,
        Err(error) => {
            // It will be no message of ours the next time either; the dead-letter queue keeps it for a person to look at.
            return Err(Retry(format!("this is no request: {error}")));
        }
    };
    telemetry::note_user(request.user_id);
    telemetry::note_kind("site");
    let Some(site @ Site { shelf, slug }) = &published(state, &request).await? else {
        tracing::info!("the site is not published any more");
        return Ok(());
    };
    let json = match state.sites.get(&keys::site_file(*shelf, slug, "resume.json"), LARGEST_RESUME).await {
        Ok(json) => json,
        // The row leads and the objects follow: they may not be there yet, or not any more.
        Err(BlobError::NotFound) => return Err(Retry("the site's résumé is not there yet".to_owned())),
        Err(error) => return Err(Retry(error.to_string())),
    };
    let mut resume: Resume =
        serde_json::from_slice(&json).map_err(|error| Retry(format!("the site's résumé cannot be read: {error}")))?;
    if let Some(language) = language_of_cv(state, &request).await? {
        resume.meta.vitae = Some(VitaeMeta { language: Some(language), ..VitaeMeta::default() });
    }
    let fonts = state.large_fonts.for_resume(&resume, None).await.map_err(|error| Retry(error.to_string()))?;
    let started = Instant::now();
    let made = tokio::task::spawn_blocking(move || pdf_for_site(&resume, fonts, Timestamp::now()))
        .await
        .map_err(|_| Retry("typesetting broke off".to_owned()))?;
    metrics::stage_took("typesetting", started.elapsed());
    let pdf = match made {
        Ok(pdf) => pdf,
        Err(MakeError::Typeset(error @ (TypesetError::Script | TypesetError::TooLong(_)))) => {
            // No retry sets a script that the fonts do not have. The site stands without a PDF.
            tracing::warn!(%error, "a site stays without a PDF");
            return Ok(());
        }
        Err(error) => return Err(Retry(error.to_string())),
    };
    let key = keys::site_file(*shelf, slug, "resume.pdf");
    let again = |error: BlobError| Retry(error.to_string());
    state.sites.put(&key, pdf, "application/pdf", Some(CACHE_CONTROL)).await.map_err(again)?;

    // The site may have gone down, or moved, while the PDF was made.
    let now = published(state, &request).await?;
    if now.as_ref() == Some(site) {
        return Ok(());
    }
    if now.is_some_and(|now| now.slug == *slug) {
        // It moved to the other shelf, and the message of that change makes its PDF.
        return state.sites.delete(&key).await.map_err(again);
    }
    let store = |error: StoreError| Retry(error.to_string());
    match state.store.slug_owner(slug).await.map_err(store)? {
        Some(owner) if owner.portfolio_id != request.portfolio_id => {
            // Somebody else has the address by now: their own PDF is made anew over ours.
            let theirs = SiteMessage { user_id: owner.user_id, portfolio_id: owner.portfolio_id };
            state.sites.delete(&key).await.map_err(again)?;
            state.requests.send(&theirs).await.map_err(|error| Retry(error.to_string()))
        }
        _ => state.sites.delete(&key).await.map_err(again),
    }
}

/// Where the objects of a published site lie.
#[derive(Debug, PartialEq, Eq)]
struct Site {
    shelf: Shelf,
    slug: String,
}

async fn published(state: &State, request: &SiteMessage) -> Result<Option<Site>, Retry> {
    let portfolio = state.store.portfolio(request.user_id, request.portfolio_id).await;
    let portfolio = portfolio.map_err(|error| Retry(error.to_string()))?;
    Ok(portfolio
        .and_then(|portfolio| portfolio.publication)
        .map(|publication| Site { shelf: Shelf::of(publication.visibility.is_protected()), slug: publication.slug }))
}

/// The language that the CV was read in: `resume.json` does not say it.
async fn language_of_cv(state: &State, request: &SiteMessage) -> Result<Option<String>, Retry> {
    let again = |error: StoreError| Retry(error.to_string());
    let portfolio = state.store.portfolio(request.user_id, request.portfolio_id).await.map_err(again)?;
    let Some(portfolio) = portfolio else { return Ok(None) };
    let cv = state.store.cv(request.user_id, portfolio.cv_id).await.map_err(again)?;
    Ok(cv.and_then(|cv| cv.resume.meta.vitae).and_then(|vitae| vitae.language))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every message for this function's queue that the repository keeps as an example.
    #[test]
    fn the_kept_events_are_requests() {
        let event: SqsEvent = serde_json::from_str(include_str!("../../../events/ats/site-published.json")).unwrap();
        let body = event.records[0].body.clone().unwrap();
        assert!(serde_json::from_str::<SiteMessage>(&body).is_ok());
    }
}
