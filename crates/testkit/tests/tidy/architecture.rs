//! ARCHITECTURE.md leads newcomers to files that are there.

use crate::house::{none, source, top};

/// Ends of names that are files.
const ENDS: [&str; 7] = [".rs", ".js", ".sql", ".toml", ".css", ".md", ".snap"];
/// A walk touches at most this many files.
const WALK_FILES_MAX: usize = 12;

/// The names of files that stand in backticks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|name| ENDS.iter().any(|end| name.ends_with(end)) && !name.contains(' '))
}

#[test]
fn every_file_that_is_named_exists() {
    let text = source("ARCHITECTURE.md").text;
    let missing: Vec<_> =
        named(&text).filter(|name| !top().join(name).is_file()).map(str::to_owned).collect();
    assert!(named(&text).count() > 50, "it names files");
    none("ARCHITECTURE.md names files by their whole paths", &missing);
}

#[test]
fn a_walk_names_at_most_twelve_files() {
    let text = source("ARCHITECTURE.md").text;
    let walks = text.split("\n## ").find(|part| part.starts_with("Six walks"));
    let mut walks = walks.expect("there are walks").split("\n### ").skip(1).peekable();
    assert!(walks.peek().is_some(), "each walk has a heading");
    let mut broken = Vec::new();
    for walk in walks {
        let mut files: Vec<_> = named(walk).collect();
        files.sort_unstable();
        files.dedup();
        if files.is_empty() || files.len() > WALK_FILES_MAX {
            broken.push(format!("{}: {} files", walk.lines().next().unwrap_or(""), files.len()));
        }
    }
    none("a walk names one to twelve files", &broken);
}

#[test]
fn every_figure_stands_in_its_file() {
    let text = source("ARCHITECTURE.md").text;
    let figures = text.split("\n## ").find(|part| part.starts_with("Figures people ask for"));
    let rows = figures.expect("there are figures").lines().filter(|line| line.contains('`'));
    let mut broken = Vec::new();
    for row in rows {
        let quoted: Vec<_> = row.split('`').skip(1).step_by(2).collect();
        let [name, path] = quoted[..] else { panic!("a name and a file: {row}") };
        let defined = ["const", "struct"].map(|kind| format!("{kind} {name}"));
        let text = source(path).text;
        if !defined.iter().any(|definition| text.contains(definition)) {
            broken.push(format!("{name} is not in {path}"));
        }
    }
    none("a figure is where ARCHITECTURE.md says", &broken);
}
