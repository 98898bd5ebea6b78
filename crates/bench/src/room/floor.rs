//! The floor: the least any server on this machine can spend on a message to all. One thread,
//! one epoll, one ready-made frame, one `send` for each line; no room, no tickets, no care.

#![expect(clippy::indexing_slicing, reason = "the floor pays for no check it can do without")]

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use base64::Engine as _;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketFlags};
use sha1::{Digest as _, Sha1};

use super::client::frame;

const LISTENER: u64 = u64::MAX;
const READ_MAX: usize = 64 * 1024;

struct Line {
    socket: OwnedFd,
    is_up: bool,
    /// What did not fit into the socket.
    rest: Vec<u8>,
}

struct Floor {
    epoll: OwnedFd,
    lines: Vec<Option<Line>>,
}

/// Serves for ever; says its port first.
pub(crate) fn serve() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    rustix::net::listen(&listener, 4_096)?;
    rustix::net::sockopt::set_tcp_nodelay(&listener, true)?;
    listener.set_nonblocking(true)?;
    writeln!(io::stdout(), "port {}", listener.local_addr()?.port())?;
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    let mut floor = Floor { epoll, lines: Vec::new() };
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
                LISTENER => floor.take_in(&listener)?,
                number => {
                    let number = usize::try_from(number).unwrap_or(usize::MAX);
                    if flags.contains(EventFlags::OUT) {
                        floor.push(number);
                    }
                    if !flags.difference(EventFlags::OUT).is_empty() {
                        floor.read(number, &mut buffer);
                    }
                }
            }
        }
    }
}

impl Floor {
    fn take_in(&mut self, listener: &TcpListener) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        while let Ok(socket) = rustix::net::accept_with(listener, flags) {
            let number = EventData::new_u64(u64::try_from(self.lines.len()).unwrap_or(0));
            epoll::add(&self.epoll, &socket, number, EventFlags::IN)?;
            self.lines.push(Some(Line { socket, is_up: false, rest: Vec::new() }));
        }
        Ok(())
    }

    fn read(&mut self, number: usize, buffer: &mut [u8]) {
        let Some(Some(line)) = self.lines.get_mut(number) else {
            return;
        };
        let read = rustix::net::recv(&line.socket, &mut *buffer, RecvFlags::empty());
        let bytes = match read {
            Ok((_, 0)) => {
                self.lines[number] = None;
                return;
            }
            Ok((_, size)) => &buffer[..size],
            Err(Errno::AGAIN) => return,
            Err(_) => {
                self.lines[number] = None;
                return;
            }
        };
        if line.is_up {
            if let Some((1, head, payload)) = frame(bytes) {
                let words = &bytes[head..head + payload];
                if let Some(message) = words.strip_prefix(b"P") {
                    self.send_to_all(&unmasked(message));
                }
            }
        } else if let Some(answer) = answer(bytes) {
            line.is_up = rustix::net::send(&line.socket, &answer, SendFlags::NOSIGNAL).is_ok();
        }
    }

    fn send_to_all(&mut self, frame: &[u8]) {
        for number in 0..self.lines.len() {
            let Some(Some(line)) = self.lines.get_mut(number) else {
                continue;
            };
            if !line.is_up {
                continue;
            }
            if line.rest.is_empty() {
                let sent = rustix::net::send(&line.socket, frame, SendFlags::NOSIGNAL).unwrap_or(0);
                if sent == frame.len() {
                    continue;
                }
                line.rest.extend_from_slice(&frame[sent..]);
                let data = EventData::new_u64(u64::try_from(number).unwrap_or(0));
                let both = EventFlags::IN | EventFlags::OUT;
                let _armed = epoll::modify(&self.epoll, &line.socket, data, both);
            } else {
                line.rest.extend_from_slice(frame);
            }
        }
    }

    fn push(&mut self, number: usize) {
        let Some(Some(line)) = self.lines.get_mut(number) else {
            return;
        };
        let sent = rustix::net::send(&line.socket, &line.rest, SendFlags::NOSIGNAL).unwrap_or(0);
        line.rest.drain(..sent);
        if line.rest.is_empty() {
            let data = EventData::new_u64(u64::try_from(number).unwrap_or(0));
            let _disarmed = epoll::modify(&self.epoll, &line.socket, data, EventFlags::IN);
        }
    }
}

/// A text frame as servers send it.
fn unmasked(payload: &[u8]) -> Vec<u8> {
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

/// The answer to an upgrade, when its head is whole.
fn answer(request: &[u8]) -> Option<Vec<u8>> {
    let head = request.strip_suffix(b"\r\n\r\n")?;
    let head = str::from_utf8(head).ok()?;
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))?;
    let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let digest = Sha1::new().chain_update(key).chain_update(guid).finalize();
    let accept = base64::engine::general_purpose::STANDARD.encode(digest);
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Some(answer.into_bytes())
}
