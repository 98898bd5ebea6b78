//! Communities of the kNN graph, for large rounds.
//!
//! Each share is linked to its nearest neighbours; communities maximise modularity (Leiden
//! algorithm: Traag, Waltman, van Eck 2019). The refinement takes the best merge where the authors
//! sample one, and nodes are visited in index order, so that no randomness is involved.

#![expect(clippy::indexing_slicing, reason = "nodes and communities are numbered from nought")]

use std::collections::VecDeque;

use super::graph::NeighbourGraph;
use super::linkage::renumber_clusters;
use super::order::cluster_count;
use super::points::Points;

/// Neighbours per node (k).
const NEIGHBOURS: usize = 20;
/// Up to this many shares the resolution is 1: plain modularity.
const PLAIN_MODULARITY_MAX: f64 = 1_000.0;
/// Growth of the resolution with the natural logarithm of the number of shares. Plain modularity
/// merges small communities the more, the larger the graph is (resolution limit: Fortunato,
/// Barthélemy 2007). Chosen so that 5,000 shares are clustered at 1.75.
const RESOLUTION_SLOPE: f64 = 0.466;
/// Passes converge after two or three.
const PASSES_MAX: usize = 5;

/// The cluster of each point.
pub(super) fn cluster_by_communities(points: &Points) -> Vec<usize> {
    let graph = NeighbourGraph::new(points, NEIGHBOURS, resolution_for(points.len()));
    let mut groups: Vec<usize> = (0..graph.len()).collect();
    for _ in 0..PASSES_MAX {
        let next = renumber_clusters(&run_pass(&graph, &groups));
        if next == groups {
            break;
        }
        groups = next;
    }
    renumber_clusters(&groups)
}

/// The resolution for this number of shares.
#[expect(clippy::cast_precision_loss, reason = "a round holds ten thousand answers")]
fn resolution_for(answers: usize) -> f64 {
    1.0 + RESOLUTION_SLOPE * (answers as f64 / PLAIN_MODULARITY_MAX).ln().max(0.0)
}

/// One Leiden pass: moves nodes, refines and aggregates until nothing merges any more.
fn run_pass(graph: &NeighbourGraph, start: &[usize]) -> Vec<usize> {
    let mut joined;
    let mut level = graph;
    let mut groups = start.to_vec();
    // The node of the current level that contains each point.
    let mut node_of: Vec<usize> = (0..graph.len()).collect();
    loop {
        move_nodes(level, &mut groups);
        groups = renumber_clusters(&groups);
        let refined = renumber_clusters(&refine_communities(level, &groups));
        let parts = cluster_count(&refined);
        if parts == level.len() {
            return node_of.iter().map(|node| groups[*node]).collect();
        }
        let mut group_of_part = vec![0; parts];
        for (part, group) in refined.iter().zip(&groups) {
            group_of_part[*part] = *group;
        }
        for node in &mut node_of {
            *node = refined[*node];
        }
        joined = level.aggregate(&refined, parts);
        level = &joined;
        groups = group_of_part;
    }
}

/// Total node strength of each community.
fn community_strengths(graph: &NeighbourGraph, groups: &[usize]) -> Vec<f64> {
    let mut strengths = vec![0.0; graph.len()];
    for (node, group) in groups.iter().enumerate() {
        strengths[*group] += graph.strength(node);
    }
    strengths
}

/// Edge weights from one node into each community; reused from node to node.
struct EdgeSums {
    to: Vec<f64>,
    touched: Vec<usize>,
}

impl EdgeSums {
    fn new(groups: usize) -> Self {
        Self { to: vec![0.0; groups], touched: Vec::new() }
    }

    /// Sums up the edges of `node` by the community that `group` returns.
    fn read_edges(
        &mut self,
        graph: &NeighbourGraph,
        node: usize,
        group: impl Fn(usize) -> Option<usize>,
    ) {
        for group in self.touched.drain(..) {
            self.to[group] = 0.0;
        }
        for (neighbour, weight) in graph.edges(node) {
            if let Some(group) = group(neighbour) {
                if self.to[group] == 0.0 {
                    self.touched.push(group);
                }
                self.to[group] += weight;
            }
        }
        self.touched.sort_unstable();
    }
}

