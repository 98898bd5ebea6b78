//! Who sends when: sound every 20 ms, pictures as often as they are taken, everybody a little later
//! than the one before, as people are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::packet::{Cut, SOUND_EVERY};

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Sound,
    Picture,
}

/// What one giver gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gives {
    pub(super) sound: bool,
    pub(super) picture: Option<Cut>,
}

/// What is due next: when, whose, what.
type Due = Reverse<(Duration, usize, Kind)>;

/// When everybody sends next.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    gives: Vec<Gives>,
    due: BinaryHeap<Due>,
}

impl Timetable {
    /// Begins at `from`.
    pub(super) fn new(gives: Vec<Gives>, from: Duration) -> Self {
        let count = u32::try_from(gives.len()).unwrap_or(u32::MAX).max(1);
        let mut due = BinaryHeap::new();
        for (place, (giver, what)) in (0..count).zip(gives.iter().enumerate()) {
            if what.sound {
                due.push(Reverse((from + SOUND_EVERY * place / count, giver, Kind::Sound)));
            }
            if let Some(cut) = what.picture {
                due.push(Reverse((from + cut.every * place / count, giver, Kind::Picture)));
            }
        }
        Self { gives, due }
    }

    /// When the next is due.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.due.peek().map(|Reverse((at, _, _))| *at)
    }

    /// What is due now, if anything: whose and what.
    pub(super) fn next(&mut self, now: Duration) -> Option<(usize, Kind)> {
        if self.next_at()? > now {
            return None;
        }
        let Reverse((at, giver, kind)) = self.due.pop()?;
        let picture = self.gives.get(giver).and_then(|gives| gives.picture);
        let every = match kind {
            Kind::Sound => SOUND_EVERY,
            Kind::Picture => picture.map_or(SOUND_EVERY, |cut| cut.every),
        };
        self.due.push(Reverse((at + every, giver, kind)));
        Some((giver, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_sends_as_often_as_they_should_and_not_all_at_once() {
        let gives = Gives { sound: true, picture: Some(Cut::of(300, 30)) };
        let mut table = Timetable::new(vec![gives; 4], Duration::ZERO);
        let (mut sounds, mut pictures, mut at_once) = ([0; 4], [0; 4], 0);
        for ms in 0..1_000 {
            let mut now = 0;
            while let Some((giver, kind)) = table.next(Duration::from_millis(ms)) {
                match kind {
                    Kind::Sound => sounds[giver] += 1,
                    Kind::Picture => pictures[giver] += 1,
                }
                now += 1;
            }
            at_once = at_once.max(now);
        }
        assert_eq!(sounds, [50; 4]);
        assert!(pictures.iter().all(|count| (29..=31).contains(count)));
        assert!(at_once <= 3, "{at_once}");
    }

    #[test]
    fn whoever_gives_nothing_is_never_due() {
        let gives = Gives { sound: false, picture: None };
        assert_eq!(Timetable::new(vec![gives], Duration::ZERO).next_at(), None);
    }
}
