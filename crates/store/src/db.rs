//! The store itself: connections, reading and writing.
//!
//! A write means the same on both engines: it runs as if it were alone. On SQLite it is alone
//! (one writer, `BEGIN IMMEDIATE`); PostgreSQL runs it `SERIALIZABLE`, and when it met another
//! write it is run again from its beginning. A read is a snapshot and waits for no write.
//!
//! What was acknowledged is on the disk: SQLite syncs its log at each commit
//! (`synchronous = FULL`), so that not even a cut of the power takes an acknowledged note back.

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
use crate::tx::{Done, Tx};

/// Snapshots that may be open at once.
const READERS_MAX: u32 = 8;
/// Writes that PostgreSQL may run side by side. SQLite has one writer by its nature.
const WRITERS_MAX: u32 = 8;
/// How often a write is run again after it met others.
const TRIES_MAX: u32 = 50;
/// How often a transaction is begun anew because its connection had been cut while it lay idle:
/// as often as there can be idle connections, and once more.
const BEGINS_MAX: u32 = READERS_MAX + 1;
/// How long one waits for a free connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(30);
/// How long SQLite waits for another program that writes (a backup, a second home by mistake).
const BUSY_MAX_MS: u32 = 10_000;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, inside the program.
    Sqlite,
    /// A server.
    Postgres,
}

/// The database of a home. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    readers: AnyPool,
    writers: AnyPool,
    /// Writes that met others are run again one after the other, so that each gets through.
    once_more: Mutex<()>,
}

impl Store {
    /// Opens the database at `address` (`sqlite://folder/home.db` or `postgres://…`), makes it if
    /// it is a file that is not there, and brings it to its newest form.
    pub async fn open(address: &str) -> Result<Self, Broken> {
        let store = Self::connect(address).await?;
        migrate::run(&store.0.writers, store.0.engine).await?;
        Ok(store)
    }

    async fn connect(address: &str) -> Result<Self, Broken> {
        install_default_drivers();
        let (engine, url) = engine_of(address, "rwc")?;
        let options = AnyConnectOptions::from_str(&url)
            .map_err(|error| Broken::of("reading the database address", &error))?;
        // A pool would go on knocking for its whole patience; a wrong address is told at once.
        let knock = AnyConnection::connect_with(&options).await;
        let knock = knock.map_err(|error| Broken::of("opening the database", &error))?;
        drop(knock.close().await);
        let writers_max = if engine == Engine::Sqlite { 1 } else { WRITERS_MAX };
        let writers = pool(engine, Access::Write, writers_max).connect_with(options.clone());
        let writers = writers.await.map_err(|error| Broken::of("opening the database", &error))?;
        let readers = pool(engine, Access::Read, READERS_MAX).connect_with(options);
        let readers = readers.await.map_err(|error| Broken::of("opening the database", &error))?;
        Ok(Self(Arc::new(Inner { engine, readers, writers, once_more: Mutex::new(()) })))
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// A snapshot of everything that is kept. It cannot write.
    pub async fn read(&self) -> Result<Tx, Broken> {
        let begin = match self.0.engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let inner = begun(&self.0.readers, begin, "opening a snapshot").await?;
        Ok(Tx::new(inner, Arc::default()))
    }

    /// Runs `write` alone and keeps what it did when it returns [`Tx::done`]; any error, and a
    /// caller that goes away, undoes it. It may run several times: it must not do anything
    /// beside the database that cannot be done twice.
    ///
    /// When the line is cut in the very moment of keeping, nobody can say whether it was kept.
    pub async fn write<T, E, F, Fut>(&self, mut write: F) -> Result<T, E>
    where
        E: From<Broken>,
        F: FnMut(Tx) -> Fut,
        Fut: Future<Output = Result<Done<T>, E>>,
    {
        let again = Arc::new(AtomicBool::new(false));
        let mut turn = None;
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = match write(self.begin_write(&again).await?).await {
                Ok(done) => done.keep().await.map_err(E::from),
                Err(error) => Err(error),
            };
            if !again.swap(false, Ordering::Relaxed) || tries == TRIES_MAX {
                return outcome;
            }
            tracing::debug!(tries, "a write met another and is run again");
            if turn.is_none() {
                turn = Some(self.0.once_more.lock().await);
            }
        }
    }

