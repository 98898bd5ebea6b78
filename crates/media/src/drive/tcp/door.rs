//! How many TCP connections are let in, over all workers and from one place.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most connections at once.
pub(crate) const CONNS_MAX: usize = 4_000;
/// The most from one network address (IPv6: one /64). A person has two; a house behind one address
/// may sit together.
pub(crate) const PER_PLACE_MAX: usize = 100;

/// Counts who is in.
#[derive(Debug, Default)]
pub(crate) struct Door {
    inside: Mutex<BTreeMap<IpAddr, usize>>,
}

/// Somebody who is in; whoever drops it goes out.
#[derive(Debug)]
pub(crate) struct Entry {
    door: Arc<Door>,
    place: IpAddr,
}

impl Door {
    fn inside(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one in, if there is room.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> Option<Entry> {
        let (place, mut inside) = (place(from), self.inside());
        if inside.values().sum::<usize>() >= CONNS_MAX {
            return None;
        }
        let here = inside.entry(place).or_insert(0);
        if *here >= PER_PLACE_MAX {
            return None;
        }
        *here += 1;
        Some(Entry { door: Arc::clone(self), place })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut inside = self.door.inside();
        if let Some(here) = inside.get_mut(&self.place) {
            *here -= 1;
            if *here == 0 {
                inside.remove(&self.place);
            }
        }
    }
}

/// Where somebody is: one address, of IPv6 the part that is given to one house.
fn place(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V4(_) => from,
        IpAddr::V6(six) => IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_cannot_take_all_the_room() {
        let door = Arc::new(Door::default());
        let here: IpAddr = "192.0.2.1".parse().expect("an address");
        let mut entries: Vec<_> = (0..PER_PLACE_MAX).map(|_| door.enter(here)).collect();
        assert!(entries.iter().all(Option::is_some));
        assert!(door.enter(here).is_none());
        assert!(door.enter("192.0.2.2".parse().expect("an address")).is_some());
        entries.pop();
        assert!(door.enter(here).is_some());
        entries.clear();
        assert!(door.inside().is_empty());
    }

    #[test]
    fn one_house_with_many_addresses_of_version_six_is_one_place() {
        let door = Arc::new(Door::default());
        let house = |last: usize| format!("2001:db8::{last:x}").parse().expect("an address");
        let entries: Vec<_> = (1..=PER_PLACE_MAX).map(|last| door.enter(house(last))).collect();
        assert!(entries.iter().all(Option::is_some));
        assert!(door.enter(house(PER_PLACE_MAX + 1)).is_none());
        assert!(door.enter("2001:db8:0:1::1".parse().expect("an address")).is_some());
    }

    #[test]
    fn all_places_together_cannot_take_more_than_there_is() {
        let door = Arc::new(Door::default());
        let address = |number: usize| {
            let number = u32::try_from(number / PER_PLACE_MAX).expect("few");
            IpAddr::V4((0x0a00_0000 + number).into())
        };
        let entries: Vec<_> = (0..CONNS_MAX).map(|n| door.enter(address(n))).collect();
        assert!(entries.iter().all(Option::is_some));
        assert!(door.enter("192.0.2.1".parse().expect("an address")).is_none());
    }
}
