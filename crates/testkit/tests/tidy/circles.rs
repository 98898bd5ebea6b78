//! Inside a crate, folders use each other in one direction only: what is below can be read, and
//! changed, without what is above.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{none, sources};

/// The crates that are looked at, and in which module the folders one level deeper are looked at
/// too.
const CRATES: [(&str, Option<&str>); 3] = [("app", None), ("web", None), ("core", Some("sit"))];
type Edges = BTreeMap<String, BTreeSet<String>>;

/// What of a crate uses what. A file beside a folder of its name belongs to that folder.
struct Crate {
    edges: Edges,
    /// Those that are folders.
    folders: BTreeSet<String>,
}

/// The name of a module on the level that is looked at.
fn name(path: &[impl AsRef<str>], deep: Option<&str>) -> String {
    let path: Vec<_> = path.iter().map(AsRef::as_ref).collect();
    let levels = if path.first().copied() == deep { 2 } else { 1 };
    path.into_iter().take(levels).collect::<Vec<_>>().join("::")
}

/// The modules that a text of the module `here` names, as in `crate::a::b`, `super::b` and
/// `crate::{a, c::d}`.
fn used(text: &str, here: &[&str]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let roots = [("crate::", 0), ("super::super::", here.len().saturating_sub(2))];
    let roots = roots.into_iter().chain([("super::", here.len().saturating_sub(1))]);
    for (root, kept) in roots {
        let before: Vec<_> = here.iter().take(kept).map(|part| (*part).to_owned()).collect();
        for rest in text.split(root).skip(1) {
            let several = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
            let each = several.map_or_else(|| vec![rest], |several| several.split(',').collect());
            found.extend(each.into_iter().map(|one| [before.clone(), modules(one)].concat()));
        }
    }
    found
}

/// The first two modules of a path.
fn modules(path: &str) -> Vec<String> {
    let is_word = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    let parts = path.trim().split("::").map(|part| {
        let end = part.find(|sign| !is_word(sign)).unwrap_or(part.len());
        part.get(..end).unwrap_or_default().to_owned()
    });
    parts.take(2).take_while(|part| !part.is_empty()).collect()
}

fn read(crate_name: &str, deep: Option<&str>) -> Crate {
    let folder = format!("crates/{crate_name}/src/");
    let sources = sources(&[".rs"]);
    let own = sources.iter().filter(|source| {
        source.path.starts_with(&folder) && !source.is_test() && !source.path.ends_with("/lib.rs")
    });
    let (mut edges, mut folders) = (Edges::new(), BTreeSet::new());
    for source in own {
        let path = source.path.trim_start_matches(&folder).trim_end_matches(".rs");
        let path: Vec<_> = path.split('/').filter(|part| *part != "mod").collect();
        let name_here = name(&path, deep);
        if path.len() > name_here.split("::").count() {
            folders.insert(name_here.clone());
        }
        let served = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: Vec<_> =
            served.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        let uses = edges.entry(name_here.clone()).or_default();
        let others = used(&code, &path).into_iter().filter(|path| !path.is_empty());
        uses.extend(others.map(|path| name(&path, deep)).filter(|other| *other != name_here));
    }
    let known: BTreeSet<_> = edges.keys().cloned().collect();
    for uses in edges.values_mut() {
        uses.retain(|used| known.contains(used));
    }
    Crate { edges, folders }
}

/// Everything that `from` uses, directly or not.
fn reached<'a>(edges: &'a Edges, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<_> = edges.get(from).into_iter().flatten().map(String::as_str).collect();
    while let Some(one) = next.pop() {
        if reached.insert(one) {
            next.extend(edges.get(one).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

/// The circles in which a folder stands. Files of the top folder may use each other.
fn circles(read: &Crate) -> BTreeSet<Vec<String>> {
    let names = read.edges.keys();
    let circles = names.filter_map(|name| {
        let mut circle: Vec<_> = reached(&read.edges, name)
            .into_iter()
            .filter(|other| reached(&read.edges, other).contains(name.as_str()))
            .map(str::to_owned)
            .collect();
        circle.sort();
        let has_folder = circle.iter().any(|name| read.folders.contains(name));
        (circle.len() > 1 && has_folder).then_some(circle)
    });
    circles.collect()
}

#[test]
fn folders_of_a_crate_use_each_other_in_one_direction() {
    let mut broken = Vec::new();
    for (crate_name, deep) in CRATES {
        let read = read(crate_name, deep);
        assert!(read.folders.len() > 2, "{crate_name} has folders");
        for circle in circles(&read) {
            broken.push(format!("{crate_name}: {}", circle.join(" and ")));
        }
    }
    none(
        "folders use each other in a circle: speak by events, or move what both need below",
        &broken,
    );
}

#[test]
fn a_circle_is_found() {
    let edge = |from: &str, to: &[&str]| {
        (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect::<BTreeSet<_>>())
    };
    let edges = Edges::from([
        edge("home", &["live", "mail"]),
        edge("live", &["ticket", "home"]),
        edge("mail", &["fail"]),
        edge("fail", &["mail"]),
    ]);
    let read = Crate { edges, folders: BTreeSet::from(["live".to_owned()]) };
    let expected = BTreeSet::from([vec!["home".to_owned(), "live".to_owned()]]);
    assert_eq!(circles(&read), expected);
    let text = "use crate::live::{Line, Offer};\nuse crate::{arrive, zones::of};";
    assert_eq!(used(text, &["a", "b"]), [vec!["live"], vec!["arrive"], vec!["zones", "of"]]);
    assert_eq!(used("use super::frame::Count;", &["sit", "presence"]), [["sit", "frame"]]);
}
