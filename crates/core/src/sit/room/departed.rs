//! People who sat here by name and have left: for guides only, so that a person who does harm and
//! slips away can still be kept out. They are in no frame and in no table, and are erased after
//! [`LEFT_KEPT`].

use std::collections::VecDeque;

use crate::sit::presence::{Left, Sitter};
use crate::time::{Instant, Span};

/// Time for which a person who left is remembered.
pub const LEFT_KEPT: Span = Span::from_mins(30);
/// Maximum number of people remembered; the first to leave are erased first.
pub const LEFT_MAX: usize = 200;

/// The people who have left, oldest first.
#[derive(Debug, Default)]
pub(super) struct Departed {
    /// Last number given out; each departure has its own.
    n: u32,
    kept: VecDeque<(u32, Instant, Left)>,
}

impl Departed {
    /// Remembers these people, and erases those who left too long ago.
    pub(super) fn take_in(&mut self, left: Vec<Left>, now: Instant) {
        for left in left {
            self.forget(left.who);
            self.n += 1;
            self.kept.push_back((self.n, now, left));
        }
        while self.kept.len() > LEFT_MAX || self.due().is_some_and(|due| due <= now) {
            self.kept.pop_front();
        }
    }

    /// Forgets a person who came back or was removed.
    pub(super) fn forget(&mut self, who: Sitter) {
        self.kept.retain(|(.., left)| left.who != who);
    }

    /// Instant at which the next person is to be erased.
    pub(super) fn due(&self) -> Option<Instant> {
        self.kept.front().map(|(_, at, _)| *at + LEFT_KEPT)
    }

    /// Number of the seat a person had.
    pub(super) fn seat_of(&self, who: Sitter) -> Option<u32> {
        let found = self.kept.iter().find(|(.., left)| left.who == who);
        found.map(|(.., left)| left.seat)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Left)> {
        self.kept.iter().map(|(n, _, left)| (*n, left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::GuestId;

    const NOW: Instant = Instant::from_ms(1_790_000_000_000);

    fn left(n: u8) -> Left {
        let who = Sitter::Guest(GuestId::new(NOW, [n; 10]));
        Left { who, name: "Gil".into(), seat: u32::from(n) }
    }

    #[test]
    fn whoever_left_is_erased_in_time() {
        let mut departed = Departed::default();
        departed.take_in(vec![left(1)], NOW);
        departed.take_in(vec![left(2)], NOW + Span::from_mins(1));
        assert_eq!(departed.due(), Some(NOW + LEFT_KEPT));
        departed.take_in(Vec::new(), NOW + LEFT_KEPT);
        assert_eq!(departed.seat_of(left(1).who), None);
        assert_eq!(departed.seat_of(left(2).who), Some(2));
        departed.forget(left(2).who);
        assert_eq!(departed.iter().count(), 0);
    }

    #[test]
    fn leaving_twice_gives_another_number() {
        let mut departed = Departed::default();
        departed.take_in(vec![left(1), left(2), left(1)], NOW);
        assert_eq!(departed.iter().map(|(n, _)| n).collect::<Vec<_>>(), [2, 3]);
    }
}
