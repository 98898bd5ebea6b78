//! Deadlines by index, with at most one entry for each index however often it is moved.

use std::collections::BTreeSet;
use std::time::Instant;

/// The next deadline of each index, in order of time.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    queue: BTreeSet<(Instant, u32)>,
    /// Deadline of each index in `queue`.
    by_index: Vec<Option<Instant>>,
}

impl Deadlines {
    /// Moves a deadline earlier, or arms it. A later time is ignored, which keeps this cheap:
    /// a caller woken too early arms it again.
    pub(super) fn set_earliest(&mut self, index: u32, due: Instant) {
        let position = index as usize;
        if position >= self.by_index.len() {
            self.by_index.resize(position + 1, None);
        }
        let Some(current) = self.by_index.get_mut(position) else {
            return;
        };
        if current.is_some_and(|current| current <= due) {
            return;
        }
        if let Some(before) = current.replace(due) {
            self.queue.remove(&(before, index));
        }
        self.queue.insert((due, index));
    }

    /// Disarms an index.
    pub(super) fn cancel(&mut self, index: u32) {
        if let Some(due) = self.by_index.get_mut(index as usize).and_then(Option::take) {
            self.queue.remove(&(due, index));
        }
    }

    /// Takes the first index that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<u32> {
        let &(due, index) = self.queue.first()?;
        if due > now {
            return None;
        }
        self.cancel(index);
        Some(index)
    }

    /// The earliest deadline.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.queue.first().map(|(due, _)| *due)
    }

    /// Armed deadlines.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pure::test_epoch;

    #[test]
    fn an_index_has_one_entry_however_often_it_is_set() {
        let start = test_epoch();
        let mut deadlines = Deadlines::default();
        for n in (0..1_000).rev() {
            deadlines.set_earliest(7, start + Duration::from_millis(n));
            deadlines.set_earliest(8, start + Duration::from_millis(1_000 - n));
        }
        assert_eq!(deadlines.len(), 2);
        assert_eq!(deadlines.next_due(), Some(start));
        assert_eq!(deadlines.pop_due(start), Some(7));
        assert_eq!(deadlines.pop_due(start), None);
        assert_eq!(deadlines.pop_due(start + Duration::from_millis(1)), Some(8));
        assert_eq!(deadlines.len(), 0);
        assert_eq!(deadlines.next_due(), None);
    }

    #[test]
    fn the_earlier_deadline_wins_and_a_cancelled_one_never_fires() {
        let start = test_epoch();
        let later = start + Duration::from_secs(5);
        let mut deadlines = Deadlines::default();
        deadlines.set_earliest(1, start);
        deadlines.set_earliest(1, later);
        deadlines.set_earliest(2, start);
        deadlines.cancel(2);
        deadlines.cancel(99);
        assert_eq!(deadlines.pop_due(later), Some(1));
        assert_eq!(deadlines.pop_due(later), None);
    }
}
