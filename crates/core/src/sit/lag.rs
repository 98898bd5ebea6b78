//! Slow connections: state, not queues.
//!
//! A slow connection has no queue of frames, only one bit for each class of frame it missed. When
//! its buffer has drained, it gets new frames made from the current state. A connection that is not
//! behind costs nothing here.

use std::collections::BTreeMap;

use super::conn::ConnId;
use crate::time::{Instant, Span};

/// A connection that has been behind for this long is closed; its browser reconnects.
pub const STUCK_AFTER: Span = Span::from_secs(20);

/// The subject of a frame. Missed frames are made again from state, except
/// [`FrameClass::Momentary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FrameClass {
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
    Momentary,
}

impl FrameClass {
    /// The classes that are made again, in the order in which they are sent.
    pub const RESENT: [Self; 9] = [
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
            Self::Momentary => 0,
        }
    }
}

/// The connections that are behind, with the classes each has missed.
#[derive(Clone, Debug, Default)]
pub struct LaggingConns {
    lagging: BTreeMap<ConnId, ConnLag>,
}

#[derive(Clone, Copy, Debug)]
struct ConnLag {
    missed: u16,
    since: Instant,
}

impl LaggingConns {
    /// Returns true if a frame of this class need not be sent: the connection will get a new one.
    pub fn is_waiting_for(&self, line: ConnId, class: FrameClass) -> bool {
        self.lagging.get(&line).is_some_and(|lag| lag.missed & class.bit() != 0)
    }

    /// Records that a connection could not take a frame of this class.
    pub fn mark_missed(&mut self, line: ConnId, class: FrameClass, now: Instant) {
        let lag = self.lagging.entry(line).or_insert(ConnLag { missed: 0, since: now });
        lag.missed |= class.bit();
    }

    /// The connection has room again and is no longer behind. Returns the classes it has missed.
    pub fn take_missed(&mut self, line: ConnId) -> impl Iterator<Item = FrameClass> + use<> {
        let missed = self.lagging.remove(&line).map_or(0, |lag| lag.missed);
        FrameClass::RESENT.into_iter().filter(move |class| missed & class.bit() != 0)
    }

    /// Forgets a closed connection.
    pub fn remove_conn(&mut self, line: ConnId) {
        self.lagging.remove(&line);
    }

    /// The connections that have been behind for [`STUCK_AFTER`].
    pub fn stuck_conns(&self, now: Instant) -> impl Iterator<Item = ConnId> {
        let stuck = self.lagging.iter().filter(move |(_, lag)| lag.since + STUCK_AFTER <= now);
        stuck.map(|(line, _)| *line)
    }

    /// Instant at which the next connection is stuck.
    pub fn wake_at(&self) -> Option<Instant> {
        self.lagging.values().map(|lag| lag.since + STUCK_AFTER).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_line_remembers_what_kind_of_thing_it_missed_and_nothing_more() {
        let (mut lags, line) = (LaggingConns::default(), ConnId::new(3, 0));
        let now = Instant::from_ms(0);
        for _ in 0..1_000 {
            lags.mark_missed(line, FrameClass::Presence, now);
            lags.mark_missed(line, FrameClass::Timeline, now);
            lags.mark_missed(line, FrameClass::Momentary, now);
        }
        assert!(lags.is_waiting_for(line, FrameClass::Presence));
        assert!(!lags.is_waiting_for(line, FrameClass::Bells));
        assert!(!lags.is_waiting_for(line, FrameClass::Momentary));
        let missed: Vec<_> = lags.take_missed(line).collect();
        assert_eq!(missed, [FrameClass::Timeline, FrameClass::Presence]);
        assert_eq!(lags.take_missed(line).count(), 0);
    }

    #[test]
    fn a_line_is_stuck_after_twenty_seconds_without_draining() {
        let (mut lags, line) = (LaggingConns::default(), ConnId::new(0, 0));
        let start = Instant::from_ms(0);
        lags.mark_missed(line, FrameClass::Timeline, start);
        lags.mark_missed(line, FrameClass::Presence, start + Span::from_secs(19));
        assert_eq!(lags.stuck_conns(start + Span::from_secs(19)).count(), 0);
        assert_eq!(lags.wake_at(), Some(start + STUCK_AFTER));
        assert_eq!(lags.stuck_conns(start + STUCK_AFTER).collect::<Vec<_>>(), [line]);
        lags.remove_conn(line);
        assert_eq!(lags.wake_at(), None);
    }
}
