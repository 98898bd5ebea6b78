//! Incremental clustering.

use std::collections::BTreeMap;

use sitwith_core::themes::{
    Cluster, IncrementalClustering, InvalidVector, Vector, cluster_vectors,
};

use super::{Draws, around};

fn group_of(groups: &[Cluster]) -> BTreeMap<u128, u32> {
    let keys = groups.iter().flat_map(|group| group.keys.iter().map(|key| (*key, group.number)));
    keys.collect()
}

fn numbers(groups: &[Cluster]) -> Vec<u32> {
    groups.iter().map(|group| group.number).collect()
}

/// Five centres with `each` embeddings around them.
fn crowd(seed: u64, each: usize) -> Vec<Vector> {
    let mut draws = Draws::new(seed);
    let middles: Vec<Vec<f32>> = (0..5).map(|_| draws.middle(32)).collect();
    around(&mut draws, &middles, each)
}

fn sewn(vectors: &[Vector]) -> IncrementalClustering {
    let mut clustering = IncrementalClustering::new();
    for (key, vector) in (1..).zip(vectors) {
        clustering.add(key, vector.clone()).unwrap();
    }
    clustering
}

#[test]
fn few_of_those_that_are_shown_move_when_somebody_arrives() {
    for seed in 1..20 {
        let mut clustering = IncrementalClustering::new();
        let mut moved = 0.0;
        let vectors = crowd(seed, 12);
        for (key, vector) in (1..).zip(&vectors) {
            let before = group_of(&clustering.clusters());
            clustering.add(key, vector.clone()).unwrap();
            let after = group_of(&clustering.clusters());
            let changed = before.iter().filter(|(key, group)| after[*key] != **group).count();
            let shown = f64::from(u32::try_from(before.len().max(1)).unwrap());
            moved += f64::from(u32::try_from(changed).unwrap()) / shown;
        }
        let share = moved / f64::from(u32::try_from(vectors.len()).unwrap());
        assert!(share <= 0.01, "seed {seed}: {share}");
    }
}

#[test]
fn after_a_gathering_all_is_as_if_it_had_come_at_once() {
    let vectors = crowd(4, 9);
    let at_once = cluster_vectors(&vectors).unwrap();
    let mut draws = Draws::new(9);
    for _ in 0..10 {
        let mut order: Vec<usize> = (0..vectors.len()).collect();
        draws.shuffle(&mut order);
        let mut clustering = IncrementalClustering::new();
        for place in &order {
            clustering.add(*place as u128, vectors[*place].clone()).unwrap();
        }
        clustering.recluster();
        let themes = clustering.clusters();
        for (place, of) in at_once.theme_of.iter().enumerate() {
            let at = themes.iter().position(|group| group.keys.contains(&(place as u128)));
            match of {
                Some(theme) => assert_eq!(at, Some(*theme as usize)),
                None => assert_eq!(themes[at.unwrap()].keys.len(), 1),
            }
        }
    }
}

#[test]
fn a_theme_keeps_its_number_through_a_gathering() {
    let mut clustering = sewn(&crowd(2, 10));
    clustering.recluster();
    let before = group_of(&clustering.clusters());
    clustering.recluster();
    assert_eq!(group_of(&clustering.clusters()), before, "a second gathering moves nothing");
    let mut more = Draws::new(40);
    for key in 900..910 {
        clustering.add(key, more.near(&[0.0; 32], 1.0)).unwrap();
    }
    clustering.recluster();
    let after = group_of(&clustering.clusters());
    let kept = before.iter().filter(|(key, group)| after[*key] == **group).count();
    assert!(kept * 10 >= before.len() * 9, "{kept} of {}", before.len());
}

