//! Listen address, public address and proxies of the pages.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::FatalError;

/// Listen address, public address and proxies of the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListenSection {
    /// The network address to listen on: `127.0.0.1` behind a proxy on the same machine,
    /// `0.0.0.0` for every address of the machine.
    pub(crate) address: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub(crate) port: u16,
    /// The address people type, as in `https://sit.example.org`, until the keeper sets one in the
    /// browser. Without it, `http://localhost` and the port.
    pub(crate) public_address: Option<String>,
    /// Network addresses of the proxies in front of the home. `X-Forwarded-For` (the client's
    /// address) and `X-Forwarded-Proto` (whether the connection is encrypted) are trusted only from
    /// these.
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

impl Default for ListenSection {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 7747,
            public_address: None,
            trusted_proxies: vec![],
        }
    }
}

impl ListenSection {
    pub(super) fn validate(&self) -> Result<(), FatalError> {
        let Some(address) = &self.public_address else {
            return Ok(());
        };
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', ' ', '?', '#', '@'])) {
            let words = "listen.public_address is like https://sit.example.org, without a path";
            return Err(FatalError(words.to_owned()));
        }
        Ok(())
    }

    /// Returns the socket address to listen on.
    pub(crate) fn socket_addr(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }

    /// Returns the address people type, given the port that was bound.
    pub(crate) fn public_address_at(&self, port: u16) -> String {
        let local = || format!("http://localhost:{port}");
        self.public_address.clone().unwrap_or_else(local)
    }

    #[cfg(test)]
    pub(super) fn for_testing() -> Self {
        Self { port: 0, ..Self::default() }
    }
}
