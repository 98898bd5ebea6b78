//! What tests look up about rounds in the database, which no page ever tells.

use sitwith_store::args;

use crate::TestHome;

/// The hands that have answered or passed, in all rounds.
pub async fn hands(home: &TestHome) -> Vec<Vec<u8>> {
    let mut tx = home.home.store.read().await.expect("a snapshot opens");
    let rows = tx.fetch_all("SELECT hand FROM share", args![]).await;
    let rows = rows.expect("shares are there to be asked for");
    let hands = rows.iter().map(|row| row.get("hand"));
    hands.map(|hand| hand.expect("a share has a hand")).collect()
}

/// How many answers wait to be read, in all rounds.
pub async fn unread(home: &TestHome) -> i64 {
    let sql = "SELECT COUNT(*) AS count FROM share WHERE words IS NOT NULL AND read_as IS NULL";
    let mut tx = home.home.store.read().await.expect("a snapshot opens");
    let row = tx.fetch_one(sql, args![]).await.expect("a count");
    row.get("count").expect("a number")
}
