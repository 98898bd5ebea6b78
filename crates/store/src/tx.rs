//! A transaction ([`Tx`]) and its successful end ([`Done`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr, Transaction};

use crate::error::{Broken, Cause};
use crate::row::{Args, Row, bound};

/// Placeholder for a list in a statement: `WHERE id IN ($list)`.
const LIST: &str = "$list";

/// A transaction. It is committed only by [`Tx::done`], handed back to
/// [`Store::write`](crate::Store::write); dropping it rolls back.
///
/// A failed statement poisons the transaction on both engines: further statements are refused and
/// nothing is committed. Expected conflicts are handled with `ON CONFLICT … DO NOTHING`.
pub struct Tx {
    inner: Transaction<'static, Any>,
    /// Set when a statement failed to serialize: then the whole write is retried.
    again: Arc<AtomicBool>,
    spoilt: bool,
}

/// The result of a successful write, with the transaction to commit.
#[must_use = "hand it back to Store::write, or nothing is kept"]
pub struct Done<T> {
    value: T,
    tx: Tx,
}

impl Tx {
    pub(crate) fn new(inner: Transaction<'static, Any>, again: Arc<AtomicBool>) -> Self {
        Self { inner, again, spoilt: false }
    }

    /// Ends the write; it may be committed.
    pub fn done<T>(self, value: T) -> Done<T> {
        Done { value, tx: self }
    }

    /// Runs a statement. Returns the number of rows affected.
    pub async fn execute(&mut self, sql: &'static str, args: Args) -> Result<u64, Broken> {
        self.run(sql, asked(sql, args)?).await
    }

    /// Returns the row, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        args: Args,
    ) -> Result<Option<Row>, Broken> {
        self.whole(sql)?;
        let ran = asked(sql, args)?.fetch_optional(&mut *self.inner).await;
        ran.map(|row| row.map(Row)).map_err(|error| self.broken(sql, &error))
    }

    /// Returns the row of a query that always has one, such as a count.
    pub async fn fetch_one(&mut self, sql: &'static str, args: Args) -> Result<Row, Broken> {
        let row = self.fetch_optional(sql, args).await?;
        row.ok_or_else(|| Broken::new(doing(sql), "no row where one always is"))
    }

    /// Returns all rows, in the order of the statement.
    pub async fn fetch_all(&mut self, sql: &'static str, args: Args) -> Result<Vec<Row>, Broken> {
        self.rows(sql, asked(sql, args)?).await
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
        self.rows(sql, listed(sql, args, list)?).await
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
        self.run(sql, listed(sql, args, list)?).await
    }

    /// Checks that the engine accepts a statement and its names; for the test of all statements.
    ///
    /// # Errors
    /// With the engine's message when it does not.
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), Broken> {
        self.whole(sql)?;
        let mentioned = (1..).take_while(|place| sql.contains(&format!("${place}"))).count();
        let text = sql.replace(LIST, &placeholders(mentioned + 1, 2));
        // sqlx cannot describe blob parameters on PostgreSQL: ask in SQL.
        let prepared = if self.inner.backend_name() == "PostgreSQL" {
            let text = AssertSqlSafe(format!("PREPARE asked AS {text}; DEALLOCATE asked"));
            sqlx::raw_sql(text).execute(&mut *self.inner).await.map(drop)
        } else {
            let text = AssertSqlSafe(text).into_sql_str();
            self.inner.prepare(text).await.map(drop)
        };
        prepared.map_err(|error| self.broken(sql, &error))
    }

    async fn run(&mut self, sql: &'static str, asked: Asked) -> Result<u64, Broken> {
        self.whole(sql)?;
        let ran = asked.execute(&mut *self.inner).await;
        ran.map(|result| result.rows_affected()).map_err(|error| self.broken(sql, &error))
    }

    async fn rows(&mut self, sql: &'static str, asked: Asked) -> Result<Vec<Row>, Broken> {
        self.whole(sql)?;
        let rows = asked.fetch_all(&mut *self.inner).await;
        let rows = rows.map_err(|error| self.broken(sql, &error))?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// In a poisoned transaction PostgreSQL refuses everything and SQLite would go on; we refuse
    /// too.
    fn whole(&self, sql: &'static str) -> Result<(), Broken> {
        if self.spoilt {
            return Err(Broken::new(doing(sql), "a statement before it failed"));
        }
        Ok(())
    }

    fn broken(&mut self, sql: &'static str, error: &sqlx::Error) -> Broken {
        self.spoilt = true;
        let broken = Broken::of(doing(sql), error);
        if broken.cause() == Cause::Again {
            self.again.store(true, Ordering::Relaxed);
        }
        broken
    }
}

impl<T> Done<T> {
    /// Commits and returns the value.
    pub(crate) async fn keep(self) -> Result<T, Broken> {
        let Self { value, tx } = self;
        // PostgreSQL reports no error for the commit of a poisoned transaction.
        tx.whole("keeping a write")?;
        match tx.inner.commit().await {
            Ok(()) => Ok(value),
            Err(error) => {
                let broken = Broken::of("keeping a write", &error);
                tx.again.store(broken.cause() == Cause::Again, Ordering::Relaxed);
                Err(broken)
            }
        }
    }
}

type Asked = Query<'static, Any, AnyArguments>;

/// A statement's first line identifies the operation in the log.
fn doing(sql: &'static str) -> &'static str {
    sql.trim_start().lines().next().unwrap_or(sql)
}

fn asked(sql: &'static str, args: Args) -> Result<Asked, Broken> {
    Ok(sqlx::query_with(sql, bound(args)?))
}

fn listed(sql: &'static str, mut args: Args, list: Args) -> Result<Asked, Broken> {
    let text = sql.replace(LIST, &placeholders(args.len() + 1, list.len()));
    args.extend(list);
    // Only placeholders were inserted into a text written in this crate. Lists vary in length:
    // caching each statement would fill the engine's cache.
    Ok(sqlx::query_with(AssertSqlSafe(text), bound(args)?).persistent(false))
}

/// Returns `count` placeholders from `$first` on: `$2, $3, $4`.
pub fn placeholders(first: usize, count: usize) -> String {
    let names = (first..first + count).map(|place| format!("${place}"));
    names.collect::<Vec<_>>().join(", ")
}
