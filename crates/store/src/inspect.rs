//! Read-only inspection of a database, for `sitwith doctor` and `sitwith migrate`.

use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection};

use crate::db::{Engine, parse_address};
use crate::error::{Broken, Cause};
use crate::migrate;

/// State of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseState {
    pub engine: Engine,
    /// Number of migrations applied.
    pub applied_count: usize,
    /// Number of migrations this program knows.
    pub known_count: usize,
    /// Message of the engine's integrity check; none when it passed or the engine has none.
    pub integrity_error: Option<String>,
}

/// Inspects a database. A missing file is not created.
pub async fn inspect_database(address: &str) -> Result<DatabaseState, Broken> {
    install_default_drivers();
    let broken = |error: &sqlx::Error| Broken::from_sqlx("looking at the database", error);
    let (engine, url) = parse_address(address, "rw")?;
    let options = AnyConnectOptions::from_str(&url).map_err(|error| broken(&error))?;
    let line = AnyConnection::connect_with(&options).await;
    let mut line = line.map_err(|error| broken(&error))?;
    let steps = count_applied(&mut line).await.map_err(|error| broken(&error))?;
    let unsound = match engine {
        Engine::Sqlite => {
            let found = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut line).await;
            Some(found.map_err(|error| broken(&error))?).filter(|found: &String| found != "ok")
        }
        Engine::Postgres => None,
    };
    line.close().await.map_err(|error| broken(&error))?;
    Ok(DatabaseState {
        engine,
        applied_count: steps,
        known_count: migrate::count_known(),
        integrity_error: unsound,
    })
}

/// Number of migrations applied; 0 in a new database.
async fn count_applied(line: &mut AnyConnection) -> Result<usize, sqlx::Error> {
    let sql = "SELECT version FROM _sqlx_migrations";
    match sqlx::query(sql).fetch_all(line).await {
        Ok(rows) => Ok(rows.len()),
        Err(error) if Broken::from_sqlx(sql, &error).cause() == Cause::Other => Ok(0),
        Err(error) => Err(error),
    }
}
