//! Facts about rounds that tests read from the database because no page shows them.

use sitwith_store::args;

use crate::TestHome;

/// Returns the hands that have shared or passed, in all rounds.
pub async fn list_hands(home: &TestHome) -> Vec<Vec<u8>> {
    let mut tx = home.home.store.read().await.expect("a snapshot opens");
    let rows = tx.fetch_all("SELECT hand FROM share", args![]).await;
    let rows = rows.expect("shares are there to be asked for");
    let hands = rows.iter().map(|row| row.get("hand"));
    hands.map(|hand| hand.expect("a share has a hand")).collect()
}

/// Returns the number of shares that wait for the model, in all rounds.
pub async fn count_unread(home: &TestHome) -> i64 {
    let sql = "SELECT COUNT(*) AS count FROM share WHERE words IS NOT NULL AND read_as IS NULL";
    let mut tx = home.home.store.read().await.expect("a snapshot opens");
    let row = tx.fetch_one(sql, args![]).await.expect("a count");
    row.get("count").expect("a number")
}
