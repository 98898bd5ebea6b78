//! Ten thousand people from one thread: an epoll client without a buffer for each line.

#![expect(clippy::indexing_slicing, reason = "offsets into the client's own buffer")]

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use rustix::event::epoll;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use super::speech::{Speech, Told};
use crate::watch::{Watch, timespec};

/// How many lines may be on their way in at once.
pub(crate) const AT_ONCE: usize = 2_000;
/// The addresses lines come from in turn, so that no pair of ends runs out of ports.
const HOMES: u8 = 4;
const READ_MAX: usize = 256 * 1024;

/// What state a line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Upgrading,
    Entering,
    Ready,
    Gone,
}

/// One person's line.
struct Line {
    socket: OwnedFd,
    state: State,
    /// The beginning of a frame that has not come whole yet.
    carry: Vec<u8>,
    frames: u32,
    bytes: u64,
    newest: u64,
    present: u32,
}

/// Everybody.
pub(crate) struct Client {
    epoll: OwnedFd,
    speech: Speech,
    port: u16,
    lines: Vec<Line>,
    buffer: Vec<u8>,
    entering: usize,
    ready: usize,
    /// The number of the message that is awaited, and how many lines have it.
    awaited: u64,
    got: usize,
    /// All messages to all that arrived, and their bytes with the frame around them.
    pub(crate) deliveries: u64,
    pub(crate) delivered_bytes: u64,
}

/// What the lines have received so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Received {
    pub(crate) frames_max: u32,
    pub(crate) bytes: u64,
    /// How many lines have not got the newest message.
    pub(crate) without_newest: usize,
    /// How many know that everybody is here.
    pub(crate) know_all: usize,
}

