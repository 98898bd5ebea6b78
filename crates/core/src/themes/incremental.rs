//! Incremental clustering while shares arrive: shown shares stay in their theme as long as
//! possible.
//!
//! A new share joins the cluster with the largest similarity in excess of the threshold. Others
//! follow only if they gain clearly, and on average at most 1 % of the shares may move per arrival.
//! Reclustering computes everything from scratch and keeps the number of each old cluster for the
//! new one that overlaps it most.

mod calibration;
mod matching;
mod moves;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::calibration::{Calibration, Centroid};
use super::order::{self, VectorSum};
use super::points::{Points, SIMILARITY_ONE};
use super::{InvalidVector, THEME_MIN, Vector, cluster_points};

/// Least gain for moving a share, in units of cosine similarity.
const MOVE_MARGIN: f64 = 0.3 * SIMILARITY_ONE;
/// Least gain for merging two clusters.
const JOIN_MARGIN: f64 = 0.6 * SIMILARITY_ONE;
/// Fraction of the shares that may move per arrival, on average.
const MOVED_SHARE: f64 = 0.01;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Stays the same as long as the cluster exists.
    pub number: u32,
    /// Keys of its shares, the most central first.
    pub keys: Vec<u128>,
}

/// The clusters of a round while shares arrive, change and are withdrawn.
#[derive(Clone, Default)]
pub struct IncrementalClustering {
    shares: BTreeMap<u128, ClusteredShare>,
    groups: BTreeMap<u32, Centroid>,
    calibration: Calibration,
    /// Numbers of the themes in the order of the quilt.
    order: Vec<u32>,
    next: u32,
    /// Number of shares that may still move.
    allowance: f64,
}

#[derive(Clone)]
struct ClusteredShare {
    vector: Vector,
    row: Box<[i16]>,
    group: u32,
}

/// Prints sizes only, never embeddings.
impl fmt::Debug for IncrementalClustering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncrementalClustering")
            .field("shares", &self.shares.len())
            .field("groups", &self.groups.len())
            .finish()
    }
}

