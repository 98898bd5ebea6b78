//! Crowds: communities among nearest neighbours.
//!
//! Everybody is tied to the answers that are most like theirs, and groups are found that have more
//! ties inside than chance would give them (modularity; Leiden: Traag, Waltman, van Eck 2019). Its
//! refinement takes the best step where the authors draw one, and nodes are visited in the order
//! of their numbers: no chance is in it.

#![expect(clippy::indexing_slicing, reason = "nodes and communities are numbered from nought")]

use std::collections::VecDeque;

use super::circle::numbered;
use super::graph::Graph;
use super::order::count;
use super::points::Points;

/// To how many answers each is tied.
const NEIGHBOURS: usize = 20;
/// Up to so many answers groups are as fine as plain modularity finds them.
const PLAIN_MAX: f64 = 1_000.0;
/// How much finer they are with each further power of e. Plain modularity joins small groups the
/// more, the larger the crowd is (its resolution limit: Fortunato, Barthélemy 2007). Five thousand
/// answers are gathered at 1.75.
const FINER: f64 = 0.466;
/// Whole passes settle after two or three.
const PASSES_MAX: usize = 5;

/// The group of each point.
pub(super) fn grouped(points: &Points) -> Vec<usize> {
    let graph = Graph::of(points, NEIGHBOURS, resolution(points.len()));
    let mut groups: Vec<usize> = (0..graph.len()).collect();
    for _ in 0..PASSES_MAX {
        let next = numbered(&pass(&graph, &groups));
        if next == groups {
            break;
        }
        groups = next;
    }
    numbered(&groups)
}

/// How fine the groups of so many answers are.
#[expect(clippy::cast_precision_loss, reason = "a round holds ten thousand answers")]
fn resolution(answers: usize) -> f64 {
    1.0 + FINER * (answers as f64 / PLAIN_MAX).ln().max(0.0)
}

/// Moves, refines and joins until nothing joins any more.
fn pass(graph: &Graph, start: &[usize]) -> Vec<usize> {
    let mut joined;
    let mut level = graph;
    let mut groups = start.to_vec();
    // In which node of the present level each point is.
    let mut node_of: Vec<usize> = (0..graph.len()).collect();
    loop {
        settle(level, &mut groups);
        groups = numbered(&groups);
        let refined = numbered(&refine(level, &groups));
        let parts = count(&refined);
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
        joined = level.joined(&refined, parts);
        level = &joined;
        groups = group_of_part;
    }
}

/// What nodes weigh together, by group.
fn strengths(graph: &Graph, groups: &[usize]) -> Vec<f64> {
    let mut strengths = vec![0.0; graph.len()];
    for (node, group) in groups.iter().enumerate() {
        strengths[*group] += graph.strength(node);
    }
    strengths
}

/// The ties from one node into groups: filled anew for each node.
struct Ties {
    to: Vec<f64>,
    touched: Vec<usize>,
}

impl Ties {
    fn new(groups: usize) -> Self {
        Self { to: vec![0.0; groups], touched: Vec::new() }
    }

    /// Reads the ties of this node to those groups that are asked for.
    fn read(&mut self, graph: &Graph, node: usize, group: impl Fn(usize) -> Option<usize>) {
        for group in self.touched.drain(..) {
            self.to[group] = 0.0;
        }
        for (neighbour, weight) in graph.ties(node) {
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

/// What a node gains in a group: its ties less what chance would give.
fn gain(graph: &Graph, node: usize, ties: f64, strength: f64) -> f64 {
    ties - graph.by_chance(graph.strength(node), strength)
}

/// Moves nodes to where they gain most, and asks their neighbours again, until none moves.
fn settle(graph: &Graph, groups: &mut [usize]) {
    let mut strengths = strengths(graph, groups);
    let mut sizes = vec![0_usize; graph.len()];
    for group in groups.iter() {
        sizes[*group] += 1;
    }
    let mut empty: Vec<usize> = (0..graph.len()).rev().filter(|group| sizes[*group] == 0).collect();
    let mut ties = Ties::new(graph.len());
    let mut waiting: VecDeque<usize> = (0..graph.len()).collect();
    let mut is_waiting = vec![true; graph.len()];
    while let Some(node) = waiting.pop_front() {
        is_waiting[node] = false;
        let here = groups[node];
        ties.read(graph, node, |neighbour| Some(groups[neighbour]));
        strengths[here] -= graph.strength(node);
        let mut best = here;
        let mut most = gain(graph, node, ties.to[here], strengths[here]);
        for group in &ties.touched {
            let gained = gain(graph, node, ties.to[*group], strengths[*group]);
            if gained > most + LEAST {
                (best, most) = (*group, gained);
            }
        }
        if most < -LEAST
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
        for (neighbour, _) in graph.ties(node) {
            if groups[neighbour] != best && !is_waiting[neighbour] {
                is_waiting[neighbour] = true;
                waiting.push_back(neighbour);
            }
        }
    }
}

/// Gains smaller than this are rounding.
const LEAST: f64 = 1e-9;

/// Takes each group apart and joins again, one by one, what is well tied: a group that holds
/// together only by a node that has left comes apart here.
fn refine(graph: &Graph, groups: &[usize]) -> Vec<usize> {
    let whole = strengths(graph, groups);
    let mut parts: Vec<usize> = (0..graph.len()).collect();
    let mut strength: Vec<f64> = parts.iter().map(|node| graph.strength(*node)).collect();
    // The ties of each part to the rest of its group.
    let mut outward: Vec<f64> = (0..graph.len())
        .map(|node| {
            let inside = graph.ties(node).filter(|tie| groups[tie.0] == groups[node]);
            inside.map(|tie| tie.1).sum()
        })
        .collect();
    let mut is_single = vec![true; graph.len()];
    let mut ties = Ties::new(graph.len());
    let is_well_tied = |outward: f64, strength: f64, group: usize| {
        outward + LEAST >= graph.by_chance(strength, whole[group] - strength)
    };
    for node in 0..graph.len() {
        let group = groups[node];
        if !is_single[node] || !is_well_tied(outward[node], strength[node], group) {
            continue;
        }
        ties.read(graph, node, |neighbour| (groups[neighbour] == group).then(|| parts[neighbour]));
        let mut best = None;
        let mut most = LEAST;
        for part in &ties.touched {
            let gained = gain(graph, node, ties.to[*part], strength[*part]);
            let is_tied = is_well_tied(outward[*part], strength[*part], group);
            if *part != node && is_tied && gained > most {
                (best, most) = (Some(*part), gained);
            }
        }
        let Some(part) = best else {
            continue;
        };
        outward[part] += outward[node] - 2.0 * ties.to[part];
        strength[part] += strength[node];
        is_single[part] = false;
        is_single[node] = false;
        parts[node] = part;
    }
    parts
}
