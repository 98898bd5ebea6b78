//! The page of requirements names tests and pages: each of them has to be there.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file under a folder with one of these endings.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        if path.is_dir() && !matches!(name, "target" | "node_modules" | "out") {
            files(&path, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

/// What stands between single backticks.
fn named(page: &str) -> Vec<&str> {
    page.split('`').skip(1).step_by(2).filter(|name| *name != "code" && *name != "e2e/").collect()
}

#[test]
fn every_test_and_page_the_requirements_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    let mut paths = Vec::new();
    files(&root.join("crates"), &[".rs", ".test.js"], &mut paths);
    files(&root.join("e2e"), &[".test.js"], &mut paths);
    let texts: Vec<String> =
        paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    let names = named(&page);
    assert!(names.len() > 50, "the page names its tests");
    for name in names {
        let is_there = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
        let found = if name.starts_with('/') {
            is_there(&format!("get \"{name}\","))
        } else {
            is_there(&format!("fn {name}(")) || is_there(&format!("test(\"{name}"))
        };
        assert!(found, "`{name}` is nowhere to be found");
    }
}

#[test]
fn every_row_has_one_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    for row in 1..=46 {
        let lines = page.lines().filter(|line| line.starts_with(&format!("| A{row} |")));
        assert_eq!(lines.count(), 1, "A{row}");
    }
}
