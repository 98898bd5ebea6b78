//! The load client: all the connections of one case on one thread, an epoll and a socket for each.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use str0m::media::MediaKind;

use super::packet;
use super::peer::{Common, Heard, Peer};
use super::timetable::{Gives, Kind, Timetable};
use crate::watch;

/// The largest datagram.
const DATAGRAM_MAX: usize = 2_048;
/// How many sockets are looked at in one go.
const EVENTS: usize = 256;
/// How often it is looked whose time has come.
const WAKE_EVERY: Duration = Duration::from_millis(5);
/// A key every so often, as cameras do it.
const KEY_EVERY_FRAMES: u32 = 300;
/// Keys that are asked for come at most so often.
const KEY_PAUSE: Duration = Duration::from_millis(300);
/// So long is waited for what is still on its way when all is sent.
const TAIL: Duration = Duration::from_millis(300);
/// The client never waits for packets, it looks for them this often: whoever waits is woken, the
/// sender pays for it, and nobody pays for that on a network. Others may have the core meanwhile.
pub(super) const REST: Duration = Duration::from_micros(100);
/// The most instants kept of one window.
const LAGS_MAX: usize = 4_000_000;

/// One giver, and how far it is.
struct Giver {
    peer: usize,
    gives: Gives,
    sound_time: u32,
    picture_time: u32,
    picture_id: u16,
    frames: u32,
    key_at: Duration,
    is_key_wanted: bool,
}

/// What was sent and came in one window.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// Packets sent, of each giver.
    pub(super) sent: Vec<u64>,
    pub(super) got: u64,
    /// From the sending to the reading, in microseconds, sorted.
    pub(super) lags_us: Vec<u32>,
    /// When the last of it was read, as the client counts; its beginning if nothing came.
    pub(super) last_at: Duration,
}

impl Window {
    /// The lag that this part of the packets stays below, in ms.
    pub(super) fn lag_ms(&self, part: f64) -> f64 {
        let last = self.lags_us.len().saturating_sub(1);
        let place = super::whole((super::as_float(last) * part).round());
        self.lags_us.get(place).map_or(0.0, |us| f64::from(*us) / 1_000.0)
    }
}

/// All connections.
pub(super) struct Load {
    epoll: OwnedFd,
    common: Common,
    began: Instant,
    peers: Vec<Peer>,
    givers: Vec<Giver>,
    woken: Instant,
    connected: usize,
    /// What was sent since then counts, until then.
    counts: Option<(Duration, Duration)>,
    window: Window,
}

