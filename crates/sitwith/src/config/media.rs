//! Sound and picture: listen address, announced addresses, threads and TURN.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use sitwith_media::{ADDRESSES_MAX, TurnServer, WORKERS_MAX};

use super::secret::Secret;
use super::{FatalError, ListenSection};

/// Maximum number of TURN addresses: browsers try them all.
const TURN_URLS_MAX: usize = 4;

/// Sound and picture: listen address, announced addresses, threads and TURN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MediaSection {
    /// Turns sound and picture off.
    pub(crate) off: bool,
    /// The network address to listen on for sound and picture. Without it, the address of the
    /// pages, or every address of the machine when `public` is set.
    pub(crate) address: Option<IpAddr>,
    /// The port to listen on, for UDP and TCP. With 0, the one after the port of the pages, or any
    /// free one if that is in use.
    pub(crate) port: u16,
    /// Allows sound and picture over TCP, for networks that block UDP.
    pub(crate) tcp: bool,
    /// The addresses announced to browsers, such as the one of the router in front of this machine.
    /// Without any, those of the machine.
    pub(crate) public: Vec<IpAddr>,
    /// Number of forwarding threads; with 0, one for each core.
    pub(crate) workers: u16,
    /// Addresses of a TURN server that browsers use where no direct connection is possible, as in
    /// `turn:turn.example.org:3478`.
    pub(crate) turn: Vec<String>,
    /// The secret shared with the TURN server (`static-auth-secret` of coturn).
    pub(crate) turn_secret: Option<Secret>,
}

impl Default for MediaSection {
    fn default() -> Self {
        Self {
            off: false,
            address: None,
            port: 0,
            tcp: true,
            public: vec![],
            workers: 0,
            turn: vec![],
            turn_secret: None,
        }
    }
}

impl MediaSection {
    pub(super) fn validate(&self) -> Result<(), FatalError> {
        let wrong = |words: &str| Err(FatalError(words.to_owned()));
        let leads_nowhere = |ip: &IpAddr| ip.is_unspecified() || ip.is_multicast();
        if self.public.iter().any(leads_nowhere) {
            return wrong("media.public names addresses that browsers can reach, not 0.0.0.0");
        }
        if self.public.len() > ADDRESSES_MAX {
            return Err(FatalError(format!("media.public names up to {ADDRESSES_MAX} addresses")));
        }
        if usize::from(self.workers) > WORKERS_MAX {
            return Err(FatalError(format!("media.workers is up to {WORKERS_MAX}")));
        }
        if self.turn.iter().any(|url| parse_turn_url(url).is_none()) {
            return wrong("media.turn is like turn:turn.example.org:3478 or turns:host:port");
        }
        if self.turn.len() > TURN_URLS_MAX {
            return Err(FatalError(format!("media.turn names up to {TURN_URLS_MAX} addresses")));
        }
        match &self.turn_secret {
            None if !self.turn.is_empty() => {
                wrong("media.turn needs media.turn_secret, which the TURN server shares with us")
            }
            Some(secret) if secret.reveal().is_empty() => wrong("media.turn_secret is empty"),
            _ => Ok(()),
        }
    }

    /// Returns the socket address to listen on, given that of the pages. Port 0 picks a free port.
    pub(crate) fn listen_addr(&self, listen: &ListenSection, port: u16) -> SocketAddr {
        let every: IpAddr = if self.public.iter().any(IpAddr::is_ipv6) {
            Ipv6Addr::UNSPECIFIED.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        };
        let unnamed = if self.public.is_empty() { listen.address } else { every };
        SocketAddr::new(self.address.unwrap_or(unnamed), port)
    }

    /// Returns the TURN server with its secret, if one is set.
    pub(crate) fn turn_credentials(&self) -> Option<TurnServer> {
        let secret = self.turn_secret.as_ref()?;
        (!self.turn.is_empty())
            .then(|| TurnServer { urls: self.turn.clone(), secret: secret.reveal().to_owned() })
    }

    #[cfg(test)]
    pub(super) fn for_testing() -> Self {
        Self { workers: 1, ..Self::default() }
    }
}

/// Parses a TURN address into host, port (by default that of the scheme) and a flag for TCP only.
/// Returns `None` when it is malformed.
pub(crate) fn parse_turn_url(url: &str) -> Option<(&str, u16, bool)> {
    let (is_tls, rest) = match url.strip_prefix("turns:") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("turn:")?),
    };
    let (server, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !matches!(query, "" | "transport=udp" | "transport=tcp") {
        return None;
    }
    let usual = if is_tls { 5349 } else { 3478 };
    let is_bare_six = server.starts_with('[') && server.ends_with(']');
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !is_bare_six => (host, port.parse().ok()?),
        _ => (server, usual),
    };
    let is_one = !host.is_empty() && !host.contains(['/', ' ', '@', '#']) && port > 0;
    is_one.then_some((host, port, is_tls || query == "transport=tcp"))
}
