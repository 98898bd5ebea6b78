//! A read is a snapshot: it sees one moment, waits for nobody, and cannot write.

use sitwith_store::{Broken, args};
use sitwith_testkit::on_both_engines;

use crate::table::{self, READ, WRITE, times};

#[tokio::test]
async fn a_snapshot_shows_one_moment_and_does_not_hold_up_writes() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let mut before = store.read().await.expect("a snapshot opens");
        let row = before.fetch_one(READ, args!["a"]).await.expect("the row is there");
        assert_eq!(row.get::<i64>("times").expect("a number"), 0);
        table::set(&store, 5).await.expect("the write does not wait for the snapshot");
        let row = before.fetch_one(READ, args!["a"]).await.expect("the row is there");
        assert_eq!(row.get::<i64>("times").expect("a number"), 0);
        assert_eq!(times(&store).await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_does_not_wait_for_a_write_that_is_under_way() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let outer = &store;
        let kept: Result<(), Broken> = outer
            .write(|mut tx| async move {
                tx.execute(WRITE, args!["a", 5_i64]).await?;
                assert_eq!(times(outer).await, 0);
                Ok(tx.done(()))
            })
            .await;
        kept.expect("the write is kept");
        assert_eq!(times(outer).await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_cannot_write() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let mut tx = store.read().await.expect("a snapshot opens");
        assert!(tx.execute(WRITE, args!["a", 5_i64]).await.is_err());
        drop(tx);
        assert_eq!(times(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn many_more_snapshots_than_connections_all_get_their_turn() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let tasks = (0..100).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { times(&store).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            assert_eq!(task.await.expect("no task panics"), 0);
        }
    })
    .await;
}
