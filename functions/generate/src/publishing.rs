//! Keeping the sites bucket in line with what the store says.
//!
//! The store leads and the objects follow: whoever changes a portfolio writes its row first and calls
//! [`bring_in_line`] then, which may be done any number of times and by several at once. A slug's objects are gone
//! before the slug is free for somebody else.

use futures::future::try_join_all;
use jiff::Timestamp;
use uuid::Uuid;
use vitae_blobs::BlobError;
use vitae_blobs::keys::{self, Shelf};
use vitae_queue::{QueueError, SiteMessage};
use vitae_store::StoreError;
use vitae_store::portfolios::{Portfolio, Publication, Published, Visibility};

use crate::State;
use crate::content::{Content, Edits};
use crate::customizations::Customizations;
use crate::site::{self, Place, RenderError};
use crate::slug::Slug;
use crate::templates::{self, Template};
use crate::versions;

/// What browsers and the CDN are told: nothing that was taken down outlives a minute.
const CACHE_CONTROL: &str = "public, max-age=60, must-revalidate";
/// How often a portfolio may change under the hands of whoever brings it in line.
const MOST_ROUNDS: usize = 8;
/// How many addresses that a public portfolio left still lead to it.
const MOST_FORMER_SLUGS: usize = 5;

/// Why a portfolio could not be published or brought in line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Render(#[from] RenderError),
    /// It has no content yet.
    #[error("the portfolio has no content yet")]
    NotMade,
    /// The slug that was asked for is another's.
    #[error("the slug is taken")]
    Taken,
    /// It shall be protected by a password and has none.
    #[error("the portfolio has no password")]
    NoPassword,
    /// What is stored cannot be read by this version.
    #[error("the stored portfolio cannot be read: {0}")]
    Unreadable(String),
}

/// How a portfolio shall be published.
#[derive(Debug)]
pub(crate) struct Wish {
    /// The slug that the person chose; without one it follows from their name.
    pub(crate) slug: Option<Slug>,
    pub(crate) visibility: Visibility,
    pub(crate) indexable: bool,
    /// The hash of the password that was given with the wish.
    pub(crate) password_hash: Option<String>,
}

/// A portfolio's parts as types.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) template: &'static Template,
    pub(crate) customizations: Customizations,
    pub(crate) generated: Content,
    pub(crate) edits: Edits,
}

impl Parts {
    /// # Errors
    /// [`PublishError::NotMade`] before the content is there, [`PublishError::Unreadable`] where a part makes no sense.
    pub(crate) fn of(portfolio: &Portfolio) -> Result<Self, PublishError> {
        if portfolio.content.is_null() {
            return Err(PublishError::NotMade);
        }
        let unreadable = |error: serde_json::Error| PublishError::Unreadable(error.to_string());
        Ok(Self {
            // A template that was withdrawn leaves its portfolios readable.
            template: templates::find(&portfolio.template_id)
                .or_else(|| templates::find(templates::DEFAULT))
                .ok_or_else(|| PublishError::Unreadable("no template".to_owned()))?,
            customizations: customizations_of(portfolio)?,
            generated: serde_json::from_value(portfolio.content.clone()).map_err(unreadable)?,
            edits: edits_of(portfolio)?,
        })
    }

    /// What the portfolio says: the generated content under the person's own.
    pub(crate) fn content(&self) -> Content {
        self.generated.with_edits(&self.edits)
    }
}

pub(crate) fn customizations_of(portfolio: &Portfolio) -> Result<Customizations, PublishError> {
    serde_json::from_value(portfolio.customizations.clone()).map_err(|e| PublishError::Unreadable(e.to_string()))
}

pub(crate) fn edits_of(portfolio: &Portfolio) -> Result<Edits, PublishError> {
    serde_json::from_value(portfolio.edits.clone()).map_err(|e| PublishError::Unreadable(e.to_string()))
}

