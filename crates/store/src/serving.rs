//! The right to serve a database: one process at a time, until there is a bus between processes.
//!
//! SQLite: a lock (`flock`) on a file beside the database, held by the open file. PostgreSQL: an
//! advisory lock, held by a connection of its own. The server releases it when that connection is
//! cut, so the holder must call [`ServingLease::ensure_held`] regularly.

use std::fs::File;
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::{AnyConnection, Connection};

use crate::db::{Engine, parse_address};
use crate::error::Broken;

/// Key of the advisory lock. It belongs to the database, not to the whole PostgreSQL server.
const ADVISORY_LOCK_KEY: i64 = 0x5349_5457_4954_4801;
/// Counts the connections that hold the advisory lock.
const COUNT_HOLDERS: &str = "SELECT COUNT(*) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND ((classid::BIGINT << 32) | objid::BIGINT) = $1";
/// Suffix of the lock file; it follows the path of the database.
const LOCK_FILE_SUFFIX: &str = ".serving";

/// The right to serve a database, until it is dropped or its connection is cut.
pub struct ServingLease(ServingLock);

enum ServingLock {
    /// Closing the file releases the lock.
    Sqlite { _lock: File },
    /// Closing the connection releases the lock; none after it was cut.
    Postgres { address: String, held_by: Option<AnyConnection> },
}

/// The reason why this process may not serve a database.
#[derive(Debug)]
pub enum ServingNo {
    /// Another process serves it.
    Taken,
    /// The database cannot be reached, or another failure.
    Broken(Broken),
}

impl From<Broken> for ServingNo {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl ServingLease {
    /// Acquires the right to serve the database at `address`. The folder of an SQLite file must
    /// exist; the file need not.
    ///
    /// # Errors
    /// [`ServingNo::Taken`] while another process holds it.
    pub async fn acquire(address: &str) -> Result<Self, ServingNo> {
        let (engine, _url) = parse_address(address, "rwc")?;
        match engine {
            Engine::Sqlite => {
                let path = format!("{}{LOCK_FILE_SUFFIX}", sqlite_path(address));
                let lock = File::options().create(true).append(true).open(path);
                let lock = lock.map_err(|error| lock_file_error(&error))?;
                match lock.try_lock() {
                    Ok(()) => Ok(Self(ServingLock::Sqlite { _lock: lock })),
                    Err(std::fs::TryLockError::WouldBlock) => Err(ServingNo::Taken),
                    Err(std::fs::TryLockError::Error(error)) => Err(lock_file_error(&error).into()),
                }
            }
            Engine::Postgres => {
                let held_by = Some(lock_postgres(address).await?);
                Ok(Self(ServingLock::Postgres { address: address.to_owned(), held_by }))
            }
        }
    }

    /// Returns `true` while a process serves the database at `address`. Acquires nothing.
    ///
    /// # Errors
    /// When the database or its lock file cannot be read.
    pub async fn is_held(address: &str) -> Result<bool, Broken> {
        let (engine, _url) = parse_address(address, "rw")?;
        match engine {
            Engine::Sqlite => {
                let lock = match File::open(format!("{}{LOCK_FILE_SUFFIX}", sqlite_path(address))) {
                    Ok(lock) => lock,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
                    Err(error) => return Err(lock_file_error(&error)),
                };
                match lock.try_lock_shared() {
                    Ok(()) => Ok(false),
                    Err(std::fs::TryLockError::WouldBlock) => Ok(true),
                    Err(std::fs::TryLockError::Error(error)) => Err(lock_file_error(&error)),
                }
            }
            Engine::Postgres => {
                let mut connection = open_connection(address).await?;
                let held = sqlx::query_scalar(COUNT_HOLDERS)
                    .bind(ADVISORY_LOCK_KEY)
                    .fetch_one(&mut connection)
                    .await;
                let held: i64 = held.map_err(|error| lease_error(&error))?;
                Ok(held > 0)
            }
        }
    }

    /// Checks that the right is still held, and acquires it again when its connection was cut.
    ///
    /// # Errors
    /// [`ServingNo::Taken`] when another process acquired it meanwhile: this process must stop
    /// serving. [`ServingNo::Broken`] while the database is unreachable: no process can acquire the
    /// right then.
    pub async fn ensure_held(&mut self) -> Result<(), ServingNo> {
        let ServingLock::Postgres { address, held_by } = &mut self.0 else {
            return Ok(());
        };
        if let Some(connection) = held_by.as_mut() {
            if connection.ping().await.is_ok() {
                return Ok(());
            }
            *held_by = None;
        }
        *held_by = Some(lock_postgres(address).await?);
        Ok(())
    }
}

async fn lock_postgres(address: &str) -> Result<AnyConnection, ServingNo> {
    let mut connection = open_connection(address).await?;
    let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(ADVISORY_LOCK_KEY);
    let taken: bool =
        taken.fetch_one(&mut connection).await.map_err(|error| lease_error(&error))?;
    if taken { Ok(connection) } else { Err(ServingNo::Taken) }
}

async fn open_connection(address: &str) -> Result<AnyConnection, Broken> {
    install_default_drivers();
    let options = AnyConnectOptions::from_str(address).map_err(|error| lease_error(&error))?;
    AnyConnection::connect_with(&options).await.map_err(|error| lease_error(&error))
}

fn lease_error(error: &sqlx::Error) -> Broken {
    Broken::from_sqlx("taking the right to serve", error)
}

/// Returns the path in the address of an SQLite file.
fn sqlite_path(address: &str) -> &str {
    let path = address.strip_prefix("sqlite:").unwrap_or(address);
    path.strip_prefix("//").unwrap_or(path)
}

fn lock_file_error(error: &std::io::Error) -> Broken {
    Broken::new("taking the right to serve", error.to_string())
}
