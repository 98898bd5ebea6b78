//! A transaction ([`Tx`]) and its successful end ([`PendingCommit`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr, Transaction};

use crate::error::{Broken, Cause};
use crate::row::{Args, Row, bind_args};

/// Placeholder for a list in a statement: `WHERE id IN ($list)`.
const LIST: &str = "$list";

/// A transaction. It is committed only by [`Tx::done`], handed back to
/// [`Store::write_calendar`](crate::Store::write); dropping it rolls back.
///
/// A failed statement poisons the transaction on both engines: further statements are refused and
/// nothing is committed. Expected conflicts are handled with `ON CONFLICT … DO NOTHING`.
pub struct Tx {
    inner: Transaction<'static, Any>,
    /// Set when a statement failed to serialize: then the whole write is retried.
    must_retry: Arc<AtomicBool>,
    is_poisoned: bool,
}

/// The result of a successful write, with the transaction to commit.
#[must_use = "hand it back to Store::write, or nothing is kept"]
pub struct PendingCommit<T> {
    value: T,
    tx: Tx,
}

impl Tx {
    pub(crate) fn new(inner: Transaction<'static, Any>, again: Arc<AtomicBool>) -> Self {
        Self { inner, must_retry: again, is_poisoned: false }
    }

    /// Ends the write; it may be committed.
    pub fn done<T>(self, value: T) -> PendingCommit<T> {
        PendingCommit { value, tx: self }
    }

    /// Runs a statement. Returns the number of rows affected.
    pub async fn execute(&mut self, sql: &'static str, args: Args) -> Result<u64, Broken> {
        self.execute_query(sql, build_query(sql, args)?).await
    }

    /// Returns the row, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: Args,
    ) -> Result<Option<Row>, Broken> {
        self.ensure_usable(sql)?;
        let ran = build_query(sql, args)?.fetch_optional(&mut *self.inner).await;
        ran.map(|row| row.map(Row)).map_err(|error| self.record_failure(sql, &error))
    }

    /// Returns the row of a query that always has one, such as a count.
    pub async fn fetch_one(&mut self, sql: &'static str, args: Args) -> Result<Row, Broken> {
        let row = self.fetch_optional(sql, args).await?;
        row.ok_or_else(|| Broken::new(operation_name(sql), "no row where one always is"))
    }

    /// Returns all rows, in the order of the statement.
    pub async fn fetch_all(&mut self, sql: &'static str, args: Args) -> Result<Vec<Row>, Broken> {
        self.fetch_rows(sql, build_query(sql, args)?).await
    }

    /// Like [`Tx::fetch_all`], for a statement with `IN ($list)`; the list is bound after `args`.
    pub async fn fetch_all_in(
        &mut self,
        sql: &'static str,
        args: Args,
        list: Args,
    ) -> Result<Vec<Row>, Broken> {
        if list.is_empty() {
            return Ok(Vec::new());
        }
        self.fetch_rows(sql, build_list_query(sql, args, list)?).await
    }

    /// Like [`Tx::execute`], for a statement with `IN ($list)`; the list is bound after `args`.
    pub async fn execute_in(
        &mut self,
        sql: &'static str,
        args: Args,
        list: Args,
    ) -> Result<u64, Broken> {
        if list.is_empty() {
            return Ok(0);
        }
        self.execute_query(sql, build_list_query(sql, args, list)?).await
    }

    /// Checks that the engine accepts a statement and its names; for the test of all statements.
    ///
    /// # Errors
    /// With the engine's message when it does not.
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), Broken> {
        self.ensure_usable(sql)?;
        let mentioned = (1..).take_while(|place| sql.contains(&format!("${place}"))).count();
        let text = sql.replace(LIST, &format_placeholders(mentioned + 1, 2));
        // sqlx cannot describe blob parameters on PostgreSQL: ask in SQL.
        let prepared = if self.inner.backend_name() == "PostgreSQL" {
            let text = AssertSqlSafe(format!("PREPARE asked AS {text}; DEALLOCATE asked"));
            sqlx::raw_sql(text).execute(&mut *self.inner).await.map(drop)
        } else {
            let text = AssertSqlSafe(text).into_sql_str();
            self.inner.prepare(text).await.map(drop)
        };
        prepared.map_err(|error| self.record_failure(sql, &error))
    }

    async fn execute_query(&mut self, sql: &'static str, asked: BoundQuery) -> Result<u64, Broken> {
        self.ensure_usable(sql)?;
        let ran = asked.execute(&mut *self.inner).await;
        ran.map(|result| result.rows_affected()).map_err(|error| self.record_failure(sql, &error))
    }

    async fn fetch_rows(
        &mut self,
        sql: &'static str,
        asked: BoundQuery,
    ) -> Result<Vec<Row>, Broken> {
        self.ensure_usable(sql)?;
        let rows = asked.fetch_all(&mut *self.inner).await;
        let rows = rows.map_err(|error| self.record_failure(sql, &error))?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// In a poisoned transaction PostgreSQL refuses everything and SQLite would go on; we refuse
    /// too.
    fn ensure_usable(&self, sql: &'static str) -> Result<(), Broken> {
        if self.is_poisoned {
            return Err(Broken::new(operation_name(sql), "a statement before it failed"));
        }
        Ok(())
    }

    fn record_failure(&mut self, sql: &'static str, error: &sqlx::Error) -> Broken {
        self.is_poisoned = true;
        let broken = Broken::from_sqlx(operation_name(sql), error);
        if broken.cause() == Cause::Conflict {
            self.must_retry.store(true, Ordering::Relaxed);
        }
        broken
    }
}

impl<T> PendingCommit<T> {
    /// Commits and returns the value.
    pub(crate) async fn commit(self) -> Result<T, Broken> {
        let Self { value, tx } = self;
        // PostgreSQL reports no error for the commit of a poisoned transaction.
        tx.ensure_usable("keeping a write")?;
        match tx.inner.commit().await {
            Ok(()) => Ok(value),
            Err(error) => {
                let broken = Broken::from_sqlx("keeping a write", &error);
                tx.must_retry.store(broken.cause() == Cause::Conflict, Ordering::Relaxed);
                Err(broken)
            }
        }
    }
}

type BoundQuery = Query<'static, Any, AnyArguments>;

/// A statement's first line identifies the operation in the log.
fn operation_name(sql: &'static str) -> &'static str {
    sql.trim_start().lines().next().unwrap_or(sql)
}

fn build_query(sql: &'static str, args: Args) -> Result<BoundQuery, Broken> {
    Ok(sqlx::query_with(sql, bind_args(args)?))
}

fn build_list_query(sql: &'static str, mut args: Args, list: Args) -> Result<BoundQuery, Broken> {
    let text = sql.replace(LIST, &format_placeholders(args.len() + 1, list.len()));
    args.extend(list);
    // Only placeholders were inserted into a text written in this crate. Lists vary in length:
    // caching each statement would fill the engine's cache.
    Ok(sqlx::query_with(AssertSqlSafe(text), bind_args(args)?).persistent(false))
}

/// Returns `count` placeholders from `$first` on: `$2, $3, $4`.
pub fn format_placeholders(first: usize, count: usize) -> String {
    let names = (first..first + count).map(|place| format!("${place}"));
    names.collect::<Vec<_>>().join(", ")
}
