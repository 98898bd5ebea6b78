//! Small rounds: average linkage over all pairs, then local refinement.
//!
//! 1. Clusters are merged while their mean similarity is above the round's threshold (average
//!    linkage by nearest-neighbour chains: Murtagh 1983).
//! 2. Single shares move to the cluster with the largest sum of similarity in excess of the
//!    threshold, or become outliers if no cluster has a positive sum (correlation clustering:
//!    Bansal, Blum, Chawla 2004).
//! 3. Outliers that are similar enough to three shares of a theme are absorbed.
//! 4. Of a theme of three that could be chance, the two most similar shares stay as a pair.

#![expect(clippy::indexing_slicing, reason = "cells of one matrix, cut by its own side")]

mod outliers;

use super::points::Points;
use super::threshold::{SimilarityStats, Thresholds};

/// Moves converge after a few rounds.
const MOVE_ROUNDS_MAX: usize = 40;

/// The cluster of each point, numbered by first occurrence.
pub(super) fn cluster_by_linkage(points: &Points) -> Vec<usize> {
    let similarity = SimilarityMatrix::from_points(points);
    let thresholds = similarity.thresholds(points);
    let mut groups = link_by_average(&similarity, points, thresholds.join);
    move_points(&similarity, points, thresholds.join, &mut groups);
    let groups = renumber_clusters(&groups);
    let mut groups = renumber_clusters(&outliers::absorb_outliers(
        &similarity,
        points,
        thresholds.absorb,
        &groups,
    ));
    let weakest = outliers::triple_threshold(&similarity, points, &groups);
    outliers::split_weak_triples(&similarity, points, weakest, &mut groups);
    renumber_clusters(&groups)
}

struct SimilarityMatrix {
    cells: Vec<i32>,
    side: usize,
}

impl SimilarityMatrix {
    fn from_points(points: &Points) -> Self {
        let side = points.len();
        let mut cells = vec![0; side * side];
        for a in 0..side {
            for b in a..side {
                let like = points.similarity(a, b);
                cells[a * side + b] = like;
                cells[b * side + a] = like;
            }
        }
        Self { cells, side }
    }

    fn row(&self, point: usize) -> &[i32] {
        &self.cells[point * self.side..(point + 1) * self.side]
    }

    fn thresholds(&self, points: &Points) -> Thresholds {
        let mut stats = SimilarityStats::default();
        for a in 0..self.side {
            let weight = f64::from(points.weight(a));
            let row = self.row(a);
            stats.add_pairs(row[a], weight * (weight - 1.0) / 2.0);
            for (b, like) in row.iter().enumerate().skip(a + 1) {
                stats.add_pairs(*like, weight * f64::from(points.weight(b)));
            }
        }
        stats.thresholds(points.of_input().len())
    }
}

/// Average linkage down to `threshold`.
fn link_by_average(similarity: &SimilarityMatrix, points: &Points, threshold: i64) -> Vec<usize> {
    let side = similarity.side;
    let mut sizes: Vec<i64> = (0..side).map(|point| i64::from(points.weight(point))).collect();
    // Sum of similarity over all pairs between two clusters; a cluster is stored at its first
    // point.
    let mut sums: Vec<i64> = Vec::with_capacity(side * side);
    for a in 0..side {
        let row = similarity.row(a).iter().zip(&sizes);
        sums.extend(row.map(|(like, size)| i64::from(*like) * size * sizes[a]));
    }
    let mut groups: Vec<usize> = (0..side).collect();
    let mut is_whole = vec![true; side];
    let mut chain: Vec<usize> = Vec::new();
    let mut first = 0;
    loop {
        if chain.is_empty() {
            while first < side && !is_whole[first] {
                first += 1;
            }
            if first == side {
                return groups;
            }
            chain.push(first);
        }
        let top = chain[chain.len() - 1];
        let before = chain.len().checked_sub(2).map(|index| chain[index]);
        let Some((next, mean)) = nearest_cluster(&sums, &sizes, &is_whole, top, before) else {
            return groups;
        };
        #[expect(clippy::cast_precision_loss, reason = "at most 2^31")]
        if mean < threshold as f64 {
            // Average linkage is monotonic: this cluster is complete.
            is_whole[top] = false;
            chain.pop();
        } else if Some(next) == before {
            chain.truncate(chain.len() - 2);
            merge_clusters(&mut sums, &mut sizes, &is_whole, [top.min(next), top.max(next)]);
            is_whole[top.max(next)] = false;
            for group in &mut groups {
                if *group == top.max(next) {
                    *group = top.min(next);
                }
            }
        } else {
            chain.push(next);
        }
    }
}

/// The most similar cluster and their mean similarity. Ties go to `before`, then to the lowest
/// index.
fn nearest_cluster(
    sums: &[i64],
    sizes: &[i64],
    is_whole: &[bool],
    of: usize,
    before: Option<usize>,
) -> Option<(usize, f64)> {
    let side = sizes.len();
    let row = &sums[of * side..(of + 1) * side];
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let mean = |other: usize| row[other] as f64 / (sizes[of] * sizes[other]) as f64;
    let mut best = before.map(|before| (before, mean(before)));
    for other in (0..side).filter(|other| is_whole[*other] && *other != of) {
        let mean = mean(other);
        if best.is_none_or(|(_, most)| mean > most) {
            best = Some((other, mean));
        }
    }
    best
}

fn merge_clusters(
    sums: &mut [i64],
    sizes: &mut [i64],
    is_whole: &[bool],
    [into, from]: [usize; 2],
) {
    let side = sizes.len();
    for other in (0..side).filter(|other| is_whole[*other] && *other != into && *other != from) {
        let sum = sums[into * side + other] + sums[from * side + other];
        sums[into * side + other] = sum;
        sums[other * side + into] = sum;
    }
    sizes[into] += sizes[from];
}

/// Moves single shares to the cluster with the largest excess similarity until none moves.
fn move_points(
    similarity: &SimilarityMatrix,
    points: &Points,
    threshold: i64,
    groups: &mut [usize],
) {
    let side = similarity.side;
    // Excess similarity of each point to each cluster, the point itself excluded.
    let mut over = vec![0_i64; side * side];
    let over_pair = |a: usize, b: usize| {
        (i64::from(similarity.row(a)[b]) - threshold) * i64::from(points.weight(b))
    };
    for point in 0..side {
        for other in (0..side).filter(|other| *other != point) {
            over[point * side + groups[other]] += over_pair(point, other);
        }
    }
    for _ in 0..MOVE_ROUNDS_MAX {
        let mut has_moved = false;
        for point in 0..side {
            let row = &over[point * side..(point + 1) * side];
            let here = groups[point];
            let mut best = here;
            for group in 0..side {
                if row[group] > row[best] {
                    best = group;
                }
            }
            // An empty cluster has an excess of 0, so outliers prefer it to a negative one.
            if best == here {
                continue;
            }
            groups[point] = best;
            has_moved = true;
            for other in (0..side).filter(|other| *other != point) {
                let pair = over_pair(other, point);
                over[other * side + here] -= pair;
                over[other * side + best] += pair;
            }
        }
        if !has_moved {
            break;
        }
    }
}

/// The same clusters, renumbered by first occurrence.
pub(super) fn renumber_clusters(groups: &[usize]) -> Vec<usize> {
    let most = groups.iter().max().map_or(0, |most| most + 1);
    let mut names = vec![None; most];
    let mut count = 0;
    let mut numbered = Vec::with_capacity(groups.len());
    for group in groups {
        let name = *names[*group].get_or_insert_with(|| {
            count += 1;
            count - 1
        });
        numbered.push(name);
    }
    numbered
}
