//! What a portfolio looked like each time it was published.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Page, as_text, incomplete, string, to_item};
use crate::portfolios::{Portfolio, Visibility};
use crate::{Store, StoreError, keys};

/// How many versions of a portfolio are kept: the newest.
pub const KEPT_VERSIONS: u32 = 20;

/// A portfolio as it was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortfolioVersion {
    /// Which one, from 1.
    pub number: u32,
    /// How it looked.
    pub template_id: String,
    /// What the person had changed of the template.
    #[serde(with = "as_text")]
    pub customizations: serde_json::Value,
    /// What had been generated.
    #[serde(with = "as_text")]
    pub content: serde_json::Value,
    /// What the person had written over it.
    #[serde(with = "as_text")]
    pub edits: serde_json::Value,
    /// Last part of its address.
    pub slug: String,
    /// Who could find it.
    pub visibility: Visibility,
    /// What differs from the version before, by the portfolio's own names.
    #[serde(default)]
    pub changed: Vec<String>,
    /// When it was published.
    pub published_at: Timestamp,
}

impl Store {
    /// Keeps a version of a portfolio that nobody changed since it was read, as its next one, and drops the one that is
    /// too old; answers the portfolio as it then is.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the portfolio was changed or removed meanwhile.
    pub async fn record_version(
        &self,
        mut portfolio: Portfolio,
        version: &PortfolioVersion,
        fingerprint: String,
    ) -> Result<Portfolio, StoreError> {
        let (user_id, portfolio_id) = (portfolio.user_id, portfolio.portfolio_id);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(
                &keys::user(user_id),
                &keys::portfolio_version(portfolio_id, version.number),
                version,
            )?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(old) = version.number.checked_sub(KEPT_VERSIONS).filter(|old| *old > 0) {
            writes.push(self.dropped_version(user_id, portfolio_id, old)?);
        }
        portfolio.versions = version.number;
        portfolio.fingerprint = Some(fingerprint);
        let (portfolio, put) = self.changed(portfolio)?;
        writes.push(put);
        self.transact(writes).await?;
        Ok(portfolio)
    }

    /// The versions of a portfolio that are kept, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn portfolio_versions(
        &self,
        user_id: Uuid,
        portfolio_id: Uuid,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<PortfolioVersion>, StoreError> {
        self.list_children(user_id, &keys::portfolio_versions(portfolio_id), limit, cursor).await
    }

    /// One version of a portfolio.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn portfolio_version(
        &self,
        user_id: Uuid,
        portfolio_id: Uuid,
        number: u32,
    ) -> Result<Option<PortfolioVersion>, StoreError> {
        self.get_item(&keys::user(user_id), &keys::portfolio_version(portfolio_id, number)).await
    }

    /// The writes that drop every version of a portfolio that is kept.
    pub(crate) fn dropped_versions(&self, portfolio: &Portfolio) -> Result<Vec<TransactWriteItem>, StoreError> {
        let oldest = portfolio.versions.saturating_sub(KEPT_VERSIONS) + 1;
        (oldest..=portfolio.versions)
            .map(|number| self.dropped_version(portfolio.user_id, portfolio.portfolio_id, number))
            .collect()
    }

    fn dropped_version(&self, user_id: Uuid, portfolio_id: Uuid, number: u32) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::portfolio_version(portfolio_id, number)))
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_order_by_their_keys() {
        let id = Uuid::now_v7();
        let mut sorted = [10, 2, 1, 100].map(|number| keys::portfolio_version(id, number));
        sorted.sort();
        assert_eq!(sorted, [1, 2, 10, 100].map(|number| keys::portfolio_version(id, number)));
        assert!(sorted.iter().all(|key| key.starts_with(&keys::portfolio_versions(id))));
    }
}
