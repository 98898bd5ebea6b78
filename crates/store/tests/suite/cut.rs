//! A database server that was started anew costs nobody a page: lines that were cut while they
//! lay idle are replaced before anything is asked over them.

use sitwith_store::{Broken, Engine, Store, args};
use sitwith_testkit::both::on_both_addresses;

use crate::table::{self, times};

/// CASE keeps the order: the server may otherwise cut a line before it looks whose it is, and in
/// which database.
pub(crate) const CUT: &str = "SELECT COUNT(*) AS cut FROM pg_stat_activity \
    WHERE CASE WHEN datname = current_database() AND pid <> pg_backend_pid() \
    THEN pg_terminate_backend(pid, 5000) ELSE FALSE END";

#[tokio::test]
async fn lines_that_were_cut_while_idle_are_replaced() {
    on_both_addresses(|address| async move {
        let store = Store::open(&address).await.expect("it opens");
        if store.engine() == Engine::Sqlite {
            // There is no line that could be cut.
            return;
        }
        table::make(&store).await;
        let readers = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { times(&store).await })
        });
        for reader in readers.collect::<Vec<_>>() {
            reader.await.expect("no task panics");
        }
        let cutter = Store::open(&address).await.expect("it opens");
        let cut: Result<i64, Broken> = cutter
            .write(|mut tx| async move {
                let cut = tx.fetch_one(CUT, args![]).await?.get("cut")?;
                Ok(tx.done(cut))
            })
            .await;
        assert!(cut.expect("lines are cut") >= 2);
        for number in 1..20 {
            table::set(&store, number).await.expect("a write finds a good line");
            assert_eq!(times(&store).await, number);
        }
        store.close().await;
        cutter.close().await;
    })
    .await;
}