/// Publishes a portfolio, or publishes it differently.
pub(crate) async fn publish(state: &State, portfolio: Portfolio, wish: Wish) -> Result<Portfolio, PublishError> {
    let name = Parts::of(&portfolio)?.content().hero.name;
    let password_hash = match (wish.visibility, wish.password_hash) {
        (Visibility::Password, None) => match &portfolio.publication {
            Some(Publication { visibility: Visibility::Password, password_hash, .. }) => password_hash.clone(),
            _ => return Err(PublishError::NoPassword),
        },
        (Visibility::Password, given) => given,
        (Visibility::Public | Visibility::Unlisted, _) => None,
    };
    let candidates = match &wish.slug {
        Some(slug) => vec![slug.clone()],
        None => candidates(&portfolio, wish.visibility, &name),
    };
    for slug in candidates {
        let before = portfolio.publication.as_ref().filter(|publication| publication.slug == slug.as_str());
        let publication = Publication {
            slug: slug.to_string(),
            visibility: wish.visibility,
            indexable: wish.indexable,
            published_at: before.map_or_else(Timestamp::now, |publication| publication.published_at),
            password_hash: password_hash.clone(),
        };
        if let Published::Done(portfolio) = state.store.publish_portfolio(portfolio.clone(), publication).await? {
            let (user_id, portfolio_id) = (portfolio.user_id, portfolio.portfolio_id);
            return bring_in_line(state, user_id, portfolio_id).await?.ok_or(StoreError::Conflict.into());
        }
    }
    Err(PublishError::Taken)
}

/// The slugs to try: the one that the portfolio holds already where it is of the right kind, then new ones.
fn candidates(portfolio: &Portfolio, visibility: Visibility, name: &str) -> Vec<Slug> {
    let fits = |slug: &Slug| match visibility {
        Visibility::Public => !slug.is_unguessable(),
        Visibility::Unlisted => slug.is_unguessable(),
        Visibility::Password => true,
    };
    let current = portfolio.publication.as_ref().map(|publication| &publication.slug);
    let held = current.into_iter().chain(portfolio.slugs.iter().rev()).filter_map(|slug| Slug::parse(slug).ok());
    let mut candidates: Vec<Slug> = held.filter(fits).take(1).collect();
    match visibility {
        Visibility::Public => candidates.extend(Slug::automatic(name)),
        // A slug made of the name would say whose portfolio lies behind the password.
        Visibility::Unlisted | Visibility::Password => candidates.push(Slug::unguessable()),
    }
    candidates
}

/// The slugs that lead nowhere any more. Those that a public portfolio left lead to it, the newest of them; one that is
/// not public any more must not be found by its old names.
fn outlived<'a>(slugs: &'a [String], publication: &Publication) -> Vec<&'a String> {
    let former = slugs.iter().rev().filter(|slug| **slug != publication.slug);
    former.skip(if publication.visibility == Visibility::Public { MOST_FORMER_SLUGS } else { 0 }).collect()
}

/// Makes the objects what the row says, and frees the slugs that it no longer uses; answers the portfolio as it then is,
/// `None` where it is gone.
pub(crate) async fn bring_in_line(
    state: &State,
    user_id: Uuid,
    portfolio_id: Uuid,
) -> Result<Option<Portfolio>, PublishError> {
    let mut touched: Vec<String> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let Some(mut portfolio) = state.store.portfolio(user_id, portfolio_id).await? else {
            // Removed while we wrote: what we wrote goes too, unless the slug is somebody else's by now.
            for slug in touched {
                if state.store.slug_owner(&slug).await?.is_none() {
                    remove_sites(state, &[slug]).await?;
                }
            }
            return Ok(None);
        };
        let current = portfolio.publication.as_ref().map(|publication| publication.slug.clone());
        let left: Vec<String> =
            portfolio.slugs.iter().filter(|slug| Some(*slug) != current.as_ref()).cloned().collect();
        if let Some(publication) = &portfolio.publication {
            touched.push(publication.slug.clone());
            put_site(state, &portfolio, publication).await?;
            let other = Shelf::of(publication.visibility.is_protected()).other();
            remove_from(state, &[other], std::slice::from_ref(&publication.slug)).await?;
        }
        remove_sites(state, &left).await?;
        let outlived: Vec<String> = match &portfolio.publication {
            Some(publication) => outlived(&portfolio.slugs, publication).into_iter().cloned().collect(),
            None => Vec::new(),
        };
        if !outlived.is_empty() {
            portfolio = match state.store.release_slugs(portfolio, &outlived).await {
                Ok(portfolio) => portfolio,
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            };
        }
        portfolio = match versions::record(state, portfolio).await {
            Ok(portfolio) => portfolio,
            Err(PublishError::Store(StoreError::Conflict)) => continue,
            Err(error) => return Err(error),
        };
        let latest = state.store.portfolio(user_id, portfolio_id).await?;
        if latest.is_some_and(|latest| latest.version == portfolio.version) {
            return Ok(Some(portfolio));
        }
    }
    Err(StoreError::Conflict.into())
}

