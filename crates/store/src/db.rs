//! The store: connections, reads and writes.
//!
//! A write has the same meaning on both engines: it is isolated. SQLite has a single writer
//! (`BEGIN IMMEDIATE`); PostgreSQL runs writes `SERIALIZABLE` and retries a write that fails to
//! serialize from its beginning. A read is a snapshot and waits for no write.
//!
//! An acknowledged write is durable: SQLite syncs its log at each commit (`synchronous = FULL`), so
//! that not even a power cut loses it.

use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Row as _, Transaction};
use tokio::sync::Mutex;

use crate::error::{Broken, Cause};
use crate::migrate;
use crate::tx::{PendingCommit, Tx};

/// Maximum number of concurrent snapshots.
const READ_CONNECTIONS_MAX: u32 = 8;
/// Maximum number of concurrent writes on PostgreSQL; SQLite has one writer.
const WRITE_CONNECTIONS_MAX: u32 = 8;
/// Maximum number of attempts of a write that fails to serialize.
const WRITE_ATTEMPTS_MAX: u32 = 50;
/// Maximum number of attempts to begin a transaction when idle connections were cut: every pooled
/// connection may be dead, so one more than the pool holds.
const BEGIN_ATTEMPTS_MAX: u32 = READ_CONNECTIONS_MAX + 1;
/// Maximum wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum time SQLite waits for another writing process (a backup, or a second server started by
/// mistake), in milliseconds.
const BUSY_TIMEOUT_MS: u32 = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file; the engine is built into the program.
    Sqlite,
    Postgres,
}

/// The database of a home. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<StoreInner>);

struct StoreInner {
    engine: Engine,
    read_pool: AnyPool,
    write_pool: AnyPool,
    /// Retries run one after the other, so that each gets through.
    retry_lock: Mutex<()>,
}

impl Store {
    /// Opens the database at `address` (`sqlite://folder/home.db` or `postgres://…`), creates the
    /// file if it is missing, and applies pending migrations.
    pub async fn open(address: &str) -> Result<Self, Broken> {
        let store = Self::connect(address).await?;
        migrate::run_migrations(&store.0.write_pool, store.0.engine).await?;
        Ok(store)
    }

    async fn connect(address: &str) -> Result<Self, Broken> {
        install_default_drivers();
        let (engine, url) = parse_address(address, "rwc")?;
        let options = AnyConnectOptions::from_str(&url)
            .map_err(|error| Broken::from_sqlx("reading the database address", &error))?;
        // A pool would keep retrying; a wrong address is reported at once.
        let knock = AnyConnection::connect_with(&options).await;
        let knock = knock.map_err(|error| Broken::from_sqlx("opening the database", &error))?;
        drop(knock.close().await);
        let writers_max = if engine == Engine::Sqlite { 1 } else { WRITE_CONNECTIONS_MAX };
        let writers =
            pool_options(engine, ConnectionMode::Write, writers_max).connect_with(options.clone());
        let writers =
            writers.await.map_err(|error| Broken::from_sqlx("opening the database", &error))?;
        let readers =
            pool_options(engine, ConnectionMode::Read, READ_CONNECTIONS_MAX).connect_with(options);
        let readers =
            readers.await.map_err(|error| Broken::from_sqlx("opening the database", &error))?;
        Ok(Self(Arc::new(StoreInner {
            engine,
            read_pool: readers,
            write_pool: writers,
            retry_lock: Mutex::new(()),
        })))
    }

    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// Opens a read-only snapshot.
    pub async fn read(&self) -> Result<Tx, Broken> {
        let begin = match self.0.engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let inner = begin_transaction(&self.0.read_pool, begin, "opening a snapshot").await?;
        Ok(Tx::new(inner, Arc::default()))
    }

