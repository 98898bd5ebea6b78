//! Runs a test on both engines, each time on a database of its own.
//!
//! `SITWITH_TEST_POSTGRES` holds the address of a PostgreSQL server on which databases may be
//! created; `./check` starts one for the tests. Without it a test prints a note and runs on SQLite
//! alone.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use sitwith_store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::temp::TempFolder;

/// Key of the advisory lock under which tests create databases: no test may copy an unfinished
/// template.
const TEMPLATE_LOCK_KEY: i64 = 7_747;

static DATABASE_COUNT: AtomicU32 = AtomicU32::new(0);

/// Runs `body` on a migrated SQLite database and, if available, on a PostgreSQL one.
pub async fn on_both_engines<F, Fut>(body: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    on_both_addresses(|address| {
        let body = &body;
        async move {
            let store = Store::open(&address).await.expect("a fresh database opens");
            body(store.clone()).await;
            store.close().await;
        }
    })
    .await;
}

/// Like [`on_both_engines`], for tests that open the database themselves: `body` gets its address.
pub async fn on_both_addresses<F, Fut>(body: F)
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = ()>,
{
    on_each(body, InitialSchema::Migrated).await;
}

/// Like [`on_both_addresses`], on an empty database, for tests of migrations.
pub async fn on_both_empty<F, Fut>(body: F)
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = ()>,
{
    on_each(body, InitialSchema::Empty).await;
}

async fn on_each<F, Fut>(body: F, start: InitialSchema)
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = TempFolder::new();
    body(folder.database()).await;
    drop(folder);
    let Some(server) = postgres_address() else { return };
    let database = OwnDatabase::new(&server, start).await;
    body(database.address.clone()).await;
    database.drop_database().await;
}

/// Returns the address of the PostgreSQL server for tests, if there is one.
#[expect(clippy::disallowed_methods, reason = "the one thing tests take from outside")]
#[expect(clippy::print_stderr, reason = "a test that was half run says so")]
pub fn postgres_address() -> Option<String> {
    let server = std::env::var("SITWITH_TEST_POSTGRES").ok().filter(|server| !server.is_empty());
    if server.is_none() {
        eprintln!("PostgreSQL was not there (SITWITH_TEST_POSTGRES is not set): SQLite only");
    }
    server
}

/// Initial schema of a PostgreSQL database. On SQLite both mean a file that does not exist.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InitialSchema {
    Empty,
    /// A copy of the template, which has every migration.
    Migrated,
}

/// A PostgreSQL database for one test.
struct OwnDatabase {
    server: String,
    name: String,
    address: String,
}

impl OwnDatabase {
    async fn new(server: &str, start: InitialSchema) -> Self {
        let count = DATABASE_COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", std::process::id());
        let mut line = connect_server(server).await;
        run_sql(&mut line, format!("DROP DATABASE IF EXISTS {name}")).await;
        if start == InitialSchema::Migrated {
            Self::copy_template(server, &mut line, &name).await;
        } else {
            run_sql(&mut line, format!("CREATE DATABASE {name}")).await;
        }
        line.close().await.expect("the line closes, and with it the lock");
        let address = address_of_database(server, &name);
        Self { server: server.to_owned(), name, address }
    }

    async fn copy_template(server: &str, line: &mut PgConnection, name: &str) {
        let template = format!("template_{}", sitwith_store::schema_fingerprint());
        let locked = sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK_KEY);
        locked.execute(&mut *line).await.expect("the lock is free in the end");
        let there: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
            .bind(&template)
            .fetch_optional(&mut *line)
            .await
            .expect("databases are listed");
        if there.is_none() {
            run_sql(line, "DROP DATABASE IF EXISTS half_made".to_owned()).await;
            run_sql(line, "CREATE DATABASE half_made".to_owned()).await;
            let store =
                Store::open(&address_of_database(server, "half_made")).await.expect("it migrates");
            store.close().await;
            run_sql(line, format!("ALTER DATABASE half_made RENAME TO {template}")).await;
        }
        run_sql(line, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    }

    async fn drop_database(self) {
        let mut line = connect_server(&self.server).await;
        run_sql(&mut line, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn connect_server(server: &str) -> PgConnection {
    PgConnection::connect(server).await.expect("the PostgreSQL server for tests answers")
}

async fn run_sql(line: &mut PgConnection, sql: String) {
    let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(line).await;
    ran.expect("the server for tests lets us make databases");
}

/// Returns the address of another database on the same server.
fn address_of_database(server: &str, name: &str) -> String {
    let (front, _) = server.rsplit_once('/').expect("an address names a database");
    format!("{front}/{name}")
}