/// Takes a site down: its objects are gone when this returns. The slug stays the portfolio's own.
pub(crate) async fn unpublish(state: &State, mut portfolio: Portfolio) -> Result<Option<Portfolio>, PublishError> {
    let (user_id, portfolio_id) = (portfolio.user_id, portfolio.portfolio_id);
    if portfolio.publication.take().is_some() {
        state.store.update_portfolio(portfolio).await?;
    }
    bring_in_line(state, user_id, portfolio_id).await
}

/// Removes a portfolio: first its objects, then its rows.
pub(crate) async fn delete(state: &State, portfolio: Portfolio) -> Result<(), PublishError> {
    match unpublish(state, portfolio).await? {
        Some(portfolio) => Ok(state.store.delete_portfolio(&portfolio).await?),
        None => Ok(()),
    }
}

/// Slugs near a taken one that are free now.
pub(crate) async fn suggestions(state: &State, taken: &Slug, name: &str) -> Result<Vec<Slug>, StoreError> {
    let mut free = Vec::new();
    for slug in taken.alternatives().chain(Slug::automatic(name)) {
        if free.len() == 3 {
            break;
        }
        if slug != *taken && !free.contains(&slug) && state.store.slug_owner(slug.as_str()).await?.is_none() {
            free.push(slug);
        }
    }
    Ok(free)
}

async fn put_site(state: &State, portfolio: &Portfolio, publication: &Publication) -> Result<(), PublishError> {
    let parts = Parts::of(portfolio)?;
    let place = Place::Live {
        slug: &publication.slug,
        sites_url: &state.addresses.sites,
        app_url: &state.addresses.app,
        indexable: publication.indexable && publication.visibility == Visibility::Public,
    };
    let files = site::files(&parts.content(), parts.template, &parts.customizations, &place)?;
    let puts = files.into_iter().map(|file| async move {
        let key = keys::site_file(Shelf::of(publication.visibility.is_protected()), &publication.slug, file.name);
        state.sites.put(&key, file.bytes, file.content_type, Some(CACHE_CONTROL)).await
    });
    try_join_all(puts).await?;
    // The PDF that visitors may take along is typeset from the files just written.
    let request = SiteMessage { user_id: portfolio.user_id, portfolio_id: portfolio.portfolio_id };
    Ok(state.queues.ats.send(&request).await?)
}

async fn remove_sites(state: &State, slugs: &[String]) -> Result<(), BlobError> {
    remove_from(state, &Shelf::ALL, slugs).await
}

