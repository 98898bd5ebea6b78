//! Matches new clusters with old ones.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Gives each new cluster the number of the old one it overlaps most, largest overlaps first. `old`
/// and `new` are the clusters of each share before and after.
pub(super) fn match_by_overlap(old: &[u32], new: &[usize]) -> Vec<(usize, u32)> {
    let mut overlaps: BTreeMap<(u32, usize), usize> = BTreeMap::new();
    for (old, new) in old.iter().zip(new) {
        *overlaps.entry((*old, *new)).or_default() += 1;
    }
    let mut overlaps: Vec<_> = overlaps.into_iter().collect();
    overlaps.sort_by_key(|((old, new), count)| (Reverse(*count), *old, *new));
    let (mut old_taken, mut new_taken) = (BTreeSet::new(), BTreeSet::new());
    let mut matched = Vec::new();
    for ((old, new), _) in overlaps {
        if !old_taken.contains(&old) && !new_taken.contains(&new) {
            old_taken.insert(old);
            new_taken.insert(new);
            matched.push((new, old));
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::match_by_overlap;

    #[test]
    fn numbers_go_where_most_answers_went() {
        let old = [7, 7, 7, 3, 3, 9];
        let new = [0, 0, 1, 1, 1, 2];
        let mut matched = match_by_overlap(&old, &new);
        matched.sort_unstable();
        assert_eq!(matched, [(0, 7), (1, 3), (2, 9)]);
    }

    #[test]
    fn a_group_that_came_apart_keeps_its_number_once() {
        let old = [5, 5, 5, 5];
        let new = [0, 0, 0, 1];
        assert_eq!(match_by_overlap(&old, &new), [(0, 5)]);
    }
}
