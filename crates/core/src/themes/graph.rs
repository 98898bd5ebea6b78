//! The k-nearest-neighbour graph of the points.

#![expect(clippy::indexing_slicing, reason = "nodes are numbered from nought")]

use super::points::{Points, SIMILARITY_ONE};

/// Points are compared in tiles of this many rows, which fit the L1 cache.
const TILE: usize = 32;

/// Weighted undirected edges in adjacency lists, each stored at both ends.
pub(super) struct NeighbourGraph {
    /// Start of each node's edges; the last entry is the end.
    starts: Vec<usize>,
    edges: Vec<(usize, f64)>,
    strengths: Vec<f64>,
    total: f64,
    resolution: f64,
}

impl NeighbourGraph {
    /// Links each point to its `neighbours` most similar points with positive similarity. A
    /// resolution above 1 raises the expected weights and makes communities smaller.
    pub(super) fn new(points: &Points, neighbours: usize, resolution: f64) -> Self {
        let mut edges = Vec::new();
        for (point, nearest) in nearest_neighbours(points, neighbours).iter().enumerate() {
            for (like, other) in nearest.iter().filter(|near| near.0 > 0) {
                let weight = f64::from(*like) / SIMILARITY_ONE;
                edges.push((point, *other, weight));
                edges.push((*other, point, weight));
            }
        }
        edges.sort_unstable_by_key(|edge| (edge.0, edge.1));
        // Mutual neighbours have one edge.
        edges.dedup_by_key(|edge| (edge.0, edge.1));
        Self::from_edges(edges, vec![0.0; points.len()], resolution)
    }

    /// From edges sorted by source, in both directions; `inner` is the weight inside each node.
    fn from_edges(sorted: Vec<(usize, usize, f64)>, mut inner: Vec<f64>, resolution: f64) -> Self {
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
            edges: sorted.into_iter().map(|edge| (edge.1, edge.2)).collect(),
            total: inner.iter().sum::<f64>().max(f64::MIN_POSITIVE),
            strengths: inner,
            resolution,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.strengths.len()
    }

    pub(super) fn edges(&self, node: usize) -> impl Iterator<Item = (usize, f64)> {
        self.edges[self.starts[node]..self.starts[node + 1]].iter().copied()
    }

    /// Sum of a node's edge weights; edges inside it count twice.
    pub(super) fn strength(&self, node: usize) -> f64 {
        self.strengths[node]
    }

    /// Edge weight expected by chance between nodes or communities of these strengths.
    pub(super) fn expected_weight(&self, a: f64, b: f64) -> f64 {
        self.resolution * a * b / self.total
    }

    /// The graph whose nodes are these parts; edge weights are summed.
    pub(super) fn aggregate(&self, part_of: &[usize], parts: usize) -> Self {
        let mut inner = vec![0.0; parts];
        let mut edges = Vec::new();
        for node in 0..self.len() {
            let from = part_of[node];
            let mut between = 0.0;
            for (other, weight) in self.edges(node) {
                if part_of[other] == from {
                    continue;
                }
                between += weight;
                edges.push((from, part_of[other], weight));
            }
            inner[from] += self.strength(node) - between;
        }
        edges.sort_by_key(|edge| (edge.0, edge.1));
        let mut summed: Vec<(usize, usize, f64)> = Vec::new();
        for edge in edges {
            match summed.last_mut() {
                Some(last) if (last.0, last.1) == (edge.0, edge.1) => last.2 += edge.2,
                _ => summed.push(edge),
            }
        }
        Self::from_edges(summed, inner, self.resolution)
    }
}

/// The `count` most similar points of each, most similar first; ties by lower index.
fn nearest_neighbours(points: &Points, count: usize) -> Vec<Vec<(i32, usize)>> {
    let mut nearest: Vec<Vec<(i32, usize)>> = vec![Vec::with_capacity(count + 1); points.len()];
    // Similarity of the last neighbour found so far: lower ones need no insertion.
    let mut least = vec![i32::MIN; points.len()];
    let tiles: Vec<_> = (0..points.len()).step_by(TILE).collect();
    for first in &tiles {
        for second in tiles.iter().filter(|second| *second >= first) {
            for a in *first..(first + TILE).min(points.len()) {
                for b in (*second).max(a + 1)..(second + TILE).min(points.len()) {
                    let like = points.similarity(a, b);
                    for (point, other) in [(a, b), (b, a)] {
                        if like >= least[point] {
                            insert_nearest(&mut nearest[point], (like, other), count);
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

fn insert_nearest(nearest: &mut Vec<(i32, usize)>, near: (i32, usize), count: usize) {
    let index = nearest
        .partition_point(|other| (-i64::from(other.0), other.1) < (-i64::from(near.0), near.1));
    nearest.insert(index, near);
    nearest.truncate(count);
}