/// Removes what lies on some shelves, and has the front door forget what it could read of it.
async fn remove_from(state: &State, shelves: &[Shelf], slugs: &[String]) -> Result<(), BlobError> {
    let mut seen = Vec::new();
    for slug in slugs {
        for shelf in shelves {
            let removed = state.sites.delete_prefix(&keys::site(*shelf, slug)).await?;
            if removed > 0 && *shelf == Shelf::Open {
                seen.push(slug.clone());
            }
        }
    }
    state.front_door.forget(&seen).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portfolio(slugs: &[&str], published: Option<(&str, Visibility)>) -> Portfolio {
        let ids = (Uuid::now_v7(), Uuid::now_v7());
        let mut portfolio = Portfolio::new(Uuid::now_v7(), ids, templates::DEFAULT.to_owned(), serde_json::json!({}));
        portfolio.content = serde_json::to_value(Content::from_resume(&crate::fixtures::full())).unwrap();
        portfolio.publication = published.map(|(slug, visibility)| Publication {
            slug: slug.to_owned(),
            visibility,
            indexable: false,
            published_at: Timestamp::UNIX_EPOCH,
            password_hash: None,
        });
        portfolio.slugs = slugs.iter().map(|slug| (*slug).to_owned()).collect();
        portfolio
    }

    #[test]
    fn a_portfolio_keeps_the_address_it_has() {
        let held = portfolio(&["eleanor"], Some(("eleanor", Visibility::Public)));
        assert_eq!(candidates(&held, Visibility::Public, "Eleanor Marsh")[0].as_str(), "eleanor");
        let down = portfolio(&["eleanor"], None);
        assert_eq!(candidates(&down, Visibility::Public, "Eleanor Marsh")[0].as_str(), "eleanor");
        let fresh = portfolio(&[], None);
        assert_eq!(candidates(&fresh, Visibility::Public, "Eleanor Marsh")[0].as_str(), "eleanor-marsh");
    }

    #[test]
    fn an_unlisted_portfolio_never_stands_at_a_readable_address_nor_a_public_one_at_a_random() {
        let public = portfolio(&["eleanor"], Some(("eleanor", Visibility::Public)));
        assert!(candidates(&public, Visibility::Unlisted, "Eleanor Marsh").iter().all(Slug::is_unguessable));
        let random = Slug::unguessable().to_string();
        let unlisted = portfolio(&[&random], Some((&random, Visibility::Unlisted)));
        assert_eq!(candidates(&unlisted, Visibility::Unlisted, "Eleanor Marsh")[0].as_str(), random);
        assert!(!candidates(&unlisted, Visibility::Public, "Eleanor Marsh").iter().any(Slug::is_unguessable));
    }

    #[test]
    fn a_new_protected_portfolio_does_not_tell_its_owners_name_by_its_address() {
        let fresh = portfolio(&[], None);
        assert!(candidates(&fresh, Visibility::Password, "Eleanor Marsh").iter().all(Slug::is_unguessable));
        // One that was public has told already, and keeps the address that people know.
        let public = portfolio(&["eleanor"], Some(("eleanor", Visibility::Public)));
        assert_eq!(candidates(&public, Visibility::Password, "Eleanor Marsh")[0].as_str(), "eleanor");
    }

    #[test]
    fn former_addresses_lead_to_a_public_portfolio_and_to_no_other() {
        let slugs = ["one", "two", "three", "four", "five", "six", "seven"];
        let held = portfolio(&slugs, Some(("seven", Visibility::Public)));
        assert_eq!(outlived(&held.slugs, held.publication.as_ref().unwrap()), ["one"]);
        for visibility in [Visibility::Unlisted, Visibility::Password] {
            let hidden = portfolio(&["one", "two", "three"], Some(("two", visibility)));
            assert_eq!(outlived(&hidden.slugs, hidden.publication.as_ref().unwrap()), ["three", "one"]);
        }
    }

    #[test]
    fn a_portfolio_without_content_cannot_be_shown() {
        let mut empty = portfolio(&[], None);
        empty.content = serde_json::Value::Null;
        assert!(matches!(Parts::of(&empty), Err(PublishError::NotMade)));
    }

    #[test]
    fn a_withdrawn_template_leaves_its_portfolios_readable() {
        let mut old = portfolio(&[], None);
        old.template_id = "no-longer-there".to_owned();
        assert_eq!(Parts::of(&old).unwrap().template.manifest.id, templates::DEFAULT);
    }
}
