//! A migration may rebuild a table that others refer to, and loses no row of them.

use sitwith_testkit::TempFolder;
use sitwith_testkit::both::on_both_empty;
use sqlx::any::install_default_drivers;

use super::*;
use crate::db::parse_address;

/// The first migration: it makes `sit`, and stays as it is.
const HOUSE: &str = include_str!("../../migrations/0001_house.sql");
/// Number of migrations the tests begin with; later ones may change `sit` themselves.
const FIRST: usize = 3;

/// One row in every table that refers to `sit`, and in some that refer to those.
const ROWS: &str = "
INSERT INTO member (id, name, email, email_key, joined_ms) VALUES ('m', 'Ana', 'a', 'a', 1);
INSERT INTO sit VALUES ('s', 'Tuesdays', '', 'UTC', '2026-11-17', '19:00', 'weekly', NULL, NULL,
    'link', 0, 1, 0, 'link', '{}', 'm', 1, 1, 0, NULL);
INSERT INTO sit_exception VALUES ('s', '2026-11-24', NULL, NULL);
INSERT INTO guest VALUES ('g', 'Gil', 's', 1);
INSERT INTO run VALUES ('r', 's', 1, '{}', 1, 0, 2, NULL);
INSERT INTO run_change VALUES ('r', 0, 1, '{}', 'm');
INSERT INTO sat VALUES ('r', 'm', 0);
INSERT INTO sat_guest VALUES ('r', 'g');
INSERT INTO note VALUES ('r', 'm', 'tired', NULL, NULL, 1);
INSERT INTO round VALUES ('o', 's', 'r', 3, 0, 'What?', '', 0, 'nothing', 1,
    NULL, NULL, NULL, NULL, NULL);
INSERT INTO theme VALUES ('o', 0, 0, 1, NULL, NULL);
INSERT INTO block VALUES ('b', 's', NULL, 'g', 'm', '', 1);
";
const TABLES: [&str; 11] = [
    "sit",
    "sit_exception",
    "guest",
    "run",
    "run_change",
    "sat",
    "sat_guest",
    "note",
    "round",
    "theme",
    "block",
];

/// Lets `repeats` hold one more word: a CHECK is changed, which SQLite does by a rebuild only.
fn rebuild_sql() -> String {
    let (_, rest) = HOUSE.split_once("CREATE TABLE sit (").expect("it makes the table");
    let (columns, _) = rest.split_once(");").expect("the table has an end");
    let words = "CHECK (repeats IN ('once', 'weekly', 'often'))";
    let more = "CHECK (repeats IN ('once', 'weekly', 'often', 'daily'))";
    assert!(columns.contains(words));
    let columns = columns.replace(words, more);
    format!(
        "-- only sqlite
        CREATE TABLE sit_rebuilt ({columns});
        INSERT INTO sit_rebuilt SELECT * FROM sit;
        DROP TABLE sit;
        ALTER TABLE sit_rebuilt RENAME TO sit;
        -- only postgres
        ALTER TABLE sit DROP CONSTRAINT sit_repeats_check;
        ALTER TABLE sit ADD CONSTRAINT sit_repeats_check {more};
        -- both
        UPDATE sit SET repeats = 'daily';"
    )
    .replace("        -- ", "-- ")
}

fn first_migrations() -> Vec<Migration> {
    MIGRATIONS.iter().take(FIRST).cloned().collect()
}

/// The first migrations, and a throw-away one.
fn first_and(text: String) -> Migrator {
    let sql = AssertSqlSafe(text).into_sql_str();
    let more = Migration::new(9_999, "thrown away".into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(first_migrations().into_iter().chain([more]).collect())
}

/// The database after the first migrations, with a row in each of [`TABLES`].
async fn open_filled(address: &str) -> (AnyPool, Engine) {
    install_default_drivers();
    let (engine, url) = parse_address(address, "rwc").unwrap();
    let pool = AnyPool::connect(&url).await.unwrap();
    run_all(&Migrator::with_migrations(first_migrations()), &pool, engine).await.unwrap();
    sqlx::raw_sql(ROWS).execute(&pool).await.unwrap();
    (pool, engine)
}

async fn count_rows(pool: &AnyPool, table: &str) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn a_rebuilt_table_keeps_every_row_that_refers_to_it() {
    on_both_empty(|address| async move {
        let (pool, engine) = open_filled(&address).await;
        for _ in 0..2 {
            run_all(&first_and(rebuild_sql()), &pool, engine).await.unwrap();
        }
        for table in TABLES {
            assert_eq!(count_rows(&pool, table).await, 1, "{table}");
        }
        let repeats: String =
            sqlx::query_scalar("SELECT repeats FROM sit").fetch_one(&pool).await.unwrap();
        assert_eq!(repeats, "daily", "the CHECK has changed");
        // Foreign keys to the old table refer to the rebuilt one.
        let orphan = "INSERT INTO run VALUES ('r2', 'nobody', 1, '{}', 1, 0, 2, NULL)";
        assert!(sqlx::raw_sql(orphan).execute(&pool).await.is_err());
        sqlx::raw_sql("DELETE FROM sit").execute(&pool).await.unwrap();
        for table in TABLES {
            assert_eq!(count_rows(&pool, table).await, 0, "{table}");
        }
        pool.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_leaves_rows_without_their_parent_is_undone() {
    let folder = TempFolder::new();
    let (pool, engine) = open_filled(&folder.database()).await;
    let lossy = first_and("DELETE FROM sit; DELETE FROM help_line;".to_owned());
    let refused = run_all(&lossy, &pool, engine).await.unwrap_err().to_string();
    assert!(refused.contains("1 rows of block refer to rows of sit"), "{refused}");
    for table in TABLES {
        assert_eq!(count_rows(&pool, table).await, 1, "{table}");
    }
    run_all(&first_and(rebuild_sql()), &pool, engine).await.expect("nothing of it was recorded");
    pool.close().await;
}

#[test]
fn every_file_of_the_folder_is_listed_under_its_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of migrations")
        .map(|file| file.expect("a file").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    let listed =
        MIGRATION_FILES.map(|(version, description, _)| format!("{version:04}_{description}.sql"));
    assert_eq!(names, listed);
}

#[test]
fn each_engine_runs_its_own_lines_and_those_for_both() {
    let text = "A;\n-- only sqlite\nB;\n-- only postgres\nC;\n-- both\n-- said\nD;";
    assert_eq!(filter_for_engine(Engine::Sqlite, text), "A;\nB;\n-- said\nD;\n");
    assert_eq!(filter_for_engine(Engine::Postgres, text), "A;\nC;\n-- said\nD;\n");
    assert_eq!(filter_for_engine(Engine::Sqlite, HOUSE), HOUSE);
}
