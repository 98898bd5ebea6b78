//! One process serves a database at a time.

use sitwith_store::{Broken, ServingLease, ServingNo, Store, args};
use sitwith_testkit::both::on_both_addresses;

use crate::cut::CUT;

async fn take(address: &str) -> ServingLease {
    ServingLease::acquire(address).await.unwrap_or_else(|no| panic!("it is free: {no:?}"))
}

#[tokio::test]
async fn a_database_is_served_once_at_a_time() {
    on_both_addresses(|address| async move {
        assert!(!ServingLease::is_held(&address).await.unwrap());
        let mut first = take(&address).await;
        assert!(ServingLease::is_held(&address).await.unwrap());
        let second = ServingLease::acquire(&address).await;
        assert!(matches!(second, Err(ServingNo::Taken)));
        assert!(first.ensure_held().await.is_ok(), "it stands");
        drop(first);
        until_free(&address).await;
        drop(take(&address).await);
    })
    .await;
}

#[tokio::test]
async fn the_right_is_taken_again_after_a_cut_unless_somebody_was_quicker() {
    on_both_addresses(|address| async move {
        if address.starts_with("sqlite:") {
            // There is no connection that could be cut.
            return;
        }
        let mut first = take(&address).await;
        cut(&address).await;
        assert!(!ServingLease::is_held(&address).await.unwrap());
        assert!(first.ensure_held().await.is_ok());
        assert!(ServingLease::is_held(&address).await.unwrap(), "it was taken again");
        cut(&address).await;
        let quicker = take(&address).await;
        assert!(matches!(first.ensure_held().await, Err(ServingNo::Taken)));
        drop(quicker);
    })
    .await;
}

/// Cuts every connection to the database.
async fn cut(address: &str) {
    let cutter = Store::open(address).await.expect("a second connection opens");
    let cut: Result<i64, Broken> = cutter
        .write(|mut tx| async move {
            let cut = tx.fetch_one(CUT, args![]).await?.get("cut")?;
            Ok(tx.done(cut))
        })
        .await;
    assert!(cut.expect("the server cuts") >= 1, "the connection that held the right was cut");
    cutter.close().await;
}

/// PostgreSQL gives the lock back when it has seen the connection go.
async fn until_free(address: &str) {
    while ServingLease::is_held(address).await.expect("it is looked at") {
        tokio::task::yield_now().await;
    }
}
