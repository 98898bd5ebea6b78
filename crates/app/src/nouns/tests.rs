//! Every table belongs to one noun, and what a noun says of members fits the foreign keys.

use std::collections::BTreeMap;

use sitwith_store::{Store, args};
use sitwith_testkit::TempFolder;

use super::NOUNS;
use crate::noun::{Erase, Export};

/// Every table, with what its foreign keys to members do when one is erased.
async fn tables() -> BTreeMap<String, Vec<String>> {
    let folder = TempFolder::new();
    let store = Store::open(&folder.database()).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let sql = "SELECT m.name, f.on_delete FROM sqlite_master AS m \
        LEFT JOIN pragma_foreign_key_list(m.name) AS f ON f.\"table\" = 'member' \
        WHERE m.type = 'table' AND m.name <> '_sqlx_migrations'";
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in tx.fetch_all(sql, args![]).await.unwrap() {
        let keys = tables.entry(row.get("name").unwrap()).or_default();
        keys.extend(row.get::<Option<String>>("on_delete").unwrap());
    }
    drop(tx);
    store.close().await;
    tables
}

#[tokio::test]
async fn every_table_belongs_to_one_noun() {
    let mut owned: Vec<_> = NOUNS.iter().flat_map(|noun| noun.tables).copied().collect();
    owned.sort_unstable();
    let tables: Vec<_> = tables().await.into_keys().collect();
    assert_eq!(owned, tables, "a table is named by the noun it belongs to, in `tables`");
}

#[tokio::test]
async fn every_noun_says_how_the_rows_of_a_member_are_erased() {
    let tables = tables().await;
    for noun in NOUNS {
        let keys = noun.tables.iter().flat_map(|table| &tables[*table]);
        let keys: Vec<_> = keys.map(String::as_str).collect();
        let by_itself = keys.iter().all(|does| matches!(*does, "CASCADE" | "SET NULL"));
        let fits = match noun.erase {
            Erase::NoMember => keys.is_empty(),
            Erase::ByKeys => !keys.is_empty() && by_itself,
            Erase::After(_) => by_itself,
            Erase::InWrite(_) | Erase::InWriteAndAfter(..) => true,
        };
        assert!(
            fits,
            "{}: what `erase` says does not fit its keys to members: {keys:?}",
            noun.name
        );
    }
}

#[tokio::test]
async fn every_noun_says_what_a_member_takes_with_them() {
    let tables = tables().await;
    for noun in NOUNS {
        let has_members = noun.tables.iter().any(|table| !tables[*table].is_empty());
        let fits = match noun.export {
            Export::NoMember => !has_members,
            Export::Rows(statements) => !statements.is_empty(),
            Export::Withheld(why) => has_members && !why.is_empty(),
            Export::By(..) => true,
        };
        assert!(fits, "{}: what `export` says does not fit its keys to members", noun.name);
    }
}

#[test]
fn names_are_given_once() {
    let exported = NOUNS.iter().flat_map(|noun| match &noun.export {
        Export::Rows(statements) => statements.iter().map(|(name, _)| *name).collect(),
        Export::By(name, _) => vec![*name],
        Export::NoMember | Export::Withheld(_) => Vec::new(),
    });
    let exported = exported.collect::<Vec<_>>();
    for names in [NOUNS.iter().map(|noun| noun.name).collect(), exported] {
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{names:?}");
    }
}
