//! One TCP connection with RFC 4571 frames, and its send buffer.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::limiter::ConnPermit;
use crate::hub::worker_from_stun;
use crate::pure::frames::{StreamDeframer, frame_header};

/// Time for a new connection to prove that it belongs to a peer: until a binding request of it was
/// answered.
pub(crate) const IDENTIFY_TIMEOUT: Duration = Duration::from_secs(6);
/// Time without received bytes after which a connection is dead: browsers check ICE every few
/// seconds.
pub(crate) const RECEIVE_TIMEOUT: Duration = Duration::from_secs(60);
/// Time queued bytes may wait without any being written.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Queued bytes beyond which video is dropped: half a second of it at 1 Mbit/s.
pub(crate) const QUEUED_MAX: usize = 64 * 1_024;
/// Queued bytes beyond which audio and STUN are dropped too.
pub(crate) const QUEUED_SMALL_MAX: usize = 80 * 1_024;
/// Packets up to this length in bytes are taken for audio or STUN, longer ones for video.
const SMALL_PACKET: usize = 400;
/// Bytes read from one connection before the others have their turn.
const READ_MAX: usize = 64 * 1_024;

/// One connection.
#[derive(Debug)]
pub(crate) struct TcpConn {
    pub(crate) stream: TcpStream,
    pub(crate) from: SocketAddr,
    /// EPOLLOUT is armed.
    pub(crate) is_write_polled: bool,
    _permit: ConnPermit,
    /// Bytes received before the owning worker is known.
    unidentified: Vec<u8>,
    is_identified: bool,
    frames: StreamDeframer,
    queued: VecDeque<u8>,
    accepted_at: Instant,
    received_at: Instant,
    /// When bytes were last written, or began to wait.
    progress_at: Instant,
    /// Something was sent to it, so a binding request of it was valid.
    is_answered: bool,
}

/// Result of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadOutcome {
    /// Everything available was read.
    All,
    /// More is available.
    More,
    /// It belongs to this other worker, which has to adopt it first.
    Foreign(u16),
    /// It is closed, broken or sends nonsense.
    Finished,
}

/// Outcome of queueing a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteOutcome {
    /// Written or queued.
    Queued,
    /// The queue is full.
    Dropped,
}

impl TcpConn {
    pub(crate) fn new(
        stream: TcpStream,
        from: SocketAddr,
        permit: ConnPermit,
        now: Instant,
    ) -> Self {
        Self {
            stream,
            from,
            is_write_polled: false,
            _permit: permit,
            unidentified: vec![],
            is_identified: false,
            frames: StreamDeframer::new(),
            queued: VecDeque::new(),
            accepted_at: now,
            received_at: now,
            progress_at: now,
            is_answered: false,
        }
    }

