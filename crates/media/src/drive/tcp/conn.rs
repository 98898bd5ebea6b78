//! One TCP connection: packets in it, each with its length before it (RFC 4571), and bytes that
//! wait to be written.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::door::Entry;
use crate::hub::worker_of;
use crate::pure::frames::{Frames, head};

/// So long a new connection may take until it has shown that it belongs to somebody: until a
/// check of its path (STUN) was answered.
pub(crate) const OPENING: Duration = Duration::from_secs(6);
/// After so long without a word a connection is dead: browsers check their path every few seconds.
pub(crate) const SILENT: Duration = Duration::from_secs(60);
/// So long bytes may wait without any being taken.
pub(crate) const STUCK: Duration = Duration::from_secs(10);
/// Pictures are let go when so many bytes wait: half a second of one at a megabit.
pub(crate) const WAITING_MAX: usize = 64 * 1_024;
/// Sound and checks still find room until so many wait.
pub(crate) const WAITING_SMALL_MAX: usize = 80 * 1_024;
/// A packet up to this long may be sound or a check; longer ones are pictures.
const SMALL: usize = 400;
/// So much is read of one connection before the others have their turn.
const READ_MAX: usize = 64 * 1_024;

/// One connection.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) stream: TcpStream,
    pub(crate) from: SocketAddr,
    /// Whether we are told when it takes more.
    pub(crate) is_told_when_ready: bool,
    _entry: Entry,
    /// What was read while it is not known to which worker it belongs.
    opening: Vec<u8>,
    is_placed: bool,
    frames: Frames,
    waiting: VecDeque<u8>,
    opened_at: Instant,
    heard_at: Instant,
    /// When bytes were last taken, or began to wait.
    moved_at: Instant,
    /// Whether something was said to it: then a check of it was good.
    is_answered: bool,
}

/// What reading came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// All that was there was read.
    All,
    /// There is more.
    More,
    /// It belongs to this worker, and has to move before anything of it is heard.
    Elsewhere(u16),
    /// It is over: closed, broken, or nonsense.
    Over,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is on its way or waits.
    Kept,
    /// Too much waits.
    LetGo,
}

impl Conn {
    pub(crate) fn new(stream: TcpStream, from: SocketAddr, entry: Entry, now: Instant) -> Self {
        Self {
            stream,
            from,
            is_told_when_ready: false,
            _entry: entry,
            opening: vec![],
            is_placed: false,
            frames: Frames::new(),
            waiting: VecDeque::new(),
            opened_at: now,
            heard_at: now,
            moved_at: now,
            is_answered: false,
        }
    }

    /// Reads what is there, through `scratch`. Packets are handed to `heard`, once it is known
    /// that the connection belongs to the worker `me`.
    pub(crate) fn read(
        &mut self,
        me: u16,
        scratch: &mut [u8],
        now: Instant,
        heard: &mut dyn FnMut(&[u8]),
    ) -> Came {
        let mut read = 0;
        while read < READ_MAX {
            let bytes = match self.stream.read(scratch) {
                Ok(0) => return Came::Over,
                Ok(count) => scratch.get(..count).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Came::All,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_broken) => return Came::Over,
            };
            read += bytes.len();
            self.heard_at = now;
            let came = if self.is_placed {
                self.hear(bytes, heard)
            } else {
                self.opening.extend_from_slice(bytes);
                self.place(me, heard)
            };
            if came != Came::All {
                return came;
            }
        }
        Came::More
    }

    /// Looks to whom it belongs, as soon as its first packet is whole; that has to be a check of
    /// its path. If it is ours, what was read is heard.
    pub(crate) fn place(&mut self, me: u16, heard: &mut dyn FnMut(&[u8])) -> Came {
        let mut first = None;
        let mut look = |packet: &[u8]| {
            first.get_or_insert_with(|| worker_of(packet));
        };
        let looked = Frames::new().read(&self.opening, &mut look);
        match first {
            Some(Some(worker)) if worker == me => {
                self.is_placed = true;
                let opening = std::mem::take(&mut self.opening);
                self.hear(&opening, heard)
            }
            Some(Some(worker)) => Came::Elsewhere(worker),
            Some(None) => Came::Over,
            None if looked.is_err() => Came::Over,
            None => Came::All,
        }
    }

    fn hear(&mut self, bytes: &[u8], heard: &mut dyn FnMut(&[u8])) -> Came {
        match self.frames.read(bytes, heard) {
            Ok(()) => Came::All,
            Err(_too_long) => Came::Over,
        }
    }

    /// Lays a packet down to be written. When the line is slow, pictures go first.
    pub(crate) fn say(&mut self, packet: &[u8], now: Instant) -> Said {
        let most = if packet.len() <= SMALL {
            WAITING_SMALL_MAX
        } else {
            WAITING_MAX
        };
        let Some(head) = head(packet.len()) else {
            return Said::LetGo;
        };
        self.is_answered = true;
        if self.waiting.len() + head.len() + packet.len() > most {
            return Said::LetGo;
        }
        if self.waiting.is_empty() {
            self.moved_at = now;
        }
        self.waiting.extend(head);
        self.waiting.extend(packet);
        Said::Kept
    }

    /// Writes as much as is taken. False when the connection is broken.
    pub(crate) fn write(&mut self, now: Instant) -> bool {
        while !self.waiting.is_empty() {
            let (first, second) = self.waiting.as_slices();
            match self
                .stream
                .write_vectored(&[IoSlice::new(first), IoSlice::new(second)])
            {
                Ok(0) => return false,
                Ok(count) => {
                    self.waiting.drain(..count);
                    self.moved_at = now;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_broken) => return false,
            }
        }
        true
    }

    /// Whether bytes wait to be written.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether it is of no use any more.
    pub(crate) fn is_dead(&self, now: Instant) -> bool {
        let since = |then: Instant| now.saturating_duration_since(then);
        (!self.is_answered && since(self.opened_at) > OPENING)
            || since(self.heard_at) > SILENT
            || (self.is_waiting() && since(self.moved_at) > STUCK)
    }

    /// Whether it never came so far that something was said to it.
    pub(crate) fn is_unanswered(&self) -> bool {
        !self.is_answered
    }
}
