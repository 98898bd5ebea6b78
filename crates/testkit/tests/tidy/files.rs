//! Files stay small enough to be read, say what they are for, and leave nothing undone.

use crate::house::{none, sources};

/// Aim under 250 and look twice at 400; here is the end.
const RUST_LINES_MAX: usize = 600;
const RUST_TEST_LINES_MAX: usize = 800;
const BROWSER_LINES_MAX: usize = 250;
const COLUMNS_MAX: usize = 100;

/// What says that something was left undone. Work is finished or written down as an issue.
const UNDONE: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
/// Paths of the machine somebody happened to work on.
const MACHINES: [&str; 4] = ["/work/", "/root/", "/Users/", "/workspace/"];

#[test]
fn files_are_small_enough_to_be_read() {
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".js", ".css"]) {
        let lines_max = match (source.path.ends_with(".rs"), source.is_test()) {
            (true, false) => RUST_LINES_MAX,
            (_, true) => RUST_TEST_LINES_MAX,
            (false, false) => BROWSER_LINES_MAX,
        };
        let lines = source.text.lines().count();
        if lines > lines_max {
            broken.push(format!("{}: {lines} lines, {lines_max} at most", source.path));
        }
    }
    none("a file that has grown too long wants to be two", &broken);
}

#[test]
fn lines_are_short_enough_for_two_windows() {
    let mut broken = Vec::new();
    for source in sources(&[".rs"]) {
        // Tests quote whole pages and frames, which must stand as they are.
        if source.is_test() {
            continue;
        }
        let served = source.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (number, line) in (1..).zip(served.lines()) {
            let columns = line.chars().count();
            // What cannot be broken: an address, or a text that must stand as it is.
            let is_whole = line.contains("://") || line.trim_start().starts_with('"');
            if columns > COLUMNS_MAX && !is_whole {
                broken.push(format!("{}:{number}: {columns} columns", source.path));
            }
        }
    }
    none("lines have at most 100 columns", &broken);
}

#[test]
fn every_file_says_what_lives_in_it() {
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".js", ".css", ".sql"]) {
        let begin = source.text.trim_start();
        let says = match source.path.rsplit('.').next() {
            Some("rs") => begin.starts_with("//! ") || begin.starts_with("#![no_main]"),
            Some("sql") => begin.starts_with("-- "),
            _ => begin.starts_with("//") || begin.starts_with("/*"),
        };
        if !says {
            broken.push(source.path);
        }
    }
    none("the first line of a file says what lives in it", &broken);
}

#[test]
fn nothing_is_left_undone() {
    let mut broken = Vec::new();
    let ends = [".rs", ".js", ".css", ".sql", ".md", ".toml", ".sh", "check", "run"];
    for source in sources(&ends) {
        if source.path.ends_with("tidy/files.rs") {
            continue;
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            let mut words = line.split(|sign: char| !sign.is_ascii_alphanumeric());
            if words.any(|word| UNDONE.contains(&word)) {
                broken.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    none("finish it, or write an issue", &broken);
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".js", ".css", ".sql", ".md", ".toml", ".json", "check", "run"])
    {
        if source.path.ends_with("tidy/files.rs") {
            continue;
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            if MACHINES.iter().any(|machine| line.contains(machine)) {
                broken.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    none("paths are relative or come from settings", &broken);
}
