//! Circles: samples of labelled texts with a few themes of uneven size and 10 % noise.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use sitwith_core::themes::Vector;

use crate::stats::{as_count, as_float};

/// Share of a circle that belongs to its themes.
const THEMED_SHARE: f64 = 0.9;

pub(super) struct Dataset {
    pub(super) name: String,
    by_label: BTreeMap<String, Vec<String>>,
}

/// A sample in random order.
pub(super) struct Circle {
    pub(super) dataset: String,
    /// Requested size; rounding may change it slightly.
    pub(super) size: usize,
    pub(super) texts: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) vectors: Vec<Vector>,
}

/// Every `NAME.tsv` of a folder, sorted by name.
pub(super) fn read_datasets(folder: &Path) -> io::Result<Vec<Dataset>> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "tsv"))
        .collect();
    files.sort();
    let datasets: Vec<Dataset> =
        files.iter().map(|file| read_dataset(file)).collect::<io::Result<_>>()?;
    if datasets.is_empty() {
        return Err(io::Error::other("there is no NAME.tsv in that folder"));
    }
    Ok(datasets)
}

fn read_dataset(file: &Path) -> io::Result<Dataset> {
    let mut by_label: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in fs::read_to_string(file)?.lines() {
        if let Some((label, text)) = line.split_once('\t')
            && !text.trim().is_empty()
            && seen.insert(text.to_owned())
        {
            by_label.entry(label.to_owned()).or_default().push(text.to_owned());
        }
    }
    let name = file.file_stem().unwrap_or_default();
    Ok(Dataset { name: name.to_string_lossy().into_owned(), by_label })
}

impl Dataset {
    pub(super) fn texts(&self) -> usize {
        self.by_label.values().map(Vec::len).sum()
    }

    /// Keeps this many texts: equal parts of the nine largest labels.
    pub(super) fn truncate(&mut self, texts: usize) {
        let mut labels: Vec<_> = std::mem::take(&mut self.by_label).into_iter().collect();
        labels.sort_by_key(|(_, texts)| std::cmp::Reverse(texts.len()));
        labels.truncate(9);
        let each = texts / labels.len().max(1);
        let mut dice = Dice::new(1);
        for (label, mut of_label) in labels {
            dice.shuffle(&mut of_label);
            of_label.truncate(each);
            self.by_label.insert(label, of_label);
        }
    }
}

/// Draws a circle. Three to six labels are its themes (four to eight from 100 texts on, 8 to 24
/// from 1,000, all from 5,000), in proportions from a Dirichlet distribution with alpha 2; 10 % of
/// the texts come from the other labels.
pub(super) fn draw_circle(dataset: &Dataset, size: usize, dice: &mut Dice) -> Circle {
    let enough = (size / 20).clamp(6, 25);
    let mut labels: Vec<&String> = dataset
        .by_label
        .iter()
        .filter(|(_, texts)| texts.len() >= enough)
        .map(|(label, _)| label)
        .collect();
    let themes = match size {
        5_000.. => labels.len(),
        1_000.. => 8 + dice.below(17),
        100.. => 4 + dice.below(5),
        _ => 3 + dice.below(4),
    };
    dice.shuffle(&mut labels);
    labels.truncate(themes);
    let parts: Vec<f64> = labels.iter().map(|_| dice.gamma_of_two()).collect();
    let whole: f64 = parts.iter().sum();
    let core = as_count(as_float(size) * THEMED_SHARE);
    let mut drawn: Vec<(String, String)> = Vec::new();
    for (label, part) in labels.iter().zip(&parts) {
        let count = as_count((part / whole * as_float(core)).round()).max(2);
        let mut texts = dataset.by_label.get(*label).cloned().unwrap_or_default();
        dice.shuffle(&mut texts);
        texts.truncate(count);
        drawn.extend(texts.into_iter().map(|text| (text, (*label).clone())));
    }
    let others = dataset.by_label.iter().filter(|(label, _)| !labels.contains(label));
    let mut rest: Vec<(String, String)> = others
        .flat_map(|(label, texts)| texts.iter().map(|text| (text.clone(), label.clone())))
        .collect();
    dice.shuffle(&mut rest);
    rest.truncate(size - core);
    drawn.extend(rest);
    dice.shuffle(&mut drawn);
    let (texts, labels) = drawn.into_iter().unzip();
    Circle { dataset: dataset.name.clone(), size, texts, labels, vectors: Vec::new() }
}

/// A seeded generator: splitmix64 (Steele, Lea, Flood 2014).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in (0, 1].
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / 9_007_199_254_740_992.0
    }

    #[expect(clippy::cast_possible_truncation, reason = "rounding is harmless here")]
    pub(super) fn unit_f32(&mut self) -> f32 {
        self.unit() as f32
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        as_count(self.unit() * as_float(end)).min(end.saturating_sub(1))
    }

    /// A gamma variate of shape 2: the sum of two exponentials.
    fn gamma_of_two(&mut self) -> f64 {
        -self.unit().ln() - self.unit().ln()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_dataset() -> Dataset {
        let texts = |label: usize| (0..60).map(|n| format!("text {n} of {label}")).collect();
        Dataset {
            name: "set".to_owned(),
            by_label: (0..9).map(|label| (format!("label {label}"), texts(label))).collect(),
        }
    }

    #[test]
    fn a_circle_has_a_few_themes_and_one_in_ten_of_something_else() {
        for seed in 0..200 {
            let circle = draw_circle(&sample_dataset(), 30, &mut Dice::new(seed));
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for label in &circle.labels {
                *counts.entry(label).or_default() += 1;
            }
            assert!((28..=36).contains(&circle.texts.len()), "{}", circle.texts.len());
            let themes = counts.values().filter(|count| **count >= 2).count();
            assert!((3..=9).contains(&themes), "{counts:?}");
            let different: std::collections::BTreeSet<_> = circle.texts.iter().collect();
            assert_eq!(different.len(), circle.texts.len(), "nobody speaks twice");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_circle() {
        let draw = |seed| draw_circle(&sample_dataset(), 100, &mut Dice::new(seed)).texts;
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn the_quick_way_keeps_some_of_each_label() {
        let mut dataset = sample_dataset();
        dataset.truncate(90);
        assert_eq!(dataset.texts(), 90);
        assert!(dataset.by_label.values().all(|texts| texts.len() == 10));
    }
}
