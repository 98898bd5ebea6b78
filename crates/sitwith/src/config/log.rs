//! Logging.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use super::FatalError;

/// Logging. The log never says who did what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogSection {
    /// Log level: `error`, `warn`, `info` or `debug`, also per module (`info,sitwith_app=debug`).
    pub(crate) level: String,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { level: "info".to_owned() }
    }
}

impl LogSection {
    pub(super) fn validate(&self) -> Result<(), FatalError> {
        self.filter().map(drop)
    }

    /// Parses the level.
    pub(crate) fn filter(&self) -> Result<EnvFilter, FatalError> {
        let filter = EnvFilter::try_new(&self.level);
        filter.map_err(|error| FatalError(format!("log.level is not understood: {error}")))
    }

    #[cfg(test)]
    pub(super) fn for_testing() -> Self {
        Self { level: "warn".to_owned() }
    }
}
