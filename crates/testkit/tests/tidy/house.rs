//! The files of the house.

use std::path::{Path, PathBuf};

/// Folders that hold nothing we wrote.
const NOT_OURS: [&str; 7] =
    ["target", "node_modules", ".git", "out", "home", "corpus", "artifacts"];

/// One file of the house.
pub(crate) struct Source {
    /// Its path inside the house, with forward slashes.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

impl Source {
    /// Whether it holds tests and nothing that is served.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.starts_with("crates/testkit/")
            || self.path.starts_with("e2e/")
    }
}

/// The top folder of the house.
pub(crate) fn top() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the kit lies two folders deep").to_owned()
}

/// All files whose names end in one of these.
pub(crate) fn sources(ends: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&top(), ends, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "no file ends in {ends:?}");
    found
}

/// One file.
pub(crate) fn source(path: &str) -> Source {
    let text = std::fs::read_to_string(top().join(path));
    Source { path: path.to_owned(), text: text.expect(path) }
}

fn walk(folder: &Path, ends: &[&str], found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder of ours") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !NOT_OURS.contains(&name) {
            walk(&path, ends, found);
        }
        if path.is_file() && ends.iter().any(|end| name.ends_with(end)) {
            let inside = path.strip_prefix(top()).expect("it is inside");
            let inside = inside.to_string_lossy().replace('\\', "/");
            // Somebody may be in the middle of moving it.
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            found.push(Source { path: inside, text });
        }
    }
}

/// Fails with all of them at once, so that one run tells everything.
pub(crate) fn none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}
