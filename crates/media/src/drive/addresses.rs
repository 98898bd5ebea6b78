//! Which addresses browsers are told.

use std::net::IpAddr;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

/// The most addresses that are told: browsers try each with each of theirs.
pub const ADDRESSES_MAX: usize = 8;

/// The addresses of this machine that reach a socket at `listened`: that one alone, or when it is
/// every address (`0.0.0.0`, `::`), all that lead out of the machine, public ones first.
pub fn own_addresses(listened: IpAddr) -> Vec<IpAddr> {
    if !listened.is_unspecified() {
        return vec![listened];
    }
    let interfaces = getifaddrs().into_iter().flatten();
    let up = interfaces.filter(|one| one.flags.contains(InterfaceFlags::IFF_UP));
    let mut all: Vec<IpAddr> = up
        .filter_map(|one| {
            let address = one.address?;
            let four = address.as_sockaddr_in().map(|four| IpAddr::V4(four.ip()));
            four.or_else(|| address.as_sockaddr_in6().map(|six| IpAddr::V6(six.ip())))
        })
        .filter(|address| leads_out(*address) && fits(*address, listened))
        .collect();
    all.sort_by_key(|address| (!is_public(*address), address.is_ipv6()));
    all.dedup();
    all.truncate(ADDRESSES_MAX);
    all
}

/// Whether a socket at `listened` hears what comes to this address.
fn fits(address: IpAddr, listened: IpAddr) -> bool {
    listened.is_ipv6() || address.is_ipv4()
}

/// Whether other machines could reach it.
fn leads_out(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !(four.is_loopback() || four.is_link_local() || four.is_unspecified()),
        // Link-local addresses need the name of an interface, which browsers cannot be told.
        IpAddr::V6(six) => {
            !(six.is_loopback() || six.is_unicast_link_local() || six.is_unspecified())
        }
    }
}

/// Whether the whole internet could reach it, if nothing on the way forbids it.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [one, two, ..] = four.octets();
            let is_shared = one == 100 && two & 0xc0 == 64;
            leads_out(address)
                && !(four.is_private() || is_shared || four.is_documentation() || one >= 224)
        }
        IpAddr::V6(six) => six.segments().first().is_some_and(|first| first & 0xe000 == 0x2000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn where_one_address_is_listened_on_that_one_is_told() {
        for one in ["127.0.0.1", "192.0.2.7", "::1"] {
            assert_eq!(own_addresses(address(one)), [address(one)]);
        }
    }

    #[test]
    fn where_all_are_listened_on_none_is_told_that_leads_nowhere() {
        for all in ["0.0.0.0", "::"] {
            let told = own_addresses(address(all));
            assert!(told.iter().all(|one| leads_out(*one)), "{told:?}");
            assert!(told.len() <= ADDRESSES_MAX);
            if all == "0.0.0.0" {
                assert!(told.iter().all(IpAddr::is_ipv4), "{told:?}");
            }
        }
    }

    #[test]
    fn public_addresses_are_told_from_those_of_a_house() {
        for public in ["8.8.4.4", "2606:4700::1111", "100.128.0.1"] {
            assert!(is_public(address(public)), "{public}");
        }
        for own in [
            "10.1.2.3",
            "192.168.1.1",
            "172.20.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "fd00::1",
            "fe80::1",
            "::1",
            "169.254.1.1",
        ] {
            assert!(!is_public(address(own)), "{own}");
        }
    }
}
