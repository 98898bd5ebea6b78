//! Demultiplexing: from a datagram to its connection. A STUN binding request names the connection
//! by its ufrag. A source address stands for a connection only after a binding request from it was
//! answered, so neither a reused port nor a NAT rebinding leads to the wrong peer.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use str0m::net::Protocol;

/// Limit of source addresses of one connection: each network a browser is in, times UDP and TCP,
/// times IPv4 and IPv6.
pub(super) const PEER_ADDRS_MAX: usize = 16;

/// A remote address with its transport: behind one NAT, the same port may belong to different
/// people over UDP and TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TransportAddr {
    addr: SocketAddr,
    is_udp: bool,
}

impl TransportAddr {
    pub(super) fn new(proto: Protocol, addr: SocketAddr) -> Self {
        Self { addr, is_udp: proto == Protocol::Udp }
    }
}

/// Connections by ufrag and by source address.
#[derive(Debug, Default)]
pub(super) struct Demux {
    by_ufrag: BTreeMap<String, u32>,
    by_addr: BTreeMap<TransportAddr, u32>,
}

impl Demux {
    /// Adds a ufrag; a connection keeps those it has.
    pub(super) fn add_ufrag(&mut self, ufrag: String, peer: u32) {
        self.by_ufrag.insert(ufrag, peer);
    }

    /// Removes a ufrag, unless another connection has it by now.
    pub(super) fn remove_ufrag(&mut self, ufrag: &str, peer: u32) {
        if self.by_ufrag.get(ufrag) == Some(&peer) {
            self.by_ufrag.remove(ufrag);
        }
    }

    pub(super) fn peer_by_ufrag(&self, ufrag: &str) -> Option<u32> {
        self.by_ufrag.get(ufrag).copied()
    }

    pub(super) fn peer_by_addr(&self, addr: TransportAddr) -> Option<u32> {
        self.by_addr.get(&addr).copied()
    }

    /// Assigns a source address to the connection whose binding request from it was answered.
    /// `owned` lists the connection's addresses, oldest first; beyond [`PEER_ADDRS_MAX`] the oldest
    /// is released.
    pub(super) fn claim_addr(
        &mut self,
        addr: TransportAddr,
        peer: u32,
        owned: &mut Vec<TransportAddr>,
    ) {
        if self.by_addr.get(&addr) == Some(&peer) {
            return;
        }
        if owned.len() >= PEER_ADDRS_MAX {
            let oldest = owned.remove(0);
            self.release_addr(oldest, peer);
        }
        owned.retain(|other| *other != addr);
        owned.push(addr);
        self.by_addr.insert(addr, peer);
    }

    /// Releases an address, unless another connection has claimed it.
    pub(super) fn release_addr(&mut self, addr: TransportAddr, peer: u32) {
        if self.by_addr.get(&addr) == Some(&peer) {
            self.by_addr.remove(&addr);
        }
    }

    /// Removes all ufrags and addresses of a connection.
    pub(super) fn remove_peer(&mut self, peer: u32, ufrags: &[String], addrs: &[TransportAddr]) {
        for ufrag in ufrags {
            self.remove_ufrag(ufrag, peer);
        }
        for addr in addrs {
            self.release_addr(*addr, peer);
        }
    }

    /// Numbers of ufrags and addresses.
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.by_ufrag.len(), self.by_addr.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn udp_addr(port: u16) -> TransportAddr {
        TransportAddr::new(Protocol::Udp, SocketAddr::from(([192, 0, 2, 1], port)))
    }

    #[test]
    fn the_same_port_over_udp_and_tcp_is_two_addresses() {
        let mut demux = Demux::default();
        let (mut one, mut other) = (vec![], vec![]);
        let tcp = TransportAddr::new(Protocol::Tcp, udp_addr(9).addr);
        demux.claim_addr(udp_addr(9), 1, &mut one);
        demux.claim_addr(tcp, 2, &mut other);
        assert_eq!(demux.peer_by_addr(udp_addr(9)), Some(1));
        assert_eq!(demux.peer_by_addr(tcp), Some(2));
        demux.release_addr(tcp, 2);
        assert_eq!(demux.peer_by_addr(udp_addr(9)), Some(1));
    }

    #[test]
    fn an_address_belongs_to_the_peer_that_claimed_it_last() {
        let mut demux = Demux::default();
        let (mut old, mut new) = (vec![], vec![]);
        demux.add_ufrag("w0xa".to_owned(), 1);
        demux.add_ufrag("w0xb".to_owned(), 2);
        demux.claim_addr(udp_addr(9), 1, &mut old);
        demux.claim_addr(udp_addr(9), 2, &mut new);
        assert_eq!(demux.peer_by_addr(udp_addr(9)), Some(2));
        demux.remove_peer(1, &["w0xa".to_owned()], &old);
        assert_eq!(demux.peer_by_addr(udp_addr(9)), Some(2));
        assert_eq!(demux.peer_by_ufrag("w0xb"), Some(2));
        demux.remove_peer(2, &["w0xb".to_owned()], &new);
        assert_eq!(demux.sizes(), (0, 0));
    }

    #[test]
    fn beyond_the_limit_the_oldest_address_is_released() {
        let mut demux = Demux::default();
        let mut owned = vec![];
        for port in 0..40 {
            demux.claim_addr(udp_addr(port), 3, &mut owned);
        }
        assert_eq!(owned.len(), PEER_ADDRS_MAX);
        assert_eq!(demux.sizes(), (0, PEER_ADDRS_MAX));
        assert_eq!(demux.peer_by_addr(udp_addr(0)), None);
        assert_eq!(demux.peer_by_addr(udp_addr(39)), Some(3));
    }
}
