//! `sitwith migrate`: applies pending database migrations. `serve` does the same at its start; this
//! command does it beforehand. It refuses while the home is served.

use sitwith_store::Store;

use crate::config::{Config, Wrong};
use crate::open::{said, serving};
use crate::say;

/// Applies pending migrations and prints the number applied.
pub(crate) async fn migrate(config: &Config) -> Result<(), Wrong> {
    if config.is_own_file() {
        let folder = &config.home.folder;
        std::fs::create_dir_all(folder)
            .map_err(|error| Wrong(format!("{}: {error}", folder.display())))?;
    }
    let _nobody_serves = serving(config).await?;
    let before = sitwith_store::look(&config.database()).await;
    let store = Store::open(&config.database()).await.map_err(said)?;
    store.close().await;
    let standing = sitwith_store::look(&config.database()).await.map_err(said)?;
    let done = standing.steps - before.map_or(0, |before| before.steps);
    say::line(&format!("The database is at step {} ({done} done now).", standing.steps));
    Ok(())
}