impl Load {
    pub(super) fn new(common: Common) -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            common,
            began: watch::now(),
            peers: Vec::new(),
            givers: Vec::new(),
            woken: watch::now(),
            connected: 0,
            counts: None,
            window: Window::default(),
        })
    }

    /// Somebody who gives.
    pub(super) fn add_giver(
        &mut self,
        gives: Gives,
        answer: impl FnOnce(String) -> io::Result<String>,
    ) -> io::Result<()> {
        let mut peer = Peer::new(&self.common, false, watch::now())?;
        let sound = gives.sound.then_some(MediaKind::Audio);
        let picture = gives.picture.map(|_| MediaKind::Video);
        let kinds: Vec<MediaKind> = sound.into_iter().chain(picture).collect();
        peer.give(&kinds, answer)?;
        self.givers.push(Giver {
            peer: self.peers.len(),
            gives,
            sound_time: 0,
            picture_time: 0,
            picture_id: 0,
            frames: 0,
            key_at: Duration::ZERO,
            is_key_wanted: true,
        });
        self.window.sent.push(0);
        self.add(peer)
    }

    /// Somebody who takes what is offered; `answered` is given the answer.
    pub(super) fn add_taker(
        &mut self,
        offer: &str,
        is_paced: bool,
        answered: impl FnOnce(String) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut peer = Peer::new(&self.common, is_paced, watch::now())?;
        answered(peer.take(offer)?)?;
        self.add(peer)
    }

    fn add(&mut self, peer: Peer) -> io::Result<()> {
        let number = u64::try_from(self.peers.len()).unwrap_or(u64::MAX);
        epoll::add(&self.epoll, &peer.socket, EventData::new_u64(number), EventFlags::IN)?;
        self.peers.push(peer);
        self.wake(self.peers.len() - 1, watch::now());
        Ok(())
    }

    /// Lets things happen until all are connected; whether they are.
    pub(super) fn connect(&mut self, limit: Duration) -> io::Result<bool> {
        let end = watch::now() + limit;
        while self.connected < self.peers.len() {
            self.turn(Duration::from_millis(1))?;
            if watch::now() > end {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The time, as the client counts.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn connected(&self) -> (usize, usize) {
        (self.connected, self.peers.len())
    }

    /// Takes what is there.
    pub(super) fn glance(&mut self) -> io::Result<()> {
        self.turn(Duration::ZERO)
    }

    /// Everybody gives, for so long; what is sent after `warm` counts. `at_edge` is called when
    /// it begins to count, and when it ends.
    pub(super) fn play(
        &mut self,
        warm: Duration,
        counted: Duration,
        mut at_edge: impl FnMut(),
    ) -> io::Result<Window> {
        let from = self.began.elapsed() + Duration::from_millis(5);
        let (begin, end) = (from + warm, from + warm + counted);
        let gives = self.givers.iter().map(|giver| giver.gives).collect();
        let mut table = Timetable::new(gives, from);
        self.window = Window {
            sent: vec![0; self.givers.len()],
            got: 0,
            lags_us: Vec::new(),
            last_at: begin,
        };
        self.counts = Some((begin, end));
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
                Some((giver, Kind::Sound)) => self.sound(giver),
                Some((giver, Kind::Picture)) => self.picture(giver)?,
                None => {
                    let next = table.next_at().unwrap_or(end).max(now);
                    self.turn((next - now).min(Duration::from_millis(20)))?;
                    continue;
                }
            }
            self.turn(Duration::ZERO)?;
        }
        self.counts = None;
        let mut window = std::mem::take(&mut self.window);
        window.lags_us.sort_unstable();
        Ok(window)
    }

    fn sound(&mut self, number: usize) {
        let Some(giver) = self.givers.get_mut(number) else {
            return;
        };
        giver.sound_time = giver.sound_time.wrapping_add(960);
        let (peer, time) = (giver.peer, giver.sound_time);
        let payload = packet::sound(self.began.elapsed());
        self.send(number, peer, MediaKind::Audio, (time, true), payload);
    }

    /// One frame; what comes in meanwhile is taken between its packets.
    fn picture(&mut self, number: usize) -> io::Result<()> {
        let now = self.began.elapsed();
        let Some(giver) = self.givers.get_mut(number) else {
            return Ok(());
        };
        let Some(cut) = giver.gives.picture else {
            return Ok(());
        };
        let may_be_key = giver.frames == 0 || now.saturating_sub(giver.key_at) >= KEY_PAUSE;
        let is_key = giver.frames % KEY_EVERY_FRAMES == 0 || (giver.is_key_wanted && may_be_key);
        if is_key {
            (giver.key_at, giver.is_key_wanted) = (now, false);
        }
        giver.frames = giver.frames.wrapping_add(1);
        giver.picture_id = giver.picture_id.wrapping_add(1) & 0x7fff;
        let ticks = u32::try_from(cut.every.as_micros() * 9 / 100).unwrap_or(3_000);
        giver.picture_time = giver.picture_time.wrapping_add(ticks);
        let (peer, time, id) = (giver.peer, giver.picture_time, giver.picture_id);
        for place in 0..cut.packets {
            let payload = packet::picture(cut.bytes, id, place == 0, is_key);
            let payload = packet::stamped(payload, self.began.elapsed());
            let is_last = place + 1 == cut.packets;
            self.send(number, peer, MediaKind::Video, (time, is_last), payload);
            if !is_last {
                self.turn(Duration::ZERO)?;
            }
        }
        Ok(())
    }

    fn send(
        &mut self,
        giver: usize,
        peer: usize,
        kind: MediaKind,
        (time, is_last): (u32, bool),
        payload: Vec<u8>,
    ) {
        let now = watch::now();
        let at = now - self.began;
        let Some(found) = self.peers.get_mut(peer) else {
            return;
        };
        if !found.send(kind, time, is_last, now, payload) {
            return;
        }
        let counts = self.counts.is_some_and(|(from, to)| at >= from && at < to);
        if let Some(sent) = self.window.sent.get_mut(giver).filter(|_| counts) {
            *sent += 1;
        }
        self.wake(peer, now);
    }

    /// Takes what is there; if that is nothing, rests for a moment, at most so long.
    fn turn(&mut self, rest: Duration) -> io::Result<()> {
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
            watch::pause_for(rest.min(REST));
        }
        for event in &events {
            self.read(usize::try_from(event.data.u64()).unwrap_or(usize::MAX));
        }
        let now = watch::now();
        if now - self.woken >= WAKE_EVERY {
            self.woken = now;
            for number in 0..self.peers.len() {
                let wakes = self.peers.get(number).map(|peer| peer.wakes);
                if wakes.is_some_and(|at| at <= now) {
                    self.wake(number, now);
                }
            }
        }
        Ok(())
    }

    /// Reads one datagram; if there are more, epoll says so again.
    fn read(&mut self, number: usize) {
        let mut buffer = [0; DATAGRAM_MAX];
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        let Ok((size, from)) = peer.socket.recv_from(&mut buffer) else {
            return;
        };
        let now = watch::now();
        peer.feed(from, buffer.get(..size).unwrap_or_default(), now);
        self.drain(number);
    }

    fn wake(&mut self, number: usize, now: Instant) {
        if let Some(peer) = self.peers.get_mut(number) {
            peer.wake(now);
            self.drain(number);
        }
    }

    fn drain(&mut self, number: usize) {
        let Self { peers, givers, connected, window, counts, began, .. } = self;
        let Some(peer) = peers.get_mut(number) else {
            return;
        };
        peer.drain(|heard| match heard {
            Heard::Connected => *connected += 1,
            Heard::KeyWanted => {
                for giver in givers.iter_mut().filter(|giver| giver.peer == number) {
                    giver.is_key_wanted = true;
                }
            }
            Heard::Packet(bytes) => {
                let sent = packet::sent_at(&bytes);
                let Some((sent, (from, to))) = sent.zip(*counts) else {
                    return;
                };
                if sent >= from && sent < to {
                    window.got += 1;
                    window.last_at = began.elapsed();
                    let lag = window.last_at.saturating_sub(sent).as_micros();
                    if window.lags_us.len() < LAGS_MAX {
                        window.lags_us.push(u32::try_from(lag).unwrap_or(u32::MAX));
                    }
                }
            }
        });
    }
}
