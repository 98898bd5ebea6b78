//! Source addresses that belong to other workers, learned from STUN binding requests, which name
//! their worker. Entries expire by themselves, as browsers send requests every few seconds.

use std::collections::BTreeMap;
use std::mem;
use std::net::SocketAddr;

/// Entries in each generation. When the newer one is full it becomes the older one, whose addresses
/// were silent meanwhile and are forgotten. So forged requests do not grow it.
const GENERATION_MAX: usize = 8_192;

/// Workers by source address, in two generations.
#[derive(Debug, Default)]
pub(crate) struct ForeignAddrs {
    newer: BTreeMap<SocketAddr, u16>,
    older: BTreeMap<SocketAddr, u16>,
}

impl ForeignAddrs {
    /// Datagrams from there belong to that worker from now on.
    pub(crate) fn learn_owner(&mut self, from: SocketAddr, worker: u16) {
        if self.newer.len() >= GENERATION_MAX {
            self.older = mem::take(&mut self.newer);
        }
        self.newer.insert(from, worker);
    }

    /// Datagrams from there belong to this worker from now on.
    pub(crate) fn forget_addr(&mut self, from: SocketAddr) {
        self.newer.remove(&from);
        self.older.remove(&from);
    }

    /// The other worker that datagrams from there belong to, if known.
    pub(crate) fn owner_of(&self, from: SocketAddr) -> Option<u16> {
        if self.newer.is_empty() && self.older.is_empty() {
            return None;
        }
        self.newer.get(&from).or_else(|| self.older.get(&from)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local_addr(port: usize) -> SocketAddr {
        let port = u16::try_from(port).expect("a port");
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn the_latest_owner_of_an_address_counts() {
        let mut foreign_addrs = ForeignAddrs::default();
        assert_eq!(foreign_addrs.owner_of(local_addr(1)), None);
        foreign_addrs.learn_owner(local_addr(1), 1);
        for port in 2..GENERATION_MAX + 1 {
            foreign_addrs.learn_owner(local_addr(port), 2);
        }
        foreign_addrs.learn_owner(local_addr(1), 3);
        assert_eq!(foreign_addrs.owner_of(local_addr(1)), Some(3));
        foreign_addrs.forget_addr(local_addr(1));
        assert_eq!(foreign_addrs.owner_of(local_addr(1)), None);
    }

    #[test]
    fn a_flood_of_addresses_expires_and_those_seen_again_do_not() {
        let mut foreign_addrs = ForeignAddrs::default();
        for port in 0..5 * GENERATION_MAX {
            if port % 1_000 == 0 {
                foreign_addrs.learn_owner(local_addr(1), 7);
            }
            foreign_addrs.learn_owner(local_addr(2 + port), 1);
        }
        assert_eq!(foreign_addrs.owner_of(local_addr(1)), Some(7));
        assert!(foreign_addrs.newer.len() + foreign_addrs.older.len() <= 2 * GENERATION_MAX);
    }
}
