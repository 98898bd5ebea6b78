//! The load client: all connections of one case on one thread, one epoll, one socket each.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use str0m::media::MediaKind;

use super::packet;
use super::peer::{Peer, PeerEvent, PeerSettings};
use super::timetable::{Kind, Sources, Timetable};
use crate::os;
use crate::stats::{as_count, as_float};

const DATAGRAM_MAX: usize = 2_048;
/// Events read per poll.
const EVENTS: usize = 256;
/// Interval between checks of str0m's timeouts.
const TIMEOUTS_EVERY: Duration = Duration::from_millis(5);
/// Interval of regular keyframes, in frames.
const KEYFRAME_EVERY_FRAMES: u32 = 300;
/// Least time between two keyframes on request.
const KEYFRAME_PAUSE: Duration = Duration::from_millis(300);
/// Time to wait for packets in flight after the last one was sent.
const TAIL: Duration = Duration::from_millis(300);
/// The client polls instead of blocking for packets: on one machine the sender would pay for waking
/// it, which no sender pays on a network. This pause leaves the core to others.
pub(super) const POLL_PAUSE: Duration = Duration::from_micros(100);
/// Most latencies kept per window.
const LATENCIES_MAX: usize = 4_000_000;

struct Publisher {
    peer: usize,
    sources: Sources,
    audio_time: u32,
    video_time: u32,
    frame_id: u16,
    frames: u32,
    keyframe_at: Duration,
    is_keyframe_wanted: bool,
}

/// Packets sent and received in one measured window.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// By publisher.
    pub(super) sent: Vec<u64>,
    pub(super) received: u64,
    /// From send to receive, in µs, sorted.
    pub(super) latencies_us: Vec<u32>,
    /// When the last packet was received, on the client's clock; the window's start if none was.
    pub(super) last_at: Duration,
}

impl Window {
    /// The latency quantile at `part`, in ms.
    pub(super) fn latency_ms(&self, part: f64) -> f64 {
        let last = self.latencies_us.len().saturating_sub(1);
        let index = as_count((as_float(last) * part).round());
        self.latencies_us.get(index).map_or(0.0, |us| f64::from(*us) / 1_000.0)
    }
}

pub(super) struct Load {
    epoll: OwnedFd,
    common: PeerSettings,
    began: Instant,
    peers: Vec<Peer>,
    publishers: Vec<Publisher>,
    timeouts_checked_at: Instant,
    connected: usize,
    /// Start and end of the measured window.
    span: Option<(Duration, Duration)>,
    window: Window,
}