    /// Reads what is available, through `scratch`. Packets are passed to `on_packet` once the
    /// connection is known to belong to worker `own`.
    pub(crate) fn read_packets(
        &mut self,
        own: u16,
        scratch: &mut [u8],
        now: Instant,
        on_packet: &mut dyn FnMut(&[u8]),
    ) -> ReadOutcome {
        let mut read = 0;
        while read < READ_MAX {
            let bytes = match self.stream.read(scratch) {
                Ok(0) => return ReadOutcome::Finished,
                Ok(count) => scratch.get(..count).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return ReadOutcome::All,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_broken) => return ReadOutcome::Finished,
            };
            read += bytes.len();
            self.received_at = now;
            let outcome = if self.is_identified {
                self.read_frames(bytes, on_packet)
            } else {
                self.unidentified.extend_from_slice(bytes);
                self.identify_owner(own, on_packet)
            };
            if outcome != ReadOutcome::All {
                return outcome;
            }
        }
        ReadOutcome::More
    }

    /// Identifies the owner from the first complete packet, which has to be a binding request. If
    /// that is worker `own`, the packets received so far are passed to `on_packet`.
    pub(crate) fn identify_owner(
        &mut self,
        own: u16,
        on_packet: &mut dyn FnMut(&[u8]),
    ) -> ReadOutcome {
        let mut first = None;
        let mut look = |packet: &[u8]| {
            first.get_or_insert_with(|| worker_from_stun(packet));
        };
        let looked = StreamDeframer::new().read_chunk(&self.unidentified, &mut look);
        match first {
            Some(Some(worker)) if worker == own => {
                self.is_identified = true;
                let unidentified = std::mem::take(&mut self.unidentified);
                self.read_frames(&unidentified, on_packet)
            }
            Some(Some(worker)) => ReadOutcome::Foreign(worker),
            Some(None) => ReadOutcome::Finished,
            None if looked.is_err() => ReadOutcome::Finished,
            None => ReadOutcome::All,
        }
    }

    fn read_frames(&mut self, bytes: &[u8], on_packet: &mut dyn FnMut(&[u8])) -> ReadOutcome {
        match self.frames.read_chunk(bytes, on_packet) {
            Ok(()) => ReadOutcome::All,
            Err(_too_long) => ReadOutcome::Finished,
        }
    }

    /// Queues a packet. When the connection is slow, video is dropped first.
    pub(crate) fn queue_packet(&mut self, packet: &[u8], now: Instant) -> WriteOutcome {
        let most = if packet.len() <= SMALL_PACKET { QUEUED_SMALL_MAX } else { QUEUED_MAX };
        let Some(header) = frame_header(packet.len()) else {
            return WriteOutcome::Dropped;
        };
        self.is_answered = true;
        if self.queued.len() + header.len() + packet.len() > most {
            return WriteOutcome::Dropped;
        }
        if self.queued.is_empty() {
            self.progress_at = now;
        }
        self.queued.extend(header);
        self.queued.extend(packet);
        WriteOutcome::Queued
    }

    /// Writes queued bytes; false when the connection is broken.
    pub(crate) fn write_queued(&mut self, now: Instant) -> bool {
        while !self.queued.is_empty() {
            let (first, second) = self.queued.as_slices();
            match self.stream.write_vectored(&[IoSlice::new(first), IoSlice::new(second)]) {
                Ok(0) => return false,
                Ok(count) => {
                    self.queued.drain(..count);
                    self.progress_at = now;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_broken) => return false,
            }
        }
        true
    }

    /// True when bytes are queued.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.queued.is_empty()
    }

    /// True when it should be closed.
    pub(crate) fn is_dead(&self, now: Instant) -> bool {
        let since = |then: Instant| now.saturating_duration_since(then);
        (!self.is_answered && since(self.accepted_at) > IDENTIFY_TIMEOUT)
            || since(self.received_at) > RECEIVE_TIMEOUT
            || (self.is_waiting() && since(self.progress_at) > WRITE_TIMEOUT)
    }

    /// True when nothing was ever sent to it.
    pub(crate) fn is_unanswered(&self) -> bool {
        !self.is_answered
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::super::limiter::ConnLimiter;
    use super::*;
    use crate::pure::frames::{FRAME_BYTES_MAX, HEADER_BYTES};
    use crate::workers::clock::read_monotonic;

    /// A connection and its other end.
    fn connected_pair(now: Instant) -> (TcpConn, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let other =
            TcpStream::connect(listener.local_addr().expect("it listens")).expect("a connection");
        let (stream, from) = listener.accept().expect("a connection");
        stream.set_nonblocking(true).expect("a socket");
        let permit = Arc::<ConnLimiter>::default().acquire(from.ip()).expect("room");
        (TcpConn::new(stream, from, permit, now), other)
    }

    #[test]
    fn on_a_slow_connection_video_is_dropped_before_audio_and_the_queue_is_bounded() {
        let now = read_monotonic();
        let (mut conn, mut other) = connected_pair(now);
        let (video, audio) = ([7; 1_200], [1; 100]);
        // Until the kernel takes no more and half a second of video is queued.
        while conn.queue_packet(&video, now) == WriteOutcome::Queued {
            assert!(conn.write_queued(now));
        }
        assert!(conn.queued.len() + HEADER_BYTES + video.len() > QUEUED_MAX);
        assert_eq!(conn.queue_packet(&audio, now), WriteOutcome::Queued);
        while conn.queue_packet(&audio, now) == WriteOutcome::Queued {}
        assert!(conn.queued.len() <= QUEUED_SMALL_MAX);
        // The other end reads: complete packets arrive, and there is space again.
        let (mut frames, mut bytes, mut outcome) = (StreamDeframer::new(), vec![0; 65_536], 0);
        while conn.is_waiting() {
            let count = other.read(&mut bytes).expect("bytes");
            let read = frames.read_chunk(&bytes[..count], &mut |packet| {
                assert!(packet == video || packet == audio);
                outcome += 1;
            });
            read.expect("whole packets");
            assert!(conn.write_queued(now));
        }
        assert!(outcome > 50);
        assert_eq!(conn.queue_packet(&video, now), WriteOutcome::Queued);
    }

    #[test]
    fn a_packet_too_long_for_a_frame_is_dropped() {
        let now = read_monotonic();
        let (mut conn, _other) = connected_pair(now);
        assert_eq!(conn.queue_packet(&[0; FRAME_BYTES_MAX + 1], now), WriteOutcome::Dropped);
        assert!(!conn.is_waiting());
    }

    #[test]
    fn a_connection_that_sends_or_takes_nothing_is_dead_after_its_timeout() {
        let (now, tick) = (read_monotonic(), Duration::from_millis(1));
        let (mut conn, _other) = connected_pair(now);
        assert!(!conn.is_dead(now + IDENTIFY_TIMEOUT));
        assert!(conn.is_dead(now + IDENTIFY_TIMEOUT + tick), "no binding request was valid");
        assert_eq!(conn.queue_packet(b"good", now), WriteOutcome::Queued);
        assert!(!conn.is_dead(now + IDENTIFY_TIMEOUT + tick));
        assert!(conn.is_dead(now + WRITE_TIMEOUT + tick), "nothing is written");
        assert!(conn.write_queued(now));
        assert!(!conn.is_dead(now + RECEIVE_TIMEOUT));
        assert!(conn.is_dead(now + RECEIVE_TIMEOUT + tick), "nothing is received");
    }

    #[test]
    fn a_first_packet_that_arrives_byte_by_byte_identifies_the_owner() {
        let now = read_monotonic();
        let (mut conn, mut other) = connected_pair(now);
        // A binding request like a browser's: username, priority and message integrity.
        let mut check = vec![0, 1, 0, 44, 0x21, 0x12, 0xa4, 0x42];
        check.extend([5; 12]);
        check.extend([0, 6, 0, 6]);
        check.extend(b"w3xa:b\0\0");
        check.extend([0, 0x24, 0, 4, 1, 1, 1, 1]);
        check.extend([0, 8, 0, 20]);
        check.extend([9; 20]);
        let framed = [&frame_header(check.len()).expect("short"), &check[..]].concat();
        let mut received = vec![];
        let mut scratch = [0; 64];
        let (last, first) = framed.split_last().expect("bytes");
        for byte in first {
            other.write_all(&[*byte]).expect("it is taken");
            let outcome = conn.read_packets(3, &mut scratch, now, &mut |_| panic!("too early"));
            assert_eq!(outcome, ReadOutcome::All);
        }
        other.write_all(&[*last]).expect("it is taken");
        // Loopback delivers before the call returns, or a little later.
        while received.is_empty() {
            let outcome = conn.read_packets(3, &mut scratch, now, &mut |packet| {
                received.push(packet.to_vec());
            });
            assert_eq!(outcome, ReadOutcome::All);
        }
        assert_eq!(received, [check]);
        let (mut stranger, mut other) = connected_pair(now);
        other.write_all(&framed).expect("it is taken");
        let mut outcome = ReadOutcome::All;
        while outcome == ReadOutcome::All {
            outcome = stranger.read_packets(2, &mut scratch, now, &mut |_| {
                panic!("it belongs to another worker")
            });
        }
        assert_eq!(outcome, ReadOutcome::Foreign(3));
        assert_eq!(
            stranger.identify_owner(3, &mut |packet| received.push(packet.to_vec())),
            ReadOutcome::All
        );
        assert_eq!(received.len(), 2);
    }
}
