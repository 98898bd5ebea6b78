//! A WebSocket load client: ten thousand connections on one thread with epoll, one shared read
//! buffer.

#![expect(clippy::indexing_slicing, reason = "offsets into the client's own buffer")]

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use rustix::event::epoll;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use super::protocol::{Frame, Protocol};
use crate::os::{Stopwatch, timespec_of_ms};

/// Most connections that may be in their handshake at once.
pub(crate) const CONNECTING_MAX: usize = 2_000;
/// Number of loopback source addresses used in turn, so that no address pair runs out of ports.
const SOURCE_ADDRESSES: u8 = 4;
const READ_MAX: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Upgrading,
    Joining,
    Ready,
    Gone,
}

struct Conn {
    socket: OwnedFd,
    state: State,
    /// An incomplete frame from the last read.
    partial: Vec<u8>,
    frames: u32,
    bytes: u64,
    newest: u64,
    present: u32,
}

pub(crate) struct Client {
    epoll: OwnedFd,
    protocol: Protocol,
    port: u16,
    conns: Vec<Conn>,
    buffer: Vec<u8>,
    joining: usize,
    ready: usize,
    /// Sequence number of the awaited broadcast, and the number of connections that have it.
    awaited: u64,
    reached: usize,
    /// Broadcast frames received on all connections, and their bytes with frame headers.
    pub(crate) deliveries: u64,
    pub(crate) delivered_bytes: u64,
}

/// Totals over all connections.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Received {
    pub(crate) frames_max: u32,
    pub(crate) bytes: u64,
    /// Connections without the newest broadcast.
    pub(crate) without_newest: usize,
    /// Connections that were told of everybody's presence.
    pub(crate) know_all: usize,
}

