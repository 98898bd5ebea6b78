//! Vectors of texts by the home's own model, kept between runs: reading a text takes longer than
//! all that is measured here.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha1::{Digest as _, Sha1};
use sitwith_core::themes::{Vector, gist};
use sitwith_insight::{Insight, Read};
use tokio::runtime::Runtime;

use super::draw::Circle;
use crate::report::say;
use crate::watch::{Watch, median};

/// The first bytes of a text's hash name it.
type Name = [u8; 16];
/// So many texts are read before somebody is told how far it is.
const TELL_EVERY: usize = 1_000;
/// Answers of about 17 words, so many of them, say how long reading one takes.
const TIMED: usize = 60;
const TIMED_WORDS: std::ops::RangeInclusive<usize> = 15..=19;

pub(crate) struct Vectors {
    insight: Insight,
    runtime: Runtime,
    file: PathBuf,
    known: BTreeMap<Name, Option<Vector>>,
    timed: Vec<String>,
}

/// Where benches keep what may be thrown away.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench")
}

fn name(text: &str) -> Name {
    let hash: [u8; 20] = Sha1::digest(text).into();
    let mut name = [0; 16];
    name.copy_from_slice(hash.first_chunk::<16>().expect("a hash has twenty bytes"));
    name
}

impl Vectors {
    pub(crate) fn open() -> io::Result<Self> {
        let insight = Insight::embedded();
        let about = insight.about().ok_or_else(|| io::Error::other("built without a model"))?;
        let width = usize::try_from(about.dimensions).unwrap_or(0) * 4;
        let model: String = about.name.chars().filter(|sign| sign.is_alphanumeric()).collect();
        fs::create_dir_all(folder())?;
        let file = folder().join(format!("vectors-{model}.bin"));
        let kept = fs::read(&file).unwrap_or_default();
        let known = kept
            .chunks_exact(width + 16)
            .filter_map(|record| {
                let (name, numbers) = record.split_first_chunk::<16>()?;
                Some((*name, Vector::of_bytes(numbers).ok()))
            })
            .collect();
        Ok(Self { insight, runtime: Runtime::new()?, file, known, timed: Vec::new() })
    }

    fn read(&self, text: &str) -> io::Result<Option<Vector>> {
        let read = self.runtime.block_on(self.insight.embed(gist(text)));
        Ok(match read.map_err(io::Error::other)? {
            Read::Vector(vector) => Some(vector),
            Read::OtherTongue | Read::TooShort => None,
        })
    }

    /// Reads the texts that were not read in an earlier run.
    pub(crate) fn embed(&mut self, texts: &[&str]) -> io::Result<()> {
        let has_words = |text: &&&str| TIMED_WORDS.contains(&text.split_whitespace().count());
        let timed = texts.iter().filter(has_words).take(TIMED);
        self.timed = timed.map(|text| (*text).to_owned()).collect();
        let unknown: BTreeMap<Name, &str> = texts
            .iter()
            .map(|text| (name(text), *text))
            .filter(|(name, _)| !self.known.contains_key(name))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        say(&format!("{} texts are read once and kept in target/bench", unknown.len()));
        let mut file = fs::File::options().create(true).append(true).open(&self.file)?;
        for ((name, text), place) in unknown.iter().zip(1_usize..) {
            let vector = self.read(text)?;
            let width = self.insight.about().map_or(0, |about| about.dimensions) * 4;
            let mut record = name.to_vec();
            if let Some(vector) = &vector {
                record.extend(vector.to_bytes());
            }
            record.resize(16 + usize::try_from(width).unwrap_or(0), 0);
            file.write_all(&record)?;
            self.known.insert(*name, vector);
            if place % TELL_EVERY == 0 {
                say(&format!("read {place} of {}", unknown.len()));
            }
        }
        Ok(())
    }

    pub(crate) fn vector(&self, text: &str) -> Option<&Vector> {
        self.known.get(&name(text))?.as_ref()
    }

    /// How long reading one answer takes: the middle of some, one after the other.
    pub(super) fn one_ms(&self) -> io::Result<f64> {
        self.read("The first one waits for the model to be loaded.")?;
        let mut times = Vec::new();
        for text in &self.timed {
            let watch = Watch::start();
            self.read(text)?;
            times.push(watch.secs() * 1_000.0);
        }
        say(&format!("reading one answer took {:.1} ms", median(&times)));
        Ok(median(&times))
    }

    /// Gives each answer of a circle its vector; those that cannot be compared leave it.
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

/// Writes the vectors of the texts of a file (label, tab, text), for tests that have no model:
/// how many and how long as u32, then the numbers as f32, all little-endian.
pub(crate) fn write(texts: &Path, out: &Path) -> io::Result<()> {
    let text = fs::read_to_string(texts)?;
    let lines: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect();
    let mut vectors = Vectors::open()?;
    vectors.embed(&lines)?;
    let mut bytes = u32::try_from(lines.len()).map_err(io::Error::other)?.to_le_bytes().to_vec();
    let dims = vectors.insight.about().map_or(0, |about| about.dimensions);
    bytes.extend(dims.to_le_bytes());
    for line in lines {
        let vector = vectors.vector(line);
        let vector = vector.ok_or_else(|| io::Error::other("a line could not be read"))?;
        bytes.extend(vector.to_bytes());
    }
    fs::write(out, bytes)
}
