//! The migrations run once, and a database from a newer program is left alone.

use sitwith_store::{Broken, Store, args, inspect_database};
use sitwith_testkit::TempFolder;
use sitwith_testkit::both::on_both_addresses;

#[tokio::test]
async fn opening_a_database_again_changes_nothing() {
    on_both_addresses(|address| async move {
        for _ in 0..2 {
            let store = Store::open(&address).await.expect("it opens");
            let mut tx = store.read().await.expect("a snapshot opens");
            let row = tx.fetch_one("SELECT COUNT(*) AS members FROM member", args![]).await;
            assert_eq!(row.and_then(|row| row.get::<i64>("members")).expect("a count"), 0);
            drop(tx);
            store.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_that_a_newer_program_changed_is_refused() {
    on_both_addresses(|address| async move {
        let store = Store::open(&address).await.expect("it opens");
        let changed: Result<(), Broken> = store
            .write(|mut tx| async move {
                let sql = "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1";
                assert_eq!(tx.execute(sql, args![]).await?, 1);
                Ok(tx.done(()))
            })
            .await;
        changed.expect("the record of migrations can be changed");
        store.close().await;
        assert!(Store::open(&address).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn two_programs_may_open_a_fresh_database_one_after_the_other() {
    on_both_addresses(|address| async move {
        let first = Store::open(&address).await.expect("the first opens");
        let second = Store::open(&address).await.expect("the second opens");
        second.ping().await.expect("it answers");
        first.close().await;
        second.close().await;
        assert!(first.read().await.is_err());
    })
    .await;
}

#[tokio::test]
async fn looking_at_a_database_changes_nothing_in_it() {
    on_both_addresses(|address| async move {
        let store = Store::open(&address).await.expect("it opens");
        let standing = inspect_database(&address).await.expect("it is looked at");
        assert_eq!((standing.engine, standing.integrity_error), (store.engine(), None));
        assert!(standing.applied_count >= 1 && standing.applied_count == standing.known_count);
        store.close().await;
    })
    .await;
    let folder = TempFolder::new();
    assert!(inspect_database(&folder.database()).await.is_err());
    assert!(!folder.path().join("home.db").exists(), "looking makes no file");
    std::fs::write(folder.path().join("home.db"), "").expect("an empty file");
    let standing = inspect_database(&folder.database()).await.expect("an empty database is one");
    assert_eq!(standing.applied_count, 0);
}