#[test]
fn who_withdraws_is_gone_and_nobody_else_moves() {
    let mut clustering = sewn(&crowd(3, 8));
    let before = group_of(&clustering.clusters());
    for key in [1, 7, 20] {
        clustering.remove(key);
        clustering.remove(key);
    }
    let after = group_of(&clustering.clusters());
    assert_eq!(after.len(), before.len() - 3);
    assert!(after.iter().all(|(key, group)| before[key] == *group));
    for key in 1..=40 {
        clustering.remove(key);
    }
    assert!(clustering.clusters().is_empty());
    clustering.recluster();
    assert!(clustering.clusters().is_empty());
}

#[test]
fn what_was_kept_is_put_back_as_it_was() {
    let mut clustering = sewn(&crowd(6, 4));
    let kept = [(1, Some(5)), (2, Some(5)), (3, Some(5)), (4, None), (5, Some(0)), (6, Some(0))];
    clustering.restore_assignment(&kept);
    let groups = group_of(&clustering.clusters());
    assert!([1, 2, 3].iter().all(|key| groups[key] == 5));
    assert!([5, 6].iter().all(|key| groups[key] == 0));
    assert_eq!(groups.len(), 20);
    let with_four = groups.values().filter(|group| **group == groups[&4]).count();
    assert_eq!(with_four, 1, "alone is alone");
    let with_five = groups.values().filter(|group| **group == 5).count();
    assert_eq!(with_five, 3, "who was not named is not among them");
    clustering.add(99, crowd(6, 4)[0].clone()).unwrap();
    assert_eq!(clustering.clusters().iter().flat_map(|group| &group.keys).count(), 21);
}

#[test]
fn the_most_central_comes_first() {
    let numbers = [[1.0, 0.0, 0.05], [1.0, 0.0, 0.5], [1.0, 0.0, -0.5], [1.0, 0.1, 0.0]];
    let mut clustering = IncrementalClustering::new();
    for (key, numbers) in (1..).zip(numbers) {
        clustering.add(key, Vector::new(&numbers).unwrap()).unwrap();
    }
    clustering.restore_assignment(&[(1, Some(0)), (2, Some(0)), (3, Some(0)), (4, Some(0))]);
    let groups = clustering.clusters();
    assert_eq!(groups[0].keys[0], 1);
    assert_eq!(groups[0].keys.len(), 4);
}

#[test]
fn the_quilt_keeps_its_order_while_answers_come() {
    let vectors = crowd(8, 20);
    let mut clustering = sewn(&vectors[..50]);
    let before: Vec<u32> = clustering
        .clusters()
        .into_iter()
        .filter(|group| group.keys.len() >= 3)
        .map(|group| group.number)
        .collect();
    for (key, vector) in (51..).zip(&vectors[50..]) {
        clustering.add(key, vector.clone()).unwrap();
    }
    let after = numbers(&clustering.clusters());
    let still: Vec<u32> = after.into_iter().filter(|number| before.contains(number)).collect();
    let expected: Vec<u32> = before.into_iter().filter(|number| still.contains(number)).collect();
    assert!(still.len() > 2);
    assert_eq!(still, expected);
}

#[test]
fn an_answer_that_is_changed_is_there_once() {
    let vectors = crowd(5, 3);
    let mut clustering = sewn(&vectors);
    clustering.add(2, vectors[0].clone()).unwrap();
    let keys: Vec<u128> = clustering.clusters().into_iter().flat_map(|group| group.keys).collect();
    assert_eq!(keys.len(), vectors.len());
    let groups = group_of(&clustering.clusters());
    assert_eq!(groups[&1], groups[&2], "now it says the same");
}

#[test]
fn a_vector_of_another_model_is_refused() {
    let mut clustering = sewn(&crowd(1, 2));
    let other = Vector::new(&[1.0; 8]).unwrap();
    assert_eq!(clustering.add(77, other), Err(InvalidVector::DimensionMismatch));
    assert_eq!(group_of(&clustering.clusters()).len(), 10);
    let shown = format!("{clustering:?}");
    assert!(shown.contains("shares: 10") && !shown.contains("0."), "{shown}");
}
