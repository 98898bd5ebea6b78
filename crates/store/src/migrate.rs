//! The built-in migrations, and running them.

use std::borrow::Cow;
use std::sync::LazyLock;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, SqlSafeStr as _};

use crate::db::Engine;
use crate::error::Broken;

/// The files of `migrations/`: version, description and text. `sqlx::migrate!` would read the
/// folder itself, but its macros compile both database drivers a second time, including SQLite's C
/// code. A test compares this list with the folder.
const FILES: [(i64, &str, &str); 3] = [
    (1, "house", include_str!("../migrations/0001_house.sql")),
    (2, "round", include_str!("../migrations/0002_round.sql")),
    (3, "blocks", include_str!("../migrations/0003_blocks.sql")),
];

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |(version, description, text): (i64, &'static str, &'static str)| {
        let sql = text.into_sql_str();
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(FILES.into_iter().map(migration).collect())
});

/// PostgreSQL has no `BLOB`; this domain lets one text serve both engines. Two programs starting at
/// once may both create it: the second ignores the conflict.
const BLOB_DOMAIN: &str = "DO $$ BEGIN CREATE DOMAIN blob AS bytea; \
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

/// Parameters of 64-bit FNV-1a.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// Number of migrations this program knows.
pub(crate) fn known() -> usize {
    MIGRATIONS.iter().count()
}

/// Identifies the schema of this program; changes with every migration.
pub fn fingerprint() -> String {
    let checksums = MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter());
    format!("{:016x}", fold(checksums.copied()))
}

/// Hashes bytes with FNV-1a.
pub(crate) fn fold(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(FNV_BASIS, |folded, byte| (folded ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

/// Applies pending migrations. Refuses a database that a newer program has migrated.
pub(crate) async fn run(pool: &AnyPool, engine: Engine) -> Result<(), Broken> {
    if engine == Engine::Postgres {
        let made = sqlx::raw_sql(BLOB_DOMAIN).execute(pool).await;
        made.map_err(|error| Broken::of("making the blob type", &error))?;
    }
    let ran = MIGRATIONS.run(pool).await;
    ran.map_err(|error| Broken::of("migrating the database", &error.into()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::FILES;

    #[test]
    fn every_file_of_the_folder_is_listed_under_its_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut names: Vec<_> = fs::read_dir(folder)
            .expect("the folder of migrations")
            .map(|file| file.expect("a file").file_name().into_string().expect("a plain name"))
            .collect();
        names.sort();
        let listed =
            FILES.map(|(version, description, _)| format!("{version:04}_{description}.sql"));
        assert_eq!(names, listed);
    }
}
