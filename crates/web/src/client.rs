//! The peer of a request: its network address, and whether the connection is secure.
//!
//! Forwarding headers are believed only when they come from a proxy the keeper named.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State as With};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::fail::PageError;
use crate::state::WebState;

/// Prefix length that rate limits tell households apart by: devices choose the remaining bits
/// themselves.
const IPV6_PREFIX_BITS: u32 = 64;

/// Address and security of a request's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Network address, cut to what rate limits count by: IPv6 to its /64.
    pub peer_addr: String,
    /// True if the browser stores `Secure` cookies from this origin.
    pub is_secure: bool,
}

impl Client {
    /// Reads both from the connection and, behind a trusted proxy, from the forwarding headers.
    pub fn of(state: &WebState, parts: &Parts) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let trusted = &state.options.trusted_proxies;
        let is_behind_proxy = peer.is_some_and(|peer| trusted.contains(&peer));
        let place =
            if is_behind_proxy { forwarded_for(&parts.headers, trusted).or(peer) } else { peer };
        let address = &state.home.settings().address;
        Self {
            peer_addr: place.map_or_else(|| "unknown".to_owned(), mask_peer_addr),
            is_secure: is_secure(&parts.headers, is_behind_proxy, address),
        }
    }
}

/// Returns the right-most address that is not a trusted proxy: the ones further left can be forged
/// by the client.
fn forwarded_for(headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    for line in lines.iter().rev() {
        for entry in line.to_str().ok()?.rsplit(',') {
            let address = parse_address(entry.trim())?;
            if !trusted.contains(&address) {
                return Some(address);
            }
        }
    }
    None
}

/// Parses an address with or without a port.
fn parse_address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().ok().or_else(with_port).map(|address| address.to_canonical())
}

fn mask_peer_addr(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let kept = address.to_bits() & (u128::MAX << (128 - IPV6_PREFIX_BITS));
            format!("{}/{IPV6_PREFIX_BITS}", Ipv6Addr::from_bits(kept))
        }
    }
}

/// Returns true if the browser loaded this page over TLS, or from its own machine.
fn is_secure(headers: &HeaderMap, is_behind_proxy: bool, home_address: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    if is_behind_proxy && let Some(scheme) = forwarded {
        return scheme.eq_ignore_ascii_case("https");
    }
    let host = text(header::HOST).unwrap_or_default();
    if home_address.strip_prefix("https://").is_some_and(|home| home == host) {
        return true;
    }
    let browser = text(header::USER_AGENT).unwrap_or_default();
    is_own_machine(host) && !is_safari(browser)
}

/// Returns true for names of the browser's own machine, which browsers trust without TLS.
fn is_own_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Safari stores no `Secure` cookie for a page without TLS, not even from its own machine.
fn is_safari(browser: &str) -> bool {
    browser.contains("Safari/") && !browser.contains("Chrome/") && !browser.contains("Chromium/")
}

/// Returns the browser and its system in words, such as "Firefox on Linux", so that people
/// recognise their own in a list. It is coarse on purpose, and no fingerprint.
pub fn describe_browser(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default();
    let first = |kinds: &[(&str, &'static str)]| {
        kinds.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, words)| *words)
    };
    let kind = first(&[
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrom", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let machine = first(&[
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "a Mac"),
        ("Linux", "Linux"),
    ]);
    match (kind, machine) {
        (Some(kind), Some(machine)) => format!("{kind} on {machine}"),
        (Some(kind), None) => kind.to_owned(),
        (None, _) => "A browser".to_owned(),
    }
}

/// Returns true for the path of a sit's socket.
fn is_socket_path(path: &str) -> bool {
    path.starts_with("/sits/") && path.ends_with("/live")
}

/// Middleware that limits requests per network address.
pub async fn limit_requests(With(state): With<WebState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Static files are cheap, sockets have limits of their own (after a restart a whole house
    // reconnects at once), and help is never refused.
    if path.starts_with("/static/") || is_socket_path(path) || path == "/help" {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let place = Client::of(&state, &parts).peer_addr;
    match state.home.rate_limits.check_request(&place) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(wait) => PageError::TooMany(wait).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn parse_ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_stands_left_of_a_trusted_proxy_is_not_believed() {
        let trusted = [parse_ip("10.0.0.1"), parse_ip("10.0.0.2")];
        let spoofed = header_map(&[("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.2")]);
        assert_eq!(forwarded_for(&spoofed, &trusted), Some(parse_ip("203.0.113.9")));
        let two =
            header_map(&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.7:4711")]);
        assert_eq!(forwarded_for(&two, &trusted), Some(parse_ip("203.0.113.7")));
        let rubbish = header_map(&[("x-forwarded-for", "1.1.1.1, unknown")]);
        assert_eq!(forwarded_for(&rubbish, &trusted), None);
    }

    #[test]
    fn a_household_has_one_place_whatever_its_devices_choose() {
        assert_eq!(
            mask_peer_addr(parse_ip("2001:db8:1:2:aaaa::1")),
            mask_peer_addr(parse_ip("2001:db8:1:2:bbbb::2"))
        );
        assert_ne!(
            mask_peer_addr(parse_ip("2001:db8:1:2::1")),
            mask_peer_addr(parse_ip("2001:db8:1:3::1"))
        );
        assert_eq!(mask_peer_addr(parse_ip("192.0.2.1")), "192.0.2.1");
    }

    #[test]
    fn a_line_is_safe_over_tls_and_on_the_own_machine_only() {
        let home = "https://sit.example.org";
        let at = |host, more: &[(&'static str, &'static str)]| {
            let mut pairs = vec![("host", host)];
            pairs.extend_from_slice(more);
            header_map(&pairs)
        };
        assert!(is_secure(&at("sit.example.org", &[]), false, home));
        assert!(!is_secure(&at("192.168.1.5:7747", &[]), false, home));
        assert!(is_secure(&at("localhost:7747", &[]), false, home));
        assert!(is_secure(&at("127.0.0.1:7747", &[]), false, home));
        assert!(is_secure(&at("[::1]:7747", &[]), false, home));
        let safari = [("user-agent", "Mozilla/5.0 (Macintosh) Version/17.4 Safari/605.1.15")];
        assert!(!is_secure(&at("localhost:7747", &safari), false, home));
        let proxied = [("x-forwarded-proto", "https")];
        assert!(is_secure(&at("inner", &proxied), true, home));
        assert!(!is_secure(&at("inner", &proxied), false, home));
    }

    #[test]
    fn a_browser_is_named_so_that_people_know_it_again() {
        let named = |agent: &'static str| describe_browser(&header_map(&[("user-agent", agent)]));
        let phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
        assert_eq!(named(phone), "Chrome on Android");
        assert_eq!(named("curl/8"), "A browser");
    }
}
