//! Routes stand in the `routes!` blocks of the folders of `web`, and nowhere else: a test sends a
//! request for each of them and each role, and could not know of another.

use crate::house::{Source, none, source, sources};

/// Where the macro that mounts handlers is defined, and where the blocks are gathered.
const MACRO: &str = "crates/web/src/route.rs";
const ROUTER: &str = "crates/web/src/router.rs";
/// What mounts a handler or a whole router.
const MOUNTING: [&str; 8] = [
    ".route(",
    ".route_service(",
    ".nest(",
    ".nest_service(",
    ".merge(",
    ".fallback(",
    ".fallback_service(",
    "Router::new()",
];

/// What stands in the router itself, once each.
const ROUTERS_OWN: &[&str] = &[
    "Router::new()$(.merge(crate::$($folder)::+::routes()))+",
    ".fallback(crate::fail::show_missing)",
];

fn served() -> impl Iterator<Item = Source> {
    let sources = sources(&[".rs"]).into_iter();
    sources.filter(|source| source.path.starts_with("crates/") && !source.is_test())
}

/// The blocks: the file each stands in, and the paths it lists.
pub(crate) fn blocks() -> Vec<(Source, Vec<String>)> {
    let with_block = served().filter_map(|source| {
        let (_, rest) = source.text.split_once("\nroutes! {\n")?;
        let (block, _) = rest.split_once("\n}\n")?;
        let is_path = |part: &&str| part.starts_with('/');
        let paths = block.split('"').filter(is_path).map(str::to_owned).collect();
        Some((source, paths))
    });
    with_block.collect()
}

#[test]
fn every_block_of_routes_is_gathered() {
    let router = source(ROUTER).text;
    let (_, gathered) = router.split_once("\ngather! {\n").expect("the list of folders");
    let (gathered, _) = gathered.split_once("\n}\n").expect("its end");
    let mut gathered: Vec<_> =
        gathered.lines().map(|line| line.trim().trim_end_matches(';').to_owned()).collect();
    let mut found: Vec<_> = blocks()
        .into_iter()
        .map(|(source, _)| {
            let module = source.path.trim_start_matches("crates/web/src/").trim_end_matches(".rs");
            module.replace('/', "::")
        })
        .collect();
    gathered.sort();
    found.sort();
    assert_eq!(gathered, found, "router.rs gathers the blocks of routes of all folders");
}

#[test]
fn handlers_are_mounted_by_blocks_of_routes_alone() {
    let mut broken = Vec::new();
    for source in served().filter(|source| source.text.contains("axum") && source.path != MACRO) {
        // The router has two of its own: it merges the blocks, and shows the page of what is
        // missing.
        let own = if source.path == ROUTER { ROUTERS_OWN } else { &[] };
        let text = own.iter().fold(source.text, |text, one| text.replacen(one, "", 1));
        let mounting = MOUNTING.iter().filter(|what| text.contains(**what));
        broken.extend(mounting.map(|what| format!("{}: {what}", source.path)));
    }
    none("a handler is mounted by a line in `routes!`, which says who gets what", &broken);
}