impl Client {
    pub(crate) fn new(speech: Speech, port: u16) -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            speech,
            port,
            lines: Vec::new(),
            buffer: vec![0; READ_MAX],
            entering: 0,
            ready: 0,
            awaited: 0,
            got: 0,
            deliveries: 0,
            delivered_bytes: 0,
        })
    }

    pub(crate) const fn ready(&self) -> usize {
        self.ready
    }

    /// Brings `count` lines in; whether all came in time.
    pub(crate) fn come_in(&mut self, count: usize, limit_s: f64) -> io::Result<bool> {
        let watch = Watch::start();
        let mut opened = self.lines.len();
        let count = opened + count;
        while opened < count || self.entering > 0 {
            while opened < count && self.entering < AT_ONCE {
                self.open()?;
                opened += 1;
            }
            self.poll(100)?;
            if watch.secs() > limit_s {
                return Ok(false);
            }
        }
        Ok(self.ready == self.lines.len())
    }

    /// Everybody leaves, and is as if never come.
    pub(crate) fn all_leave(&mut self) {
        self.lines.clear();
        (self.ready, self.entering, self.got, self.awaited) = (0, 0, 0, 0);
    }

    /// Listens for this long.
    pub(crate) fn listen(&mut self, secs: f64) -> io::Result<()> {
        let watch = Watch::start();
        while watch.secs() < secs {
            self.poll(20)?;
        }
        Ok(())
    }

    /// Listens until nothing has come for `quiet_s`, or `limit_s` are over.
    pub(crate) fn listen_until_quiet(&mut self, quiet_s: f64, limit_s: f64) -> io::Result<()> {
        let watch = Watch::start();
        let mut last_s = 0.0;
        while watch.secs() - last_s < quiet_s && watch.secs() < limit_s {
            if self.poll(50)? > 0 {
                last_s = watch.secs();
            }
        }
        Ok(())
    }

    /// Sends message `seq` to all through the first line and waits until everybody has it.
    /// How many did not get it within `limit_s`.
    pub(crate) fn round(&mut self, seq: u64, size: usize, limit_s: f64) -> io::Result<usize> {
        self.awaited = seq;
        self.got = 0;
        let words = self.speech.publish(seq, size);
        self.say(0, &words);
        self.wait_for_all(limit_s)
    }

    /// Waits until everybody has message `seq`, which somebody else sends.
    pub(crate) fn await_news(&mut self, seq: u64, limit_s: f64) -> io::Result<usize> {
        self.awaited = seq;
        let has = |line: &&Line| line.state == State::Ready && line.newest >= seq;
        self.got = self.lines.iter().filter(has).count();
        self.wait_for_all(limit_s)
    }

    fn wait_for_all(&mut self, limit_s: f64) -> io::Result<usize> {
        let watch = Watch::start();
        while self.got < self.ready && watch.secs() < limit_s {
            self.poll(100)?;
        }
        Ok(self.lines.len().saturating_sub(self.got))
    }

    /// The newest message any line has.
    pub(crate) fn newest(&self) -> u64 {
        self.lines.iter().map(|line| line.newest).max().unwrap_or(0)
    }

    /// What all lines have received so far.
    pub(crate) fn received(&self) -> Received {
        let newest = self.newest();
        let everybody = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        let mut received = Received::default();
        for line in &self.lines {
            received.frames_max = received.frames_max.max(line.frames);
            received.bytes += line.bytes;
            received.without_newest += usize::from(line.newest < newest || line.newest == 0);
            received.know_all += usize::from(line.present >= everybody);
        }
        received
    }

    fn open(&mut self) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket =
            rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        rustix::net::sockopt::set_tcp_nodelay(&socket, true)?;
        let home = u8::try_from(self.lines.len() % usize::from(HOMES)).unwrap_or(0);
        let from = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 2 + home), 0);
        rustix::net::bind(&socket, &from)?;
        match rustix::net::connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port)) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let number = EventData::new_u64(u64::try_from(self.lines.len()).unwrap_or(u64::MAX));
        epoll::add(&self.epoll, &socket, number, EventFlags::OUT)?;
        self.lines.push(Line {
            socket,
            state: State::Connecting,
            carry: Vec::new(),
            frames: 0,
            bytes: 0,
            newest: 0,
            present: 0,
        });
        self.entering += 1;
        Ok(())
    }

    /// Waits for events and takes them; how many there were.
    fn poll(&mut self, wait_ms: u32) -> io::Result<usize> {
        let mut events = Vec::with_capacity(1_024);
        let wait = timespec(wait_ms);
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&wait)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let number = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
            let flags = event.flags;
            let is_broken = flags.intersects(EventFlags::ERR | EventFlags::HUP);
            match self.lines.get(number).map(|line| line.state) {
                None | Some(State::Gone) => {}
                Some(State::Connecting) if is_broken => self.end(number),
                Some(State::Connecting) => self.ask(number)?,
                Some(_) => self.read(number),
            }
        }
        Ok(events.len())
    }

    /// The stream is open: asks for the upgrade.
    fn ask(&mut self, number: usize) -> io::Result<()> {
        let path = self.speech.path(number);
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13\r\n\r\n",
            self.port
        );
        let Some(line) = self.lines.get_mut(number) else {
            return Ok(());
        };
        line.state = State::Upgrading;
        let data = EventData::new_u64(u64::try_from(number).unwrap_or(u64::MAX));
        epoll::modify(&self.epoll, &line.socket, data, EventFlags::IN)?;
        self.send(number, request.as_bytes());
        Ok(())
    }

    fn say(&mut self, number: usize, words: &str) {
        let opcode = if self.speech.is_binary() { 2 } else { 1 };
        self.send(number, &masked(opcode, words.as_bytes()));
    }

    fn send(&mut self, number: usize, bytes: &[u8]) {
        let Some(line) = self.lines.get(number) else {
            return;
        };
        let sent = rustix::net::send(&line.socket, bytes, SendFlags::NOSIGNAL);
        if sent != Ok(bytes.len()) {
            self.end(number);
        }
    }

    fn end(&mut self, number: usize) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        match line.state {
            State::Gone => return,
            State::Ready => self.ready -= 1,
            State::Connecting | State::Upgrading | State::Entering => self.entering -= 1,
        }
        line.state = State::Gone;
        let _gone = epoll::delete(&self.epoll, &line.socket);
        let _shut = rustix::net::shutdown(&line.socket, rustix::net::Shutdown::Both);
    }

    fn now_in(&mut self, number: usize) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if line.state == State::Entering {
            line.state = State::Ready;
            self.entering -= 1;
            self.ready += 1;
        }
    }

    /// Reads what is there and takes every whole frame of it.
    fn read(&mut self, number: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(line) = self.lines.get_mut(number) {
            let carried = line.carry.len();
            buffer[..carried].copy_from_slice(&line.carry);
            line.carry.clear();
            let read = rustix::net::recv(&line.socket, &mut buffer[carried..], RecvFlags::empty());
            let size = match read {
                Ok((_, 0)) => {
                    self.end(number);
                    break;
                }
                Ok((_, size)) => size,
                Err(Errno::AGAIN) => {
                    line.carry.extend_from_slice(&buffer[..carried]);
                    break;
                }
                Err(_) => {
                    self.end(number);
                    break;
                }
            };
            line.bytes += u64::try_from(size).unwrap_or(0);
            let taken = self.take(number, &buffer[..carried + size]);
            let Some(line) = self.lines.get_mut(number) else {
                break;
            };
            line.carry.extend_from_slice(&buffer[taken..carried + size]);
            line.carry.shrink_to_fit();
            if line.state == State::Gone || carried + size < READ_MAX {
                break;
            }
        }
        self.buffer = buffer;
    }

    /// Takes the answer to the upgrade and whole frames; how many bytes those were.
    fn take(&mut self, number: usize, bytes: &[u8]) -> usize {
        let mut taken = 0;
        if self.lines.get(number).is_some_and(|line| line.state == State::Upgrading) {
            let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
                return 0;
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                self.end(number);
                return bytes.len();
            }
            taken = head + 4;
            if let Some(line) = self.lines.get_mut(number) {
                line.state = State::Entering;
                // What counts is what the room sends, not the head of the answer.
                line.bytes = u64::try_from(bytes.len() - taken).unwrap_or(0);
            }
            if self.speech.is_ready_at_once() {
                self.now_in(number);
            }
        }
        while let Some((opcode, head, payload)) = frame(&bytes[taken..]) {
            let frame = &bytes[taken + head..taken + head + payload];
            self.hear(number, opcode, frame, head + payload);
            taken += head + payload;
        }
        taken
    }

    fn hear(&mut self, number: usize, opcode: u8, frame: &[u8], size: usize) {
        match opcode {
            1 | 2 => {}
            8 => return self.end(number),
            9 => return self.send(number, &masked(10, frame)),
            _ => return,
        }
        let told = self.speech.hear(frame);
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        line.frames += 1;
        match told {
            Told::Ready => self.now_in(number),
            Told::Present(present) => line.present = present,
            Told::Say(words) => self.say(number, &words),
            Told::News(seq) => {
                self.deliveries += 1;
                self.delivered_bytes += u64::try_from(size).unwrap_or(0);
                self.got += usize::from(line.newest < self.awaited && seq >= self.awaited);
                line.newest = line.newest.max(seq);
            }
            Told::Nothing => {}
        }
    }
}

/// The opcode, the size of the head and of the payload of the first frame, once it is whole.
pub(crate) fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
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

/// A frame as clients send it; masked with zeroes, which leaves the bytes as they are.
pub(crate) fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
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
