//! Properties of any input.

use proptest::prelude::*;
use sitwith_core::themes::{Clustering, InvalidVector, THEME_MIN, Vector, cluster_vectors};

use super::{Draws, around};

/// Small integers make many ties and duplicates.
fn answers() -> impl Strategy<Value = Vec<Vector>> {
    let vector = proptest::collection::vec(-2_i8..=2, 6)
        .prop_filter("points somewhere", |numbers| numbers.iter().any(|n| *n != 0))
        .prop_map(|numbers| {
            let numbers: Vec<f32> = numbers.into_iter().map(f32::from).collect();
            Vector::new(&numbers).unwrap()
        });
    proptest::collection::vec(vector, 0..70)
}

/// Whether both clusterings agree when `order` permuted the input.
fn same(before: &Clustering, after: &Clustering, order: &[usize]) -> bool {
    before.theme_count == after.theme_count
        && (0..order.len()).all(|place| after.theme_of[place] == before.theme_of[order[place]])
}

proptest! {
    #[test]
    fn the_order_of_arrival_changes_nothing(vectors in answers(), seed in any::<u64>()) {
        let clustering = cluster_vectors(&vectors).unwrap();
        let mut order: Vec<usize> = (0..vectors.len()).collect();
        Draws::new(seed).shuffle(&mut order);
        let shuffled: Vec<Vector> = order.iter().map(|place| vectors[*place].clone()).collect();
        let again = cluster_vectors(&shuffled).unwrap();
        prop_assert!(same(&clustering, &again, &order));
    }

    #[test]
    fn equal_answers_are_together_and_themes_are_numbered_without_a_gap(vectors in answers()) {
        let clustering = cluster_vectors(&vectors).unwrap();
        prop_assert_eq!(clustering.theme_of.len(), vectors.len());
        for (a, theme) in vectors.iter().zip(&clustering.theme_of) {
            for (b, other) in vectors.iter().zip(&clustering.theme_of) {
                if a == b {
                    prop_assert_eq!(theme, other);
                }
            }
        }
        let sizes: Vec<usize> = (0..clustering.theme_count)
            .map(|theme| clustering.theme_of.iter().filter(|of| **of == Some(theme)).count())
            .collect();
        prop_assert!(sizes.iter().all(|size| *size > 1), "a theme of one: {:?}", sizes);
        prop_assert!(clustering.theme_of.iter().flatten().all(|theme| *theme < clustering.theme_count));
        let most = sizes.iter().max().copied();
        prop_assert!(most.is_none() || sizes.first().copied() == most, "{:?}", sizes);
        let pairs = sizes.iter().skip_while(|size| **size >= THEME_MIN);
        prop_assert!(pairs.clone().all(|size| *size < THEME_MIN), "pairs come last: {:?}", sizes);
    }

    #[test]
    fn kept_vectors_are_read_back_as_they_were(vectors in answers()) {
        for vector in vectors {
            let read = Vector::from_bytes(&vector.to_bytes()).unwrap();
            prop_assert!(read.cosine(&vector).unwrap() > 0.999_999);
        }
    }
}

#[test]
fn nobody_and_one_alone_are_no_themes() {
    assert_eq!(cluster_vectors(&[]).unwrap(), Clustering { theme_of: Vec::new(), theme_count: 0 });
    let one = Vector::new(&[1.0, 2.0]).unwrap();
    assert_eq!(
        cluster_vectors(&[one]).unwrap(),
        Clustering { theme_of: vec![None], theme_count: 0 }
    );
}

#[test]
fn a_circle_that_says_one_thing_is_one_theme() {
    let one = Vector::new(&[0.3, -0.5, 0.1]).unwrap();
    for many in [2, 3, 12, 1_500] {
        let clustering = cluster_vectors(&vec![one.clone(); many]).unwrap();
        assert_eq!(clustering.theme_of, vec![Some(0); many]);
        assert_eq!(clustering.theme_count, 1);
    }
    let mut draws = Draws::new(3);
    let middle = vec![1.0; 64];
    let near: Vec<Vector> = (0..5).map(|_| draws.near(&middle, 0.5)).collect();
    assert_eq!(cluster_vectors(&near).unwrap().theme_of, vec![Some(0); 5], "in words of their own");
}