impl Client {
    pub(crate) fn new(protocol: Protocol, port: u16) -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            protocol,
            port,
            conns: Vec::new(),
            buffer: vec![0; READ_MAX],
            joining: 0,
            ready: 0,
            awaited: 0,
            reached: 0,
            deliveries: 0,
            delivered_bytes: 0,
        })
    }

    pub(crate) const fn ready(&self) -> usize {
        self.ready
    }

    /// Opens `count` connections; returns whether all were ready within `limit_s`.
    pub(crate) fn connect(&mut self, count: usize, limit_s: f64) -> io::Result<bool> {
        let stopwatch = Stopwatch::start();
        let mut opened = self.conns.len();
        let count = opened + count;
        while opened < count || self.joining > 0 {
            while opened < count && self.joining < CONNECTING_MAX {
                self.open()?;
                opened += 1;
            }
            self.poll(100)?;
            if stopwatch.secs() > limit_s {
                return Ok(false);
            }
        }
        Ok(self.ready == self.conns.len())
    }

    pub(crate) fn disconnect_all(&mut self) {
        self.conns.clear();
        (self.ready, self.joining, self.reached, self.awaited) = (0, 0, 0, 0);
    }

    pub(crate) fn poll_for(&mut self, secs: f64) -> io::Result<()> {
        let stopwatch = Stopwatch::start();
        while stopwatch.secs() < secs {
            self.poll(20)?;
        }
        Ok(())
    }

    /// Polls until nothing arrived for `quiet_s`, at most for `limit_s`.
    pub(crate) fn poll_until_quiet(&mut self, quiet_s: f64, limit_s: f64) -> io::Result<()> {
        let stopwatch = Stopwatch::start();
        let mut last_s = 0.0;
        while stopwatch.secs() - last_s < quiet_s && stopwatch.secs() < limit_s {
            if self.poll(50)? > 0 {
                last_s = stopwatch.secs();
            }
        }
        Ok(())
    }

    /// Publishes message `seq` through the first connection and waits until all have it. Returns
    /// the number of connections without it after `limit_s`.
    pub(crate) fn broadcast(&mut self, seq: u64, size: usize, limit_s: f64) -> io::Result<usize> {
        self.awaited = seq;
        self.reached = 0;
        let text = self.protocol.publish(seq, size);
        self.send_text(0, &text);
        self.wait_for_all(limit_s)
    }

    /// The same for a message that the server sends by itself.
    pub(crate) fn await_broadcast(&mut self, seq: u64, limit_s: f64) -> io::Result<usize> {
        self.awaited = seq;
        let has = |conn: &&Conn| conn.state == State::Ready && conn.newest >= seq;
        self.reached = self.conns.iter().filter(has).count();
        self.wait_for_all(limit_s)
    }

    fn wait_for_all(&mut self, limit_s: f64) -> io::Result<usize> {
        let stopwatch = Stopwatch::start();
        while self.reached < self.ready && stopwatch.secs() < limit_s {
            self.poll(100)?;
        }
        Ok(self.conns.len().saturating_sub(self.reached))
    }

    /// Sequence number of the newest broadcast on any connection.
    pub(crate) fn newest(&self) -> u64 {
        self.conns.iter().map(|conn| conn.newest).max().unwrap_or(0)
    }

    pub(crate) fn received(&self) -> Received {
        let newest = self.newest();
        let everybody = u32::try_from(self.conns.len()).unwrap_or(u32::MAX);
        let mut received = Received::default();
        for conn in &self.conns {
            received.frames_max = received.frames_max.max(conn.frames);
            received.bytes += conn.bytes;
            received.without_newest += usize::from(conn.newest < newest || conn.newest == 0);
            received.know_all += usize::from(conn.present >= everybody);
        }
        received
    }

    fn open(&mut self) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket =
            rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        rustix::net::sockopt::set_tcp_nodelay(&socket, true)?;
        let home = u8::try_from(self.conns.len() % usize::from(SOURCE_ADDRESSES)).unwrap_or(0);
        let from = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 2 + home), 0);
        rustix::net::bind(&socket, &from)?;
        match rustix::net::connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port)) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let index = EventData::new_u64(u64::try_from(self.conns.len()).unwrap_or(u64::MAX));
        epoll::add(&self.epoll, &socket, index, EventFlags::OUT)?;
        self.conns.push(Conn {
            socket,
            state: State::Connecting,
            partial: Vec::new(),
            frames: 0,
            bytes: 0,
            newest: 0,
            present: 0,
        });
        self.joining += 1;
        Ok(())
    }

    /// Waits at most `wait_ms` for events and handles them; returns their number.
    fn poll(&mut self, wait_ms: u32) -> io::Result<usize> {
        let mut events = Vec::with_capacity(1_024);
        let wait = timespec_of_ms(wait_ms);
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&wait)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let index = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
            let flags = event.flags;
            let is_broken = flags.intersects(EventFlags::ERR | EventFlags::HUP);
            match self.conns.get(index).map(|conn| conn.state) {
                None | Some(State::Gone) => {}
                Some(State::Connecting) if is_broken => self.close(index),
                Some(State::Connecting) => self.request_upgrade(index)?,
                Some(_) => self.read(index),
            }
        }
        Ok(events.len())
    }

    fn request_upgrade(&mut self, index: usize) -> io::Result<()> {
        let path = self.protocol.path(index);
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13\r\n\r\n",
            self.port
        );
        let Some(conn) = self.conns.get_mut(index) else {
            return Ok(());
        };
        conn.state = State::Upgrading;
        let data = EventData::new_u64(u64::try_from(index).unwrap_or(u64::MAX));
        epoll::modify(&self.epoll, &conn.socket, data, EventFlags::IN)?;
        self.send(index, request.as_bytes());
        Ok(())
    }

    fn send_text(&mut self, index: usize, text: &str) {
        let opcode = if self.protocol.is_binary() { 2 } else { 1 };
        self.send(index, &mask_frame(opcode, text.as_bytes()));
    }

    fn send(&mut self, index: usize, bytes: &[u8]) {
        let Some(conn) = self.conns.get(index) else {
            return;
        };
        let sent = rustix::net::send(&conn.socket, bytes, SendFlags::NOSIGNAL);
        if sent != Ok(bytes.len()) {
            self.close(index);
        }
    }

    fn close(&mut self, index: usize) {
        let Some(conn) = self.conns.get_mut(index) else {
            return;
        };
        match conn.state {
            State::Gone => return,
            State::Ready => self.ready -= 1,
            State::Connecting | State::Upgrading | State::Joining => self.joining -= 1,
        }
        conn.state = State::Gone;
        let _gone = epoll::delete(&self.epoll, &conn.socket);
        let _shut = rustix::net::shutdown(&conn.socket, rustix::net::Shutdown::Both);
    }

    fn mark_ready(&mut self, index: usize) {
        let Some(conn) = self.conns.get_mut(index) else {
            return;
        };
        if conn.state == State::Joining {
            conn.state = State::Ready;
            self.joining -= 1;
            self.ready += 1;
        }
    }

    /// Reads what has arrived and handles every complete frame.
    fn read(&mut self, index: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(conn) = self.conns.get_mut(index) {
            let carried = conn.partial.len();
            buffer[..carried].copy_from_slice(&conn.partial);
            conn.partial.clear();
            let read = rustix::net::recv(&conn.socket, &mut buffer[carried..], RecvFlags::empty());
            let size = match read {
                Ok((_, 0)) => {
                    self.close(index);
                    break;
                }
                Ok((_, size)) => size,
                Err(Errno::AGAIN) => {
                    conn.partial.extend_from_slice(&buffer[..carried]);
                    break;
                }
                Err(_) => {
                    self.close(index);
                    break;
                }
            };
            conn.bytes += u64::try_from(size).unwrap_or(0);
            let consumed = self.handle_bytes(index, &buffer[..carried + size]);
            let Some(conn) = self.conns.get_mut(index) else {
                break;
            };
            conn.partial.extend_from_slice(&buffer[consumed..carried + size]);
            conn.partial.shrink_to_fit();
            if conn.state == State::Gone || carried + size < READ_MAX {
                break;
            }
        }
        self.buffer = buffer;
    }

    /// Handles the upgrade response and complete frames; returns the number of bytes consumed.
    fn handle_bytes(&mut self, index: usize, bytes: &[u8]) -> usize {
        let mut consumed = 0;
        if self.conns.get(index).is_some_and(|conn| conn.state == State::Upgrading) {
            let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
                return 0;
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                self.close(index);
                return bytes.len();
            }
            consumed = head + 4;
            if let Some(conn) = self.conns.get_mut(index) {
                conn.state = State::Joining;
                // The response head is not counted: only what the room sends.
                conn.bytes = u64::try_from(bytes.len() - consumed).unwrap_or(0);
            }
            if self.protocol.is_ready_on_upgrade() {
                self.mark_ready(index);
            }
        }
        while let Some((opcode, head, payload)) = split_frame(&bytes[consumed..]) {
            let frame = &bytes[consumed + head..consumed + head + payload];
            self.handle_frame(index, opcode, frame, head + payload);
            consumed += head + payload;
        }
        consumed
    }

    fn handle_frame(&mut self, index: usize, opcode: u8, frame: &[u8], size: usize) {
        match opcode {
            1 | 2 => {}
            8 => return self.close(index),
            9 => return self.send(index, &mask_frame(10, frame)),
            _ => return,
        }
        let told = self.protocol.parse_frame(frame);
        let Some(conn) = self.conns.get_mut(index) else {
            return;
        };
        conn.frames += 1;
        match told {
            Frame::Ready => self.mark_ready(index),
            Frame::Present(present) => conn.present = present,
            Frame::Reply(text) => self.send_text(index, &text),
            Frame::Broadcast(seq) => {
                self.deliveries += 1;
                self.delivered_bytes += u64::try_from(size).unwrap_or(0);
                self.reached += usize::from(conn.newest < self.awaited && seq >= self.awaited);
                conn.newest = conn.newest.max(seq);
            }
            Frame::Other => {}
        }
    }
}

/// Opcode, header size and payload size of the first frame, if it is complete.
pub(crate) fn split_frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let &[first, second, ref more @ ..] = bytes else {
        return None;
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (head, payload) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(*more.first_chunk()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(*more.first_chunk()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let head = head + mask;
    (bytes.len() >= head + payload).then_some((first & 0x0f, head, payload))
}

/// A client frame, masked with zeroes: the payload stays as it is.
pub(crate) fn mask_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80 | opcode];
    match u8::try_from(payload.len()) {
        Ok(short @ ..126) => bytes.push(0x80 | short),
        _ => {
            bytes.push(0x80 | 126);
            let long = u16::try_from(payload.len()).expect("clients here say little");
            bytes.extend(long.to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend_from_slice(payload);
    bytes
}