impl Load {
    pub(super) fn new(common: PeerSettings) -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            common,
            began: os::read_clock(),
            peers: Vec::new(),
            publishers: Vec::new(),
            timeouts_checked_at: os::read_clock(),
            connected: 0,
            span: None,
            window: Window::default(),
        })
    }

    pub(super) fn add_publisher(
        &mut self,
        sources: Sources,
        answer: impl FnOnce(String) -> io::Result<String>,
    ) -> io::Result<()> {
        let mut peer = Peer::new(&self.common, false, os::read_clock())?;
        let sound = sources.audio.then_some(MediaKind::Audio);
        let picture = sources.video.map(|_| MediaKind::Video);
        let kinds: Vec<MediaKind> = sound.into_iter().chain(picture).collect();
        peer.publish(&kinds, answer)?;
        self.publishers.push(Publisher {
            peer: self.peers.len(),
            sources,
            audio_time: 0,
            video_time: 0,
            frame_id: 0,
            frames: 0,
            keyframe_at: Duration::ZERO,
            is_keyframe_wanted: true,
        });
        self.window.sent.push(0);
        self.add(peer)
    }

    /// Accepts `offer`; `answered` gets the SDP answer.
    pub(super) fn add_subscriber(
        &mut self,
        offer: &str,
        is_paced: bool,
        answered: impl FnOnce(String) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut peer = Peer::new(&self.common, is_paced, os::read_clock())?;
        answered(peer.accept_offer(offer)?)?;
        self.add(peer)
    }

    fn add(&mut self, peer: Peer) -> io::Result<()> {
        let number = u64::try_from(self.peers.len()).unwrap_or(u64::MAX);
        epoll::add(&self.epoll, &peer.socket, EventData::new_u64(number), EventFlags::IN)?;
        self.peers.push(peer);
        self.handle_timeout(self.peers.len() - 1, os::read_clock());
        Ok(())
    }

    /// Polls until all are connected; returns whether they are.
    pub(super) fn connect(&mut self, limit: Duration) -> io::Result<bool> {
        let end = os::read_clock() + limit;
        while self.connected < self.peers.len() {
            self.poll_once(Duration::from_millis(1))?;
            if os::read_clock() > end {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Time on the client's clock.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn connected(&self) -> (usize, usize) {
        (self.connected, self.peers.len())
    }

    /// Handles what has arrived, without waiting.
    pub(super) fn poll(&mut self) -> io::Result<()> {
        self.poll_once(Duration::ZERO)
    }

    /// All publishers send for `warm` and `counted`; packets sent during `counted` are measured.
    /// `at_edge` is called when it starts and when it ends.
    pub(super) fn run_window(
        &mut self,
        warm: Duration,
        counted: Duration,
        mut at_edge: impl FnMut(),
    ) -> io::Result<Window> {
        let from = self.began.elapsed() + Duration::from_millis(5);
        let (begin, end) = (from + warm, from + warm + counted);
        let sources = self.publishers.iter().map(|publisher| publisher.sources).collect();
        let mut table = Timetable::new(sources, from);
        self.window = Window {
            sent: vec![0; self.publishers.len()],
            received: 0,
            latencies_us: Vec::new(),
            last_at: begin,
        };
        self.span = Some((begin, end));
        let mut edges = [begin, end].into_iter().peekable();
        loop {
            let now = self.began.elapsed();
            if edges.next_if(|edge| now >= *edge).is_some() {
                at_edge();
            }
            if now >= end + TAIL {
                break;
            }
            match table.next(now).filter(|_| now < end) {
                Some((publisher, Kind::Audio)) => self.send_audio(publisher),
                Some((publisher, Kind::Video)) => self.send_frame(publisher)?,
                None => {
                    let next = table.next_at().unwrap_or(end).max(now);
                    self.poll_once((next - now).min(Duration::from_millis(20)))?;
                    continue;
                }
            }
            self.poll_once(Duration::ZERO)?;
        }
        self.span = None;
        let mut window = std::mem::take(&mut self.window);
        window.latencies_us.sort_unstable();
        Ok(window)
    }

    fn send_audio(&mut self, number: usize) {
        let Some(publisher) = self.publishers.get_mut(number) else {
            return;
        };
        publisher.audio_time = publisher.audio_time.wrapping_add(960);
        let (peer, time) = (publisher.peer, publisher.audio_time);
        let payload = packet::audio_packet(self.began.elapsed());
        self.send(number, peer, MediaKind::Audio, (time, true), payload);
    }

    /// Sends one frame, receiving between its packets.
    fn send_frame(&mut self, number: usize) -> io::Result<()> {
        let now = self.began.elapsed();
        let Some(publisher) = self.publishers.get_mut(number) else {
            return Ok(());
        };
        let Some(shape) = publisher.sources.video else {
            return Ok(());
        };
        let may_be_keyframe =
            publisher.frames == 0 || now.saturating_sub(publisher.keyframe_at) >= KEYFRAME_PAUSE;
        let is_keyframe = publisher.frames % KEYFRAME_EVERY_FRAMES == 0
            || (publisher.is_keyframe_wanted && may_be_keyframe);
        if is_keyframe {
            (publisher.keyframe_at, publisher.is_keyframe_wanted) = (now, false);
        }
        publisher.frames = publisher.frames.wrapping_add(1);
        publisher.frame_id = publisher.frame_id.wrapping_add(1) & 0x7fff;
        let ticks = u32::try_from(shape.every.as_micros() * 9 / 100).unwrap_or(3_000);
        publisher.video_time = publisher.video_time.wrapping_add(ticks);
        let (peer, time, id) = (publisher.peer, publisher.video_time, publisher.frame_id);
        for place in 0..shape.packets {
            let payload = packet::video_packet(shape.bytes, id, place == 0, is_keyframe);
            let payload = packet::write_stamp(payload, self.began.elapsed());
            let is_last = place + 1 == shape.packets;
            self.send(number, peer, MediaKind::Video, (time, is_last), payload);
            if !is_last {
                self.poll_once(Duration::ZERO)?;
            }
        }
        Ok(())
    }

    fn send(
        &mut self,
        publisher: usize,
        peer: usize,
        kind: MediaKind,
        (time, is_last): (u32, bool),
        payload: Vec<u8>,
    ) {
        let now = os::read_clock();
        let at = now - self.began;
        let Some(found) = self.peers.get_mut(peer) else {
            return;
        };
        if !found.send(kind, time, is_last, now, payload) {
            return;
        }
        let span = self.span.is_some_and(|(from, to)| at >= from && at < to);
        if let Some(sent) = self.window.sent.get_mut(publisher).filter(|_| span) {
            *sent += 1;
        }
        self.handle_timeout(peer, now);
    }

    /// Handles what has arrived; if nothing has, pauses for at most `rest`.
    fn poll_once(&mut self, rest: Duration) -> io::Result<()> {
        let mut events = Vec::with_capacity(EVENTS);
        match epoll::wait(
            &self.epoll,
            rustix::buffer::spare_capacity(&mut events),
            Some(&Timespec::default()),
        ) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if events.is_empty() && !rest.is_zero() {
            os::pause_for(rest.min(POLL_PAUSE));
        }
        for event in &events {
            self.read(usize::try_from(event.data.u64()).unwrap_or(usize::MAX));
        }
        let now = os::read_clock();
        if now - self.timeouts_checked_at >= TIMEOUTS_EVERY {
            self.timeouts_checked_at = now;
            for number in 0..self.peers.len() {
                let wakes = self.peers.get(number).map(|peer| peer.timeout_at);
                if wakes.is_some_and(|at| at <= now) {
                    self.handle_timeout(number, now);
                }
            }
        }
        Ok(())
    }

    /// Reads one datagram; epoll is level-triggered and reports the rest again.
    fn read(&mut self, number: usize) {
        let mut buffer = [0; DATAGRAM_MAX];
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        let Ok((size, from)) = peer.socket.recv_from(&mut buffer) else {
            return;
        };
        let now = os::read_clock();
        peer.receive(from, buffer.get(..size).unwrap_or_default(), now);
        self.poll_events(number);
    }

    fn handle_timeout(&mut self, number: usize, now: Instant) {
        if let Some(peer) = self.peers.get_mut(number) {
            peer.handle_timeout(now);
            self.poll_events(number);
        }
    }

    fn poll_events(&mut self, number: usize) {
        let Self { peers, publishers, connected, window, span, began, .. } = self;
        let Some(peer) = peers.get_mut(number) else {
            return;
        };
        peer.poll_events(|event| match event {
            PeerEvent::Connected => *connected += 1,
            PeerEvent::KeyframeWanted => {
                for publisher in publishers.iter_mut().filter(|publisher| publisher.peer == number)
                {
                    publisher.is_keyframe_wanted = true;
                }
            }
            PeerEvent::Packet(bytes) => {
                let sent = packet::sent_at(&bytes);
                let Some((sent, (from, to))) = sent.zip(*span) else {
                    return;
                };
                if sent >= from && sent < to {
                    window.received += 1;
                    window.last_at = began.elapsed();
                    let latency = window.last_at.saturating_sub(sent).as_micros();
                    if window.latencies_us.len() < LATENCIES_MAX {
                        window.latencies_us.push(u32::try_from(latency).unwrap_or(u32::MAX));
                    }
                }
            }
        });
    }
}
