//! The database.

use serde::{Deserialize, Serialize};

use super::FatalError;
use super::secret::Secret;

/// The database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreSection {
    /// The database, as in `postgres://name:password@host/database` or `sqlite://folder/home.db`.
    /// Without it, an SQLite file in the home's folder: enough for most communities.
    pub(crate) address: Option<Secret>,
}

impl StoreSection {
    pub(super) fn validate(&self) -> Result<(), FatalError> {
        let Some(address) = &self.address else {
            return Ok(());
        };
        let kinds = ["sqlite:", "postgres://", "postgresql://"];
        if !kinds.iter().any(|kind| address.reveal().starts_with(kind)) {
            let words = "store.address begins with sqlite: or with postgres://";
            return Err(FatalError(words.to_owned()));
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn for_testing() -> Self {
        Self::default()
    }
}
