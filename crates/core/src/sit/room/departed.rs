//! People who sat here by name and have left: for guides only, so that a person who does harm and
//! slips away can still be kept out. They are in no frame and in no table, and are erased after
//! [`DEPARTED_KEPT`].

use std::collections::VecDeque;

use crate::sit::presence::{Departure, Sitter};
use crate::time::{Instant, Span};

/// Time for which a person who left is remembered.
pub const DEPARTED_KEPT: Span = Span::from_mins(30);
/// Maximum number of people remembered; the first to leave are erased first.
pub const DEPARTED_MAX: usize = 200;

/// The people who have left, oldest first.
#[derive(Debug, Default)]
pub(super) struct Departed {
    /// Last number given out; each departure has its own.
    n: u32,
    kept: VecDeque<(u32, Instant, Departure)>,
}

impl Departed {
    /// Remembers these people, and erases those who left too long ago.
    pub(super) fn record_departures(&mut self, left: Vec<Departure>, now: Instant) {
        for left in left {
            self.forget(left.sitter);
            self.n += 1;
            self.kept.push_back((self.n, now, left));
        }
        while self.kept.len() > DEPARTED_MAX || self.due().is_some_and(|due| due <= now) {
            self.kept.pop_front();
        }
    }

    /// Forgets a person who came back or was removed.
    pub(super) fn forget(&mut self, who: Sitter) {
        self.kept.retain(|(.., left)| left.sitter != who);
    }

    /// Instant at which the next person is to be erased.
    pub(super) fn due(&self) -> Option<Instant> {
        self.kept.front().map(|(_, at, _)| *at + DEPARTED_KEPT)
    }

    /// Number of the seat a person had.
    pub(super) fn seat_of(&self, who: Sitter) -> Option<u32> {
        let found = self.kept.iter().find(|(.., left)| left.sitter == who);
        found.map(|(.., left)| left.seat)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Departure)> {
        self.kept.iter().map(|(n, _, left)| (*n, left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::GuestId;

    const NOW: Instant = Instant::from_ms(1_790_000_000_000);

    fn left(n: u8) -> Departure {
        let who = Sitter::Guest(GuestId::new(NOW, [n; 10]));
        Departure { sitter: who, name: "Gil".into(), seat: u32::from(n) }
    }

    #[test]
    fn whoever_left_is_erased_in_time() {
        let mut departed = Departed::default();
        departed.record_departures(vec![left(1)], NOW);
        departed.record_departures(vec![left(2)], NOW + Span::from_mins(1));
        assert_eq!(departed.due(), Some(NOW + DEPARTED_KEPT));
        departed.record_departures(Vec::new(), NOW + DEPARTED_KEPT);
        assert_eq!(departed.seat_of(left(1).sitter), None);
        assert_eq!(departed.seat_of(left(2).sitter), Some(2));
        departed.forget(left(2).sitter);
        assert_eq!(departed.iter().count(), 0);
    }

    #[test]
    fn leaving_twice_gives_another_number() {
        let mut departed = Departed::default();
        departed.record_departures(vec![left(1), left(2), left(1)], NOW);
        assert_eq!(departed.iter().map(|(n, _)| n).collect::<Vec<_>>(), [2, 3]);
    }
}
