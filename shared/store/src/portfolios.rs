//! Portfolios, and whose each slug is.
//!
//! A slug has a row of its own, so that two people can never hold the same one. A portfolio lists every slug that it
//! holds: the one that it is published under last, and before it those that it left and that lead to it.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Item, Page, as_text, incomplete, number, string, to_item};
use crate::jobs::{Job, job_item};
use crate::{Store, StoreError, keys};

/// A portfolio made of a CV.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Portfolio {
    /// Its id.
    pub portfolio_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// The CV that it was made of.
    pub cv_id: Uuid,
    /// How it looks.
    pub template_id: String,
    /// What the person changed of the template, in the generator's own JSON.
    #[serde(with = "as_text")]
    pub customizations: serde_json::Value,
    /// What was generated, section by section, in the generator's own JSON; `null` until it is there.
    #[serde(with = "as_text")]
    pub content: serde_json::Value,
    /// The sections that the person wrote over the generated ones, in the generator's own JSON.
    #[serde(with = "as_text")]
    pub edits: serde_json::Value,
    /// Where and how it is published, where it is.
    pub publication: Option<Publication>,
    /// Every slug that it holds, the newest last.
    #[serde(default)]
    pub slugs: Vec<String>,
    /// How often it was published with something new: the number of its last version.
    #[serde(default)]
    pub versions: u32,
    /// A digest of what its last version said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; the ETag.
    pub version: u64,
}

impl Portfolio {
    /// A portfolio of a person's CV that has no content yet.
    pub fn new(
        portfolio_id: Uuid,
        (user_id, cv_id): (Uuid, Uuid),
        template_id: String,
        customizations: serde_json::Value,
    ) -> Self {
        let now = Timestamp::now();
        Self {
            portfolio_id,
            user_id,
            cv_id,
            template_id,
            customizations,
            content: serde_json::Value::Null,
            edits: serde_json::json!({}),
            publication: None,
            slugs: Vec::new(),
            versions: 0,
            fingerprint: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// How a portfolio is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Last part of its address.
    pub slug: String,
    /// Who may find it.
    pub visibility: Visibility,
    /// Whether search engines may list it.
    pub indexable: bool,
    /// When it was first published under this address.
    pub published_at: Timestamp,
    /// What [`Visibility::Password`] is checked against, as a PHC string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
}

/// Who may find a published portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody, at a slug that can be read.
    Public,
    /// Whoever knows its address, which cannot be guessed.
    Unlisted,
    /// Whoever knows its password.
    Password,
}

impl Visibility {
    /// Whether its files are shown only to those who gave the password.
    pub fn is_protected(self) -> bool {
        self == Self::Password
    }
}

/// Whose a slug is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlugOwner {
    /// The person.
    pub user_id: Uuid,
    /// Their portfolio.
    pub portfolio_id: Uuid,
}

impl SlugOwner {
    /// Whose a slug is while what lay there is being removed: nobody can take it.
    pub const NOBODY: Self = Self { user_id: Uuid::nil(), portfolio_id: Uuid::nil() };
}

/// What came of publishing.
#[derive(Debug)]
pub enum Published {
    /// It is published, as it now is.
    Done(Box<Portfolio>),
    /// The slug belongs to another portfolio.
    Taken,
}

