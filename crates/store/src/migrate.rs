//! The migrations that are built into the program, and how far a database has come.

use sqlx::AnyPool;
use sqlx::migrate::Migrator;

use crate::db::Engine;
use crate::error::Broken;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// PostgreSQL has no `BLOB`; with this domain the one text of the migrations serves both engines.
/// Two programs that start at once may both try: the second finds it made.
const BLOB_DOMAIN: &str = "DO $$ BEGIN CREATE DOMAIN blob AS bytea; \
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

/// The FNV-1a hash of 64 bits.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// How many migrations this program knows.
pub(crate) fn known() -> usize {
    MIGRATIONS.iter().count()
}

/// A name for the form of the database that this program makes: it changes with the migrations.
pub fn fingerprint() -> String {
    let checksums = MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter());
    format!("{:016x}", fold(checksums.copied()))
}

/// Folds bytes into a number that differs when they differ (FNV-1a).
pub(crate) fn fold(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(FNV_BASIS, |folded, byte| (folded ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

/// Brings the database to the newest form. Does nothing when it is there already; refuses a
/// database that a newer program has changed.
pub(crate) async fn run(pool: &AnyPool, engine: Engine) -> Result<(), Broken> {
    if engine == Engine::Postgres {
        let made = sqlx::raw_sql(BLOB_DOMAIN).execute(pool).await;
        made.map_err(|error| Broken::of("making the blob type", &error))?;
    }
    let ran = MIGRATIONS.run(pool).await;
    ran.map_err(|error| Broken::of("migrating the database", &error.into()))
}
