//! One thing per word: names that people search for have one meaning in the product crates.

use std::collections::BTreeMap;

use crate::house::{Source, none, sources};

/// The crates of the product.
const PRODUCT: [&str; 8] = ["app", "core", "insight", "media", "sitwith", "store", "web", "wire"];

/// Names that several types may have, with the reason.
const SHARED_TYPES: [(&str, &str); 4] = [
    ("Error", "associated type of `TryFrom`"),
    ("Instant", "associated type of the rate limiter's clock"),
    ("Output", "associated type of operators"),
    ("Target", "associated type of `Deref`"),
];

/// A word with one meaning, and where its definitions may stand: parts of paths.
struct OneMeaning {
    words: &'static [&'static str],
    means: &'static str,
    stands_in: &'static [&'static str],
}

/// Words that once meant several things.
const ONE_MEANING: [OneMeaning; 10] = [
    OneMeaning {
        words: &["line", "lines"],
        means: "a line of text or a help line; a browser's connection is a socket, an SDP m-line a \
                transceiver, bandwidth a link",
        stands_in: &[
            "app/src/help.rs",
            "app/src/keeper",
            "app/src/settings",
            "core/src/calendar/ical.rs",
            "core/src/sit/script.rs",
            "sitwith/src/doctor",
            "sitwith/src/terminal.rs",
            "store/src/homes.rs",
            "web/src/help",
            "web/src/keeper",
            "web/src/page.rs",
            "web/src/rounds/picture/wrap.rs",
        ],
    },
    OneMeaning {
        words: &["letter", "letters"],
        means: "one issue of the Practice Letter; any other message is a mail, a letter of a word a \
                character",
        stands_in: &[],
    },
    OneMeaning {
        words: &["reader", "readers"],
        means: "somebody who gets the Practice Letter; what reads bytes is a parser",
        stands_in: &[],
    },
    OneMeaning {
        words: &["delivery", "deliveries"],
        means: "one copy of a letter to one reader",
        stands_in: &[],
    },
    OneMeaning {
        words: &["answer", "answers"],
        means: "one filling of a measure; in a round it is a share, in HTTP a response",
        stands_in: &["app/src/media.rs", "media/src/hub", "media/src/sfu.rs", "web/src/media.rs"],
    },
    OneMeaning {
        words: &["offer", "offers"],
        means: "a listener's offer to be with somebody; SDP offers stay with media",
        stands_in: &["app/src/media.rs", "media/src/hub", "media/src/sfu.rs"],
    },
    OneMeaning {
        words: &["place", "places"],
        means: "a member's place in a cohort; a position is an index, a network address a peer",
        stands_in: &["app/src/zones.rs", "media/src/workers/placement.rs", "web/src/phrases.rs"],
    },
    OneMeaning {
        words: &["entry", "entries"],
        means: "a line in the log of practice at home; other lists have rows, records or events",
        stands_in: &[],
    },
    OneMeaning {
        words: &["call", "calls", "meeting", "meetings"],
        means: "the witness: one person is seen by another",
        stands_in: &[],
    },
    OneMeaning {
        words: &["score", "scores", "measure", "measures", "program", "programs"],
        means: "the program of eight weeks and its measures; bitrates and times may be measured",
        stands_in: &["insight/src/bin", "media/src/hub"],
    },
];

/// Names of one word that say enough wherever they are used, with the reason.
const ONE_WORD_FUNCTIONS: [(&str, &str); 0] = [];

/// One `fn`, `struct` or other definition.
struct Definition<'a> {
    number: usize,
    kind: &'a str,
    name: &'a str,
    /// `pub`, `pub(crate)` or such, and not inside an `impl`.
    is_exported: bool,
}

fn product_sources() -> impl Iterator<Item = Source> {
    let sources = sources(&[".rs"]).into_iter();
    sources.filter(|source| {
        let folders = PRODUCT.iter().map(|name| format!("crates/{name}/src/"));
        !source.is_test() && folders.into_iter().any(|folder| source.path.starts_with(&folder))
    })
}

/// The definitions of a file, without its tests.
fn definitions(text: &str) -> impl Iterator<Item = Definition<'_>> {
    let served = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    (1..).zip(served.lines()).filter_map(|(number, line)| {
        let mut words = line.trim_start().split(' ').peekable();
        let is_pub = words.next_if(|word| word.starts_with("pub")).is_some();
        if line.contains("pub(in") {
            words.next();
        }
        while words.next_if(|word| matches!(*word, "async" | "unsafe")).is_some() {}
        let mut kind = words.next()?;
        if kind == "const" && words.peek() == Some(&"fn") {
            kind = words.next()?;
        }
        let kinds = ["fn", "struct", "enum", "trait", "type", "const", "static", "mod"];
        let rest = kinds.contains(&kind).then(|| words.next())??;
        let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_');
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        let is_exported = is_pub && !line.starts_with(' ');
        (!name.is_empty()).then_some(Definition { number, kind, name, is_exported })
    })
}

#[test]
fn definitions_are_found() {
    let text = "pub(crate) async fn open_run() {\n    pub const fn new() {}\ntype Error = Broken;\n\
                let x = 1;\n#[cfg(test)]\nmod tests {\nfn no() {}";
    let found: Vec<_> = definitions(text)
        .map(|found| (found.number, found.kind, found.name, found.is_exported))
        .collect();
    let expected =
        [(1, "fn", "open_run", true), (2, "fn", "new", false), (3, "type", "Error", false)];
    assert_eq!(found, expected);
}

#[test]
fn no_two_types_share_a_name() {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in product_sources() {
        for found in definitions(&source.text) {
            if matches!(found.kind, "struct" | "enum" | "trait" | "type") {
                let here = format!("{}:{}", source.path, found.number);
                types.entry(found.name.to_owned()).or_default().push(here);
            }
        }
    }
    assert!(types.len() > 300, "the product has types");
    types.retain(|name, places| {
        places.len() > 1 && !SHARED_TYPES.iter().any(|(shared, _)| shared == name)
    });
    let broken: Vec<_> =
        types.iter().map(|(name, places)| format!("{name}: {}", places.join(", "))).collect();
    none("whoever searches for a type finds one: name it after what it is of", &broken);
}

#[test]
fn functions_that_leave_their_file_are_verb_and_noun() {
    let mut broken = Vec::new();
    for source in product_sources() {
        for found in definitions(&source.text) {
            let is_one_word = found.is_exported && found.kind == "fn" && !found.name.contains('_');
            let is_allowed = ONE_WORD_FUNCTIONS.iter().any(|(name, _)| *name == found.name);
            // `routes!` of web hands out one function under one name for each folder.
            if is_one_word && !is_allowed && !source.path.ends_with("web/src/route.rs") {
                broken.push(format!("{}:{}: {}", source.path, found.number, found.name));
            }
        }
    }
    none("a verb and a noun, as in `open_run`: the name is read far from its file", &broken);
}

#[test]
fn a_word_has_one_meaning() {
    let mut broken = Vec::new();
    for source in product_sources() {
        for found in definitions(&source.text) {
            let parts = crate::words::parts(found.name);
            for meaning in &ONE_MEANING {
                let is_named = parts.iter().any(|part| meaning.words.contains(&part.as_str()));
                let stands =
                    meaning.stands_in.iter().any(|path| source.path.contains(&format!("/{path}")));
                if is_named && !stands {
                    let Definition { number, name, .. } = found;
                    broken
                        .push(format!("{}:{number}: {name}: means {}", source.path, meaning.means));
                }
            }
        }
    }
    none("one meaning per word", &broken);
}
