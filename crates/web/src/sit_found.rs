//! A sit by its address.

use sitwith_core::id::SitId;

use crate::fail::Fail;

/// A sit's id in a path. What is no id is simply not there.
pub fn id_of(text: &str) -> Result<SitId, Fail> {
    text.parse().map_err(|_no| Fail::Missing)
}
