//! Sound and picture.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use sitwith_media::{ADDRESSES_MAX, TurnServer, WORKERS_MAX};

use super::secret::Secret;
use super::{Listen, Wrong};

/// The most addresses of TURN servers: browsers try them all.
const TURN_MAX: usize = 4;

/// Sound and picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MediaSection {
    /// Whether this home goes without sound and picture.
    pub(crate) off: bool,
    /// The network address to listen on for sound and picture. Without it, that of the pages; or
    /// every address of the machine, when `public` names any.
    pub(crate) address: Option<IpAddr>,
    /// The port, for UDP and for TCP. With 0 it is the one after that of the pages, or any free
    /// one if that is taken.
    pub(crate) port: u16,
    /// Whether sound and picture may also come over TCP, for networks that let no UDP through.
    pub(crate) tcp: bool,
    /// The addresses browsers are told, such as the one of the router in front of this machine.
    /// Without any, those of the machine.
    pub(crate) public: Vec<IpAddr>,
    /// How many threads forward; with 0 one for each core.
    pub(crate) workers: u16,
    /// Addresses of a TURN server that browsers may go over where nothing else gets through, as in
    /// `turn:turn.example.org:3478`.
    pub(crate) turn: Vec<String>,
    /// The secret it shares with this home (`static-auth-secret` of coturn).
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
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        let wrong = |words: &str| Err(Wrong(words.to_owned()));
        let leads_nowhere = |ip: &IpAddr| ip.is_unspecified() || ip.is_multicast();
        if self.public.iter().any(leads_nowhere) {
            return wrong("media.public names addresses that browsers can reach, not 0.0.0.0");
        }
        if self.public.len() > ADDRESSES_MAX {
            return Err(Wrong(format!("media.public names up to {ADDRESSES_MAX} addresses")));
        }
        if usize::from(self.workers) > WORKERS_MAX {
            return Err(Wrong(format!("media.workers is up to {WORKERS_MAX}")));
        }
        if self.turn.iter().any(|url| turn_server(url).is_none()) {
            return wrong("media.turn is like turn:turn.example.org:3478 or turns:host:port");
        }
        if self.turn.len() > TURN_MAX {
            return Err(Wrong(format!("media.turn names up to {TURN_MAX} addresses")));
        }
        match &self.turn_secret {
            None if !self.turn.is_empty() => {
                wrong("media.turn needs media.turn_secret, which the TURN server shares with us")
            }
            Some(secret) if secret.reveal().is_empty() => wrong("media.turn_secret is empty"),
            _ => Ok(()),
        }
    }

    /// Where to listen, given where the pages are heard. Port 0 for any.
    pub(crate) fn socket(&self, listen: &Listen, port: u16) -> SocketAddr {
        let every: IpAddr = if self.public.iter().any(IpAddr::is_ipv6) {
            Ipv6Addr::UNSPECIFIED.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        };
        let unnamed = if self.public.is_empty() { listen.address } else { every };
        SocketAddr::new(self.address.unwrap_or(unnamed), port)
    }

    /// The TURN server, if there is one.
    pub(crate) fn turn(&self) -> Option<TurnServer> {
        let secret = self.turn_secret.as_ref()?;
        (!self.turn.is_empty())
            .then(|| TurnServer { urls: self.turn.clone(), secret: secret.reveal().to_owned() })
    }

    #[cfg(test)]
    pub(super) fn for_testing() -> Self {
        Self { workers: 1, ..Self::default() }
    }
}

/// Host and port of a TURN address, the port that is meant when none is named, and whether it is
/// spoken to over TCP alone.
pub(crate) fn turn_server(url: &str) -> Option<(&str, u16, bool)> {
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
