//! Ids in paths.

use sitwith_core::id::SitId;

use crate::fail::Fail;

/// Parses a sit's id in a path; anything else is answered as a missing page.
pub fn id_of(text: &str) -> Result<SitId, Fail> {
    text.parse().map_err(|_no| Fail::Missing)
}