    /// Whether the database answers.
    pub async fn answers(&self) -> Result<(), Broken> {
        let mut tx = self.read().await?;
        tx.fetch_one("SELECT 1 AS one", Vec::new()).await.map(drop)
    }

    /// Folds what was written into the database file and empties the log beside it, so that what
    /// was erased is on no page of either. False when somebody was reading all the while: then it
    /// is to be asked again. PostgreSQL looks after its own files.
    pub async fn fold(&self) -> Result<bool, Broken> {
        if self.0.engine != Engine::Sqlite {
            return Ok(true);
        }
        let folded = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)");
        let folded = folded.fetch_one(&self.0.writers).await;
        let folded = folded.map_err(|error| Broken::of("folding the log away", &error))?;
        // The first column says whether something stood in the way.
        let busy: i64 =
            folded.try_get(0).map_err(|error| Broken::of("folding the log away", &error))?;
        Ok(busy == 0)
    }

    /// Closes all connections, once those in use are given back. SQLite folds its log away.
    pub async fn close(&self) {
        self.0.readers.close().await;
        self.0.writers.close().await;
    }

    async fn begin_write(&self, again: &Arc<AtomicBool>) -> Result<Tx, Broken> {
        let begin = match self.0.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        let inner = begun(&self.0.writers, begin, "beginning a write").await?;
        Ok(Tx::new(inner, Arc::clone(again)))
    }
}

/// Where a home keeps things is nobody's business in a log: the address may hold a password.
impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.0.engine)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// The engine of an address, and the address as the library wants it. `mode` says whether a file
/// is made: `rwc`, or `rw` for none.
pub(crate) fn engine_of(address: &str, mode: &str) -> Result<(Engine, String), Broken> {
    if let Some(path) = address.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        // A path may hold what has a meaning in an address.
        let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        return Ok((Engine::Sqlite, format!("sqlite://{path}?mode={mode}")));
    }
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok((Engine::Postgres, address.to_owned()));
    }
    let words = "it begins neither with sqlite: nor with postgres:";
    Err(Broken::new("reading the database address", words))
}

fn pool(engine: Engine, access: Access, connections_max: u32) -> AnyPoolOptions {
    let pool = AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_MAX)
        // Asking each time whether the line still stands would double the round trips; a line
        // that was cut is noticed when a transaction begins.
        .test_before_acquire(false);
    match engine {
        Engine::Sqlite => pool
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| Box::pin(prepare_sqlite(connection, access))),
        Engine::Postgres => pool,
    }
}

async fn prepare_sqlite(connection: &mut AnyConnection, access: Access) -> Result<(), sqlx::Error> {
    let pragmas = format!(
        "PRAGMA busy_timeout = {BUSY_MAX_MS}; PRAGMA journal_mode = WAL; \
         PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
         PRAGMA query_only = {};",
        if access == Access::Read { "ON" } else { "OFF" },
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(pragmas)).execute(connection).await.map(drop)
}

/// Begins a transaction; anew on another connection when this one was cut while it lay idle.
async fn begun(
    pool: &AnyPool,
    begin: &'static str,
    doing: &'static str,
) -> Result<Transaction<'static, Any>, Broken> {
    let mut begins = 1;
    loop {
        match pool.begin_with(begin).await {
            Ok(transaction) => return Ok(transaction),
            Err(error) => {
                let broken = Broken::of(doing, &error);
                if broken.cause() != Cause::Away || begins == BEGINS_MAX {
                    return Err(broken);
                }
                begins += 1;
            }
        }
    }
}
