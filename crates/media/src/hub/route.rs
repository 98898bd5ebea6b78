//! Whose a datagram is. Checks of a path (STUN) say it themselves, by the name of the connection:
//! an address says it only for what comes after, and only once a check from it was answered. So
//! a port that somebody else had before, and a network that gives a browser a new port, do no
//! harm.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use str0m::net::Protocol;

/// How many addresses one connection may have at once: each network a browser is in, with UDP,
/// TCP and two families of addresses.
pub(super) const ADDRESSES_MAX: usize = 16;

/// An address, of UDP or of TCP: behind the one address of a house the same port may be two
/// people's, one by each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    address: SocketAddr,
    is_udp: bool,
}

impl At {
    pub(super) fn new(proto: Protocol, address: SocketAddr) -> Self {
        Self { address, is_udp: proto == Protocol::Udp }
    }
}

/// Who has which name and which address.
#[derive(Debug, Default)]
pub(super) struct Routes {
    names: BTreeMap<String, u32>,
    addresses: BTreeMap<At, u32>,
}

impl Routes {
    /// This connection has this name, beside those it has.
    pub(super) fn name(&mut self, name: String, peer: u32) {
        self.names.insert(name, peer);
    }

    /// Who has this name.
    pub(super) fn by_name(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// Who has this address.
    pub(super) fn by_address(&self, address: At) -> Option<u32> {
        self.addresses.get(&address).copied()
    }

    /// A check from this address was answered for this connection: it is its own from now on.
    /// `mine` are the addresses it has; the one it has longest is given up when there are too
    /// many.
    pub(super) fn answered(&mut self, address: At, peer: u32, mine: &mut Vec<At>) {
        if self.addresses.get(&address) == Some(&peer) {
            return;
        }
        if mine.len() >= ADDRESSES_MAX {
            let oldest = mine.remove(0);
            self.leave(oldest, peer);
        }
        mine.retain(|other| *other != address);
        mine.push(address);
        self.addresses.insert(address, peer);
    }

    /// The connection has this address no more.
    pub(super) fn leave(&mut self, address: At, peer: u32) {
        if self.addresses.get(&address) == Some(&peer) {
            self.addresses.remove(&address);
        }
    }

    /// The connection is gone.
    pub(super) fn gone(&mut self, peer: u32, names: &[String], addresses: &[At]) {
        for name in names {
            if self.names.get(name) == Some(&peer) {
                self.names.remove(name);
            }
        }
        for address in addresses {
            self.leave(*address, peer);
        }
    }

    /// How many names and addresses are known.
    pub(super) fn len(&self) -> (usize, usize) {
        (self.names.len(), self.addresses.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> At {
        At::new(Protocol::Udp, SocketAddr::from(([192, 0, 2, 1], port)))
    }

    #[test]
    fn a_port_of_tcp_and_one_of_udp_with_the_same_number_are_two() {
        let mut routes = Routes::default();
        let (mut one, mut other) = (vec![], vec![]);
        let tcp = At::new(Protocol::Tcp, address(9).address);
        routes.answered(address(9), 1, &mut one);
        routes.answered(tcp, 2, &mut other);
        assert_eq!(routes.by_address(address(9)), Some(1));
        assert_eq!(routes.by_address(tcp), Some(2));
        routes.leave(tcp, 2);
        assert_eq!(routes.by_address(address(9)), Some(1));
    }

    #[test]
    fn an_address_belongs_to_whom_was_answered_last_and_stays_theirs() {
        let mut routes = Routes::default();
        let (mut old, mut new) = (vec![], vec![]);
        routes.name("w0xa".to_owned(), 1);
        routes.name("w0xb".to_owned(), 2);
        routes.answered(address(9), 1, &mut old);
        routes.answered(address(9), 2, &mut new);
        assert_eq!(routes.by_address(address(9)), Some(2));
        routes.gone(1, &["w0xa".to_owned()], &old);
        assert_eq!(routes.by_address(address(9)), Some(2));
        assert_eq!(routes.by_name("w0xb"), Some(2));
        routes.gone(2, &["w0xb".to_owned()], &new);
        assert_eq!(routes.len(), (0, 0));
    }

    #[test]
    fn the_oldest_of_too_many_addresses_is_given_up() {
        let mut routes = Routes::default();
        let mut mine = vec![];
        for port in 0..40 {
            routes.answered(address(port), 3, &mut mine);
        }
        assert_eq!(mine.len(), ADDRESSES_MAX);
        assert_eq!(routes.len(), (0, ADDRESSES_MAX));
        assert_eq!(routes.by_address(address(0)), None);
        assert_eq!(routes.by_address(address(39)), Some(3));
    }
}
