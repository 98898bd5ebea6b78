//! Sewing while answers arrive: what is shown stays where it is as long as it can.
//!
//! A new answer goes where it is most over the likeness asked for. Others move after it only when
//! they gain clearly by it, and never more than a hundredth of what is shown for each arrival.
//! Gathering takes everything apart once, and gives the old numbers to what overlaps them most.

mod laid;
mod matching;
mod measure;
mod near;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::measure::{Measure, Middle};
use super::order::{self, Sum};
use super::points::{LIKE_ONE, Points};
use super::{THEME_MIN, Vector, VectorNo, grouped};

/// What an answer has to gain before it moves, in cosines.
const MOVE_MARGIN: f64 = 0.3 * LIKE_ONE;
/// What two groups have to gain before they become one.
const JOIN_MARGIN: f64 = 0.6 * LIKE_ONE;
/// The share of the answers that may move for each that arrives, on average.
const MOVED_SHARE: f64 = 0.01;

/// Answers that say a similar thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Stays the same as long as the group lives.
    pub number: u32,
    /// Its answers, the most central first.
    pub keys: Vec<u128>,
}

/// Themes of a round while answers come, change and go.
#[derive(Clone, Default)]
pub struct Sewing {
    shares: BTreeMap<u128, Share>,
    groups: BTreeMap<u32, Middle>,
    measure: Measure,
    /// The themes in the order of the quilt.
    order: Vec<u32>,
    next: u32,
    /// How many answers may still move.
    allowance: f64,
}

#[derive(Clone)]
struct Share {
    vector: Vector,
    row: Box<[i16]>,
    group: u32,
}

/// Says how much there is and nothing of what was said.
impl fmt::Debug for Sewing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sewing")
            .field("shares", &self.shares.len())
            .field("groups", &self.groups.len())
            .finish()
    }
}

