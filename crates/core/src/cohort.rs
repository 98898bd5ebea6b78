//! A cohort: members who go through something together, with guides of their own.

use crate::id::CohortId;
use crate::time::Instant;

/// One cohort. Who belongs to it is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Its id.
    pub id: CohortId,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub made_at: Instant,
}