impl Store {
    /// Writes a new portfolio of a CV that exists, with the job that will make it where one is given; both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the CV is gone or the portfolio exists.
    pub async fn create_portfolio(&self, portfolio: &Portfolio, job: Option<&Job>) -> Result<(), StoreError> {
        let cv_exists = ConditionCheck::builder()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(portfolio.user_id)))
            .key(keys::SK, string(keys::child(keys::CV, portfolio.cv_id)))
            .condition_expression("attribute_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let mut writes = vec![
            self.person_exists(portfolio.user_id)?,
            TransactWriteItem::builder().condition_check(cv_exists).build(),
            self.new_item(portfolio_item(portfolio)?)?,
        ];
        if let Some(job) = job {
            writes.push(self.new_item(job_item(job)?)?);
        }
        self.transact(writes).await
    }

    /// One portfolio of a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn portfolio(&self, user_id: Uuid, portfolio_id: Uuid) -> Result<Option<Portfolio>, StoreError> {
        self.get_item(&keys::user(user_id), &keys::child(keys::PORTFOLIO, portfolio_id)).await
    }

    /// A person's portfolios, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn portfolios(
        &self,
        user_id: Uuid,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Portfolio>, StoreError> {
        self.list_children(user_id, keys::PORTFOLIO, limit, cursor).await
    }

    /// Replaces a portfolio that nobody changed since it was read at `portfolio.version`; answers it with the new
    /// version. Its slugs are changed by [`Store::publish_portfolio`] and [`Store::release_slugs`] alone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn update_portfolio(&self, portfolio: Portfolio) -> Result<Portfolio, StoreError> {
        let (portfolio, put) = self.changed(portfolio)?;
        self.transact(vec![put]).await?;
        Ok(portfolio)
    }

    /// Publishes a portfolio that nobody changed since it was read: takes the slug, if it is free or its own already,
    /// and writes the publication, both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the portfolio was changed or removed meanwhile.
    pub async fn publish_portfolio(
        &self,
        mut portfolio: Portfolio,
        publication: Publication,
    ) -> Result<Published, StoreError> {
        let slug = publication.slug.clone();
        let owner = SlugOwner { user_id: portfolio.user_id, portfolio_id: portfolio.portfolio_id };
        let slug_pk = keys::slug(&slug);
        let take = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&slug_pk, keys::SLUG, &owner)?))
            .condition_expression("attribute_not_exists(PK) OR portfolio_id = :portfolio")
            .expression_attribute_values(":portfolio", string(owner.portfolio_id.to_string()))
            .build()
            .map_err(incomplete)?;
        let note = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(owner.user_id), &keys::reference(&slug_pk), &owner)?))
            .build()
            .map_err(incomplete)?;
        portfolio.slugs.retain(|held| *held != slug);
        portfolio.slugs.push(slug.clone());
        portfolio.publication = Some(publication);
        let (portfolio, put) = self.changed(portfolio)?;
        let writes =
            vec![TransactWriteItem::builder().put(take).build(), TransactWriteItem::builder().put(note).build(), put];
        match self.transact(writes).await {
            Ok(()) => Ok(Published::Done(Box::new(portfolio))),
            Err(StoreError::Conflict) => match self.slug_owner(&slug).await? {
                Some(other) if other != owner => Ok(Published::Taken),
                _ => Err(StoreError::Conflict),
            },
            Err(error) => Err(error),
        }
    }

    /// Gives slugs of a portfolio free for others. The caller has removed their objects before.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the portfolio was changed or removed meanwhile.
    pub async fn release_slugs(&self, mut portfolio: Portfolio, slugs: &[String]) -> Result<Portfolio, StoreError> {
        portfolio.slugs.retain(|slug| !slugs.contains(slug));
        let mut writes = self.freed_slugs(&portfolio, slugs)?;
        let (portfolio, put) = self.changed(portfolio)?;
        writes.push(put);
        self.transact(writes).await?;
        Ok(portfolio)
    }

    /// Removes a portfolio that nobody changed since it was read, with its versions, and gives its slugs free. The caller has removed its
    /// objects before.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn delete_portfolio(&self, portfolio: &Portfolio) -> Result<(), StoreError> {
        let mut writes = self.freed_slugs(portfolio, &portfolio.slugs)?;
        writes.extend(self.dropped_versions(portfolio)?);
        let delete = Delete::builder()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(portfolio.user_id)))
            .key(keys::SK, string(keys::child(keys::PORTFOLIO, portfolio.portfolio_id)))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(portfolio.version))
            .build()
            .map_err(incomplete)?;
        writes.push(TransactWriteItem::builder().delete(delete).build());
        self.transact(writes).await
    }

    /// Whose a slug is, `None` where it is free.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn slug_owner(&self, slug: &str) -> Result<Option<SlugOwner>, StoreError> {
        self.get_item(&keys::slug(slug), keys::SLUG).await
    }

    /// Each slug's row and the note of it in the person's partition, gone.
    fn freed_slugs(&self, portfolio: &Portfolio, slugs: &[String]) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        for slug in slugs {
            let slug_pk = keys::slug(slug);
            let row = Delete::builder()
                .table_name(&self.table)
                .key(keys::PK, string(&slug_pk))
                .key(keys::SK, string(keys::SLUG))
                .condition_expression("attribute_not_exists(PK) OR portfolio_id = :portfolio")
                .expression_attribute_values(":portfolio", string(portfolio.portfolio_id.to_string()))
                .build()
                .map_err(incomplete)?;
            let note = Delete::builder()
                .table_name(&self.table)
                .key(keys::PK, string(keys::user(portfolio.user_id)))
                .key(keys::SK, string(keys::reference(&slug_pk)))
                .build()
                .map_err(incomplete)?;
            writes.push(TransactWriteItem::builder().delete(row).build());
            writes.push(TransactWriteItem::builder().delete(note).build());
        }
        Ok(writes)
    }

    fn new_item(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The portfolio at its next version, and the write that puts it in place of the one that was read.
    pub(crate) fn changed(&self, mut portfolio: Portfolio) -> Result<(Portfolio, TransactWriteItem), StoreError> {
        let read = portfolio.version;
        portfolio.version += 1;
        portfolio.updated_at = Timestamp::now();
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(portfolio_item(&portfolio)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .build()
            .map_err(incomplete)?;
        Ok((portfolio, TransactWriteItem::builder().put(put).build()))
    }
}

fn portfolio_item(portfolio: &Portfolio) -> Result<Item, StoreError> {
    to_item(&keys::user(portfolio.user_id), &keys::child(keys::PORTFOLIO, portfolio.portfolio_id), portfolio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portfolio_survives_the_table() {
        let ids = (Uuid::now_v7(), Uuid::now_v7());
        let choices = serde_json::json!({"links": [], "tone": "bold"});
        let mut portfolio = Portfolio::new(Uuid::now_v7(), ids, "minimal-portfolio".to_owned(), choices);
        portfolio.publication = Some(Publication {
            slug: "ada".to_owned(),
            visibility: Visibility::Unlisted,
            indexable: false,
            published_at: Timestamp::UNIX_EPOCH,
            password_hash: None,
        });
        portfolio.slugs.push("ada".to_owned());
        portfolio.versions = 3;
        let item = portfolio_item(&portfolio).unwrap();
        assert_eq!(crate::items::from_item::<Portfolio>(item).unwrap(), portfolio);
    }
}
