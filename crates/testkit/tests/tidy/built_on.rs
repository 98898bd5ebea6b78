//! What we build on: said in the documents, free to be used, with one way to encrypt.

use std::collections::BTreeSet;
use std::process::Command;

use crate::floors::metadata;
use crate::house::{none, source, top};

/// Licences that go together with ours.
const LICENCES: [&str; 16] = [
    "0BSD",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Other implementations of TLS and of its ciphers. One library, aws-lc-rs, encrypts sound and
/// picture and the connections to the database and the mail relay: a second one doubles what has
/// to be watched and built.
const OTHER_CRYPTO: [&str; 5] = ["boring", "native-tls", "openssl", "openssl-sys", "ring"];

/// Whether an expression as in `(MIT OR Apache-2.0) AND Unicode-3.0` leaves us a way.
fn is_free(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let every = expression.split(" AND ").map(|part| part.trim().trim_matches(['(', ')']));
    let mut every = every.map(|part| part.split(" OR ").any(|one| LICENCES.contains(&one.trim())));
    every.all(|is_free| is_free)
}

#[test]
fn everything_we_build_on_is_free() {
    let metadata = metadata();
    let mut broken = Vec::new();
    for package in &metadata.packages {
        let licence = package.license.as_deref().unwrap_or("none");
        if !is_free(licence) {
            broken.push(format!("{} {}: {licence}", package.name, package.version));
        }
    }
    none("these licences were not looked at", &broken);
}

#[test]
fn licences_are_read_rightly() {
    assert!(is_free("MIT OR Apache-2.0"));
    assert!(is_free("MIT/Apache-2.0"));
    assert!(is_free("GPL-2.0 OR MIT"));
    assert!(is_free("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!is_free("GPL-2.0"));
    assert!(!is_free("MIT AND SSPL-1.0"));
    assert!(!is_free("none"));
}

#[test]
fn one_library_encrypts() {
    // `cargo metadata` lists what no feature asks for, too; `cargo tree` lists what is built.
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--offline", "--locked", "--workspace", "--prefix=none", "--format={p}"]);
    let tree = tree.current_dir(top()).output().expect("cargo knows the house");
    let tree = String::from_utf8(tree.stdout).expect("names are plain text");
    let built: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(built.contains("aws-lc-rs"), "the rule names a library that is not built");
    let broken: Vec<_> = OTHER_CRYPTO.into_iter().filter(|name| built.contains(name)).collect();
    let broken: Vec<_> = broken.into_iter().map(str::to_owned).collect();
    none("aws-lc-rs is the one library that encrypts", &broken);
}

#[test]
fn every_dependency_has_its_line() {
    let manifest = source("Cargo.toml").text;
    let list = manifest.split_once("[workspace.dependencies]").expect("there is a list").1;
    let list = list.split("\n[").next().unwrap_or_default();
    let said = source("docs/dependencies.md").text;
    let said: Vec<&str> = said.split([' ', ',', '|', '\n', '(', ')']).collect();
    let names = list.lines().filter_map(|line| line.split_once(" = "));
    let broken: Vec<_> = names
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.starts_with("sitwith") && !said.contains(&name.as_str()))
        .collect();
    none("docs/dependencies.md says what each is for and what else was looked at", &broken);
}
