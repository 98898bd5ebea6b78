//! A crate uses lower floors only, and heavy things stay on their floor.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::house::{none, top};

/// Which crates of ours each one may use.
const FLOORS: [(&str, &[&str]); 10] = [
    ("sitwith-core", &[]),
    ("sitwith-store", &["sitwith-core"]),
    ("sitwith-wire", &["sitwith-core"]),
    ("sitwith-insight", &["sitwith-core"]),
    ("sitwith-media", &["sitwith-core"]),
    (
        "sitwith-app",
        &["sitwith-core", "sitwith-insight", "sitwith-media", "sitwith-store", "sitwith-wire"],
    ),
    ("sitwith-web", &["sitwith-core", "sitwith-app"]),
    (
        "sitwith",
        &[
            "sitwith-core",
            "sitwith-insight",
            "sitwith-media",
            "sitwith-store",
            "sitwith-wire",
            "sitwith-app",
            "sitwith-web",
        ],
    ),
    (
        "sitwith-testkit",
        &[
            "sitwith-core",
            "sitwith-insight",
            "sitwith-media",
            "sitwith-store",
            "sitwith-wire",
            "sitwith-app",
            "sitwith-web",
        ],
    ),
    (
        "bench",
        &[
            "sitwith-core",
            "sitwith-insight",
            "sitwith-media",
            "sitwith-store",
            "sitwith-wire",
            "sitwith-app",
            "sitwith-web",
        ],
    ),
];

/// What the pure core may use from outside: nothing that does I/O, waits, logs or rolls dice.
const CORE_USES: [&str; 6] =
    ["jiff", "serde", "serde_json", "thiserror", "toml", "unicode-normalization"];

/// Who alone may use these.
const KEPT_TO: [(&str, &[&str]); 10] = [
    ("str0m", &["sitwith-media", "bench"]),
    ("candle-core", &["sitwith-insight"]),
    ("tokenizers", &["sitwith-insight"]),
    ("sqlx", &["sitwith-store", "sitwith-testkit"]),
    ("lettre", &["sitwith-wire"]),
    ("mail-builder", &["sitwith-wire"]),
    ("getrandom", &["sitwith-wire"]),
    ("rand_chacha", &["sitwith-wire"]),
    ("maud", &["sitwith-web"]),
    ("clap", &["sitwith", "bench"]),
];

pub(crate) fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    // Without other platforms: what only they need may not be on this machine.
    let ways = ["--offline", "--filter-platform", env!("HOST_PLATFORM")].map(str::to_owned);
    command.manifest_path(top().join("Cargo.toml")).other_options(ways.to_vec());
    command.exec().expect("cargo knows the house")
}

fn used(package: &Package, kinds: &[DependencyKind]) -> BTreeSet<String> {
    let used = package.dependencies.iter().filter(|used| kinds.contains(&used.kind));
    used.map(|used| used.name.clone()).collect()
}

fn ours(metadata: &Metadata) -> BTreeMap<String, &Package> {
    let packages = metadata.workspace_packages().into_iter();
    packages.map(|package| (package.name.to_string(), package)).collect()
}

#[test]
fn every_crate_uses_lower_floors_only() {
    let metadata = metadata();
    let ours = ours(&metadata);
    let floors = BTreeMap::from(FLOORS);
    let mut broken = Vec::new();
    for (name, package) in &ours {
        let Some(allowed) = floors.get(name.as_str()) else {
            broken.push(format!("{name} has no floor yet: give it one in this table"));
            continue;
        };
        let used = used(package, &[DependencyKind::Normal, DependencyKind::Build]);
        let above = used.iter().filter(|used| ours.contains_key(*used));
        let above = above.filter(|used| !allowed.contains(&used.as_str()));
        broken.extend(above.map(|used| format!("{name} uses {used}")));
    }
    for name in floors.keys() {
        assert!(ours.contains_key(*name), "{name} is in the table and not in the house");
    }
    none("a crate uses lower floors only", &broken);
}

#[test]
fn the_core_uses_nothing_that_acts() {
    let metadata = metadata();
    let core = ours(&metadata)["sitwith-core"];
    let used = used(core, &[DependencyKind::Normal, DependencyKind::Build]);
    let broken: Vec<_> =
        used.into_iter().filter(|used| !CORE_USES.contains(&used.as_str())).collect();
    none("time, chance and the world come into the core as values", &broken);
}

#[test]
fn heavy_things_stay_on_their_floor() {
    let metadata = metadata();
    let mut broken = Vec::new();
    for (name, package) in ours(&metadata) {
        let used = used(package, &[DependencyKind::Normal, DependencyKind::Build]);
        for (thing, users) in KEPT_TO {
            if used.contains(thing) && !users.contains(&name.as_str()) {
                broken.push(format!("{name} uses {thing}"));
            }
        }
    }
    none("only these may use it, so that it can be exchanged in one place", &broken);
}

#[test]
fn the_kit_for_tests_is_in_no_program() {
    let metadata = metadata();
    let served = |package: &&Package| {
        used(package, &[DependencyKind::Normal, DependencyKind::Build]).contains("sitwith-testkit")
    };
    let broken: Vec<_> = ours(&metadata)
        .into_values()
        .filter(served)
        .map(|package| package.name.to_string())
        .collect();
    none("the kit is a development dependency", &broken);
}
