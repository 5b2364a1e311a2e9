use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many entries, 1 to 100; 20 by default.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    /// How many entries.
    ///
    /// # Errors
    /// 400 outside 1 to 100.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit {
            None => Ok(20),
            Some(limit @ 1..=100) => Ok(limit),
            Some(_) => Err(Problem::bad_request("`limit` lies between 1 and 100.")),
        }
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<T> {
    /// The entries, newest first.
    pub items: Vec<T>,
    /// Where the next part begins, `null` at the end.
    pub next_cursor: Option<String>,
}
