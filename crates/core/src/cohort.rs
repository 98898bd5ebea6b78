//! A cohort: members who go through something together, with guides of their own.

use crate::id::CohortId;
use crate::time::Instant;

/// One cohort. Its members are stored separately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Id of the cohort.
    pub id: CohortId,
    /// Display name.
    pub name: String,
    /// Instant of creation.
    pub made_at: Instant,
}
