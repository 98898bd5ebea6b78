//! Writes an SQLite database down as SQL that both engines load, one row a line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::rows::connect;

/// sqlx makes this table itself, on each engine with its own types.
const APPLIED: &str = "_sqlx_migrations";

/// Every table with its rows, then the indexes.
pub(super) async fn dump(address: &str) -> String {
    let mut connection = connect(address).await;
    let applied = rows(&mut connection, APPLIED).await;
    let mut text = format!("{HEAD}\n{applied}");
    for (table, sql) in tables(&mut connection).await {
        let rows = rows(&mut connection, &table).await;
        let _infallible = write!(text, "\n{sql};\n{rows}");
    }
    let sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
        ORDER BY name";
    let indexes: Vec<String> =
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("it is asked");
    let _infallible = write!(text, "\n{};\n", indexes.join(";\n"));
    text
}

const HEAD: &str = "\
-- A home in use. Written by tests/suite/existing, loaded by sitwith_testkit::existing, which makes
-- the table of migrations, and on PostgreSQL the type blob and the function unhex.";

/// Every table with the text that makes it, each after those it refers to.
async fn tables(connection: &mut AnyConnection) -> Vec<(String, String)> {
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'table' \
        AND name NOT LIKE 'sqlite_%' AND name <> $1 ORDER BY name";
    let found =
        sqlx::query(sql).bind(APPLIED).fetch_all(&mut *connection).await.expect("it is asked");
    let mut waiting = BTreeMap::new();
    for row in found {
        let (name, text): (String, String) = (row.get("name"), row.get("sql"));
        let sql = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)";
        let parents = sqlx::query_scalar(sql).bind(name.clone()).fetch_all(&mut *connection).await;
        let parents: Vec<String> = parents.expect("it is asked");
        waiting.insert(name, (text, parents));
    }
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |(_, parents): &(String, Vec<String>), name: &str| {
            parents.iter().all(|parent| parent == name || !waiting.contains_key(parent))
        };
        let ready = waiting.iter().find(|(name, table)| is_ready(table, name));
        let name = ready.expect("no tables refer to each other in a circle").0.clone();
        let (text, _) = waiting.remove(&name).expect("it is asked");
        ordered.push((name, text));
    }
    ordered
}

/// One statement with a line for each row.
async fn rows(connection: &mut AnyConnection, table: &str) -> String {
    let sql = "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";
    let columns = sqlx::query(sql).bind(table.to_owned()).fetch_all(&mut *connection).await;
    let columns: Vec<(String, String)> = columns
        .expect("it is asked")
        .iter()
        .map(|row| (row.get("name"), row.get("type")))
        .collect();
    let values: Vec<_> = columns.iter().map(|(name, kind)| literal(table, name, kind)).collect();
    let sql = format!("SELECT {} FROM {table} ORDER BY rowid", values.join(" || ', ' || "));
    let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await;
    let rows: Vec<String> = rows.expect("it is asked");
    assert!(!rows.is_empty(), "{table} has no row: tests/suite/existing/make is to fill it");
    let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
    format!("INSERT INTO {table} ({}) VALUES\n({});\n", names.join(", "), rows.join("),\n("))
}

/// An expression for the value of a column as SQL writes it. What differs from one run of the
/// migrations to the next is left out.
fn literal(table: &str, name: &str, kind: &str) -> String {
    match (name, kind) {
        ("installed_on", _) if table == APPLIED => "'''2026-11-17 12:00:00'''".to_owned(),
        ("execution_time", _) if table == APPLIED => "'0'".to_owned(),
        ("success", _) if table == APPLIED => "'TRUE'".to_owned(),
        (_, "BLOB") => {
            format!(
                "CASE WHEN {name} IS NULL THEN 'NULL' ELSE 'unhex(''' || hex({name}) || ''')' END"
            )
        }
        _ => format!("quote({name})"),
    }
}
