//! Moves of shares and merges of clusters at an arrival.

use super::calibration::Centroid;
use super::{IncrementalClustering, JOIN_MARGIN, MOVE_MARGIN};
use crate::themes::points::dot_product;

impl IncrementalClustering {
    /// The other cluster with the largest excess similarity to a share, if above `least`.
    pub(super) fn best_cluster(&self, key: u128, least: f64) -> Option<u32> {
        let share = self.shares.get(&key)?;
        let mut best = None;
        let mut most = least;
        for (number, centroid) in &self.groups {
            let over = centroid.excess(&share.row, self.calibration.threshold());
            if *number != share.group && over > most {
                (best, most) = (Some(*number), over);
            }
        }
        best
    }

    /// Moves similar shares to the cluster of a new share if they gain clearly.
    pub(super) fn pull_neighbours(&mut self, key: u128) {
        let Some(share) = self.shares.get(&key) else {
            return;
        };
        let (number, threshold) = (share.group, self.calibration.threshold());
        let is_near = |row: &[i16]| f64::from(dot_product(row, &share.row)) > threshold;
        let others = self.shares.iter().filter(|(_, other)| other.group != number);
        let near = others.filter(|(_, other)| is_near(&other.row));
        let near: Vec<u128> = near.map(|(key, _)| *key).collect();
        for other in near {
            if self.allowance < 1.0 {
                break;
            }
            let gain = self.move_gain(other, number).unwrap_or(0.0);
            if gain > MOVE_MARGIN {
                self.allowance -= 1.0;
                self.move_share(other, number);
            }
        }
    }

    /// Gain in excess similarity from moving a share.
    fn move_gain(&self, key: u128, number: u32) -> Option<f64> {
        let share = self.shares.get(&key)?;
        let threshold = self.calibration.threshold();
        let there = self.groups.get(&number)?.excess(&share.row, threshold);
        let here = self.groups.get(&share.group)?;
        Some(there - here.excess_over_others(&share.row, threshold).max(0.0))
    }

    /// Merges the cluster of a new share with the one of largest excess similarity, if the gain is
    /// clear; the smaller one moves.
    pub(super) fn merge_nearest(&mut self, key: u128) {
        let Some(number) = self.shares.get(&key).map(|share| share.group) else {
            return;
        };
        let Some(centroid) = self.groups.get(&number) else {
            return;
        };
        let over =
            |other: &Centroid| centroid.excess_of_cluster(other, self.calibration.threshold());
        let others = self.groups.iter().filter(|(other, _)| **other != number);
        let overs = others.map(|(other, centroid)| (over(centroid), *other));
        let best = overs.filter(|(over, _)| *over > JOIN_MARGIN);
        let Some((_, other)) = best.max_by(|a, b| a.0.total_cmp(&b.0)) else {
            return;
        };
        let (into, from) =
            if self.size(other) >= self.size(number) { (other, number) } else { (number, other) };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let moving = self.size(from) as f64;
        if self.allowance < moving {
            return;
        }
        self.allowance -= moving;
        let shares = self.shares.iter().filter(|(_, share)| share.group == from);
        let keys: Vec<u128> = shares.map(|(key, _)| *key).collect();
        for key in keys {
            self.move_share(key, into);
        }
    }
}
