//! Which addresses belong to other workers. It is learnt from checks of paths (STUN), which name
//! the worker, and forgotten by itself: browsers check every few seconds.

use std::collections::BTreeMap;
use std::mem;
use std::net::SocketAddr;

/// So many addresses are known at once, twice over: when the newer half is full, the older half,
/// of which nothing was heard meanwhile, is forgotten. A flood of made-up checks does not grow it.
const HALF_MAX: usize = 8_192;

/// Addresses whose datagrams other workers want.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    newer: BTreeMap<SocketAddr, u16>,
    older: BTreeMap<SocketAddr, u16>,
}

impl Elsewhere {
    /// From now on what comes from there is that worker's.
    pub(crate) fn learn(&mut self, from: SocketAddr, worker: u16) {
        if self.newer.len() >= HALF_MAX {
            self.older = mem::take(&mut self.newer);
        }
        self.newer.insert(from, worker);
    }

    /// From now on what comes from there is ours.
    pub(crate) fn forget(&mut self, from: SocketAddr) {
        self.newer.remove(&from);
        self.older.remove(&from);
    }

    /// Whose it is what comes from there; none when it is ours, or nobody's.
    pub(crate) fn worker(&self, from: SocketAddr) -> Option<u16> {
        if self.newer.is_empty() && self.older.is_empty() {
            return None;
        }
        self.newer.get(&from).or_else(|| self.older.get(&from)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: usize) -> SocketAddr {
        let port = u16::try_from(port).expect("a port");
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn the_newest_word_about_an_address_counts() {
        let mut elsewhere = Elsewhere::default();
        assert_eq!(elsewhere.worker(address(1)), None);
        elsewhere.learn(address(1), 1);
        for port in 2..HALF_MAX + 1 {
            elsewhere.learn(address(port), 2);
        }
        elsewhere.learn(address(1), 3);
        assert_eq!(elsewhere.worker(address(1)), Some(3));
        elsewhere.forget(address(1));
        assert_eq!(elsewhere.worker(address(1)), None);
    }

    #[test]
    fn a_flood_of_addresses_is_forgotten_and_those_who_check_again_are_not() {
        let mut elsewhere = Elsewhere::default();
        for port in 0..5 * HALF_MAX {
            if port % 1_000 == 0 {
                elsewhere.learn(address(1), 7);
            }
            elsewhere.learn(address(2 + port), 1);
        }
        assert_eq!(elsewhere.worker(address(1)), Some(7));
        assert!(elsewhere.newer.len() + elsewhere.older.len() <= 2 * HALF_MAX);
    }
}
