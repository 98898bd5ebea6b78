//! `sitwith migrate`: applies pending database migrations. `serve` does the same at its start; this
//! command does it beforehand. It refuses while the home is served.

use sitwith_store::Store;

use crate::config::{Config, FatalError};
use crate::open::{acquire_lease, startup_error};
use crate::terminal;

/// Applies pending migrations and prints the number applied.
pub(crate) async fn migrate_database(config: &Config) -> Result<(), FatalError> {
    if config.uses_own_file() {
        let folder = &config.home.folder;
        std::fs::create_dir_all(folder)
            .map_err(|error| FatalError(format!("{}: {error}", folder.display())))?;
    }
    let _nobody_serves = acquire_lease(config).await?;
    let before = sitwith_store::inspect_database(&config.database_url()).await;
    let store = Store::open(&config.database_url()).await.map_err(startup_error)?;
    store.close().await;
    let standing =
        sitwith_store::inspect_database(&config.database_url()).await.map_err(startup_error)?;
    let done = standing.applied_count - before.map_or(0, |before| before.applied_count);
    terminal::print_line(&format!(
        "The database is at step {} ({done} done now).",
        standing.applied_count
    ));
    Ok(())
}
