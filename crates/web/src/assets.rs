//! Static files: embedded in the program, and cached by browsers without limit, since their address
//! changes with their content.
//!
//! One hash stands for the whole tree, so that a module's relative `import "./bell.js"` works
//! without an import map or a bundler. Each file is minified and compressed once, when it is first
//! requested: on an old phone and a slow link, a first visit should cost little.

mod minify;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::route::routes;

routes! {
    get "/static/{tree}/{*path}", Everyone: 200 => show_asset;
}

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static/"]
struct StaticFiles;

/// Style sheets of every page, in cascade order. They are served as one file.
const SHARED_SHEETS: [&str; 7] = [
    "base/fonts.css",
    "base/tokens.css",
    "base/base.css",
    "base/frame.css",
    "base/parts.css",
    "base/forms.css",
    "base/manners.css",
];
/// Path of the concatenated style sheets.
pub const SHARED_SHEET: &str = "base/every-page.css";
/// Brotli quality (0 to 11) and window size (log2 of bytes).
const BROTLI_QUALITY_AND_WINDOW: (u32, u32) = (9, 18);

/// Hash of all paths and contents: 12 hexadecimal digits.
static TREE_HASH: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = StaticFiles::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        if let Some(file) = StaticFiles::get(&name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// All files by path, each compressed on first request.
static FILES: LazyLock<BTreeMap<String, OnceLock<PackedFile>>> = LazyLock::new(|| {
    let names = StaticFiles::iter().map(|name| name.into_owned());
    names.chain([SHARED_SHEET.to_owned()]).map(|name| (name, OnceLock::new())).collect()
});

/// A file with its compressed forms.
struct PackedFile {
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

/// Returns the address of a static file, as in `url("base/base.css")`.
pub fn asset_url(path: &str) -> String {
    format!("/static/{}/{path}", *TREE_HASH)
}

/// Returns every module that this one imports, directly or not, without the module itself. A page
/// preloads all of them at once, so that a slow link does not fetch them one after another.
pub fn modules_needed_by(module: &str) -> Vec<String> {
    let mut found = vec![module.to_owned()];
    let mut place = 0;
    while let Some(path) = found.get(place).cloned() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for import in minify::imported_modules(&text_of(&path)) {
            let beside = import.strip_prefix("./").map(|name| format!("{folder}/{name}"));
            let other = beside.or_else(|| import.strip_prefix("../").map(str::to_owned));
            if let Some(other) = other.filter(|other| !found.contains(other)) {
                found.push(other);
            }
        }
        place += 1;
    }
    found.remove(0);
    found
}

/// Returns a file's bytes, to embed them in something generated, such as a drawing.
pub fn asset_bytes(path: &str) -> Option<Vec<u8>> {
    StaticFiles::get(path).map(|file| file.data.into_owned())
}

/// `GET /static/{tree}/{*path}`: serves one file. The address of an older tree finds the present
/// file, but browsers may not cache it.
async fn show_asset(Path((tree, path)): Path<(String, String)>, asked: HeaderMap) -> Response {
    let Some(file) = FILES.get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let packed = file.get_or_init(|| pack_file(&path));
    let keep = if tree == *TREE_HASH { "public, max-age=31536000, immutable" } else { "no-store" };
    let takes = asked.get(header::ACCEPT_ENCODING).and_then(|takes| takes.to_str().ok());
    let (body, encoding) = packed.best_encoding(takes.unwrap_or_default());
    let headers = [(header::CONTENT_TYPE, content_type_of(&path)), (header::CACHE_CONTROL, keep)];
    let mut response = (headers, body).into_response();
    if let Some(encoding) = encoding {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

impl PackedFile {
    /// Returns the smallest form that the browser accepts, and its content encoding.
    fn best_encoding(&self, encodings: &str) -> (Bytes, Option<&'static str>) {
        let takes = |name: &str| encodings.split(',').any(|one| one.trim().starts_with(name));
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if takes("br") => (brotli.clone(), Some("br")),
            (_, Some(gzip)) if takes("gzip") => (gzip.clone(), Some("gzip")),
            _ => (self.plain.clone(), None),
        }
    }
}

fn pack_file(path: &str) -> PackedFile {
    let plain = match path.rsplit('.').next() {
        Some("css" | "js") => Bytes::from(minify::minify_source(&text_of(path))),
        _ => StaticFiles::get(path).map_or_else(Bytes::new, |file| file.data.into_owned().into()),
    };
    if path.ends_with(".woff2") {
        return PackedFile { plain, gzip: None, brotli: None };
    }
    PackedFile { gzip: compress_gzip(&plain).ok(), brotli: compress_brotli(&plain).ok(), plain }
}

/// Returns a file's source; for [`SHARED_SHEET`], the concatenated style sheets.
fn text_of(path: &str) -> String {
    if path == SHARED_SHEET {
        return SHARED_SHEETS.map(text_of).concat();
    }
    let file = StaticFiles::get(path).map(|file| file.data.into_owned()).unwrap_or_default();
    String::from_utf8(file).unwrap_or_default()
}

fn compress_gzip(plain: &[u8]) -> std::io::Result<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(plain)?;
    packed.finish().map(Bytes::from)
}

fn compress_brotli(plain: &[u8]) -> std::io::Result<Bytes> {
    let (quality, window) = BROTLI_QUALITY_AND_WINDOW;
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 4_096, quality, window);
    packed.write_all(plain)?;
    packed.flush()?;
    Ok(packed.into_inner().into())
}

/// Returns the content type for the file's extension.
fn content_type_of(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_names_every_module_it_needs() {
        let needed = modules_needed_by("room/room.js");
        for path in ["room/clock.js", "room/bell.js", "room/audio-clock.js", "room/circle.js"] {
            assert!(needed.iter().any(|needed| needed == path), "{path}");
        }
        assert!(needed.iter().all(|path| FILES.contains_key(path)), "{needed:?}");
    }

    #[test]
    fn no_script_has_text_over_several_lines_for_it_would_lose_its_spaces() {
        for path in FILES.keys().filter(|path| path.ends_with(".js")) {
            for line in text_of(path).lines() {
                let is_comment = line.trim_start().starts_with(['*', '/']);
                assert!(is_comment || line.matches('`').count() % 2 == 0, "{path}: {line}");
            }
        }
    }

    #[test]
    fn the_sheets_of_every_page_are_one_file_and_lose_nothing() {
        let text = text_of(SHARED_SHEET);
        for sheet in SHARED_SHEETS {
            assert!(text.contains(&text_of(sheet)), "{sheet}");
            assert!(!text_of(sheet).is_empty(), "{sheet}");
        }
    }

    #[test]
    fn a_browser_gets_the_smallest_form_it_understands() {
        let packed = pack_file("room/room.js");
        let size = |takes| packed.best_encoding(takes).0.len();
        assert!(size("gzip, deflate, br, zstd") < size("gzip"));
        assert!(size("gzip") < size("identity"));
        assert_eq!(packed.best_encoding("gzip;q=1.0").1, Some("gzip"));
        assert!(pack_file("base/fonts/vollkorn-latin-430.woff2").brotli.is_none());
    }
}
