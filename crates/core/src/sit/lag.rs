//! Lines that lag behind: state, not queues.
//!
//! A slow line keeps no queue of frames. What it missed is one bit for each class of frame; when
//! the line has drained it gets fresh frames made from the state as it is then. A line that is
//! not behind costs nothing here.

use std::collections::BTreeMap;

use super::room::LineId;
use crate::time::{Instant, Span};

/// A connection that has been behind for this long is closed; its browser comes back.
pub const STUCK_AFTER: Span = Span::from_secs(20);

/// What a frame is about. A frame missed is made anew from state, except [`Class::Passing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The running order.
    Timeline,
    /// Who is here.
    Presence,
    /// What concerns this line alone: its first frame.
    Personal,
    /// How a bell reached the browsers, for guides.
    Bells,
    /// How a round stands.
    Round,
    /// Where the feather of a spoken round is.
    Feather,
    /// Whose voice and face may be heard and seen.
    Media,
    /// Who speaks.
    Speak,
    /// That the sit is over.
    Over,
    /// Something of the moment, such as a gesture: gone when it is missed.
    Passing,
}

impl Class {
    /// The classes that are made anew, in the order in which a line wants them.
    pub const KEPT: [Self; 9] = [
        Self::Personal,
        Self::Timeline,
        Self::Presence,
        Self::Bells,
        Self::Round,
        Self::Feather,
        Self::Media,
        Self::Speak,
        Self::Over,
    ];

    const fn bit(self) -> u16 {
        match self {
            Self::Timeline => 1,
            Self::Presence => 2,
            Self::Personal => 4,
            Self::Bells => 8,
            Self::Over => 16,
            Self::Round => 32,
            Self::Feather => 64,
            Self::Media => 128,
            Self::Speak => 256,
            Self::Passing => 0,
        }
    }
}

/// The lines that are behind, and what each of them missed.
#[derive(Clone, Debug, Default)]
pub struct Lags {
    behind: BTreeMap<LineId, Lag>,
}

#[derive(Clone, Copy, Debug)]
struct Lag {
    missed: u16,
    since: Instant,
}

impl Lags {
    /// Whether a frame of this class need not be offered: the line will get a fresh one.
    pub fn waits(&self, line: LineId, class: Class) -> bool {
        self.behind.get(&line).is_some_and(|lag| lag.missed & class.bit() != 0)
    }

    /// The line could not take a frame of this class.
    pub fn missed(&mut self, line: LineId, class: Class, now: Instant) {
        let lag = self.behind.entry(line).or_insert(Lag { missed: 0, since: now });
        lag.missed |= class.bit();
    }

    /// The line has room again: what it missed. It is no longer behind.
    pub fn drained(&mut self, line: LineId) -> impl Iterator<Item = Class> + use<> {
        let missed = self.behind.remove(&line).map_or(0, |lag| lag.missed);
        Class::KEPT.into_iter().filter(move |class| missed & class.bit() != 0)
    }

    /// The line is gone.
    pub fn forget(&mut self, line: LineId) {
        self.behind.remove(&line);
    }

    /// The lines that have been behind for too long.
    pub fn stuck(&self, now: Instant) -> impl Iterator<Item = LineId> {
        let stuck = self.behind.iter().filter(move |(_, lag)| lag.since + STUCK_AFTER <= now);
        stuck.map(|(line, _)| *line)
    }

    /// When the next line will have been behind for too long.
    pub fn wake_at(&self) -> Option<Instant> {
        self.behind.values().map(|lag| lag.since + STUCK_AFTER).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_line_remembers_what_kind_of_thing_it_missed_and_nothing_more() {
        let (mut lags, line) = (Lags::default(), LineId::new(3, 0));
        let now = Instant::from_ms(0);
        for _ in 0..1_000 {
            lags.missed(line, Class::Presence, now);
            lags.missed(line, Class::Timeline, now);
            lags.missed(line, Class::Passing, now);
        }
        assert!(lags.waits(line, Class::Presence));
        assert!(!lags.waits(line, Class::Bells));
        assert!(!lags.waits(line, Class::Passing));
        let missed: Vec<_> = lags.drained(line).collect();
        assert_eq!(missed, [Class::Timeline, Class::Presence]);
        assert_eq!(lags.drained(line).count(), 0);
    }

    #[test]
    fn a_line_is_stuck_after_twenty_seconds_without_draining() {
        let (mut lags, line) = (Lags::default(), LineId::new(0, 0));
        let start = Instant::from_ms(0);
        lags.missed(line, Class::Timeline, start);
        lags.missed(line, Class::Presence, start + Span::from_secs(19));
        assert_eq!(lags.stuck(start + Span::from_secs(19)).count(), 0);
        assert_eq!(lags.wake_at(), Some(start + STUCK_AFTER));
        assert_eq!(lags.stuck(start + STUCK_AFTER).collect::<Vec<_>>(), [line]);
        lags.forget(line);
        assert_eq!(lags.wake_at(), None);
    }
}
