//! Sockets shared by the workers: one UDP port, bound once by each, and one TCP listener.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::settings::{SfuSettings, StartError};

/// Requested kernel buffers in bytes, for bursts of video to a large room. The kernel caps them at
/// `net.core.rmem_max` and `wmem_max`.
const KERNEL_BUFFER_BYTES: usize = 4 * 1_024 * 1_024;
/// Backlog of the TCP listener.
const TCP_BACKLOG: i32 = 256;
/// Attempts to find a port that is free for both UDP and TCP.
const BIND_ATTEMPTS: usize = 16;

/// Bound sockets.
#[derive(Debug)]
pub(crate) struct ListenSockets {
    /// One for each worker, all on the same port.
    pub(crate) udp: Vec<UdpSocket>,
    pub(crate) udp_addr: SocketAddr,
    pub(crate) tcp: Option<TcpListener>,
    pub(crate) tcp_addr: Option<SocketAddr>,
}

impl ListenSockets {
    /// Binds the sockets for this number of workers.
    pub(crate) fn bind_all(settings: &SfuSettings, workers: usize) -> Result<Self, StartError> {
        // A free UDP port may be taken for TCP: try another one.
        let is_any = settings.udp.port() == 0 && settings.tcp.is_some_and(|tcp| tcp.port() == 0);
        let attempts = if is_any { BIND_ATTEMPTS } else { 1 };
        let mut bound = Self::try_bind_all(settings, workers);
        for _ in 1..attempts {
            if bound.is_ok() {
                break;
            }
            bound = Self::try_bind_all(settings, workers);
        }
        bound
    }

    fn try_bind_all(settings: &SfuSettings, workers: usize) -> Result<Self, StartError> {
        let named = settings.udp;
        let listen_error = |at| move |error| StartError::Listen(at, error);
        // With `SO_REUSEPORT` the port could be shared with another home of the same user, so it is
        // first bound without.
        let exclusive = bind_udp(named, false).map_err(listen_error(named))?;
        let at = exclusive.local_addr().map_err(listen_error(named))?;
        let at = SocketAddr::new(named.ip(), at.port());
        let mut sockets = vec![];
        if workers == 1 {
            sockets.push(exclusive);
        } else {
            drop(exclusive);
            for _ in 0..workers {
                sockets.push(bind_udp(at, true).map_err(listen_error(at))?);
            }
        }
        let tcp_addr = settings.tcp.map(|tcp| {
            let port = if tcp.port() == 0 { at.port() } else { tcp.port() };
            SocketAddr::new(tcp.ip(), port)
        });
        let tcp = match tcp_addr {
            Some(at) => Some(bind_tcp(at).map_err(listen_error(at))?),
            None => None,
        };
        Ok(Self { udp: sockets, udp_addr: at, tcp, tcp_addr })
    }
}

fn bind_udp(at: SocketAddr, reuse_port: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    if at.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    if reuse_port {
        socket.set_reuse_port(true)?;
    }
    // The kernel may allow less, which is no error.
    let _sized = (
        socket.set_recv_buffer_size(KERNEL_BUFFER_BYTES),
        socket.set_send_buffer_size(KERNEL_BUFFER_BYTES),
    );
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(at))?;
    Ok(socket.into())
}

fn bind_tcp(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    if at.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // Connections of a previous process may still be in TIME_WAIT.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(at))?;
    socket.listen(TCP_BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RandomSource;

    fn any_port() -> SfuSettings {
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        SfuSettings {
            tcp: Some(here),
            ..SfuSettings::new(here, RandomSource(std::sync::Arc::new(|_| {})))
        }
    }

    #[test]
    fn workers_share_one_port_and_no_other_process_does() {
        for workers in [1, 3] {
            let sockets = ListenSockets::bind_all(&any_port(), workers).expect("a free port");
            assert_eq!(sockets.udp.len(), workers);
            for socket in &sockets.udp {
                assert_eq!(socket.local_addr().expect("its address"), sockets.udp_addr);
            }
            assert_eq!(sockets.tcp_addr, Some(sockets.udp_addr));
            let again = SfuSettings { udp: sockets.udp_addr, tcp: None, ..any_port() };
            let taken = ListenSockets::bind_all(&again, 1);
            assert!(matches!(taken, Err(StartError::Listen(at, _)) if at == sockets.udp_addr));
            assert!(ListenSockets::bind_all(&again, 2).is_err());
            drop(sockets);
            assert!(ListenSockets::bind_all(&again, 2).is_ok());
        }
    }
}
