//! The home's folder and model.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::FatalError;

/// The home's folder and model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HomeSection {
    /// The folder that holds the database and, while no mail relay is set, the outbox.
    pub(crate) folder: PathBuf,
    /// The model that groups shares of similar meaning into themes: a path, relative to the home's
    /// folder. While the file does not exist, the built-in model is used.
    pub(crate) model: PathBuf,
}

/// Default file name of the model.
const MODEL_FILE: &str = "model.pack";

impl Default for HomeSection {
    fn default() -> Self {
        Self { folder: PathBuf::from("home"), model: PathBuf::from(MODEL_FILE) }
    }
}

impl HomeSection {
    pub(super) fn validate(&self) -> Result<(), FatalError> {
        if self.folder.as_os_str().is_empty() {
            return Err(FatalError("home.folder is empty".to_owned()));
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn for_testing(folder: &std::path::Path) -> Self {
        Self { folder: folder.to_owned(), model: PathBuf::from(MODEL_FILE) }
    }
}
