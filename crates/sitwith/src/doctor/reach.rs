//! Checks of the port and the public address.

use std::net::TcpListener;

use super::Finding;
use crate::config::Config;

/// Checks that the port is free.
pub(super) fn check_port(config: &Config) -> Finding {
    let (what, socket) = ("port", config.listen.socket_addr());
    match TcpListener::bind(socket) {
        Ok(_free_again) => Finding::good(what, format!("{socket} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let words = format!("{socket} is taken; if the home is open now, all is well");
            Finding::careful(what, words)
        }
        Err(error) => Finding::bad(what, format!("{socket}: {error}")),
    }
}

/// Checks that the public address is encrypted where it leaves this machine.
pub(super) fn check_address(config: &Config) -> Finding {
    let what = "address";
    let address = config.listen.public_address_at(config.listen.port);
    let is_open = config.listen.address.is_loopback();
    if address.starts_with("https://") {
        if config.listen.trusted_proxies.is_empty() {
            let words = format!(
                "{address}: the proxy before it is not in listen.trusted_proxies, so everybody \
                 seems to come from one place"
            );
            return Finding::careful(what, words);
        }
        return Finding::good(what, address);
    }
    if is_open {
        let words = format!("{address}: only on this machine, until a proxy with TLS is before it");
        return Finding::good(what, words);
    }
    let words = format!("{address}: without TLS, what people say can be read on the way");
    Finding::careful(what, words)
}
