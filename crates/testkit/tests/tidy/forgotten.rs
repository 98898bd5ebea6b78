//! A source file that no other names is not compiled, and its tests never run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::floors::metadata;
use crate::house::{none, sources, top};

/// Files that the build begins with: the roots of the targets of all packages.
fn roots() -> BTreeSet<PathBuf> {
    let packages = metadata().packages.into_iter();
    packages
        .flat_map(|package| package.targets)
        .map(|target| target.src_path.into_std_path_buf())
        .collect()
}

fn names(parent: &Path, module: &str) -> bool {
    let text = std::fs::read_to_string(parent).unwrap_or_default();
    let ends = [format!("mod {module};"), format!("mod {module} {{")];
    text.lines().any(|line| ends.iter().any(|end| line.trim_start().ends_with(end.as_str())))
}

#[test]
fn every_source_file_is_named_by_another() {
    let mut broken = Vec::new();
    let roots = roots();
    for source in sources(&[".rs"]) {
        let path = top().join(&source.path);
        // The workspace leaves the fuzz targets out.
        if roots.contains(&path) || source.path.starts_with("fuzz/") {
            continue;
        }
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
fn a_crate_links_its_tests_into_one_program() {
    let metadata = metadata();
    let mut broken = Vec::new();
    for package in metadata.workspace_packages() {
        let tests = package.targets.iter().filter(|target| target.is_test());
        let tests: Vec<_> = tests.map(|target| target.name.as_str()).collect();
        if tests.len() > 1 {
            broken.push(format!("{}: {}", package.name, tests.join(", ")));
        }
    }
    none("each test program links the crate once more: make them modules of one", &broken);
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
