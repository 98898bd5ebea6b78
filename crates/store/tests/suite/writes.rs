//! A write runs as if it were alone, and is kept whole or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sitwith_store::{Broken, Cause, Engine, Store, args};
use sitwith_testkit::both::on_both_addresses;
use sitwith_testkit::on_both_engines;
use tokio::sync::{Barrier, oneshot};

use crate::table::{self, READ, WRITE, times};

const TASKS: usize = 8;
const EACH: i64 = 50;

async fn increment(store: &Store, written: &AtomicU32) -> Result<(), Broken> {
    store
        .write(|mut tx| async move {
            written.fetch_add(1, Ordering::Relaxed);
            let row = tx.fetch_one(READ, args!["a"]).await?;
            let times: i64 = row.get("times")?;
            // Others get every chance to come between reading and writing.
            tokio::task::yield_now().await;
            tx.execute(WRITE, args!["a", times + 1]).await?;
            Ok(tx.done(()))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_increment_is_lost_when_eight_write_at_once() {
    on_both_addresses(|address| async move {
        // Two stores stand for two programs: the writes of one must not only wait for its own.
        let store = Store::open(&address).await.expect("it opens");
        let other = Store::open(&address).await.expect("it opens a second time");
        table::make(&store).await;
        let written = Arc::new(AtomicU32::new(0));
        let together = Arc::new(Barrier::new(TASKS));
        let tasks = (0..TASKS).map(|task| {
            let store = if task % 2 == 0 { &store } else { &other };
            let (store, written) = (store.clone(), Arc::clone(&written));
            let together = Arc::clone(&together);
            tokio::spawn(async move {
                together.wait().await;
                for _ in 0..EACH {
                    increment(&store, &written).await.expect("each write gets through");
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("no task panics");
        }
        assert_eq!(times(&store).await, 400);
        let written = written.load(Ordering::Relaxed);
        println!("{:?}: 400 increments took {written} tries", store.engine());
        store.close().await;
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_write_that_ends_in_an_error_leaves_nothing() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let ended: Result<(), Broken> = store
            .write(|mut tx| async move {
                tx.execute(WRITE, args!["a", 7_i64]).await?;
                Err(Broken::new("testing", "changed my mind"))
            })
            .await;
        assert!(ended.is_err());
        assert_eq!(times(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_write_whose_caller_goes_away_leaves_nothing_and_holds_up_nobody() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let (reached, arrived) = oneshot::channel();
        let reached = std::sync::Mutex::new(Some(reached));
        let caller = {
            let store = store.clone();
            tokio::spawn(async move {
                let reached = &reached;
                let _never: Result<(), Broken> = store
                    .write(|mut tx| async move {
                        tx.execute(WRITE, args!["a", 7_i64]).await?;
                        let reached = reached.lock().unwrap().take().unwrap();
                        reached.send(()).unwrap();
                        std::future::pending::<()>().await;
                        Ok(tx.done(()))
                    })
                    .await;
            })
        };
        arrived.await.expect("the write is under way");
        caller.abort();
        assert!(caller.await.expect_err("it was aborted").is_cancelled());
        assert_eq!(times(&store).await, 0);
        table::set(&store, 3).await.expect("the next write is not held up");
        assert_eq!(times(&store).await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_always_meets_another_is_given_up_in_the_end() {
    on_both_engines(|store| async move {
        if store.engine() == Engine::Sqlite {
            // There a write is alone from its first word; nothing can come between.
            return;
        }
        table::make(&store).await;
        let tries = AtomicU32::new(0);
        let (store, tries) = (&store, &tries);
        let given_up: Result<(), Broken> = store
            .write(|mut tx| async move {
                tries.fetch_add(1, Ordering::Relaxed);
                let times: i64 = tx.fetch_one(READ, args!["a"]).await?.get("times")?;
                table::set(store, times + 10).await?;
                tx.execute(WRITE, args!["a", times + 1]).await?;
                Ok(tx.done(()))
            })
            .await;
        assert_eq!(given_up.expect_err("it cannot be kept").cause(), Cause::Conflict);
        assert_eq!(tries.load(Ordering::Relaxed), 50);
        assert_eq!(times(store).await, 500);
    })
    .await;
}

#[tokio::test]
async fn what_a_write_hands_back_comes_out() {
    on_both_engines(|store| async move {
        table::make(&store).await;
        let name = "a".to_owned();
        let name = &name;
        let touched: Result<u64, Broken> = store
            .write(|mut tx| async move {
                let touched = tx.execute(WRITE, args![name, 5_i64]).await?;
                Ok(tx.done(touched))
            })
            .await;
        assert_eq!(touched.expect("it is kept"), 1);
        assert_eq!(times(&store).await, 5);
    })
    .await;
}
