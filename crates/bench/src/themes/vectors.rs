//! Embeddings by the built-in model, cached in `target/bench`: embedding takes longer than
//! everything measured here.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha1::{Digest as _, Sha1};
use sitwith_core::themes::{Vector, strip_lead_in};
use sitwith_insight::{Embedding, Insight};
use tokio::runtime::Runtime;

use super::circles::Circle;
use super::sum_similarities;
use crate::document::{log_line, output_folder};
use crate::os::Stopwatch;

/// The first 16 bytes of a text's SHA-1.
type TextId = [u8; 16];
/// Texts between two lines of progress.
const LOG_EVERY: usize = 1_000;
/// The texts that embedding is timed on: number and length in words.
const TIMED: usize = 60;
const TIMED_WORDS: std::ops::RangeInclusive<usize> = 15..=19;

const FLOOR_VECTORS: usize = 1_000;

/// Times of embedding one text, and of its floor, in ms.
#[derive(Clone, Debug, Default)]
pub(super) struct EmbedTimes {
    pub(super) embed_ms: Vec<f64>,
    pub(super) floor_ms: Vec<f64>,
}

pub(crate) struct Vectors {
    insight: Insight,
    runtime: Runtime,
    file: PathBuf,
    known: BTreeMap<TextId, Option<Vector>>,
    timed: Vec<String>,
}

fn text_id(text: &str) -> TextId {
    let hash: [u8; 20] = Sha1::digest(text).into();
    let mut name = [0; 16];
    name.copy_from_slice(hash.first_chunk::<16>().expect("a hash has twenty bytes"));
    name
}

impl Vectors {
    pub(crate) fn open() -> io::Result<Self> {
        let insight = Insight::embedded();
        let about = insight.header().ok_or_else(|| io::Error::other("built without a model"))?;
        let width = usize::try_from(about.dimensions).unwrap_or(0) * 4;
        let model: String = about.name.chars().filter(|sign| sign.is_alphanumeric()).collect();
        fs::create_dir_all(output_folder())?;
        let file = output_folder().join(format!("vectors-{model}.bin"));
        let kept = fs::read(&file).unwrap_or_default();
        let known = kept
            .chunks_exact(width + 16)
            .filter_map(|record| {
                let (name, numbers) = record.split_first_chunk::<16>()?;
                Some((*name, Vector::from_bytes(numbers).ok()))
            })
            .collect();
        Ok(Self { insight, runtime: Runtime::new()?, file, known, timed: Vec::new() })
    }

    fn embed_one(&self, text: &str) -> io::Result<Option<Vector>> {
        let read = self.runtime.block_on(self.insight.embed(strip_lead_in(text)));
        Ok(match read.map_err(io::Error::other)? {
            Embedding::Vector(vector) => Some(vector),
            Embedding::OtherLanguage | Embedding::TooShort => None,
        })
    }

    /// Embeds the texts that are not cached.
    pub(crate) fn embed(&mut self, texts: &[&str]) -> io::Result<()> {
        let has_words = |text: &&&str| TIMED_WORDS.contains(&text.split_whitespace().count());
        let timed = texts.iter().filter(has_words).take(TIMED);
        self.timed = timed.map(|text| (*text).to_owned()).collect();
        let unknown: BTreeMap<TextId, &str> = texts
            .iter()
            .map(|text| (text_id(text), *text))
            .filter(|(name, _)| !self.known.contains_key(name))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        log_line(&format!("{} texts are embedded once and cached in target/bench", unknown.len()));
        let mut file = fs::File::options().create(true).append(true).open(&self.file)?;
        for ((name, text), index) in unknown.iter().zip(1_usize..) {
            let vector = self.embed_one(text)?;
            let width = self.insight.header().map_or(0, |about| about.dimensions) * 4;
            let mut record = name.to_vec();
            if let Some(vector) = &vector {
                record.extend(vector.to_bytes());
            }
            record.resize(16 + usize::try_from(width).unwrap_or(0), 0);
            file.write_all(&record)?;
            self.known.insert(*name, vector);
            if index % LOG_EVERY == 0 {
                log_line(&format!("embedded {index} of {}", unknown.len()));
            }
        }
        Ok(())
    }

    pub(crate) fn vector(&self, text: &str) -> Option<&Vector> {
        self.known.get(&text_id(text))?.as_ref()
    }

    /// Embedding times of single texts, in ms, and those of a floor with about as many
    /// multiplications (200 million): all cosine similarities of 1,000 vectors.
    pub(super) fn time_embedding(&self) -> io::Result<EmbedTimes> {
        self.embed_one("The first text waits until the model is loaded.")?;
        let vectors: Vec<&Vector> =
            self.known.values().flatten().cycle().take(FLOOR_VECTORS).collect();
        let mut times = EmbedTimes::default();
        for text in &self.timed {
            let stopwatch = Stopwatch::start();
            self.embed_one(text)?;
            times.embed_ms.push(stopwatch.secs() * 1_000.0);
            let stopwatch = Stopwatch::start();
            std::hint::black_box(sum_similarities(&vectors));
            times.floor_ms.push(stopwatch.secs() * 1_000.0);
        }
        Ok(times)
    }

    /// Adds the embeddings to a circle and removes texts without one; returns whether more than two
    /// are left.
    pub(super) fn fill(&self, circle: &mut Circle) -> bool {
        let answers = circle.texts.drain(..).zip(circle.labels.drain(..));
        let mut kept = (Vec::new(), Vec::new());
        for (text, label) in answers {
            if let Some(vector) = self.vector(&text) {
                circle.vectors.push(vector.clone());
                kept.0.push(text);
                kept.1.push(label);
            }
        }
        (circle.texts, circle.labels) = kept;
        circle.vectors.len() > 2
    }
}

/// Writes the embeddings of a file of labelled texts, for tests without a model: count and
/// dimensions as u32, then the numbers as f32, all little-endian.
pub(crate) fn write_vectors(texts: &Path, out: &Path) -> io::Result<()> {
    let text = fs::read_to_string(texts)?;
    let lines: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect();
    let mut vectors = Vectors::open()?;
    vectors.embed(&lines)?;
    let mut bytes = u32::try_from(lines.len()).map_err(io::Error::other)?.to_le_bytes().to_vec();
    let dims = vectors.insight.header().map_or(0, |about| about.dimensions);
    bytes.extend(dims.to_le_bytes());
    for line in lines {
        let vector = vectors.vector(line);
        let vector = vector.ok_or_else(|| io::Error::other("a text could not be embedded"))?;
        bytes.extend(vector.to_bytes());
    }
    fs::write(out, bytes)
}
