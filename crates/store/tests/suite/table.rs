//! A small table for tests that need no aggregate.

use sitwith_store::{Broken, Store, args};

pub(crate) const READ: &str = "SELECT times FROM counter WHERE id = $1";
pub(crate) const WRITE: &str = "UPDATE counter SET times = $2 WHERE id = $1";

/// Makes the table with one row, `a`, at nought.
pub(crate) async fn make(store: &Store) {
    let made: Result<(), Broken> = store
        .write(|mut tx| async move {
            tx.execute("CREATE TABLE counter (id TEXT PRIMARY KEY, times BIGINT)", args![]).await?;
            tx.execute("INSERT INTO counter (id, times) VALUES ('a', 0)", args![]).await?;
            Ok(tx.done(()))
        })
        .await;
    made.expect("a table is made");
}

/// What the counter shows in a snapshot of its own.
pub(crate) async fn times(store: &Store) -> i64 {
    let mut tx = store.read().await.expect("a snapshot opens");
    let row = tx.fetch_one(READ, args!["a"]).await.expect("the row is there");
    row.get("times").expect("a number")
}

/// Sets the counter.
pub(crate) async fn set(store: &Store, times: i64) -> Result<(), Broken> {
    store
        .write(|mut tx| async move {
            tx.execute(WRITE, args!["a", times]).await?;
            Ok(tx.done(()))
        })
        .await
}
