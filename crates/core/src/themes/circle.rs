//! Circles: everyone is compared with everyone.
//!
//! Two answers are alike when their likeness is far enough over the circle's own middle. Groups are
//! joined by their mean likeness (average linkage, found with chains of nearest neighbours: Murtagh
//! 1983) as long as it is over that; then single answers move to where the sum of what they are
//! over it is greatest (correlation clustering: Bansal, Blum, Chawla 2004), or stand alone when no
//! group has anything over it for them. Who stands alone and is well alike to three of a theme, if
//! not to all of it, is welcomed there. At last a theme of three that could be chance is let go:
//! the two of it that are nearest stay a pair.

#![expect(clippy::indexing_slicing, reason = "cells of one matrix, cut by its own side")]

mod edges;

use super::alike::{Alike, Pairs};
use super::points::Points;

/// Moves settle after a few rounds; so many at most.
const ROUNDS_MAX: usize = 40;

/// The group of each point, numbered by each group's first point.
pub(super) fn grouped(points: &Points) -> Vec<usize> {
    let likeness = Likeness::of(points);
    let alike = likeness.alike(points);
    let mut groups = linked(&likeness, points, alike.from);
    settle(&likeness, points, alike.from, &mut groups);
    let groups = numbered(&groups);
    let mut groups = numbered(&edges::welcomed(&likeness, points, alike.well, &groups));
    let firm = edges::firm(&likeness, points, &groups);
    edges::loosen(&likeness, points, firm, &mut groups);
    numbered(&groups)
}

/// How alike any two points are.
struct Likeness {
    cells: Vec<i32>,
    side: usize,
}

impl Likeness {
    fn of(points: &Points) -> Self {
        let side = points.len();
        let mut cells = vec![0; side * side];
        for a in 0..side {
            for b in a..side {
                let like = points.like(a, b);
                cells[a * side + b] = like;
                cells[b * side + a] = like;
            }
        }
        Self { cells, side }
    }

    fn row(&self, point: usize) -> &[i32] {
        &self.cells[point * self.side..(point + 1) * self.side]
    }

    /// From what likeness on two answers of this circle are alike.
    fn alike(&self, points: &Points) -> Alike {
        let mut pairs = Pairs::default();
        for a in 0..self.side {
            let weight = f64::from(points.weight(a));
            let row = self.row(a);
            pairs.add(row[a], weight * (weight - 1.0) / 2.0);
            for (b, like) in row.iter().enumerate().skip(a + 1) {
                pairs.add(*like, weight * f64::from(points.weight(b)));
            }
        }
        pairs.alike(points.of_input().len())
    }
}

/// Joins what is alike on average.
fn linked(likeness: &Likeness, points: &Points, alike: i64) -> Vec<usize> {
    let side = likeness.side;
    let mut sizes: Vec<i64> = (0..side).map(|point| i64::from(points.weight(point))).collect();
    // The sum of likeness over all pairs between two groups; a group is at its first point.
    let mut sums: Vec<i64> = Vec::with_capacity(side * side);
    for a in 0..side {
        let row = likeness.row(a).iter().zip(&sizes);
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
        let before = chain.len().checked_sub(2).map(|place| chain[place]);
        let Some((next, mean)) = nearest(&sums, &sizes, &is_whole, top, before) else {
            return groups;
        };
        #[expect(clippy::cast_precision_loss, reason = "at most 2^31")]
        if mean < alike as f64 {
            // Average linkage never joins more alike than it did before: this one is done.
            is_whole[top] = false;
            chain.pop();
        } else if Some(next) == before {
            chain.truncate(chain.len() - 2);
            join(&mut sums, &mut sizes, &is_whole, [top.min(next), top.max(next)]);
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

/// The group most like this one, and their mean likeness. Of equals the one it came from, then the
/// first.
fn nearest(
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

/// Joins the second group into the first.
fn join(sums: &mut [i64], sizes: &mut [i64], is_whole: &[bool], [into, from]: [usize; 2]) {
    let side = sizes.len();
    for other in (0..side).filter(|other| is_whole[*other] && *other != into && *other != from) {
        let sum = sums[into * side + other] + sums[from * side + other];
        sums[into * side + other] = sum;
        sums[other * side + into] = sum;
    }
    sizes[into] += sizes[from];
}

/// Moves single answers to where they are most over the likeness asked for, until none moves.
fn settle(likeness: &Likeness, points: &Points, alike: i64, groups: &mut [usize]) {
    let side = likeness.side;
    // What each point has over it with each group, the point itself not counted.
    let mut over = vec![0_i64; side * side];
    let over_pair =
        |a: usize, b: usize| (i64::from(likeness.row(a)[b]) - alike) * i64::from(points.weight(b));
    for point in 0..side {
        for other in (0..side).filter(|other| *other != point) {
            over[point * side + groups[other]] += over_pair(point, other);
        }
    }
    for _ in 0..ROUNDS_MAX {
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
            // An empty group is at nought: better than a group with less.
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

/// The same groups, numbered from nought by their first points.
pub(super) fn numbered(groups: &[usize]) -> Vec<usize> {
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