impl Sewing {
    /// No answers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sews an answer on; one that is there already is changed.
    pub fn add(&mut self, key: u128, vector: Vector) -> Result<(), VectorNo> {
        self.take_out(key);
        let dims = vector.numbers().len();
        let other = self.shares.values().next();
        if other.is_some_and(|other| other.vector.numbers().len() != dims) {
            return Err(VectorNo::Unlike);
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let may_move = self.shares.len() as f64 * MOVED_SHARE;
        self.allowance += may_move;
        let share = Share { row: self.measure.row(&vector), vector, group: self.fresh() };
        let number = share.group;
        let mut middle = Middle::new(share.row.len());
        middle.add(&share.row);
        self.groups.insert(number, middle);
        self.shares.insert(key, share);
        if self.measure.is_stale(self.shares.len()) {
            self.measure_anew();
        }
        let best = self.best(key, 0.0);
        if let Some(best) = best {
            self.put(key, best);
        }
        self.draw_near(key);
        self.join_near(key);
        self.keep_order();
        Ok(())
    }

    /// Takes an answer out.
    pub fn remove(&mut self, key: u128) {
        self.take_out(key);
        self.keep_order();
    }

    /// Gathers everything anew. Groups that stay mostly the same keep their numbers.
    pub fn gather(&mut self) {
        let vectors: Vec<&[f32]> =
            self.shares.values().map(|share| share.vector.numbers()).collect();
        // Vectors of other lengths were refused when they came.
        let Ok(points) = Points::of(&vectors) else {
            return;
        };
        let found = grouped(&points);
        let new: Vec<usize> =
            points.of_input().iter().filter_map(|point| found.get(*point).copied()).collect();
        let old: Vec<u32> = self.shares.values().map(|share| share.group).collect();
        let matched = matching::by_overlap(&old, &new);
        let mut numbers: BTreeMap<usize, u32> = matched.into_iter().collect();
        let order = order::quilt(&points, &found);
        for group in &new {
            if !numbers.contains_key(group) {
                let number = self.fresh();
                numbers.insert(*group, number);
            }
        }
        for (share, group) in self.shares.values_mut().zip(&new) {
            share.group = numbers.get(group).copied().unwrap_or(share.group);
        }
        self.measure_anew();
        let order = order.iter().filter_map(|group| numbers.get(group).copied());
        self.order = order.collect();
        self.keep_order();
    }

    /// Puts answers where they were: all with one number together, `None` alone.
    pub fn set(&mut self, theme_of: &[(u128, Option<u32>)]) {
        let said: BTreeMap<u128, Option<u32>> = theme_of.iter().copied().collect();
        let taken: BTreeSet<u32> = said.values().flatten().copied().collect();
        let most = taken.last().map_or(0, |most| most + 1);
        self.next = self.next.max(most);
        // A group that nothing is said of makes room for one that is.
        let mut moved: BTreeMap<u32, u32> = BTreeMap::new();
        let mut shares = std::mem::take(&mut self.shares);
        for (key, share) in &mut shares {
            share.group = match said.get(key) {
                Some(Some(number)) => *number,
                Some(None) => self.fresh(),
                None if taken.contains(&share.group) => {
                    *moved.entry(share.group).or_insert_with(|| self.fresh())
                }
                None => share.group,
            };
        }
        self.shares = shares;
        self.measure_anew();
        let themes = self.themes();
        let sums: Vec<Sum> = themes.iter().filter_map(|number| self.sum(*number)).collect();
        let sizes: Vec<usize> = themes.iter().map(|number| self.size(*number)).collect();
        let order = order::chained(&sizes, &sums).into_iter();
        self.order = order.filter_map(|at| themes.get(at).copied()).collect();
    }

    /// The groups in the order of the quilt; pairs and those of one answer come last, in the order
    /// of their keys.
    pub fn groups(&self) -> Vec<Group> {
        let mut keys: BTreeMap<u32, Vec<u128>> = BTreeMap::new();
        let mut rest = Vec::new();
        for (key, share) in &self.shares {
            let group = keys.entry(share.group).or_default();
            if group.is_empty() && self.size(share.group) < THEME_MIN {
                rest.push(share.group);
            }
            group.push(*key);
        }
        // First those of several.
        rest.sort_by_key(|number| std::cmp::Reverse(self.size(*number)));
        let numbers = self.order.iter().copied().chain(rest);
        numbers
            .filter_map(|number| {
                let keys = keys.remove(&number)?;
                let keys = self.central_first(number, keys);
                Some(Group { number, keys })
            })
            .collect()
    }

    fn central_first(&self, number: u32, keys: Vec<u128>) -> Vec<u128> {
        let Some(middle) = self.groups.get(&number) else {
            return keys;
        };
        let share = |key: &u128| self.shares.get(key);
        let like = |key: u128| share(&key).map_or(0.0, |share| middle.like(&share.row));
        let mut keys: Vec<_> = keys.into_iter().map(|key| (like(key), key)).collect();
        keys.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn size(&self, number: u32) -> usize {
        self.groups.get(&number).map_or(0, Middle::size)
    }

    fn sum(&self, number: u32) -> Option<Sum> {
        Some(Sum::of(self.groups.get(&number)?.sums().to_vec()))
    }

    fn themes(&self) -> Vec<u32> {
        let numbers = self.groups.keys().copied();
        numbers.filter(|number| self.size(*number) >= THEME_MIN).collect()
    }

    /// Themes keep their places; a new one comes beside the one it is nearest to.
    fn keep_order(&mut self) {
        let themes = self.themes();
        let mut order = std::mem::take(&mut self.order);
        order.retain(|number| themes.binary_search(number).is_ok());
        let placed: BTreeSet<u32> = order.iter().copied().collect();
        for number in themes.iter().filter(|number| !placed.contains(*number)) {
            let Some(sum) = self.sum(*number) else {
                continue;
            };
            let near = |other: &u32| self.sum(*other).map_or(-1.0, |other| sum.cosine(&other));
            let nears = order.iter().map(near).enumerate();
            let nearest = nears.max_by(|a, b| a.1.total_cmp(&b.1));
            order.insert(nearest.map_or(0, |(place, _)| place + 1), *number);
        }
        self.order = order;
    }

    fn take_out(&mut self, key: u128) {
        if let Some(share) = self.shares.remove(&key)
            && let Some(middle) = self.groups.get_mut(&share.group)
        {
            middle.remove(&share.row);
            if middle.size() == 0 {
                self.groups.remove(&share.group);
            }
        }
    }

    fn put(&mut self, key: u128, number: u32) {
        let Some(mut share) = self.shares.remove(&key) else {
            return;
        };
        if let Some(middle) = self.groups.get_mut(&share.group) {
            middle.remove(&share.row);
            if middle.size() == 0 {
                self.groups.remove(&share.group);
            }
        }
        let width = share.row.len();
        let middle = self.groups.entry(number);
        middle.or_insert_with(|| Middle::new(width)).add(&share.row);
        share.group = number;
        self.shares.insert(key, share);
    }

    /// Measures by what is there now, and writes every row and every middle anew.
    fn measure_anew(&mut self) {
        let vectors: Vec<&Vector> = self.shares.values().map(|share| &share.vector).collect();
        self.measure = Measure::of(&vectors);
        self.groups.clear();
        for share in self.shares.values_mut() {
            share.row = self.measure.row(&share.vector);
            let width = share.row.len();
            let middle = self.groups.entry(share.group);
            middle.or_insert_with(|| Middle::new(width)).add(&share.row);
        }
    }
}