impl IncrementalClustering {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a share, or replaces the one with this key.
    ///
    /// # Errors
    ///
    /// [`InvalidVector::DimensionMismatch`] if its length differs from the others'.
    pub fn add(&mut self, key: u128, vector: Vector) -> Result<(), InvalidVector> {
        self.take_share(key);
        let dims = vector.components().len();
        let other = self.shares.values().next();
        if other.is_some_and(|other| other.vector.components().len() != dims) {
            return Err(InvalidVector::DimensionMismatch);
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let may_move = self.shares.len() as f64 * MOVED_SHARE;
        self.allowance += may_move;
        let share = ClusteredShare {
            row: self.calibration.quantize(&vector),
            vector,
            group: self.next_number(),
        };
        let number = share.group;
        let mut centroid = Centroid::new(share.row.len());
        centroid.add(&share.row);
        self.groups.insert(number, centroid);
        self.shares.insert(key, share);
        if self.calibration.is_stale(self.shares.len()) {
            self.recalibrate();
        }
        let best = self.best_cluster(key, 0.0);
        if let Some(best) = best {
            self.move_share(key, best);
        }
        self.pull_neighbours(key);
        self.merge_nearest(key);
        self.keep_order();
        Ok(())
    }

    pub fn remove(&mut self, key: u128) {
        self.take_share(key);
        self.keep_order();
    }

    /// Reclusters from scratch; clusters that stay mostly the same keep their numbers.
    pub fn recluster(&mut self) {
        let vectors: Vec<&[f32]> =
            self.shares.values().map(|share| share.vector.components()).collect();
        // Other lengths were refused by `add`.
        let Ok(points) = Points::from_vectors(&vectors) else {
            return;
        };
        let found = cluster_points(&points);
        let new: Vec<usize> =
            points.of_input().iter().filter_map(|point| found.get(*point).copied()).collect();
        let old: Vec<u32> = self.shares.values().map(|share| share.group).collect();
        let matched = matching::match_by_overlap(&old, &new);
        let mut numbers: BTreeMap<usize, u32> = matched.into_iter().collect();
        let order = order::quilt_order(&points, &found);
        for group in &new {
            if !numbers.contains_key(group) {
                let number = self.next_number();
                numbers.insert(*group, number);
            }
        }
        for (share, group) in self.shares.values_mut().zip(&new) {
            share.group = numbers.get(group).copied().unwrap_or(share.group);
        }
        self.recalibrate();
        let order = order.iter().filter_map(|group| numbers.get(group).copied());
        self.order = order.collect();
        self.keep_order();
    }

    /// Restores a kept assignment: equal numbers are one cluster, `None` is a cluster of one.
    pub fn restore_assignment(&mut self, theme_of: &[(u128, Option<u32>)]) {
        let said: BTreeMap<u128, Option<u32>> = theme_of.iter().copied().collect();
        let taken: BTreeSet<u32> = said.values().flatten().copied().collect();
        let most = taken.last().map_or(0, |most| most + 1);
        self.next = self.next.max(most);
        // Clusters that are not named give up their number to one that is.
        let mut moved: BTreeMap<u32, u32> = BTreeMap::new();
        let mut shares = std::mem::take(&mut self.shares);
        for (key, share) in &mut shares {
            share.group = match said.get(key) {
                Some(Some(number)) => *number,
                Some(None) => self.next_number(),
                None if taken.contains(&share.group) => {
                    *moved.entry(share.group).or_insert_with(|| self.next_number())
                }
                None => share.group,
            };
        }
        self.shares = shares;
        self.recalibrate();
        let themes = self.theme_numbers();
        let sums: Vec<VectorSum> =
            themes.iter().filter_map(|number| self.vector_sum(*number)).collect();
        let sizes: Vec<usize> = themes.iter().map(|number| self.size(*number)).collect();
        let order = order::order_by_similarity(&sizes, &sums).into_iter();
        self.order = order.filter_map(|at| themes.get(at).copied()).collect();
    }

    /// Restores a kept order of the themes; others are placed beside the most similar one.
    pub fn restore_order(&mut self, order: &[u32]) {
        let mut seen = BTreeSet::new();
        self.order = order.to_vec();
        self.order.retain(|number| seen.insert(*number));
        self.keep_order();
    }

    /// The themes in the order of the quilt, then pairs, then single shares by key.
    pub fn clusters(&self) -> Vec<Cluster> {
        let mut keys: BTreeMap<u32, Vec<u128>> = BTreeMap::new();
        let mut rest = Vec::new();
        for (key, share) in &self.shares {
            let group = keys.entry(share.group).or_default();
            if group.is_empty() && self.size(share.group) < THEME_MIN {
                rest.push(share.group);
            }
            group.push(*key);
        }
        // Pairs before single shares.
        rest.sort_by_key(|number| std::cmp::Reverse(self.size(*number)));
        let numbers = self.order.iter().copied().chain(rest);
        numbers
            .filter_map(|number| {
                let keys = keys.remove(&number)?;
                let keys = self.central_first(number, keys);
                Some(Cluster { number, keys })
            })
            .collect()
    }

    fn central_first(&self, number: u32, keys: Vec<u128>) -> Vec<u128> {
        let Some(centroid) = self.groups.get(&number) else {
            return keys;
        };
        let share = |key: &u128| self.shares.get(key);
        let like = |key: u128| share(&key).map_or(0.0, |share| centroid.similarity_sum(&share.row));
        let mut keys: Vec<_> = keys.into_iter().map(|key| (like(key), key)).collect();
        keys.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn next_number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn size(&self, number: u32) -> usize {
        self.groups.get(&number).map_or(0, Centroid::size)
    }

    fn vector_sum(&self, number: u32) -> Option<VectorSum> {
        Some(VectorSum::from_components(self.groups.get(&number)?.sums().to_vec()))
    }

    fn theme_numbers(&self) -> Vec<u32> {
        let numbers = self.groups.keys().copied();
        numbers.filter(|number| self.size(*number) >= THEME_MIN).collect()
    }

    /// Themes keep their position; new ones are inserted after the most similar one.
    fn keep_order(&mut self) {
        let themes = self.theme_numbers();
        let mut order = std::mem::take(&mut self.order);
        order.retain(|number| themes.binary_search(number).is_ok());
        let placed: BTreeSet<u32> = order.iter().copied().collect();
        for number in themes.iter().filter(|number| !placed.contains(*number)) {
            let Some(sum) = self.vector_sum(*number) else {
                continue;
            };
            let near =
                |other: &u32| self.vector_sum(*other).map_or(-1.0, |other| sum.cosine(&other));
            let nears = order.iter().map(near).enumerate();
            let nearest = nears.max_by(|a, b| a.1.total_cmp(&b.1));
            order.insert(nearest.map_or(0, |(index, _)| index + 1), *number);
        }
        self.order = order;
    }

    fn take_share(&mut self, key: u128) {
        if let Some(share) = self.shares.remove(&key)
            && let Some(centroid) = self.groups.get_mut(&share.group)
        {
            centroid.remove(&share.row);
            if centroid.size() == 0 {
                self.groups.remove(&share.group);
            }
        }
    }

    fn move_share(&mut self, key: u128, number: u32) {
        let Some(mut share) = self.shares.remove(&key) else {
            return;
        };
        if let Some(centroid) = self.groups.get_mut(&share.group) {
            centroid.remove(&share.row);
            if centroid.size() == 0 {
                self.groups.remove(&share.group);
            }
        }
        let width = share.row.len();
        let centroid = self.groups.entry(number);
        centroid.or_insert_with(|| Centroid::new(width)).add(&share.row);
        share.group = number;
        self.shares.insert(key, share);
    }

    /// Recomputes the calibration, and with it all rows and centroids.
    fn recalibrate(&mut self) {
        let vectors: Vec<&Vector> = self.shares.values().map(|share| &share.vector).collect();
        self.calibration = Calibration::from_vectors(&vectors);
        self.groups.clear();
        for share in self.shares.values_mut() {
            share.row = self.calibration.quantize(&share.vector);
            let width = share.row.len();
            let centroid = self.groups.entry(share.group);
            centroid.or_insert_with(|| Centroid::new(width)).add(&share.row);
        }
    }
}
