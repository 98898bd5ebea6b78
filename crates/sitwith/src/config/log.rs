//! What the home writes down about itself.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use super::Wrong;

/// What the home writes down about itself. Never who did what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// How much: `error`, `warn`, `info`, `debug`, also by part (`info,sitwith_app=debug`).
    pub(crate) level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned() }
    }
}

impl Log {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        self.filter().map(drop)
    }

    /// What is let through.
    pub(crate) fn filter(&self) -> Result<EnvFilter, Wrong> {
        let filter = EnvFilter::try_new(&self.level);
        filter.map_err(|error| Wrong(format!("log.level is not understood: {error}")))
    }

    #[cfg(test)]
    pub(super) fn for_testing() -> Self {
        Self { level: "warn".to_owned() }
    }
}
