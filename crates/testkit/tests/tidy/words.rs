//! One word per thing: the words on the right of the glossary are in no name of ours.

use crate::house::{none, sources};

/// A word, and what we say. What other trades call the same thing would creep in otherwise.
const NOT_OURS: [(&str, &str); 23] = [
    ("user", "member, guest or person"),
    ("users", "members"),
    ("tenant", "home"),
    ("admin", "keeper"),
    ("superuser", "keeper"),
    ("teacher", "guide"),
    ("instructor", "guide"),
    ("participant", "sitter"),
    ("participants", "sitters"),
    ("attendee", "sitter"),
    ("agenda", "plan"),
    ("notification", "bell"),
    ("survey", "measure"),
    ("analytics", "shift"),
    ("campaign", "letter"),
    ("subscriber", "reader"),
    ("newsletter", "letter"),
    ("lesson", "practice"),
    ("manager", "a noun that says what it is"),
    ("helper", "a noun that says what it is"),
    ("helpers", "a noun that says what it is"),
    ("util", "a noun that says what it is"),
    ("utils", "a noun that says what it is"),
];

/// Names that are given from outside, each with who gave it.
const GIVEN: [(&str, &str); 7] = [
    ("tracing_subscriber", "a library"),
    ("http_body_util", "a library"),
    ("hyper_util", "a library"),
    ("set_tcp_user_timeout", "the operating system's option"),
    ("getUserMedia", "the browser"),
    ("user_agent", "the HTTP header"),
    ("USER_AGENT", "the HTTP header"),
];

/// Folders in which a word is the term of their trade: whoever gets a stream subscribes to it.
const OF_A_TRADE: [(&str, &str); 4] = [
    ("crates/bench/src/media/", "subscriber"),
    ("crates/bench/src/media/", "subscribers"),
    ("crates/media/", "subscriber"),
    ("crates/media/", "subscribers"),
];

/// Names that begin so and say enough, as everybody who writes Rust knows them.
const IDIOMS: [&str; 1] = ["get_mut"];

/// Beginnings of function names that say nothing about what the function does.
/// `handle_` is not one of them: a machine without input or output of its own handles its inputs.
const EMPTY_VERBS: [&str; 3] = ["get_", "do_", "process_"];

/// Names in a text without its comments and quoted words.
fn names(text: &str) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = without_quotes(line.split("//").next().unwrap_or_default());
        let parts = code.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
        names.extend(parts.filter(|part| !part.is_empty()).map(|part| (number, part.to_owned())));
    }
    names
}

fn without_quotes(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

/// `enterSitNow`, `enter_sit_now` and `EnterSitNow` are enter, sit and now.
pub(crate) fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_small = false;
    for sign in name.chars() {
        if sign == '_' || (sign.is_uppercase() && was_small) {
            parts.push(String::new());
        }
        was_small = sign.is_lowercase();
        if let Some(last) = parts.last_mut()
            && sign != '_'
        {
            last.extend(sign.to_lowercase());
        }
    }
    parts
}

#[test]
fn names_are_taken_apart_rightly() {
    assert_eq!(parts("enterSitNow"), ["enter", "sit", "now"]);
    assert_eq!(parts("ENTER_SIT"), ["enter", "sit"]);
    assert_eq!(parts("EnterNo"), ["enter", "no"]);
    let found = names("let user = \"admin\"; // tenant");
    assert_eq!(found, [(1, "let".to_owned()), (1, "user".to_owned())]);
}

#[test]
fn every_thing_has_one_word() {
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".js", ".sql"]) {
        if source.path.starts_with("e2e/") || source.path.contains("/tidy/") {
            continue;
        }
        for (number, name) in names(&source.text) {
            if GIVEN.iter().any(|(given, _)| *given == name) {
                continue;
            }
            let of_trade = OF_A_TRADE.iter().filter(|(folder, _)| source.path.starts_with(folder));
            let trade: Vec<_> = of_trade.map(|(_, word)| *word).collect();
            for part in parts(&name).into_iter().filter(|part| !trade.contains(&part.as_str())) {
                if let Some((_, ours)) = NOT_OURS.iter().find(|(word, _)| *word == part) {
                    broken.push(format!("{}:{number}: {name}: we say {ours}", source.path));
                }
            }
        }
    }
    none("one word per thing", &broken);
}

#[test]
fn a_function_is_named_after_what_it_does() {
    let mut broken = Vec::new();
    for source in sources(&[".rs"]) {
        for (number, line) in (1..).zip(source.text.lines()) {
            let Some((_, name)) = line.split_once("fn ") else {
                continue;
            };
            let is_empty = EMPTY_VERBS.iter().any(|verb| name.starts_with(verb));
            let is_idiom = IDIOMS.iter().any(|idiom| name.starts_with(&format!("{idiom}(")));
            if is_empty && !is_idiom && !line.contains('"') {
                broken.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    none("a verb of the practice says more", &broken);
}

#[test]
fn addresses_use_our_words() {
    let mut broken = Vec::new();
    let paths = crate::routes::blocks().into_iter().flat_map(|(_, paths)| paths);
    for path in paths {
        let mut parts = path.split(['/', '-', '{', '}']);
        if parts.any(|part| NOT_OURS.iter().any(|(word, _)| *word == part)) {
            broken.push(path.to_owned());
        }
    }
    none("one word per thing, in addresses too", &broken);
}
