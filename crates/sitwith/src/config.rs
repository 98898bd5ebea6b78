//! The settings that belong to the machine, not to the community: where the home lies, where it
//! listens, how much it takes. What the keeper sets in the browser is in the database.
//!
//! Everything has a default. One TOML file may change it, the environment stands over the file
//! (`SITWITH_SECTION__KEY`, and `DATABASE_URL` for `store.address`), and flags over that.

mod explain;
mod home;
mod listen;
mod log;
mod media;
mod outside;
mod renamed;
mod secret;
mod store;

use serde::{Deserialize, Serialize};
use sitwith_app::limits::Limits;

pub(crate) use explain::explain;
pub(crate) use home::HomeSection;
pub(crate) use listen::Listen;
pub(crate) use log::Log;
pub(crate) use media::{MediaSection, turn_server};
pub(crate) use outside::{Flags, LoadedConfig, load};
pub(crate) use store::StoreSection;

/// All settings, one field for each section.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where the home lies.
    pub(crate) home: HomeSection,
    /// Where it is heard.
    pub(crate) listen: Listen,
    /// Which database it uses.
    pub(crate) store: StoreSection,
    /// Sound and picture.
    pub(crate) media: MediaSection,
    /// What it writes down about itself.
    pub(crate) log: Log,
    /// How much of everything there may be.
    pub(crate) limits: Limits,
}

/// A setting cannot be used; says which and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Wrong(pub(crate) String);

impl Config {
    /// Whether everything fits together.
    pub(crate) fn validate(&self) -> Result<(), Wrong> {
        self.home.validate()?;
        self.listen.validate()?;
        self.media.validate()?;
        self.log.validate()?;
        self.store.validate()
    }

    /// The address of the database: the one that is set, else a file in the home's folder.
    pub(crate) fn database(&self) -> String {
        let file = || format!("sqlite://{}", self.home.folder.join("home.db").display());
        self.store.address.as_ref().map_or_else(file, |address| address.reveal().to_owned())
    }

    /// Where a model lies that is used in place of the built-in one.
    pub(crate) fn model(&self) -> std::path::PathBuf {
        self.home.folder.join(&self.home.model)
    }

    /// Whether the database is a file of our own.
    pub(crate) fn is_own_file(&self) -> bool {
        self.store.address.is_none()
    }

    /// A home in `folder` on a port nobody uses, with small limits.
    #[cfg(test)]
    pub(crate) fn for_testing(folder: &std::path::Path) -> Self {
        Self {
            home: HomeSection::for_testing(folder),
            listen: Listen::for_testing(),
            store: StoreSection::for_testing(),
            media: MediaSection::for_testing(),
            log: Log::for_testing(),
            limits: Limits::for_testing(),
        }
    }
}

#[cfg(test)]
mod existing;
#[cfg(test)]
mod tests;
