//! Every statement of every aggregate is understood by both engines and keeps the house rules.

use std::path::Path;

use sitwith_store::{
    Store, blocks, cohorts, guests, homes, invitations, keepsakes, mails, members, notes, rounds,
    runs, sessions, shares, sign_ins, sits, step_ins,
};
use sitwith_testkit::on_both_engines;

/// Every aggregate with its statements. A new one gets a line; a test notices when it is missing.
const ALL: &[(&str, &[&str])] = &[
    ("blocks", blocks::STATEMENTS),
    ("cohorts", cohorts::STATEMENTS),
    ("guests", guests::STATEMENTS),
    ("homes", homes::STATEMENTS),
    ("invitations", invitations::STATEMENTS),
    ("keepsakes", keepsakes::STATEMENTS),
    ("mails", mails::STATEMENTS),
    ("members", members::STATEMENTS),
    ("notes", notes::STATEMENTS),
    ("rounds", rounds::STATEMENTS),
    ("runs", runs::STATEMENTS),
    ("sessions", sessions::STATEMENTS),
    ("shares", shares::STATEMENTS),
    ("sign_ins", sign_ins::STATEMENTS),
    ("sits", sits::STATEMENTS),
    ("step_ins", step_ins::STATEMENTS),
];

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
        for (name, statements) in ALL {
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
    for (name, statements) in ALL {
        for sql in *statements {
            let loud = sql.to_uppercase();
            for word in NOT_SHARED {
                assert!(!loud.contains(word), "{name}: {word} is not shared SQL:\n{sql}");
            }
        }
    }
}

#[test]
fn every_aggregate_and_every_statement_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let Some((_, list)) = text.split_once("pub const STATEMENTS: &[&str] = &[") else {
            continue;
        };
        assert!(ALL.iter().any(|(listed, _)| *listed == name), "{name} is not in ALL");
        let list = list.split_once(']').expect("the list ends").0;
        let listed: Vec<&str> = list.split(',').map(str::trim).collect();
        for (place, _) in text.match_indices("const ") {
            let rest = text.get(place + 6..).expect("a match is inside the text");
            let Some((constant, value)) = rest.split_once(": &str =") else {
                continue;
            };
            if constant.contains(char::is_whitespace) {
                continue;
            }
            let value = value.trim_start().trim_start_matches(['"', '\\', '\n', ' ']);
            let begins = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];
            if begins.iter().any(|begin| value.starts_with(begin)) {
                assert!(listed.contains(&constant), "{name}: {constant} is not in STATEMENTS");
            }
        }
    }
}
