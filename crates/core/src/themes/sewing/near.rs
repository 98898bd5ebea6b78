//! Who moves when somebody arrives.

use super::measure::Middle;
use super::{JOIN_MARGIN, MOVE_MARGIN, Sewing};
use crate::themes::points::dot;

impl Sewing {
    /// The other group in which an answer is most over the likeness asked for, when it is over it
    /// by more than `least`.
    pub(super) fn best(&self, key: u128, least: f64) -> Option<u32> {
        let share = self.shares.get(&key)?;
        let mut best = None;
        let mut most = least;
        for (number, middle) in &self.groups {
            let over = middle.over(&share.row, self.measure.alike());
            if *number != share.group && over > most {
                (best, most) = (Some(*number), over);
            }
        }
        best
    }

    /// Lets those move to the group of a new answer who are like it and gain clearly.
    pub(super) fn draw_near(&mut self, key: u128) {
        let Some(share) = self.shares.get(&key) else {
            return;
        };
        let (number, alike) = (share.group, self.measure.alike());
        let is_near = |row: &[i16]| f64::from(dot(row, &share.row)) > alike;
        let others = self.shares.iter().filter(|(_, other)| other.group != number);
        let near = others.filter(|(_, other)| is_near(&other.row));
        let near: Vec<u128> = near.map(|(key, _)| *key).collect();
        for other in near {
            if self.allowance < 1.0 {
                break;
            }
            let gain = self.gain(other, number).unwrap_or(0.0);
            if gain > MOVE_MARGIN {
                self.allowance -= 1.0;
                self.put(other, number);
            }
        }
    }

    /// What an answer gains by moving there.
    fn gain(&self, key: u128, number: u32) -> Option<f64> {
        let share = self.shares.get(&key)?;
        let alike = self.measure.alike();
        let there = self.groups.get(&number)?.over(&share.row, alike);
        let here = self.groups.get(&share.group)?;
        Some(there - here.over_others(&share.row, alike).max(0.0))
    }

    /// Joins the group of a new answer with the one it is most over the likeness asked for, when
    /// that is clear. The smaller one moves.
    pub(super) fn join_near(&mut self, key: u128) {
        let Some(number) = self.shares.get(&key).map(|share| share.group) else {
            return;
        };
        let Some(middle) = self.groups.get(&number) else {
            return;
        };
        let over = |other: &Middle| middle.over_group(other, self.measure.alike());
        let others = self.groups.iter().filter(|(other, _)| **other != number);
        let overs = others.map(|(other, middle)| (over(middle), *other));
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
            self.put(key, into);
        }
    }
}