/// Modularity gain of `node` in a community: its edge weight less the expected weight.
fn modularity_gain(graph: &NeighbourGraph, node: usize, ties: f64, strength: f64) -> f64 {
    ties - graph.expected_weight(graph.strength(node), strength)
}

/// Moves nodes to the community with the highest gain until none moves (fast local move).
fn move_nodes(graph: &NeighbourGraph, groups: &mut [usize]) {
    let mut strengths = community_strengths(graph, groups);
    let mut sizes = vec![0_usize; graph.len()];
    for group in groups.iter() {
        sizes[*group] += 1;
    }
    let mut empty: Vec<usize> = (0..graph.len()).rev().filter(|group| sizes[*group] == 0).collect();
    let mut sums = EdgeSums::new(graph.len());
    let mut waiting: VecDeque<usize> = (0..graph.len()).collect();
    let mut is_waiting = vec![true; graph.len()];
    while let Some(node) = waiting.pop_front() {
        is_waiting[node] = false;
        let here = groups[node];
        sums.read_edges(graph, node, |neighbour| Some(groups[neighbour]));
        strengths[here] -= graph.strength(node);
        let mut best = here;
        let mut most = modularity_gain(graph, node, sums.to[here], strengths[here]);
        for group in &sums.touched {
            let gained = modularity_gain(graph, node, sums.to[*group], strengths[*group]);
            if gained > most + GAIN_MIN {
                (best, most) = (*group, gained);
            }
        }
        if most < -GAIN_MIN
            && sizes[here] > 1
            && let Some(alone) = empty.pop()
        {
            best = alone;
        }
        strengths[best] += graph.strength(node);
        if best == here {
            continue;
        }
        groups[node] = best;
        sizes[best] += 1;
        sizes[here] -= 1;
        if sizes[here] == 0 {
            empty.push(here);
        }
        for (neighbour, _) in graph.edges(node) {
            if groups[neighbour] != best && !is_waiting[neighbour] {
                is_waiting[neighbour] = true;
                waiting.push_back(neighbour);
            }
        }
    }
}

/// Smaller gains are rounding errors.
const GAIN_MIN: f64 = 1e-9;

/// Splits each community into singletons and merges well-connected ones again. A community that was
/// held together only by a node that has left falls apart here.
fn refine_communities(graph: &NeighbourGraph, groups: &[usize]) -> Vec<usize> {
    let whole = community_strengths(graph, groups);
    let mut parts: Vec<usize> = (0..graph.len()).collect();
    let mut strength: Vec<f64> = parts.iter().map(|node| graph.strength(*node)).collect();
    // Edge weight from each part to the rest of its community.
    let mut outward: Vec<f64> = (0..graph.len())
        .map(|node| {
            let inside = graph.edges(node).filter(|tie| groups[tie.0] == groups[node]);
            inside.map(|tie| tie.1).sum()
        })
        .collect();
    let mut is_single = vec![true; graph.len()];
    let mut sums = EdgeSums::new(graph.len());
    let is_well_tied = |outward: f64, strength: f64, group: usize| {
        outward + GAIN_MIN >= graph.expected_weight(strength, whole[group] - strength)
    };
    for node in 0..graph.len() {
        let group = groups[node];
        if !is_single[node] || !is_well_tied(outward[node], strength[node], group) {
            continue;
        }
        sums.read_edges(graph, node, |neighbour| {
            (groups[neighbour] == group).then(|| parts[neighbour])
        });
        let mut best = None;
        let mut most = GAIN_MIN;
        for part in &sums.touched {
            let gained = modularity_gain(graph, node, sums.to[*part], strength[*part]);
            let is_tied = is_well_tied(outward[*part], strength[*part], group);
            if *part != node && is_tied && gained > most {
                (best, most) = (Some(*part), gained);
            }
        }
        let Some(part) = best else {
            continue;
        };
        outward[part] += outward[node] - 2.0 * sums.to[part];
        strength[part] += strength[node];
        is_single[part] = false;
        is_single[node] = false;
        parts[node] = part;
    }
    parts
}
