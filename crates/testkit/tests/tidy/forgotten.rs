//! A source file that no other names is not compiled, and its tests never run.

use std::path::Path;

use crate::house::{none, sources, top};

/// Files that the build finds by itself.
fn is_found_by_cargo(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(
        parts.as_slice(),
        [.., "main.rs" | "lib.rs" | "build.rs"]
            | ["crates", _, "tests" | "examples" | "benches", _]
            | ["crates", _, "src", "bin", _]
            | ["fuzz", ..]
    )
}

fn names(parent: &Path, module: &str) -> bool {
    let text = std::fs::read_to_string(parent).unwrap_or_default();
    let ends = [format!("mod {module};"), format!("mod {module} {{")];
    text.lines().any(|line| ends.iter().any(|end| line.trim_start().ends_with(end.as_str())))
}

#[test]
fn every_source_file_is_named_by_another() {
    let mut broken = Vec::new();
    for source in sources(&[".rs"]) {
        if is_found_by_cargo(&source.path) {
            continue;
        }
        let path = top().join(&source.path);
        // `x/mod.rs` is the module x of the folder above.
        let module =
            if path.ends_with("mod.rs") { path.parent().expect("a folder") } else { &path };
        let name = module.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let folder = module.parent().expect("it lies in a folder");
        let parents = ["mod.rs", "main.rs", "lib.rs"].map(|file| folder.join(file));
        let beside = folder.with_extension("rs");
        if !parents.iter().chain([&beside]).any(|parent| names(parent, name)) {
            broken.push(source.path);
        }
    }
    none("no file says `mod` of these", &broken);
}

#[test]
fn every_browser_test_is_run() {
    let read = |file: &str| std::fs::read_to_string(top().join(file)).expect("it is there");
    let (scripts, runner) = (read("package.json"), read("e2e/run.js"));
    let mut broken = Vec::new();
    for source in sources(&[".test.js"]) {
        let (folder, _) = source.path.rsplit_once('/').expect("it lies in a folder");
        let is_listed = scripts.contains(&format!("{folder}/*.test.js"));
        // The runner of the journeys reads the folders of its groups.
        let group = folder.strip_prefix("e2e/").unwrap_or_default();
        if !is_listed && !runner.contains(&format!("name: \"{group}\"")) {
            broken.push(source.path);
        }
    }
    none("neither package.json nor e2e/run.js runs these", &broken);
}
