//! Limits on TCP connections, over all workers and from one network.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Limit of connections.
pub(crate) const CONNS_MAX: usize = 4_000;
/// Limit from one network (IPv4 address or IPv6 /64). A person has two; a household may sit
/// together behind one address.
pub(crate) const PER_NETWORK_MAX: usize = 100;

/// Counts open connections by network.
#[derive(Debug, Default)]
pub(crate) struct ConnLimiter {
    counts: Mutex<BTreeMap<IpAddr, usize>>,
}

/// A counted connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct ConnPermit {
    limiter: Arc<ConnLimiter>,
    network: IpAddr,
}

impl ConnLimiter {
    fn lock_counts(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a connection; none when a limit is reached.
    pub(crate) fn acquire(self: &Arc<Self>, from: IpAddr) -> Option<ConnPermit> {
        let (network, mut counts) = (network_of(from), self.lock_counts());
        if counts.values().sum::<usize>() >= CONNS_MAX {
            return None;
        }
        let count = counts.entry(network).or_insert(0);
        if *count >= PER_NETWORK_MAX {
            return None;
        }
        *count += 1;
        Some(ConnPermit { limiter: Arc::clone(self), network })
    }
}

impl Drop for ConnPermit {
    fn drop(&mut self) {
        let mut counts = self.limiter.lock_counts();
        if let Some(count) = counts.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

/// The network of an address: itself, or its IPv6 /64.
fn network_of(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V4(_) => from,
        IpAddr::V6(six) => IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_cannot_take_all_connections() {
        let limiter = Arc::new(ConnLimiter::default());
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        let mut permits: Vec<_> = (0..PER_NETWORK_MAX).map(|_| limiter.acquire(address)).collect();
        assert!(permits.iter().all(Option::is_some));
        assert!(limiter.acquire(address).is_none());
        assert!(limiter.acquire("192.0.2.2".parse().expect("an address")).is_some());
        permits.pop();
        assert!(limiter.acquire(address).is_some());
        permits.clear();
        assert!(limiter.lock_counts().is_empty());
    }

    #[test]
    fn all_addresses_of_an_ipv6_prefix_are_one_network() {
        let limiter = Arc::new(ConnLimiter::default());
        let household = |last: usize| format!("2001:db8::{last:x}").parse().expect("an address");
        let permits: Vec<_> =
            (1..=PER_NETWORK_MAX).map(|last| limiter.acquire(household(last))).collect();
        assert!(permits.iter().all(Option::is_some));
        assert!(limiter.acquire(household(PER_NETWORK_MAX + 1)).is_none());
        assert!(limiter.acquire("2001:db8:0:1::1".parse().expect("an address")).is_some());
    }

    #[test]
    fn all_networks_together_are_limited() {
        let limiter = Arc::new(ConnLimiter::default());
        let address = |number: usize| {
            let number = u32::try_from(number / PER_NETWORK_MAX).expect("few");
            IpAddr::V4((0x0a00_0000 + number).into())
        };
        let permits: Vec<_> = (0..CONNS_MAX).map(|n| limiter.acquire(address(n))).collect();
        assert!(permits.iter().all(Option::is_some));
        assert!(limiter.acquire("192.0.2.1".parse().expect("an address")).is_none());
    }
}
