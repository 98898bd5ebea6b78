//! Rows as JSON, for what members take with them.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sitwith_core::id::MemberId;
use sqlx::any::AnyRow;
use sqlx::{Column as _, Row as _};

use crate::{Broken, Tx, args};

const DOING: &str = "writing a row as JSON";

/// The rows of a statement about one member, whose id is `$1`, as JSON objects. Columns are text or
/// integers. An instant (`seen_ms`) is written as RFC 3339 in UTC, under the name `seen_at`.
pub async fn export_rows(
    tx: &mut Tx,
    sql: &'static str,
    member: MemberId,
) -> Result<Vec<Value>, Broken> {
    tx.fetch_all(sql, args![member]).await?.iter().map(|row| object(&row.0)).collect()
}

fn object(row: &AnyRow) -> Result<Value, Broken> {
    let fields = row.columns().iter().map(|column| {
        let name = column.name();
        let value = value(row, name).map_err(|error| Broken::from_sqlx(DOING, &error))?;
        match (name.strip_suffix("_ms"), value.as_i64()) {
            (Some(name), ms) => Ok((format!("{name}_at"), ms.map(instant).transpose()?.into())),
            (None, _) => Ok((name.to_owned(), value)),
        }
    });
    fields.collect::<Result<Map<_, _>, Broken>>().map(Value::Object)
}

fn value(row: &AnyRow, column: &str) -> Result<Value, sqlx::Error> {
    match row.try_get::<Option<i64>, _>(column) {
        Ok(integer) => Ok(integer.into()),
        Err(_not_an_integer) => row.try_get::<Option<String>, _>(column).map(Value::from),
    }
}

fn instant(ms: i64) -> Result<String, Broken> {
    let instant = Timestamp::from_millisecond(ms);
    instant
        .map(|instant| instant.to_string())
        .map_err(|error| Broken::new(DOING, error.to_string()))
}
