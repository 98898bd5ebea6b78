//! The addresses that are offered as ICE candidates.

use std::net::IpAddr;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

/// Limit of candidate addresses: browsers pair each with each of theirs.
pub const ADDRESSES_MAX: usize = 8;

/// This machine's addresses that reach a socket bound to `listened`: that one, or for a wildcard
/// address all that are routable, public ones first.
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
        .filter(|address| is_routable(*address) && receives_at(*address, listened))
        .collect();
    all.sort_by_key(|address| (!is_public(*address), address.is_ipv6()));
    all.dedup();
    all.truncate(ADDRESSES_MAX);
    all
}

/// True if a socket bound to `listened` receives what is sent to this address.
fn receives_at(address: IpAddr, listened: IpAddr) -> bool {
    listened.is_ipv6() || address.is_ipv4()
}

/// False for addresses that other machines cannot reach.
fn is_routable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !(four.is_loopback() || four.is_link_local() || four.is_unspecified()),
        // Link-local addresses need an interface name, which candidates cannot carry.
        IpAddr::V6(six) => {
            !(six.is_loopback() || six.is_unicast_link_local() || six.is_unspecified())
        }
    }
}

/// True for globally routable addresses.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [one, two, ..] = four.octets();
            let is_shared = one == 100 && two & 0xc0 == 64;
            is_routable(address)
                && !(four.is_private() || is_shared || four.is_documentation() || one >= 224)
        }
        IpAddr::V6(six) => six.segments().first().is_some_and(|first| first & 0xe000 == 0x2000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_addr(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_bound_address_is_the_only_candidate() {
        for one in ["127.0.0.1", "192.0.2.7", "::1"] {
            assert_eq!(own_addresses(parse_addr(one)), [parse_addr(one)]);
        }
    }

    #[test]
    fn a_wildcard_address_yields_routable_candidates_alone() {
        for all in ["0.0.0.0", "::"] {
            let offered = own_addresses(parse_addr(all));
            assert!(offered.iter().all(|one| is_routable(*one)), "{offered:?}");
            assert!(offered.len() <= ADDRESSES_MAX);
            if all == "0.0.0.0" {
                assert!(offered.iter().all(IpAddr::is_ipv4), "{offered:?}");
            }
        }
    }

    #[test]
    fn private_addresses_are_not_public() {
        for public in ["8.8.4.4", "2606:4700::1111", "100.128.0.1"] {
            assert!(is_public(parse_addr(public)), "{public}");
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
            assert!(!is_public(parse_addr(own)), "{own}");
        }
    }
}
