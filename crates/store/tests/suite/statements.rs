//! Every statement of every aggregate is understood by both engines and keeps the house rules.

use std::path::Path;

use sitwith_store::{NOUNS, Store};
use sitwith_testkit::on_both_engines;

/// Files and folders of the crate that are no nouns and write no SQL of one.
const MACHINERY: [&str; 9] =
    ["db", "error", "inspect", "json", "lib", "migrate", "row", "serving", "tx"];

/// What the shared SQL leaves out, because the engines differ in it.
const NOT_SHARED: [&str; 12] = [
    " LIKE ",
    " ILIKE ",
    "LOWER(",
    "UPPER(",
    "NOW(",
    "RANDOM(",
    "FOR UPDATE",
    "BOOLEAN",
    " TRUE",
    " FALSE",
    "::",
    "?",
];

async fn prepare(store: &Store, name: &str, sql: &'static str) {
    let mut tx = store.read().await.expect("a snapshot opens");
    let prepared = tx.prepare(sql).await;
    prepared.unwrap_or_else(|broken| panic!("{name}: {broken}\n{sql}"));
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    on_both_engines(|store| async move {
        for (name, statements) in NOUNS {
            for sql in *statements {
                prepare(&store, name, sql).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_with_a_wrong_name_is_noticed() {
    on_both_engines(|store| async move {
        for wrong in ["SELECT nothing FROM member", "SELECT id FROM nobody", "SELEKT 1"] {
            let mut tx = store.read().await.expect("a snapshot opens");
            assert!(tx.prepare(wrong).await.is_err(), "{wrong}");
        }
    })
    .await;
}

#[test]
fn no_statement_uses_what_the_engines_differ_in() {
    for (name, statements) in NOUNS {
        for sql in *statements {
            let loud = sql.to_uppercase();
            for word in NOT_SHARED {
                assert!(!loud.contains(word), "{name}: {word} is not shared SQL:\n{sql}");
            }
        }
    }
}

/// The sources of this crate: the name of the noun, or of the machinery, and the text.
fn sources() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![top.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&top).expect("it lies below").with_extension("");
            let name = inside.iter().next().and_then(|name| name.to_str()).expect("a name");
            sources.push((name.to_owned(), std::fs::read_to_string(&path).expect("a file")));
        }
    }
    sources
}

/// The names of the statements that a file has, in whatever visibility.
fn statements(text: &str) -> Vec<&str> {
    let constants = text.split("const ").skip(1).filter_map(|rest| rest.split_once(": &str ="));
    let statements = constants.filter(|(name, value)| {
        let value = value.trim_start().trim_start_matches(['"', '\\', '\n', ' ']);
        let begins = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];
        !name.contains(char::is_whitespace) && begins.iter().any(|begin| value.starts_with(begin))
    });
    statements.map(|(name, _)| name).collect()
}

#[test]
fn every_file_of_a_noun_hands_out_every_statement() {
    for (name, text) in sources() {
        if MACHINERY.contains(&name.as_str()) {
            continue;
        }
        let handed_out = NOUNS.iter().find(|(noun, _)| *noun == name);
        let (_, handed_out) = handed_out.unwrap_or_else(|| panic!("{name} is not in NOUNS"));
        assert!(!handed_out.is_empty(), "{name} hands out no statement");
        let (_, list) = text.split_once("const STATEMENTS: &[&str] =").expect("it has a list");
        let list = list.trim_start().split_once(';').expect("the list ends").0;
        let listed: Vec<&str> = list.split(['&', '[', ']', ',']).map(str::trim).collect();
        for statement in statements(&text) {
            assert!(listed.contains(&statement), "{name}: {statement} is not in STATEMENTS");
        }
    }
}

#[test]
fn a_statement_that_is_not_handed_out_is_noticed() {
    let text = "const FIND: &str = \"SELECT 1\";\npub const OWN: &str =\n    \"SELECT 2\";\n\
        const NAME: &str = \"a name\";\npub const STATEMENTS: &[&str] = &[FIND];";
    assert_eq!(statements(text), ["FIND", "OWN"]);
}
