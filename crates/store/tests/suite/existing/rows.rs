//! Everything that stands in a database, to be compared with what stands there later.

use std::collections::BTreeMap;
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

/// The columns of each table.
pub(super) type Columns = BTreeMap<String, Vec<String>>;

/// The rows of each table, each as the text of its columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rows(BTreeMap<String, Vec<String>>);

/// The tables of a home and their columns, read from its statements. Every table has rows.
pub(super) fn columns(home: &str) -> Columns {
    let inserts = home.lines().filter_map(|line| line.strip_prefix("INSERT INTO "));
    let read = inserts.map(|line| {
        let (table, rest) = line.split_once(" (").expect("it names its columns");
        let (names, _) = rest.split_once(')').expect("the names have an end");
        (table.to_owned(), names.split(", ").map(str::to_owned).collect())
    });
    read.filter(|(table, _): &(String, _)| table != "_sqlx_migrations").collect()
}

impl Rows {
    /// What stands in these columns, by whatever name they are called now.
    pub(super) async fn read(address: &str, columns: &Columns, renamed: &[(&str, &str)]) -> Self {
        let mut connection = connect(address).await;
        let is_sqlite = address.starts_with("sqlite:");
        let mut rows = BTreeMap::new();
        for (table, names) in columns {
            let mut now = now_called(renamed, table).to_owned();
            let mut values = Vec::new();
            for name in names {
                let old = format!("{table}.{name}");
                let new = now_called(renamed, &old);
                let (in_table, column) = new.split_once('.').expect("a column is in a table");
                if new != old {
                    in_table.clone_into(&mut now);
                }
                values.push(text_of(column, is_sqlite));
            }
            let sql = format!("SELECT {} FROM {now}", values.join(" || '|' || "));
            let read = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
            let mut read: Vec<String> = read.unwrap_or_else(|error| panic!("{now}: {error}"));
            read.sort_unstable();
            rows.insert(table.clone(), read);
        }
        connection.close().await.expect("the line closes");
        Self(rows)
    }

    /// How many rows there are in all tables.
    pub(super) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Every table has as many rows as before, with the same contents.
    pub(super) fn assert_same(&self, after: &Self) {
        for (table, before) in &self.0 {
            let after = after.0.get(table).expect("both have the same tables");
            assert_eq!(before.len(), after.len(), "rows of {table}");
            for (before, after) in before.iter().zip(after) {
                assert_eq!(before, after, "{table}");
            }
        }
    }
}

fn now_called<'n>(renamed: &[(&str, &'n str)], old: &'n str) -> &'n str {
    renamed.iter().find(|(before, _)| *before == old).map_or(old, |(_, now)| now)
}

/// An expression for the text of any value, and for none.
fn text_of(column: &str, is_sqlite: bool) -> String {
    if is_sqlite {
        format!("quote({column})")
    } else {
        format!("COALESCE(quote_literal(CAST({column} AS TEXT)), 'NULL')")
    }
}

/// The engine finds nothing wrong: every row has the rows it refers to, and every constraint holds.
pub(super) async fn assert_sound(address: &str) {
    let mut connection = connect(address).await;
    let wrong: &[&str] = if address.starts_with("sqlite:") {
        &[
            "SELECT \"table\" FROM pragma_foreign_key_check",
            "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        ]
    } else {
        &["SELECT CAST(conname AS TEXT) FROM pg_constraint WHERE NOT convalidated"]
    };
    for sql in wrong {
        let found = sqlx::query_scalar(AssertSqlSafe(*sql)).fetch_all(&mut connection).await;
        let found: Vec<String> = found.expect("the engine is asked");
        assert_eq!(found, [""; 0], "{sql}");
    }
    connection.close().await.expect("the line closes");
}

/// The statements that make everything in an SQLite database, in order.
pub(super) async fn form(address: &str) -> Vec<String> {
    let mut connection = connect(address).await;
    let sql = "SELECT name || ': ' || sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    let form = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("it is asked");
    connection.close().await.expect("the line closes");
    form
}

pub(super) async fn connect(address: &str) -> AnyConnection {
    install_default_drivers();
    let options = AnyConnectOptions::from_str(address).expect("an address");
    AnyConnection::connect_with(&options).await.expect("the database opens")
}
