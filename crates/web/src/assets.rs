//! The files browsers fetch: embedded in the program, served for ever under a name that changes
//! with their content.
//!
//! One hash stands for the whole tree, so that a module's relative `import "./bell.js"` works
//! without an import map or a bundler.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static/"]
struct Static;

/// The hash of all names and contents: twelve hexadecimal digits.
static TREE: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Static::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        if let Some(file) = Static::get(&name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// The address of a static file, as in `url("base/base.css")`.
pub fn url(path: &str) -> String {
    format!("/static/{}/{path}", *TREE)
}

/// `GET /static/{tree}/{*path}`: one file. An old tree's name still finds the file of today, but
/// is not kept by the browser.
pub async fn show(Path((tree, path)): Path<(String, String)>) -> Response {
    let Some(file) = Static::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let keep = if tree == *TREE { "public, max-age=31536000, immutable" } else { "no-store" };
    let headers = [(header::CONTENT_TYPE, kind_of(&path)), (header::CACHE_CONTROL, keep)];
    (headers, file.data.into_owned()).into_response()
}

/// The content type by the file's ending.
fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}
