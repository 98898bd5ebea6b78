//! The floor: the least a server on this machine can spend on a broadcast. One thread, one epoll,
//! one prepared frame, one `send` per connection; no rooms, tickets or checks.

#![expect(clippy::indexing_slicing, reason = "the floor pays for no check it can do without")]

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use base64::Engine as _;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketFlags};
use sha1::{Digest as _, Sha1};

use super::client::split_frame;

const LISTENER: u64 = u64::MAX;
const READ_MAX: usize = 64 * 1024;

struct Conn {
    socket: OwnedFd,
    is_up: bool,
    /// Bytes the socket did not accept yet.
    unsent: Vec<u8>,
}

struct Floor {
    epoll: OwnedFd,
    conns: Vec<Option<Conn>>,
}

/// Serves until killed; prints its port first.
pub(crate) fn serve_floor() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    rustix::net::listen(&listener, 4_096)?;
    rustix::net::sockopt::set_tcp_nodelay(&listener, true)?;
    listener.set_nonblocking(true)?;
    writeln!(io::stdout(), "port {}", listener.local_addr()?.port())?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    let mut floor = Floor { epoll, conns: Vec::new() };
    let mut buffer = vec![0; READ_MAX];
    let mut events = Vec::with_capacity(512);
    loop {
        events.clear();
        match epoll::wait(&floor.epoll, rustix::buffer::spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let flags = event.flags;
            match event.data.u64() {
                LISTENER => floor.accept(&listener)?,
                index => {
                    let index = usize::try_from(index).unwrap_or(usize::MAX);
                    if flags.contains(EventFlags::OUT) {
                        floor.flush(index);
                    }
                    if !flags.difference(EventFlags::OUT).is_empty() {
                        floor.read(index, &mut buffer);
                    }
                }
            }
        }
    }
}

impl Floor {
    fn accept(&mut self, listener: &TcpListener) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        while let Ok(socket) = rustix::net::accept_with(listener, flags) {
            let index = EventData::new_u64(u64::try_from(self.conns.len()).unwrap_or(0));
            epoll::add(&self.epoll, &socket, index, EventFlags::IN)?;
            self.conns.push(Some(Conn { socket, is_up: false, unsent: Vec::new() }));
        }
        Ok(())
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) {
        let Some(Some(conn)) = self.conns.get_mut(index) else {
            return;
        };
        let read = rustix::net::recv(&conn.socket, &mut *buffer, RecvFlags::empty());
        let bytes = match read {
            Ok((_, 0)) => {
                self.conns[index] = None;
                return;
            }
            Ok((_, size)) => &buffer[..size],
            Err(Errno::AGAIN) => return,
            Err(_) => {
                self.conns[index] = None;
                return;
            }
        };
        if conn.is_up {
            if let Some((1, head, payload)) = split_frame(bytes) {
                let text = &bytes[head..head + payload];
                if let Some(message) = text.strip_prefix(b"P") {
                    self.send_to_all(&text_frame(message));
                }
            }
        } else if let Some(response) = upgrade_response(bytes) {
            conn.is_up = rustix::net::send(&conn.socket, &response, SendFlags::NOSIGNAL).is_ok();
        }
    }

    fn send_to_all(&mut self, frame: &[u8]) {
        for index in 0..self.conns.len() {
            let Some(Some(conn)) = self.conns.get_mut(index) else {
                continue;
            };
            if !conn.is_up {
                continue;
            }
            if conn.unsent.is_empty() {
                let sent = rustix::net::send(&conn.socket, frame, SendFlags::NOSIGNAL).unwrap_or(0);
                if sent == frame.len() {
                    continue;
                }
                conn.unsent.extend_from_slice(&frame[sent..]);
                let data = EventData::new_u64(u64::try_from(index).unwrap_or(0));
                let both = EventFlags::IN | EventFlags::OUT;
                let _armed = epoll::modify(&self.epoll, &conn.socket, data, both);
            } else {
                conn.unsent.extend_from_slice(frame);
            }
        }
    }

    fn flush(&mut self, index: usize) {
        let Some(Some(conn)) = self.conns.get_mut(index) else {
            return;
        };
        let sent = rustix::net::send(&conn.socket, &conn.unsent, SendFlags::NOSIGNAL).unwrap_or(0);
        conn.unsent.drain(..sent);
        if conn.unsent.is_empty() {
            let data = EventData::new_u64(u64::try_from(index).unwrap_or(0));
            let _disarmed = epoll::modify(&self.epoll, &conn.socket, data, EventFlags::IN);
        }
    }
}

/// A server's text frame.
fn text_frame(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x81];
    match u8::try_from(payload.len()) {
        Ok(short @ ..126) => bytes.push(short),
        _ => {
            bytes.push(126);
            bytes.extend(u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes
}

/// The response to a complete upgrade request.
fn upgrade_response(request: &[u8]) -> Option<Vec<u8>> {
    let head = request.strip_suffix(b"\r\n\r\n")?;
    let head = str::from_utf8(head).ok()?;
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))?;
    let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let digest = Sha1::new().chain_update(key).chain_update(guid).finalize();
    let accept = base64::engine::general_purpose::STANDARD.encode(digest);
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Some(response.into_bytes())
}
