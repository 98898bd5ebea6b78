//! Where the home lies.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Wrong;

/// Where the home lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HomeSection {
    /// The folder that holds the database and, while no mail relay is set, the outbox.
    pub(crate) folder: PathBuf,
    /// The model that reads what people share, so that answers of one meaning find each other: a
    /// file in the home's folder or elsewhere. While it is not there, the built-in one is used.
    pub(crate) model: PathBuf,
}

/// The model's file, when no other is named.
const MODEL: &str = "model.pack";

impl Default for HomeSection {
    fn default() -> Self {
        Self { folder: PathBuf::from("home"), model: PathBuf::from(MODEL) }
    }
}

impl HomeSection {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        if self.folder.as_os_str().is_empty() {
            return Err(Wrong("home.folder is empty".to_owned()));
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn for_testing(folder: &std::path::Path) -> Self {
        Self { folder: folder.to_owned(), model: PathBuf::from(MODEL) }
    }
}
