//! What a member takes with them, and that nothing names them once they have left: in a home with
//! rows in every table.

use std::collections::BTreeSet;

use sitwith_app::{keeper, you};
use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Person};
use sitwith_store::{Store, Tx, args, members};
use sitwith_testkit::{TempFolder, TestHome, existing, people};

/// Every column that can hold a member's id, of every table. The made ids of this home are the same
/// in several tables.
async fn columns(tx: &mut Tx) -> Vec<(String, String)> {
    let sql = "SELECT m.name AS in_table, p.name AS name FROM sqlite_master AS m \
        JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' AND p.type = 'TEXT' \
        AND (p.name <> 'id' OR m.name = 'member')";
    let rows = tx.fetch_all(sql, args![]).await.unwrap();
    rows.iter().map(|row| (row.get("in_table").unwrap(), row.get("name").unwrap())).collect()
}

/// Where the id of a member stands.
async fn named_in(home: &TestHome, id: MemberId) -> BTreeSet<String> {
    let mut tx = home.home.store.read().await.unwrap();
    let mut found = BTreeSet::new();
    for (table, column) in columns(&mut tx).await {
        let sql = format!("SELECT COUNT(*) AS rows FROM {table} WHERE {column} = $1").leak();
        let row = tx.fetch_one(sql, args![id]).await.unwrap();
        if row.get::<i64>("rows").unwrap() > 0 {
            found.insert(format!("{table}.{column}"));
        }
    }
    found
}

/// A home that people have lived in.
async fn lived_in() -> (TempFolder, TestHome) {
    let folder = TempFolder::new();
    existing::load_home(&folder.database(), existing::HOME_0003).await;
    let store = Store::open(&folder.database()).await.unwrap();
    (folder, TestHome::on_store(store).await)
}

async fn all(home: &TestHome) -> Vec<Member> {
    let mut tx = home.home.store.read().await.unwrap();
    members::list_members(&mut tx).await.unwrap()
}

#[tokio::test]
async fn a_member_takes_along_what_is_theirs() {
    let (_folder, home) = lived_in().await;
    let mut filled = BTreeSet::new();
    for member in all(&home).await {
        let proof = home.home.access(&Person::Member(member.clone())).member().unwrap();
        let own = you::export_member(&home.home, &proof).await.unwrap();
        assert_eq!(own.rows.get("member").unwrap()[0]["name"], member.name.as_str());
        filled.extend(own.rows.iter().filter(|(_, rows)| !rows.is_empty()).map(|(name, _)| *name));
        assert!(own.withheld.contains_key("sign-ins"));
    }
    for name in ["sessions", "invitations", "sits", "sat in", "notes", "blocks", "keepsakes"] {
        assert!(filled.contains(name), "{name}: {filled:?}");
    }
}

#[tokio::test]
async fn nothing_names_a_member_who_has_left() {
    let (_folder, home) = lived_in().await;
    let (mut named, everyone) = (BTreeSet::new(), all(&home).await);
    let kim = everyone.iter().find(|member| member.id == people::kim().id).unwrap().clone();
    let kim = home.home.access(&Person::Member(kim)).keeper().unwrap();
    for member in everyone.iter().filter(|member| member.id != kim.id) {
        named.extend(named_in(&home, member.id).await);
        keeper::remove_member(&home.home, &kim, member.id).await.unwrap();
        assert_eq!(named_in(&home, member.id).await, BTreeSet::new(), "{}", member.name);
    }
    for place in ["member.id", "sat.member_id", "note.member_id", "sit.guide_id", "block.by_id"] {
        assert!(named.contains(place), "{place} was filled: {named:?}");
    }
}
