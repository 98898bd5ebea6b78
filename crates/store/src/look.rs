//! Read-only inspection of a database, for `sitwith doctor` and `sitwith migrate`.

use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection};

use crate::db::{Engine, engine_of};
use crate::error::{Broken, Cause};
use crate::migrate;

/// State of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub engine: Engine,
    /// Number of migrations applied.
    pub steps: usize,
    /// Number of migrations this program knows.
    pub known: usize,
    /// Message of the engine's integrity check; none when it passed or the engine has none.
    pub unsound: Option<String>,
}

/// Inspects a database. A missing file is not created.
pub async fn look(address: &str) -> Result<Standing, Broken> {
    install_default_drivers();
    let broken = |error: &sqlx::Error| Broken::of("looking at the database", error);
    let (engine, url) = engine_of(address, "rw")?;
    let options = AnyConnectOptions::from_str(&url).map_err(|error| broken(&error))?;
    let line = AnyConnection::connect_with(&options).await;
    let mut line = line.map_err(|error| broken(&error))?;
    let steps = steps(&mut line).await.map_err(|error| broken(&error))?;
    let unsound = match engine {
        Engine::Sqlite => {
            let found = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut line).await;
            Some(found.map_err(|error| broken(&error))?).filter(|found: &String| found != "ok")
        }
        Engine::Postgres => None,
    };
    line.close().await.map_err(|error| broken(&error))?;
    Ok(Standing { engine, steps, known: migrate::known(), unsound })
}

/// Number of migrations applied; 0 in a new database.
async fn steps(line: &mut AnyConnection) -> Result<usize, sqlx::Error> {
    let sql = "SELECT version FROM _sqlx_migrations";
    match sqlx::query(sql).fetch_all(line).await {
        Ok(rows) => Ok(rows.len()),
        Err(error) if Broken::of(sql, &error).cause() == Cause::Other => Ok(0),
        Err(error) => Err(error),
    }
}
