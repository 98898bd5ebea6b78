//! Circles drawn from labelled texts: a few themes of unlike sizes, and one in ten who talks about
//! something else.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use sitwith_core::themes::Vector;

use super::as_float;

/// The part of a circle that belongs to its themes.
const CORE: f64 = 0.9;

/// Labelled texts.
pub(super) struct Set {
    pub(super) name: String,
    by_label: BTreeMap<String, Vec<String>>,
}

/// Some of them, in the order they might come.
pub(super) struct Circle {
    pub(super) set: String,
    /// The size that was asked for; rounding may make it a little more or less.
    pub(super) size: usize,
    pub(super) texts: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) vectors: Vec<Vector>,
}

/// Every `NAME.tsv` of a folder, by name.
pub(super) fn read(folder: &Path) -> io::Result<Vec<Set>> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "tsv"))
        .collect();
    files.sort();
    let sets: Vec<Set> = files.iter().map(|file| set(file)).collect::<io::Result<_>>()?;
    if sets.is_empty() {
        return Err(io::Error::other("there is no NAME.tsv in that folder"));
    }
    Ok(sets)
}

fn set(file: &Path) -> io::Result<Set> {
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
    Ok(Set { name: name.to_string_lossy().into_owned(), by_label })
}

impl Set {
    pub(super) fn texts(&self) -> usize {
        self.by_label.values().map(Vec::len).sum()
    }

    /// Keeps only so many texts: up to nine labels, the largest first, in equal parts.
    pub(super) fn keep(&mut self, texts: usize) {
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

/// A circle of this size. Three to six labels make its themes (four to eight from a hundred on,
/// eight to twenty-four from a thousand on, all from five thousand on), in parts that are drawn
/// from a Dirichlet distribution of 2; one in ten is drawn from the other labels.
pub(super) fn circle(set: &Set, size: usize, dice: &mut Dice) -> Circle {
    let enough = (size / 20).clamp(6, 25);
    let mut labels: Vec<&String> = set
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
    let core = floor(as_float(size) * CORE);
    let mut drawn: Vec<(String, String)> = Vec::new();
    for (label, part) in labels.iter().zip(&parts) {
        let count = floor((part / whole * as_float(core)).round()).max(2);
        let mut texts = set.by_label.get(*label).cloned().unwrap_or_default();
        dice.shuffle(&mut texts);
        texts.truncate(count);
        drawn.extend(texts.into_iter().map(|text| (text, (*label).clone())));
    }
    let others = set.by_label.iter().filter(|(label, _)| !labels.contains(label));
    let mut rest: Vec<(String, String)> = others
        .flat_map(|(label, texts)| texts.iter().map(|text| (text.clone(), label.clone())))
        .collect();
    dice.shuffle(&mut rest);
    rest.truncate(size - core);
    drawn.extend(rest);
    dice.shuffle(&mut drawn);
    let (texts, labels) = drawn.into_iter().unzip();
    Circle { set: set.name.clone(), size, texts, labels, vectors: Vec::new() }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of answers: small and positive"
)]
const fn floor(count: f64) -> usize {
    count as usize
}

/// Chance that is the same every time (splitmix64: Steele, Lea, Flood 2014).
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

    /// From nought to one, never nought.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn part(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / 9_007_199_254_740_992.0
    }

    #[expect(clippy::cast_possible_truncation, reason = "a little less exact")]
    pub(super) fn part_f32(&mut self) -> f32 {
        self.part() as f32
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        floor(self.part() * as_float(end)).min(end.saturating_sub(1))
    }

    /// A gamma distribution of shape two: two waits one after the other.
    fn gamma_of_two(&mut self) -> f64 {
        -self.part().ln() - self.part().ln()
    }

    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, self.below(place + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Set {
        let texts = |label: usize| (0..60).map(|n| format!("text {n} of {label}")).collect();
        Set {
            name: "set".to_owned(),
            by_label: (0..9).map(|label| (format!("label {label}"), texts(label))).collect(),
        }
    }

    #[test]
    fn a_circle_has_a_few_themes_and_one_in_ten_of_something_else() {
        for seed in 0..200 {
            let circle = circle(&set(), 30, &mut Dice::new(seed));
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
        let draw = |seed| circle(&set(), 100, &mut Dice::new(seed)).texts;
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn the_quick_way_keeps_some_of_each_label() {
        let mut set = set();
        set.keep(90);
        assert_eq!(set.texts(), 90);
        assert!(set.by_label.values().all(|texts| texts.len() == 10));
    }
}
