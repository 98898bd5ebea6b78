//! Looking at a database without changing anything in it, for those who look after a home.

use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection};

use crate::db::{Engine, engine_of};
use crate::error::{Broken, Cause};
use crate::migrate;

/// How a database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which database it is.
    pub engine: Engine,
    /// How many steps of form (migrations) it has behind it.
    pub steps: usize,
    /// How many steps this program knows.
    pub known: usize,
    /// What the engine found wrong with the file, if it looks for such things.
    pub unsound: Option<String>,
}

/// Looks how a database stands. A file that is not there is not made.
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

/// The steps that were taken; none in a database nobody has opened yet.
async fn steps(line: &mut AnyConnection) -> Result<usize, sqlx::Error> {
    let sql = "SELECT version FROM _sqlx_migrations";
    match sqlx::query(sql).fetch_all(line).await {
        Ok(rows) => Ok(rows.len()),
        Err(error) if Broken::of(sql, &error).cause() == Cause::Other => Ok(0),
        Err(error) => Err(error),
    }
}
