//! Absorbs outliers into themes, and splits themes of three that may be chance.

#![expect(clippy::indexing_slicing, reason = "points and groups are numbered from nought")]

use super::SimilarityMatrix;
use crate::themes::THEME_MIN;
use crate::themes::order::cluster_count;
use crate::themes::points::Points;
use crate::themes::threshold::SimilarityStats;

/// Moves each outlier to the theme with its three most similar shares, if their mean similarity
/// reaches `threshold`.
pub(super) fn absorb_outliers(
    similarity: &SimilarityMatrix,
    points: &Points,
    threshold: i64,
    groups: &[usize],
) -> Vec<usize> {
    let mut sizes = vec![0; cluster_count(groups)];
    for (point, group) in groups.iter().enumerate() {
        sizes[*group] += points.weight(point) as usize;
    }
    let mut absorbed = groups.to_vec();
    for point in (0..similarity.side).filter(|point| sizes[groups[*point]] == 1) {
        let mut near: Vec<(i32, usize)> = similarity.row(point).iter().copied().zip(0..).collect();
        near.retain(|(_, other)| sizes[groups[*other]] >= THEME_MIN);
        near.sort_by_key(|(like, other)| (-i64::from(*like), *other));
        // Number and similarity sum of the nearest shares seen so far, by theme.
        let mut met = vec![(0, 0); sizes.len()];
        let mut best: Option<(i64, usize)> = None;
        for (like, other) in near {
            let group = groups[other];
            let (number, sum) = &mut met[group];
            for _ in 0..points.weight(other).min(3) {
                *number += 1;
                *sum += i64::from(like);
                if *number == 3 && *sum >= 3 * threshold && best.is_none_or(|(most, _)| *sum > most)
                {
                    best = Some((*sum, group));
                }
            }
        }
        if let Some((_, group)) = best {
            absorbed[point] = group;
        }
    }
    absorbed
}

/// The threshold for themes of three, from the pairs across themes. All pairs would not do: in a
/// small round one close theme would make any other look like chance.
pub(super) fn triple_threshold(
    similarity: &SimilarityMatrix,
    points: &Points,
    groups: &[usize],
) -> i64 {
    let mut apart = SimilarityStats::default();
    for (a, group) in groups.iter().enumerate() {
        let row = similarity.row(a).iter().zip(groups).enumerate();
        for (b, (like, other)) in row.skip(a + 1) {
            if group != other {
                apart.add_pairs(*like, f64::from(points.weight(a)) * f64::from(points.weight(b)));
            }
        }
    }
    apart.triple_threshold(points.of_input().len())
}

/// Removes the least similar share from each theme of three whose mean similarity is below
/// `threshold`, unless the three are the whole round.
pub(super) fn split_weak_triples(
    similarity: &SimilarityMatrix,
    points: &Points,
    threshold: i64,
    groups: &mut [usize],
) {
    let mut members = vec![Vec::new(); cluster_count(groups)];
    for (point, group) in groups.iter().enumerate() {
        members[*group].push(point);
    }
    let mut next = members.len();
    let answers = points.of_input().len();
    for theme in members {
        let size: usize = theme.iter().map(|of| points.weight(*of) as usize).sum();
        if size != THEME_MIN || size == answers {
            continue;
        }
        // Similarity of a share to the other two.
        let with_others = |point: usize| {
            let like = |other: &usize| {
                let same = u32::from(*other == point);
                i64::from(similarity.row(point)[*other]) * i64::from(points.weight(*other) - same)
            };
            theme.iter().map(like).sum::<i64>()
        };
        let all: i64 =
            theme.iter().map(|point| with_others(*point) * i64::from(points.weight(*point))).sum();
        let loosest = theme.iter().min_by_key(|point| with_others(**point));
        if let Some(loosest) = loosest
            && all < 6 * threshold
        {
            groups[*loosest] = next;
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::themes::points::SIMILARITY_ONE;

    /// Runs [`split_weak_triples`] with the threshold as a cosine.
    fn split_triples(vectors: &[[f32; 3]], groups: &[usize], threshold: f64) -> Vec<usize> {
        let rows: Vec<&[f32]> = vectors.iter().map(|vector| &vector[..]).collect();
        let points = Points::from_vectors(&rows).unwrap();
        let mut groups = groups.to_vec();
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^31")]
        let threshold = (threshold * SIMILARITY_ONE) as i64;
        split_weak_triples(
            &SimilarityMatrix::from_points(&points),
            &points,
            threshold,
            &mut groups,
        );
        groups
    }

    // In the order of points: by components.
    const FAR: [f32; 3] = [-1.0, 0.0, 0.1];
    const LOOSE: [f32; 3] = [0.6, 0.8, 0.0];
    const NEAR: [[f32; 3]; 2] = [[0.98, 0.0, 0.2], [0.98, 0.2, 0.0]];

    #[test]
    fn of_three_that_may_be_chance_the_nearest_two_stay() {
        let circle = [FAR, LOOSE, NEAR[0], NEAR[1]];
        assert_eq!(split_triples(&circle, &[1, 0, 0, 0], 0.9), [1, 2, 0, 0]);
        assert_eq!(split_triples(&circle, &[1, 0, 0, 0], 0.1), [1, 0, 0, 0]);
    }

    #[test]
    fn those_who_say_the_same_stay_together() {
        let circle = [FAR, LOOSE, NEAR[0], NEAR[0]];
        assert_eq!(split_triples(&circle, &[1, 0, 0], 0.95), [1, 2, 0]);
    }

    #[test]
    fn a_close_theme_does_not_make_another_of_three_look_like_chance() {
        // Three nearly identical, three similar, and one outlier.
        let axes = |like: usize, much: f32, own: usize| -> [f32; 9] {
            std::array::from_fn(|axis| match axis {
                axis if axis == like => much,
                axis if axis == own => 1.0,
                _ => 0.0,
            })
        };
        let near = [1, 2, 3].map(|own| axes(0, 2.0, own));
        let similar = [5, 6, 7].map(|own| axes(4, 1.0, own));
        let said: Vec<[f32; 9]> =
            [near, similar].concat().into_iter().chain([axes(8, 1.0, 8)]).collect();
        let rows: Vec<&[f32]> = said.iter().map(|vector| &vector[..]).collect();
        let points = Points::from_vectors(&rows).unwrap();
        let mut groups = vec![0; points.len()];
        for (point, group) in points.of_input().iter().zip([0, 0, 0, 1, 1, 1, 2]) {
            groups[*point] = group;
        }
        let before = groups.clone();
        let similarity = SimilarityMatrix::from_points(&points);
        let threshold = triple_threshold(&similarity, &points, &groups);
        split_weak_triples(&similarity, &points, threshold, &mut groups);
        assert_eq!(groups, before);
    }

    #[test]
    fn larger_themes_and_three_who_are_all_are_left_as_they_are() {
        let three = [LOOSE, NEAR[0], NEAR[1]];
        assert_eq!(split_triples(&three, &[0, 0, 0], 0.99), [0, 0, 0]);
        let four = [FAR, LOOSE, NEAR[0], NEAR[1]];
        assert_eq!(split_triples(&four, &[0, 0, 0, 0], 0.99), [0, 0, 0, 0]);
    }
}
