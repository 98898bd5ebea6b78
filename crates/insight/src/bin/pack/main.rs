//! Packs a model into the one file a home reads.
//!
//!     cargo run --release -p sitwith-insight --bin pack -- minilm FOLDER OUT
//!     cargo run --release -p sitwith-insight --bin pack -- use-multilingual FOLDER OUT
//!
//! The files that FOLDER must hold, and their checksums, are in `minilm.rs` and `multilingual.rs`.
//! The pack is reproducible: the same files make the same bytes on every machine.

mod minilm;
mod multilingual;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use sitwith_insight::pack::sha256_hex;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<_> = std::env::args().skip(1).collect();
    let given: Vec<_> = given.iter().map(String::as_str).collect();
    let (pack, out) = match *given.as_slice() {
        ["minilm", folder, out] => (minilm::build_pack(Path::new(folder))?, out),
        ["use-multilingual", folder, out] => (multilingual::build_pack(Path::new(folder))?, out),
        _ => return Err("pack minilm|use-multilingual FOLDER OUT".into()),
    };
    std::fs::write(out, &pack)?;
    let (bytes, sum) = (pack.len(), sha256_hex(&pack));
    writeln!(std::io::stdout(), "{bytes} bytes, SHA-256 {sum}")?;
    Ok(())
}

/// Reads a file and checks its SHA-256.
fn read_pinned(path: &Path, sum: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let found = sha256_hex(&bytes);
    if found == sum {
        return Ok(bytes);
    }
    Err(format!("{}: SHA-256 {found}, and {sum} was looked at", path.display()).into())
}
