//! Prints every setting with its meaning and current value. The meanings are the doc comments of
//! the settings in the source, so the two cannot differ.

use std::fmt::Write;

use toml::{Table, Value};

use super::Config;

/// Every section with the source file that its texts are read from.
pub(super) const SECTIONS: [(&str, &str); 6] = [
    ("home", include_str!("home.rs")),
    ("listen", include_str!("listen.rs")),
    ("store", include_str!("store.rs")),
    ("media", include_str!("media.rs")),
    ("log", include_str!("log.rs")),
    ("limits", include_str!("../../../app/src/limits.rs")),
];

/// Returns a settings file with the current values, each below a comment with its meaning.
pub(crate) fn explain_config(config: &Config) -> String {
    let table = Table::try_from(config).expect("settings can be written as TOML");
    let mut text = String::from(
        "# Every setting of a home, with its words and how it stands now. Copy what you want to\n\
         # change into sitwith.toml. The environment stands over the file, as in\n\
         # SITWITH_LISTEN__PORT=8080 (or SITWITH_STORE__ADDRESS_FILE=/run/secret for a value\n\
         # that lies in a file; DATABASE_URL is store.address), and flags over that.\n",
    );
    for (section, source) in SECTIONS {
        let _infallible = write!(text, "\n[{section}]\n");
        for (key, words) in parse_keys(source) {
            for line in words {
                let _infallible = writeln!(text, "# {line}");
            }
            let value = table.get(section).and_then(|section| section.get(key));
            let _infallible = match value {
                Some(value) => writeln!(text, "{key} = {}", format_value(value)),
                None => writeln!(text, "# {key} = "),
            };
        }
    }
    text
}

fn format_value(value: &Value) -> String {
    value.to_string()
}

/// Returns the settings in the source of a section, each with the lines of its doc comment.
pub(super) fn parse_keys(source: &str) -> Vec<(&str, Vec<&str>)> {
    let body = source.split_once("struct ").map_or("", |(_, rest)| rest);
    let body = body.split_once("\n}").map_or("", |(body, _)| body);
    let (mut keys, mut words) = (Vec::new(), Vec::new());
    for line in body.lines().map(str::trim) {
        if let Some(word) = line.strip_prefix("/// ") {
            words.push(word);
        } else if let Some((key, _)) = line.split_once(": ") {
            let key = key.rsplit(' ').next().unwrap_or(key);
            keys.push((key, std::mem::take(&mut words)));
        }
    }
    keys
}
