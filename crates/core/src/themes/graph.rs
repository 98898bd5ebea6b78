//! Who is nearest to whom, as a graph.

#![expect(clippy::indexing_slicing, reason = "nodes are numbered from nought")]

use super::points::{LIKE_ONE, Points};

/// Points are compared tile by tile, so that the rows of a tile stay in the nearest memory.
const TILE: usize = 32;

/// Nodes and weighted ties, kept for both ends.
pub(super) struct Graph {
    /// Where each node's ties begin; the last is where they end.
    starts: Vec<usize>,
    ties: Vec<(usize, f64)>,
    strengths: Vec<f64>,
    total: f64,
    resolution: f64,
}

impl Graph {
    /// Ties each point to the ones most like it, as far as they are like it at all. Over a
    /// resolution of 1 more ties are expected by chance, and groups become finer.
    pub(super) fn of(points: &Points, neighbours: usize, resolution: f64) -> Self {
        let mut ties = Vec::new();
        for (point, nearest) in nearest(points, neighbours).iter().enumerate() {
            for (like, other) in nearest.iter().filter(|near| near.0 > 0) {
                let weight = f64::from(*like) / LIKE_ONE;
                ties.push((point, *other, weight));
                ties.push((*other, point, weight));
            }
        }
        ties.sort_unstable_by_key(|tie| (tie.0, tie.1));
        // Two that are nearest to each other are tied once.
        ties.dedup_by_key(|tie| (tie.0, tie.1));
        Self::tied(ties, vec![0.0; points.len()], resolution)
    }

    /// From ties sorted by their first ends, both ways; `inner` is what each node holds inside.
    fn tied(sorted: Vec<(usize, usize, f64)>, mut inner: Vec<f64>, resolution: f64) -> Self {
        let nodes = inner.len();
        let mut starts = vec![0; nodes + 1];
        for (from, _, weight) in &sorted {
            starts[from + 1] += 1;
            inner[*from] += weight;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        Self {
            starts,
            ties: sorted.into_iter().map(|tie| (tie.1, tie.2)).collect(),
            total: inner.iter().sum::<f64>().max(f64::MIN_POSITIVE),
            strengths: inner,
            resolution,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.strengths.len()
    }

    pub(super) fn ties(&self, node: usize) -> impl Iterator<Item = (usize, f64)> {
        self.ties[self.starts[node]..self.starts[node + 1]].iter().copied()
    }

    /// The sum of a node's ties, those inside it counted from both ends.
    pub(super) fn strength(&self, node: usize) -> f64 {
        self.strengths[node]
    }

    /// The ties that chance would give between two of these strengths.
    pub(super) fn by_chance(&self, a: f64, b: f64) -> f64 {
        self.resolution * a * b / self.total
    }

    /// The graph with each part one node.
    pub(super) fn joined(&self, part_of: &[usize], parts: usize) -> Self {
        let mut inner = vec![0.0; parts];
        let mut ties = Vec::new();
        for node in 0..self.len() {
            let from = part_of[node];
            let mut between = 0.0;
            for (other, weight) in self.ties(node) {
                if part_of[other] == from {
                    continue;
                }
                between += weight;
                ties.push((from, part_of[other], weight));
            }
            inner[from] += self.strength(node) - between;
        }
        ties.sort_by_key(|tie| (tie.0, tie.1));
        let mut summed: Vec<(usize, usize, f64)> = Vec::new();
        for tie in ties {
            match summed.last_mut() {
                Some(last) if (last.0, last.1) == (tie.0, tie.1) => last.2 += tie.2,
                _ => summed.push(tie),
            }
        }
        Self::tied(summed, inner, self.resolution)
    }
}

/// The points most like each, the most like first; of equals the one with the lower number.
fn nearest(points: &Points, count: usize) -> Vec<Vec<(i32, usize)>> {
    let mut nearest: Vec<Vec<(i32, usize)>> = vec![Vec::with_capacity(count + 1); points.len()];
    // What the last of those found so far has: only more than that is news.
    let mut least = vec![i32::MIN; points.len()];
    let tiles: Vec<_> = (0..points.len()).step_by(TILE).collect();
    for first in &tiles {
        for second in tiles.iter().filter(|second| *second >= first) {
            for a in *first..(first + TILE).min(points.len()) {
                for b in (*second).max(a + 1)..(second + TILE).min(points.len()) {
                    let like = points.like(a, b);
                    for (point, other) in [(a, b), (b, a)] {
                        if like >= least[point] {
                            put(&mut nearest[point], (like, other), count);
                            if nearest[point].len() == count {
                                least[point] = nearest[point][count - 1].0;
                            }
                        }
                    }
                }
            }
        }
    }
    nearest
}

/// Puts one into its place among the nearest.
fn put(nearest: &mut Vec<(i32, usize)>, near: (i32, usize), count: usize) {
    let place = nearest
        .partition_point(|other| (-i64::from(other.0), other.1) < (-i64::from(near.0), near.1));
    nearest.insert(place, near);
    nearest.truncate(count);
}
