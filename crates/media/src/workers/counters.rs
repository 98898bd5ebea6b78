//! Counters of the worker threads.

use std::sync::atomic::{AtomicU64, Ordering};

/// Traffic and losses since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrafficCounts {
    /// Datagrams received over UDP.
    pub received: u64,
    /// Datagrams sent over UDP.
    pub sent: u64,
    /// Datagrams dropped because the kernel took no more for too long.
    pub dropped_sends: u64,
    /// Datagrams that arrived at one worker and were handed to another.
    pub handed_over: u64,
    /// Datagrams dropped because the other worker was too busy, or does not exist.
    pub dropped_handovers: u64,
    /// Messages of split rooms between workers.
    pub relayed: u64,
    /// Messages dropped because the other worker was too busy.
    pub dropped_relays: u64,
    /// TCP connections accepted.
    pub accepted: u64,
    /// TCP connections refused, or closed because they sent nothing for a peer of ours.
    pub refused: u64,
    /// Frames dropped because a TCP connection was too slow.
    pub dropped_frames: u64,
    /// Times a worker panicked and restarted.
    pub worker_restarts: u64,
}

/// Shared counters.
#[derive(Debug, Default)]
pub(crate) struct TrafficCounters {
    pub(crate) received: Counter,
    pub(crate) sent: Counter,
    pub(crate) dropped_sends: Counter,
    pub(crate) handed_over: Counter,
    pub(crate) dropped_handovers: Counter,
    pub(crate) relayed: Counter,
    pub(crate) dropped_relays: Counter,
    pub(crate) accepted: Counter,
    pub(crate) refused: Counter,
    pub(crate) dropped_frames: Counter,
    pub(crate) worker_restarts: Counter,
}

/// One counter.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add_many(&self, more: usize) {
        if more > 0 {
            self.0.fetch_add(more as u64, Ordering::Relaxed);
        }
    }

    fn load_value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl TrafficCounters {
    /// A snapshot.
    pub(crate) fn snapshot(&self) -> TrafficCounts {
        TrafficCounts {
            received: self.received.load_value(),
            sent: self.sent.load_value(),
            dropped_sends: self.dropped_sends.load_value(),
            handed_over: self.handed_over.load_value(),
            dropped_handovers: self.dropped_handovers.load_value(),
            relayed: self.relayed.load_value(),
            dropped_relays: self.dropped_relays.load_value(),
            accepted: self.accepted.load_value(),
            refused: self.refused.load_value(),
            dropped_frames: self.dropped_frames.load_value(),
            worker_restarts: self.worker_restarts.load_value(),
        }
    }
}
