//! The golden case: one strong theme, expressed in several different ways.
//!
//! The sentences (`golden.tsv`) were written before the algorithm had seen any of them and are not
//! to be changed for its sake. Their embeddings (`golden.bin`) are by the built-in model: `cargo
//! run --release -p bench -- vectors crates/core/tests/themes/golden.tsv OUT`.

use std::collections::BTreeSet;

use sitwith_core::themes::{Clustering, THEME_MIN, Vector, cluster_vectors};

use super::Draws;

const TEXTS: &str = include_str!("golden.tsv");
const VECTORS: &[u8] = include_bytes!("golden.bin");
const THOUGHTS: [&str; 3] = ["matter", "care", "open"];

fn circle() -> Vec<(&'static str, Vector)> {
    let (head, numbers) = VECTORS.split_at(8);
    let many = u32::from_le_bytes(head[..4].try_into().unwrap()) as usize;
    let vectors: Vec<Vector> = numbers
        .chunks(numbers.len() / many)
        .map(|bytes| Vector::from_bytes(bytes).unwrap())
        .collect();
    let lines = TEXTS.lines().map(|line| line.split_once('\t').unwrap().0);
    assert_eq!(lines.clone().count(), many);
    lines.zip(vectors).collect()
}

fn cluster_circle(circle: &[(&str, Vector)]) -> Clustering {
    let vectors: Vec<Vector> = circle.iter().map(|(_, vector)| vector.clone()).collect();
    cluster_vectors(&vectors).unwrap()
}

/// The themes of the shares with this thought.
fn themes_of(
    circle: &[(&str, Vector)],
    clustering: &Clustering,
    thought: &str,
) -> BTreeSet<Option<u32>> {
    let answers = circle.iter().zip(&clustering.theme_of);
    let of_thought = answers.filter(|((of, _), _)| *of == thought);
    of_thought.map(|(_, theme)| *theme).collect()
}

#[test]
fn the_ways_of_one_thought_stand_together_and_near_thoughts_are_neighbours() {
    let circle = circle();
    let clustering = cluster_circle(&circle);
    let mut themes = BTreeSet::new();
    for thought in THOUGHTS {
        let of = themes_of(&circle, &clustering, thought);
        assert_eq!(of.len(), 1, "{thought} came apart: {of:?}");
        themes.extend(of);
    }
    let themes: Vec<u32> = themes.into_iter().map(|theme| theme.unwrap()).collect();
    assert!(themes.is_sorted_by(|a, b| b - a == 1), "not side by side: {themes:?}");
}

#[test]
fn no_unrelated_answer_is_among_them() {
    let circle = circle();
    let clustering = cluster_circle(&circle);
    let unrelated = themes_of(&circle, &clustering, "-");
    for thought in THOUGHTS {
        assert!(unrelated.is_disjoint(&themes_of(&circle, &clustering, thought)), "{thought}");
    }
}

#[test]
fn who_fits_nowhere_is_in_a_small_theme_or_alone() {
    // The model finds two small themes among the twenty unrelated sentences: handmade things, and
    // weather and trains. The others are outliers or pairs.
    let circle = circle();
    let clustering = cluster_circle(&circle);
    let is_shown = |theme: &Option<u32>| {
        theme.is_some() && clustering.theme_of.iter().filter(|of| *of == theme).count() >= THEME_MIN
    };
    let answers = circle.iter().zip(&clustering.theme_of);
    let unrelated = answers.filter(|((of, _), _)| *of == "-");
    let in_themes = unrelated.clone().filter(|(_, theme)| is_shown(theme)).count();
    for (_, theme) in unrelated.filter(|(_, theme)| is_shown(theme)) {
        let many = clustering.theme_of.iter().filter(|of| *of == theme).count();
        assert_eq!(many, THEME_MIN, "a large theme of what is unrelated");
    }
    assert!(in_themes <= 6, "{in_themes} of twenty");
}

#[test]
fn any_order_of_arrival_gives_the_same_quilt() {
    let circle = circle();
    let first = cluster_circle(&circle);
    let mut draws = Draws::new(5);
    for _ in 0..50 {
        let mut order: Vec<usize> = (0..circle.len()).collect();
        draws.shuffle(&mut order);
        let shuffled: Vec<_> = order.iter().map(|place| circle[*place].clone()).collect();
        let again = cluster_circle(&shuffled);
        for (place, before) in order.iter().enumerate() {
            assert_eq!(again.theme_of[place], first.theme_of[*before]);
        }
    }
}
