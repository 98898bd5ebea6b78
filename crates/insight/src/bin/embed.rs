//! Writes the embeddings of a file's lines, for measurements.
//!
//!     cargo run --release -p sitwith-insight --bin embed -- LINES OUT [PACK]
//!
//! OUT is little-endian: number of lines and of dimensions as u32, then the embeddings as f32;
//! zeros for lines that are too short or in another language. PACK replaces the built-in model.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use sitwith_insight::{Embedding, Insight};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<_> = std::env::args().skip(1).collect();
    let (lines, out, insight) = match given.as_slice() {
        [lines, out] => (lines, out, Insight::embedded()),
        [lines, out, pack] => (lines, out, Insight::from_file(Path::new(pack))?),
        _ => return Err("embed LINES OUT [PACK]".into()),
    };
    let dimensions = insight.header().ok_or("built without a model")?.dimensions;
    let text = std::fs::read_to_string(lines)?;
    let lines: Vec<_> = text.lines().collect();
    let mut bytes = u32::try_from(lines.len())?.to_le_bytes().to_vec();
    bytes.extend(dimensions.to_le_bytes());
    let loading = measure_duration(async { insight.embed("hello world").await }).await;
    let (mut others, mut short, mut times) = (0, 0, Vec::new());
    for line in lines {
        let begun = read_clock();
        let read = insight.embed(line).await?;
        times.push(begun.elapsed());
        match read {
            Embedding::Vector(vector) => bytes.extend(vector.to_bytes()),
            Embedding::OtherLanguage => others += 1,
            Embedding::TooShort => short += 1,
        }
        bytes.resize(8 + times.len() * usize::try_from(dimensions)? * 4, 0);
    }
    std::fs::write(out, bytes)?;
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len().max(1))?;
    writeln!(
        std::io::stdout(),
        "{} lines, {others} of another language, {short} too short; loaded in {loading:?}; \
         a line took {mean:?}, median {:?}, 90 % {:?}, 99 % {:?}",
        times.len(),
        at(50),
        at(90),
        at(99),
    )?;
    Ok(())
}

async fn measure_duration<T>(work: impl Future<Output = T>) -> Duration {
    let begun = read_clock();
    work.await;
    begun.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "measures real time, outside a home")]
fn read_clock() -> Instant {
    Instant::now()
}