#[test]
fn opposites_stand_apart() {
    let there = Vector::new(&[1.0, 0.0, 0.5]).unwrap();
    let back = Vector::new(&[-1.0, 0.0, -0.5]).unwrap();
    assert_eq!(cluster_vectors(&[there.clone(), back.clone()]).unwrap().theme_of, [None, None]);
    let four = [there.clone(), back.clone(), there, back];
    let of = cluster_vectors(&four).unwrap().theme_of;
    assert!(of[0] == of[2] && of[1] == of[3] && of[0] != of[1], "{of:?}");
}

#[test]
fn what_is_no_vector_is_refused() {
    let broken = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    for number in broken {
        assert_eq!(Vector::new(&[1.0, number]), Err(InvalidVector::NotFinite));
        let mut bytes = 1.0_f32.to_le_bytes().to_vec();
        bytes.extend(number.to_le_bytes());
        assert_eq!(Vector::from_bytes(&bytes), Err(InvalidVector::NotFinite));
    }
    assert_eq!(Vector::new(&[]), Err(InvalidVector::NotFinite));
    assert_eq!(Vector::new(&[0.0, -0.0]), Err(InvalidVector::Zero));
    let (short, long) = ([1.0], [1.0, 1.0]);
    let unlike = [Vector::new(&short).unwrap(), Vector::new(&long).unwrap()];
    assert_eq!(cluster_vectors(&unlike), Err(InvalidVector::DimensionMismatch));
    assert_eq!(unlike[0].cosine(&unlike[1]), Err(InvalidVector::DimensionMismatch));
}

#[test]
fn a_crowd_is_gathered_by_its_middles_in_any_order() {
    let mut draws = Draws::new(7);
    let middles: Vec<Vec<f32>> = (0..12).map(|_| draws.middle(48)).collect();
    let vectors = around(&mut draws, &middles, 100);
    let clustering = cluster_vectors(&vectors).unwrap();
    assert_eq!(clustering.theme_count, 12);
    for (place, of) in clustering.theme_of.iter().enumerate() {
        assert_eq!(*of, clustering.theme_of[place % 12], "answer {place}");
    }
    let mut order: Vec<usize> = (0..vectors.len()).collect();
    draws.shuffle(&mut order);
    let shuffled: Vec<Vector> = order.iter().map(|place| vectors[*place].clone()).collect();
    assert!(same(&clustering, &cluster_vectors(&shuffled).unwrap(), &order));
}

#[test]
fn near_themes_are_neighbours() {
    // Four centres in a row, each with a component of the one before; the largest is at one end.
    let places = [0_usize, 1, 2, 3];
    let middle = |place: usize| {
        let mut middle = vec![0.0; 8];
        middle[place] = 0.9;
        if let Some(before) = place.checked_sub(1) {
            middle[before] = 0.4;
        }
        middle
    };
    let mut draws = Draws::new(11);
    let mut vectors = Vec::new();
    for (place, size) in places.iter().zip([9, 5, 7, 6]) {
        for _ in 0..size {
            vectors.push((draws.near(&middle(*place), 0.02), *place));
        }
    }
    draws.shuffle(&mut vectors);
    let only: Vec<Vector> = vectors.iter().map(|(vector, _)| vector.clone()).collect();
    let clustering = cluster_vectors(&only).unwrap();
    assert_eq!(clustering.theme_count, 4);
    for ((_, place), of) in vectors.iter().zip(&clustering.theme_of) {
        let expected = places.iter().position(|other| other == place);
        assert_eq!(of.map(|theme| theme as usize), expected);
    }
}
