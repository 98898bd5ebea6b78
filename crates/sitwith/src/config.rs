//! The settings that belong to the machine, not to the community: folders, listen addresses,
//! limits. The settings that the keeper changes in the browser are in the database.
//!
//! Every setting has a default. A TOML file overrides the defaults, the environment overrides the
//! file (`SITWITH_SECTION__KEY`, and `DATABASE_URL` for `store.address`), and flags override the
//! environment.

mod explain;
mod home;
mod listen;
mod log;
mod media;
mod renamed;
mod secret;
mod sources;
mod store;

use serde::{Deserialize, Serialize};
use sitwith_app::limits::Limits;

pub(crate) use explain::explain_config;
pub(crate) use home::HomeSection;
pub(crate) use listen::ListenSection;
pub(crate) use log::LogSection;
pub(crate) use media::{MediaSection, parse_turn_url};
pub(crate) use sources::{Flags, LoadedConfig, load_config};
pub(crate) use store::StoreSection;

/// All settings, one field for each section.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) home: HomeSection,
    pub(crate) listen: ListenSection,
    pub(crate) store: StoreSection,
    pub(crate) media: MediaSection,
    pub(crate) log: LogSection,
    pub(crate) limits: Limits,
}

/// A message for the person at the terminal; the program ends with it. For a setting that cannot be
/// used it names the setting and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct FatalError(pub(crate) String);

impl Config {
    /// Checks every section.
    ///
    /// # Errors
    /// Names the first setting that cannot be used.
    pub(crate) fn validate(&self) -> Result<(), FatalError> {
        self.home.validate()?;
        self.listen.validate()?;
        self.media.validate()?;
        self.log.validate()?;
        self.store.validate()
    }

    /// Returns the address of the database: the one that is set, else a file in the home's folder.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.home.folder.join("home.db").display());
        self.store.address.as_ref().map_or_else(file, |address| address.reveal().to_owned())
    }

    /// Returns the path of the model that replaces the built-in one; the file need not exist.
    pub(crate) fn model_path(&self) -> std::path::PathBuf {
        self.home.folder.join(&self.home.model)
    }

    /// Returns `true` if the database is the default file in the home's folder.
    pub(crate) fn uses_own_file(&self) -> bool {
        self.store.address.is_none()
    }

    /// A home in `folder` on a free port, with small limits.
    #[cfg(test)]
    pub(crate) fn for_testing(folder: &std::path::Path) -> Self {
        Self {
            home: HomeSection::for_testing(folder),
            listen: ListenSection::for_testing(),
            store: StoreSection::for_testing(),
            media: MediaSection::for_testing(),
            log: LogSection::for_testing(),
            limits: Limits::for_testing(),
        }
    }
}

#[cfg(test)]
mod existing;
#[cfg(test)]
mod tests;
