//! What was acknowledged survives the death of the program: `kill -9` in the middle of writing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use sitwith_store::{Broken, Store, args};
use sitwith_testkit::both::on_both_addresses;

/// Tells the child where to write.
const ADDRESS: &str = "SITWITH_TEST_CHILD_WRITES";
/// How many rows are acknowledged before the child is killed.
const ENOUGH: i64 = 40;
/// How often it is killed.
const KILLS: usize = 3;

async fn add(store: &Store, number: i64) -> Result<(), Broken> {
    store
        .write(|mut tx| async move {
            let sql = "INSERT INTO guest_book (number, words) VALUES ($1, $2)";
            tx.execute(sql, args![number, "a line that was acknowledged"]).await?;
            Ok(tx.done(()))
        })
        .await
}

async fn highest(store: &Store) -> (i64, i64) {
    let mut tx = store.read().await.expect("a snapshot opens");
    let sql = "SELECT COUNT(*) AS count, COALESCE(MAX(number), 0) AS highest FROM guest_book";
    let row = tx.fetch_one(sql, args![]).await.expect("the table is there");
    (row.get("count").expect("a count"), row.get("highest").expect("a number"))
}

/// Not a test of its own: the program that is killed. Says each number once it is acknowledged.
#[tokio::test]
#[ignore = "the child of the test below"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment")]
async fn the_child_writes_until_it_is_killed() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    let store = Store::open(&address).await.expect("it opens");
    let (_, highest) = highest(&store).await;
    for number in highest + 1.. {
        add(&store, number).await.expect("it is written");
        println!("\nacknowledged {number}");
    }
}

fn child(address: &str) -> Child {
    let program = std::env::current_exe().expect("a test knows its program");
    let mut child = Command::new(program);
    child.args(["--ignored", "--exact", "--nocapture", "--test-threads=1"]);
    child.arg("durable::the_child_writes_until_it_is_killed");
    child.env(ADDRESS, address).stdout(Stdio::piped());
    child.spawn().expect("the child starts")
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    on_both_addresses(|address| async move {
        let store = Store::open(&address).await.expect("it opens");
        let made: Result<(), Broken> = store
            .write(|mut tx| async move {
                let sql = "CREATE TABLE guest_book (number BIGINT PRIMARY KEY, words TEXT)";
                tx.execute(sql, args![]).await?;
                Ok(tx.done(()))
            })
            .await;
        made.expect("the table is made");
        store.close().await;
        let mut acknowledged = 0;
        for _ in 0..KILLS {
            let enough = acknowledged + ENOUGH;
            let mut child = child(&address);
            let lines = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
            // What it still said before it died counts as well.
            for line in lines.map_while(Result::ok) {
                let Some(number) = line.strip_prefix("acknowledged ") else {
                    continue;
                };
                acknowledged = number.parse().expect("a number");
                if acknowledged == enough {
                    child.kill().expect("it is killed (SIGKILL)");
                }
            }
            assert!(!child.wait().expect("it is gone").success());
            assert!(acknowledged >= enough, "the child said {acknowledged} of {enough}");
            let store = Store::open(&address).await.expect("it opens again");
            let (count, highest) = highest(&store).await;
            assert_eq!(count, highest, "no row is missing in between");
            // One more may have been kept without anybody having heard of it.
            assert!((acknowledged..=acknowledged + 1).contains(&highest));
            acknowledged = highest;
            store.close().await;
        }
    })
    .await;
}
