//! What the threads count: how much came and went, and what was let go when too much came.

use std::sync::atomic::{AtomicU64, Ordering};

/// How much came and went since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams that came in over UDP.
    pub received: u64,
    /// Datagrams that went out over UDP.
    pub sent: u64,
    /// Datagrams that were let go because the machine's network took no more for too long.
    pub unsent: u64,
    /// Datagrams that came in at one worker and were handed to another.
    pub handed: u64,
    /// Datagrams that were let go because the other worker was too busy, or nobody's.
    pub unhanded: u64,
    /// Messages of split rooms between workers.
    pub relayed: u64,
    /// Those that were let go because the other worker was too busy.
    pub unrelayed: u64,
    /// TCP connections that were taken.
    pub taken: u64,
    /// TCP connections that were refused, or closed because they said nothing meant for us.
    pub refused: u64,
    /// Frames that were let go because a TCP connection was too slow.
    pub unwritten: u64,
    /// How often a worker fell over and began anew.
    pub fallen: u64,
}

/// Counted by many, read by one.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    pub(crate) received: Count,
    pub(crate) sent: Count,
    pub(crate) unsent: Count,
    pub(crate) handed: Count,
    pub(crate) unhanded: Count,
    pub(crate) relayed: Count,
    pub(crate) unrelayed: Count,
    pub(crate) taken: Count,
    pub(crate) refused: Count,
    pub(crate) unwritten: Count,
    pub(crate) fallen: Count,
}

/// One thing that is counted.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    /// So many more.
    pub(crate) fn add(&self, more: usize) {
        if more > 0 {
            self.0.fetch_add(more as u64, Ordering::Relaxed);
        }
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counting {
    /// As it stands.
    pub(crate) fn now(&self) -> Counts {
        Counts {
            received: self.received.now(),
            sent: self.sent.now(),
            unsent: self.unsent.now(),
            handed: self.handed.now(),
            unhanded: self.unhanded.now(),
            relayed: self.relayed.now(),
            unrelayed: self.unrelayed.now(),
            taken: self.taken.now(),
            refused: self.refused.now(),
            unwritten: self.unwritten.now(),
            fallen: self.fallen.now(),
        }
    }
}
