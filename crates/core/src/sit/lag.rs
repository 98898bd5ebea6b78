//! Slow connections: state, not queues.
//!
//! A slow connection has no queue of frames, only one bit for each class of frame it missed. When
//! its buffer has drained, it gets new frames made from the current state. A connection that is not
//! behind costs nothing here.

use std::collections::BTreeMap;

use super::conn::LineId;
use crate::time::{Instant, Span};

/// A connection that has been behind for this long is closed; its browser reconnects.
pub const STUCK_AFTER: Span = Span::from_secs(20);

/// The subject of a frame. Missed frames are made again from state, except [`Class::Passing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The running order.
    Timeline,
    /// The people present.
    Presence,
    /// The first frame of this connection, and its downlink.
    Personal,
    /// Counts of how a bell reached the browsers, for guides.
    Bells,
    /// State of the written round.
    Round,
    /// State of the feather of a spoken round.
    Feather,
    /// State of voices and faces.
    Media,
    /// The seats that speak.
    Speak,
    /// End of the sit.
    Over,
    /// Momentary, such as a gesture: lost if missed.
    Passing,
}

impl Class {
    /// The classes that are made again, in the order in which they are sent.
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

/// The connections that are behind, with the classes each has missed.
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
    /// Returns true if a frame of this class need not be sent: the connection will get a new one.
    pub fn waits(&self, line: LineId, class: Class) -> bool {
        self.behind.get(&line).is_some_and(|lag| lag.missed & class.bit() != 0)
    }

    /// Records that a connection could not take a frame of this class.
    pub fn missed(&mut self, line: LineId, class: Class, now: Instant) {
        let lag = self.behind.entry(line).or_insert(Lag { missed: 0, since: now });
        lag.missed |= class.bit();
    }

    /// The connection has room again and is no longer behind. Returns the classes it has missed.
    pub fn drained(&mut self, line: LineId) -> impl Iterator<Item = Class> + use<> {
        let missed = self.behind.remove(&line).map_or(0, |lag| lag.missed);
        Class::KEPT.into_iter().filter(move |class| missed & class.bit() != 0)
    }

    /// Forgets a closed connection.
    pub fn forget(&mut self, line: LineId) {
        self.behind.remove(&line);
    }

    /// The connections that have been behind for [`STUCK_AFTER`].
    pub fn stuck(&self, now: Instant) -> impl Iterator<Item = LineId> {
        let stuck = self.behind.iter().filter(move |(_, lag)| lag.since + STUCK_AFTER <= now);
        stuck.map(|(line, _)| *line)
    }

    /// Instant at which the next connection is stuck.
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
