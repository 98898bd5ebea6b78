//! Ids in paths.

use sitwith_core::id::SitId;

use crate::fail::PageError;

/// Parses a sit's id in a path; anything else is answered as a missing page.
pub fn parse_sit_id(text: &str) -> Result<SitId, PageError> {
    text.parse().map_err(|_no| PageError::Missing)
}
