//! The sockets the workers share: one UDP port for all of them, and one TCP port.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::settings::{Settings, StartNo};

/// The kernel may keep so many bytes that came in, and so many that are to go out: a burst of
/// pictures to a large room. It takes what the machine allows (`net.core.rmem_max`, `wmem_max`).
const KERNEL_KEEPS: usize = 4 * 1_024 * 1_024;
/// So many calls over TCP may wait to be taken.
const CALLS_WAIT_MAX: i32 = 256;
/// When one port is to serve both UDP and TCP and neither is named, so many are tried.
const TRIES: usize = 16;

/// Sockets that listen.
#[derive(Debug)]
pub(crate) struct Sockets {
    /// One for each worker, all on the same port.
    pub(crate) udp: Vec<UdpSocket>,
    pub(crate) udp_at: SocketAddr,
    pub(crate) tcp: Option<TcpListener>,
    pub(crate) tcp_at: Option<SocketAddr>,
}

impl Sockets {
    /// Listens as the settings say, for so many workers.
    pub(crate) fn bind(settings: &Settings, workers: usize) -> Result<Self, StartNo> {
        // A free port for UDP may be taken for TCP: another one then.
        let is_any = settings.udp.port() == 0 && settings.tcp.is_some_and(|tcp| tcp.port() == 0);
        let tries = if is_any { TRIES } else { 1 };
        let mut bound = Self::try_bind(settings, workers);
        for _ in 1..tries {
            if bound.is_ok() {
                break;
            }
            bound = Self::try_bind(settings, workers);
        }
        bound
    }

    fn try_bind(settings: &Settings, workers: usize) -> Result<Self, StartNo> {
        let named = settings.udp;
        let no = |at| move |error| StartNo::Listen(at, error);
        // A socket that shares its port would share it with another program of ours, too: the first
        // look is one that does not share.
        let alone = udp(named, false).map_err(no(named))?;
        let at = alone.local_addr().map_err(no(named))?;
        let at = SocketAddr::new(named.ip(), at.port());
        let mut sockets = vec![];
        if workers == 1 {
            sockets.push(alone);
        } else {
            drop(alone);
            for _ in 0..workers {
                sockets.push(udp(at, true).map_err(no(at))?);
            }
        }
        let tcp_at = settings.tcp.map(|tcp| {
            let port = if tcp.port() == 0 { at.port() } else { tcp.port() };
            SocketAddr::new(tcp.ip(), port)
        });
        let tcp = match tcp_at {
            Some(at) => Some(listen(at).map_err(no(at))?),
            None => None,
        };
        Ok(Self { udp: sockets, udp_at: at, tcp, tcp_at })
    }
}

fn udp(at: SocketAddr, shares: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    if at.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    if shares {
        socket.set_reuse_port(true)?;
    }
    // The machine may allow less, and says so by giving less.
    let _larger =
        (socket.set_recv_buffer_size(KERNEL_KEEPS), socket.set_send_buffer_size(KERNEL_KEEPS));
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(at))?;
    Ok(socket.into())
}

fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    if at.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // Connections of the program before us may still be closing.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(at))?;
    socket.listen(CALLS_WAIT_MAX)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Chance;

    fn settings() -> Settings {
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        Settings { tcp: Some(here), ..Settings::new(here, Chance(std::sync::Arc::new(|_| {}))) }
    }

    #[test]
    fn all_workers_share_one_port_and_nobody_else_does() {
        for workers in [1, 3] {
            let sockets = Sockets::bind(&settings(), workers).expect("a free port");
            assert_eq!(sockets.udp.len(), workers);
            for socket in &sockets.udp {
                assert_eq!(socket.local_addr().expect("its address"), sockets.udp_at);
            }
            assert_eq!(sockets.tcp_at, Some(sockets.udp_at));
            let again = Settings { udp: sockets.udp_at, tcp: None, ..settings() };
            let taken = Sockets::bind(&again, 1);
            assert!(matches!(taken, Err(StartNo::Listen(at, _)) if at == sockets.udp_at));
            assert!(Sockets::bind(&again, 2).is_err());
            drop(sockets);
            assert!(Sockets::bind(&again, 2).is_ok());
        }
    }
}
