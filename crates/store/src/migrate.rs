//! The built-in migrations and their runner.
//!
//! One file serves both engines. Where they differ, a line `-- only sqlite` or `-- only postgres`
//! begins text for that engine alone, and `-- both` ends it. The recorded checksum covers the whole
//! file, so it is the same on both engines.
//!
//! SQLite changes a CHECK only by rebuilding the table, and with foreign keys on `DROP TABLE`
//! deletes the rows that refer to it. Migrations therefore run with foreign keys off, and
//! `foreign_key_check` has to be clean before each one is committed.

use std::borrow::Cow;
use std::sync::LazyLock;

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Row as _, SqlSafeStr};

use crate::db::Engine;
use crate::error::Broken;

/// The files of `migrations/`: version, description and text. `sqlx::migrate!` would read the
/// folder itself, but its macros compile both database drivers a second time, including SQLite's C
/// code. A test compares this list with the folder.
const MIGRATION_FILES: [(i64, &str, &str); 5] = [
    (1, "house", include_str!("../migrations/0001_house.sql")),
    (2, "round", include_str!("../migrations/0002_round.sql")),
    (3, "blocks", include_str!("../migrations/0003_blocks.sql")),
    (4, "leaders", include_str!("../migrations/0004_leaders.sql")),
    (5, "notice", include_str!("../migrations/0005_notice.sql")),
];

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |(version, description, text): (i64, &'static str, &'static str)| {
        let sql = text.into_sql_str();
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(MIGRATION_FILES.into_iter().map(migration).collect())
});

/// Table in which sqlx records applied migrations.
const MIGRATIONS_TABLE: &str = "_sqlx_migrations";

/// PostgreSQL has no `BLOB`; this domain lets one text serve both engines. Two programs starting at
/// once may both create it: the second ignores the conflict.
const BLOB_DOMAIN: &str = "DO $$ BEGIN CREATE DOMAIN blob AS bytea; \
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

/// Parameters of 64-bit FNV-1a.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// Returns the number of migrations this program knows.
pub(crate) fn count_known() -> usize {
    MIGRATIONS.iter().count()
}

/// Returns an identifier of this program's schema; it changes with every migration.
pub fn schema_fingerprint() -> String {
    let checksums = MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter());
    format!("{:016x}", hash_fnv1a(checksums.copied()))
}

/// Hashes bytes with FNV-1a.
pub(crate) fn hash_fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(FNV_BASIS, |folded, byte| (folded ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

/// Applies pending migrations. Refuses a database that a newer program has migrated.
pub(crate) async fn run_migrations(pool: &AnyPool, engine: Engine) -> Result<(), Broken> {
    run_all(&MIGRATIONS, pool, engine).await
}

async fn run_all(migrations: &Migrator, pool: &AnyPool, engine: Engine) -> Result<(), Broken> {
    let migrator = migrator_for(engine, migrations);
    let broken = |error: MigrateError| Broken::from_sqlx("migrating the database", &error.into());
    match engine {
        Engine::Sqlite => run_sqlite(&migrator, pool).await,
        Engine::Postgres => {
            let made = sqlx::raw_sql(BLOB_DOMAIN).execute(pool).await;
            made.map_err(|error| Broken::from_sqlx("making the blob type", &error))?;
            migrator.run(pool).await.map_err(broken)
        }
    }
}

/// Runs each pending migration in its own transaction, with foreign keys off. The connection is
/// detached from the pool and closed afterwards, even if the caller is cancelled, so no later write
/// runs without foreign keys.
async fn run_sqlite(migrator: &Migrator, pool: &AnyPool) -> Result<(), Broken> {
    let broken = |error: &sqlx::Error| Broken::from_sqlx("migrating the database", error);
    let connection = pool.acquire().await.map_err(|error| broken(&error))?;
    let mut connection = connection.detach();
    let off = sqlx::raw_sql("PRAGMA foreign_keys = OFF").execute(&mut connection).await;
    off.map_err(|error| broken(&error))?;
    apply_pending(migrator, &mut connection).await?;
    // Verifies the checksums of the migrations applied earlier.
    let held = migrator.run(&mut connection).await;
    held.map_err(|error| broken(&error.into()))?;
    connection.close().await.map_err(|error| broken(&error))
}

async fn apply_pending(migrator: &Migrator, connection: &mut AnyConnection) -> Result<(), Broken> {
    let broken = |error: MigrateError| Broken::from_sqlx("migrating the database", &error.into());
    connection.ensure_migrations_table(MIGRATIONS_TABLE).await.map_err(broken)?;
    let applied = connection.list_applied_migrations(MIGRATIONS_TABLE).await.map_err(broken)?;
    let is_pending =
        |migration: &&Migration| applied.iter().all(|known| known.version != migration.version);
    for migration in migrator.iter().filter(is_pending) {
        // Another program may be migrating too: the second waits here, then skips this one.
        let tx = connection.begin_with("BEGIN IMMEDIATE").await;
        let mut tx = tx.map_err(|error| broken(error.into()))?;
        migrator.run_to(migration.version, &mut *tx).await.map_err(broken)?;
        check_foreign_keys(&mut tx).await?;
        tx.commit().await.map_err(|error| broken(error.into()))?;
    }
    Ok(())
}

/// Fails if a foreign key refers to a missing row. The error names tables, never values.
async fn check_foreign_keys(connection: &mut AnyConnection) -> Result<(), Broken> {
    let doing = "checking the foreign keys after a migration";
    let sql = "SELECT \"table\" AS child, parent, COUNT(*) AS count \
        FROM pragma_foreign_key_check GROUP BY child, parent ORDER BY child, parent";
    let rows = sqlx::query(sql).fetch_all(connection).await;
    let rows = rows.map_err(|error| Broken::from_sqlx(doing, &error))?;
    let Some(row) = rows.first() else { return Ok(()) };
    let read = || {
        let (child, parent): (String, String) = (row.try_get("child")?, row.try_get("parent")?);
        let count: i64 = row.try_get("count")?;
        Ok(format!("{count} rows of {child} refer to rows of {parent} that are not there"))
    };
    let words: Result<String, sqlx::Error> = read();
    Err(Broken::new(doing, words.map_err(|error| Broken::from_sqlx(doing, &error))?))
}

/// Returns the migrations with this engine's text and the checksums of the whole files.
fn migrator_for(engine: Engine, migrations: &Migrator) -> Migrator {
    let own = migrations.iter().map(|migration| Migration {
        sql: AssertSqlSafe(filter_for_engine(engine, migration.sql.as_str())).into_sql_str(),
        ..migration.clone()
    });
    Migrator::with_migrations(own.collect())
}

/// Returns the lines of a migration that this engine runs.
fn filter_for_engine(engine: Engine, text: &str) -> String {
    let mut only = None;
    let mut own = String::new();
    for line in text.lines() {
        match line.trim_end() {
            "-- only sqlite" => only = Some(Engine::Sqlite),
            "-- only postgres" => only = Some(Engine::Postgres),
            "-- both" => only = None,
            _ if only.is_none_or(|only| only == engine) => {
                own.push_str(line);
                own.push('\n');
            }
            _ => {}
        }
    }
    own
}

#[cfg(test)]
mod tests;