    /// Runs `write` in isolation and commits when it returns [`Tx::done`]; any error, or
    /// a cancelled caller, rolls it back. It may run several times, so it must have no side effects
    /// outside the database.
    ///
    /// If the connection is lost during the commit, the outcome is unknown.
    pub async fn write<T, E, F, Fut>(&self, mut write: F) -> Result<T, E>
    where
        E: From<Broken>,
        F: FnMut(Tx) -> Fut,
        Fut: Future<Output = Result<PendingCommit<T>, E>>,
    {
        let again = Arc::new(AtomicBool::new(false));
        let mut turn = None;
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = match write(self.begin_write(&again).await?).await {
                Ok(done) => done.commit().await.map_err(E::from),
                Err(error) => Err(error),
            };
            if !again.swap(false, Ordering::Relaxed) || tries == WRITE_ATTEMPTS_MAX {
                return outcome;
            }
            tracing::debug!(tries, "a write met another and is run again");
            if turn.is_none() {
                turn = Some(self.0.retry_lock.lock().await);
            }
        }
    }

    /// Checks that the database responds.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), Broken> {
        let mut tx = self.read().await?;
        tx.fetch_one("SELECT 1 AS one", Vec::new()).await.map(drop)
    }

    /// Checkpoints and truncates the write-ahead log, so that erased data is in neither file.
    /// Returns `false` when a reader prevented it: then it must be called again. PostgreSQL manages
    /// its own files.
    pub async fn checkpoint(&self) -> Result<bool, Broken> {
        if self.0.engine != Engine::Sqlite {
            return Ok(true);
        }
        let folded = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)");
        let folded = folded.fetch_one(&self.0.write_pool).await;
        let folded = folded.map_err(|error| Broken::from_sqlx("folding the log away", &error))?;
        // The first column says whether the checkpoint was blocked.
        let busy: i64 =
            folded.try_get(0).map_err(|error| Broken::from_sqlx("folding the log away", &error))?;
        Ok(busy == 0)
    }

    /// Closes all connections once they are returned to the pool. SQLite removes its log.
    pub async fn close(&self) {
        self.0.read_pool.close().await;
        self.0.write_pool.close().await;
    }

    async fn begin_write(&self, again: &Arc<AtomicBool>) -> Result<Tx, Broken> {
        let begin = match self.0.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        let inner = begin_transaction(&self.0.write_pool, begin, "beginning a write").await?;
        Ok(Tx::new(inner, Arc::clone(again)))
    }
}

/// The address may contain a password: keep it out of logs.
impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.0.engine)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ConnectionMode {
    Read,
    Write,
}

/// Splits an address into engine and the form sqlx expects. `mode` is `rwc` to create a missing
/// file, or `rw` not to.
pub(crate) fn parse_address(address: &str, mode: &str) -> Result<(Engine, String), Broken> {
    if let Some(path) = address.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        // A path may contain characters with a meaning in URLs.
        let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        return Ok((Engine::Sqlite, format!("sqlite://{path}?mode={mode}")));
    }
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok((Engine::Postgres, address.to_owned()));
    }
    let words = "it begins neither with sqlite: nor with postgres:";
    Err(Broken::new("reading the database address", words))
}

fn pool_options(engine: Engine, access: ConnectionMode, connections_max: u32) -> AnyPoolOptions {
    let pool = AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // Testing each connection before use would double the round trips; a dead one is noticed
        // when a transaction begins.
        .test_before_acquire(false);
    match engine {
        Engine::Sqlite => pool
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| Box::pin(prepare_sqlite(connection, access))),
        Engine::Postgres => pool,
    }
}

async fn prepare_sqlite(
    connection: &mut AnyConnection,
    access: ConnectionMode,
) -> Result<(), sqlx::Error> {
    let pragmas = format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; \
         PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
         PRAGMA query_only = {};",
        if access == ConnectionMode::Read { "ON" } else { "OFF" },
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(pragmas)).execute(connection).await.map(drop)
}

/// Begins a transaction, retrying on another connection when an idle one was cut.
async fn begin_transaction(
    pool: &AnyPool,
    begin: &'static str,
    doing: &'static str,
) -> Result<Transaction<'static, Any>, Broken> {
    let mut begins = 1;
    loop {
        match pool.begin_with(begin).await {
            Ok(transaction) => return Ok(transaction),
            Err(error) => {
                let broken = Broken::from_sqlx(doing, &error);
                if broken.cause() != Cause::Unreachable || begins == BEGIN_ATTEMPTS_MAX {
                    return Err(broken);
                }
                begins += 1;
            }
        }
    }
}
