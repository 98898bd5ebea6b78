//! Who sat here by name and has left: for guides alone, so that whoever does harm and slips away
//! can still be kept out. It is on no line and in no table, and is forgotten after a while.

use std::collections::VecDeque;

use super::super::presence::{Left, Sitter};
use super::Room;
use crate::time::{Instant, Span};

/// So long after they left, somebody is remembered.
pub const LEFT_KEPT: Span = Span::from_mins(30);
/// The most who are remembered; the first to leave are forgotten first.
pub const LEFT_MAX: usize = 200;

/// Those who have left, the first of them first.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Counts them, so that each has a number of their own.
    n: u32,
    kept: VecDeque<(u32, Instant, Left)>,
}

impl Memory {
    /// These have left.
    fn take_in(&mut self, left: Vec<Left>, now: Instant) {
        for left in left {
            self.forget(left.who);
            self.n += 1;
            self.kept.push_back((self.n, now, left));
        }
        while self.kept.len() > LEFT_MAX {
            self.kept.pop_front();
        }
    }

    /// They came again, or were taken out.
    pub(super) fn forget(&mut self, who: Sitter) {
        self.kept.retain(|(.., left)| left.who != who);
    }

    /// Forgets who left too long ago.
    fn forget_old(&mut self, now: Instant) {
        while self.due().is_some_and(|due| due <= now) {
            self.kept.pop_front();
        }
    }

    /// When somebody is to be forgotten next.
    pub(super) fn due(&self) -> Option<Instant> {
        self.kept.front().map(|(_, at, _)| *at + LEFT_KEPT)
    }

    /// Where they sat.
    pub(super) fn seat_of(&self, who: Sitter) -> Option<u32> {
        let found = self.kept.iter().find(|(.., left)| left.who == who);
        found.map(|(.., left)| left.seat)
    }
}

impl Room {
    /// Who sat here by name, did not lead, and left not long ago; each with a number by which they
    /// are named again. Whoever has come back is not among them.
    pub fn left(&self) -> impl Iterator<Item = (u32, &Left)> {
        self.left.kept.iter().map(|(n, _, left)| (*n, left))
    }

    /// Remembers who has got up, and forgets who did long ago.
    pub(super) fn mind_left(&mut self, now: Instant) {
        let left = self.seats.left();
        self.left.take_in(left, now);
        self.left.forget_old(now);
    }
}
