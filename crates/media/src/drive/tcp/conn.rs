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
        let most = if packet.len() <= SMALL { WAITING_SMALL_MAX } else { WAITING_MAX };
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
            match self.stream.write_vectored(&[IoSlice::new(first), IoSlice::new(second)]) {
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::super::door::Door;
    use super::*;
    use crate::drive::clock::now;
    use crate::pure::frames::{FRAME_MAX, HEAD};

    /// A connection, and its other end.
    fn pair(now: Instant) -> (Conn, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let other = TcpStream::connect(listener.local_addr().expect("it listens")).expect("a line");
        let (stream, from) = listener.accept().expect("a call");
        stream.set_nonblocking(true).expect("a socket");
        let entry = Arc::<Door>::default().enter(from.ip()).expect("room");
        (Conn::new(stream, from, entry, now), other)
    }

    #[test]
    fn on_a_slow_line_pictures_are_let_go_before_sound_and_nothing_piles_up() {
        let now = now();
        let (mut conn, mut other) = pair(now);
        let (picture, sound) = ([7; 1_200], [1; 100]);
        // Until the kernel takes no more, and half a second of pictures waits.
        while conn.say(&picture, now) == Said::Kept {
            assert!(conn.write(now));
        }
        assert!(conn.waiting.len() + HEAD + picture.len() > WAITING_MAX);
        assert_eq!(conn.say(&sound, now), Said::Kept);
        while conn.say(&sound, now) == Said::Kept {}
        assert!(conn.waiting.len() <= WAITING_SMALL_MAX);
        // The other end reads on: whole packets come, and there is room again.
        let (mut frames, mut bytes, mut came) = (Frames::new(), vec![0; 65_536], 0);
        while conn.is_waiting() {
            let count = other.read(&mut bytes).expect("bytes");
            let read = frames.read(&bytes[..count], &mut |packet| {
                assert!(packet == picture || packet == sound);
                came += 1;
            });
            read.expect("whole packets");
            assert!(conn.write(now));
        }
        assert!(came > 50);
        assert_eq!(conn.say(&picture, now), Said::Kept);
    }

    #[test]
    fn a_packet_too_long_for_a_frame_is_let_go() {
        let now = now();
        let (mut conn, _other) = pair(now);
        assert_eq!(conn.say(&[0; FRAME_MAX + 1], now), Said::LetGo);
        assert!(!conn.is_waiting());
    }

    #[test]
    fn whoever_says_nothing_or_takes_nothing_is_dead_in_its_time() {
        let (now, moment) = (now(), Duration::from_millis(1));
        let (mut conn, _other) = pair(now);
        assert!(!conn.is_dead(now + OPENING));
        assert!(conn.is_dead(now + OPENING + moment), "no check of it was good");
        assert_eq!(conn.say(b"good", now), Said::Kept);
        assert!(!conn.is_dead(now + OPENING + moment));
        assert!(conn.is_dead(now + STUCK + moment), "its bytes are not taken");
        assert!(conn.write(now));
        assert!(!conn.is_dead(now + SILENT));
        assert!(conn.is_dead(now + SILENT + moment), "nothing is heard of it");
    }

    #[test]
    fn a_first_packet_that_comes_byte_by_byte_is_waited_for_and_then_read() {
        let now = now();
        let (mut conn, mut other) = pair(now);
        // A check as a browser sends it: its name, how much it is wanted, and what proves it.
        let mut check = vec![0, 1, 0, 44, 0x21, 0x12, 0xa4, 0x42];
        check.extend([5; 12]);
        check.extend([0, 6, 0, 6]);
        check.extend(b"w3xa:b\0\0");
        check.extend([0, 0x24, 0, 4, 1, 1, 1, 1]);
        check.extend([0, 8, 0, 20]);
        check.extend([9; 20]);
        let framed = [&head(check.len()).expect("short"), &check[..]].concat();
        let mut heard = vec![];
        let mut scratch = [0; 64];
        let (last, first) = framed.split_last().expect("bytes");
        for byte in first {
            other.write_all(&[*byte]).expect("it is taken");
            let came = conn.read(3, &mut scratch, now, &mut |_| panic!("too early"));
            assert_eq!(came, Came::All);
        }
        other.write_all(&[*last]).expect("it is taken");
        // Loopback carries it before the call returns, or a little later.
        while heard.is_empty() {
            let came = conn.read(3, &mut scratch, now, &mut |packet| {
                heard.push(packet.to_vec());
            });
            assert_eq!(came, Came::All);
        }
        assert_eq!(heard, [check]);
        let (mut stranger, mut other) = pair(now);
        other.write_all(&framed).expect("it is taken");
        let mut came = Came::All;
        while came == Came::All {
            came = stranger.read(2, &mut scratch, now, &mut |_| panic!("it is another's"));
        }
        assert_eq!(came, Came::Elsewhere(3));
        assert_eq!(stranger.place(3, &mut |packet| heard.push(packet.to_vec())), Came::All);
        assert_eq!(heard.len(), 2);
    }
}
