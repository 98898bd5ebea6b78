//! When whom is due. One entry for each who waits, so that it never grows beyond them.

use std::collections::BTreeSet;
use std::time::Instant;

/// Deadlines of things that are numbered densely.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeSet<(Instant, u32)>,
    /// Where each stands in `due`.
    at: Vec<Option<Instant>>,
}

impl Timers {
    /// `who` is due at `when`, or as soon as before if it was due earlier already: moving a
    /// deadline later costs nothing, and whoever is woken too early says so again.
    pub(super) fn set(&mut self, who: u32, when: Instant) {
        let place = who as usize;
        if place >= self.at.len() {
            self.at.resize(place + 1, None);
        }
        let Some(at) = self.at.get_mut(place) else {
            return;
        };
        if at.is_some_and(|before| before <= when) {
            return;
        }
        if let Some(before) = at.replace(when) {
            self.due.remove(&(before, who));
        }
        self.due.insert((when, who));
    }

    /// `who` waits for nothing any more.
    pub(super) fn forget(&mut self, who: u32) {
        if let Some(before) = self.at.get_mut(who as usize).and_then(Option::take) {
            self.due.remove(&(before, who));
        }
    }

    /// The next who is due at `now`, taken out.
    pub(super) fn pop(&mut self, now: Instant) -> Option<u32> {
        let &(when, who) = self.due.first()?;
        if when > now {
            return None;
        }
        self.forget(who);
        Some(who)
    }

    /// When the first is due.
    pub(super) fn first(&self) -> Option<Instant> {
        self.due.first().map(|(when, _)| *when)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.due.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pure::beginning;

    #[test]
    fn each_has_one_entry_however_often_it_is_set() {
        let start = beginning();
        let mut timers = Timers::default();
        for n in (0..1_000).rev() {
            timers.set(7, start + Duration::from_millis(n));
            timers.set(8, start + Duration::from_millis(1_000 - n));
        }
        assert_eq!(timers.len(), 2);
        assert_eq!(timers.first(), Some(start));
        assert_eq!(timers.pop(start), Some(7));
        assert_eq!(timers.pop(start), None);
        assert_eq!(timers.pop(start + Duration::from_millis(1)), Some(8));
        assert_eq!(timers.len(), 0);
        assert_eq!(timers.first(), None);
    }

    #[test]
    fn an_earlier_deadline_wins_and_who_is_forgotten_is_not_woken() {
        let start = beginning();
        let later = start + Duration::from_secs(5);
        let mut timers = Timers::default();
        timers.set(1, start);
        timers.set(1, later);
        timers.set(2, start);
        timers.forget(2);
        timers.forget(99);
        assert_eq!(timers.pop(later), Some(1));
        assert_eq!(timers.pop(later), None);
    }
}
