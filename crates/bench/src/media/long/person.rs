//! One person of a long sit: a publishing and a subscribing connection.

use std::io;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use str0m::media::MediaKind;

use super::super::home::{Home, sdp_of};
use super::super::packet::{self, AUDIO_INTERVAL, FrameShape};
use super::super::peer::{Peer, PeerEvent, PeerSettings};
use crate::os;

/// Simulcast layers, the smallest first: rid and kbit/s.
const LAYERS: [(&str, usize); 2] = [("q", 100), ("h", 300)];
/// Frames per second, and RTP clock ticks per frame.
const FRAMES_PER_S: u32 = 15;
const TICKS: u32 = 90_000 / FRAMES_PER_S;
/// Least time between two keyframes on request.
const KEYFRAME_PAUSE: Duration = Duration::from_millis(300);
const DATAGRAM_MAX: usize = 2_048;
/// Most datagrams read from one connection per poll.
const READ_MAX: usize = 64;
const ROOM: u32 = 0;

/// Counts since the last poll.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Polled {
    pub(super) audio_sent: u32,
    /// Frames, not packets; both layers of a frame count as one.
    pub(super) frames_sent: u32,
    pub(super) packets_received: u32,
    pub(super) audio_received: u32,
    /// Frames of which the first packet was received.
    pub(super) frames_received: u32,
}

pub(super) struct Person {
    seat: u32,
    up: Peer,
    down: Peer,
    /// Number of the last offer accepted.
    n: Value,
    pub(super) is_paced: bool,
    audio_at: Instant,
    frame_at: Instant,
    audio_packets: u32,
    frames: u32,
    keyframe_at: Instant,
    is_keyframe_wanted: bool,
    is_up: bool,
    is_down: bool,
    traffic: Polled,
}

impl Person {
    /// Joins, publishes audio and simulcast video, and subscribes to the others.
    pub(super) fn join(
        home: &mut Home,
        settings: &PeerSettings,
        seat: u32,
        is_paced: bool,
    ) -> io::Result<Self> {
        let now = os::read_clock();
        let mut up = Peer::new(settings, false, now)?;
        let kinds = [MediaKind::Audio, MediaKind::Video];
        let names = LAYERS.map(|(name, _)| name);
        up.publish_layers(&kinds, &names, |offer| {
            let asked = json!({"do": "up", "room": ROOM, "seat": seat, "sdp": offer});
            sdp_of(&home.ask(&asked)?)
        })?;
        let down = Peer::new(settings, is_paced, now)?;
        // Offsets the senders against each other.
        let shake = Duration::from_micros(u64::from(seat) * 2_713 % 20_000);
        let mut person = Self {
            seat,
            up,
            down,
            n: Value::Null,
            is_paced,
            audio_at: now + shake,
            frame_at: now + shake * 3,
            audio_packets: 0,
            frames: 0,
            keyframe_at: now,
            is_keyframe_wanted: true,
            is_up: false,
            is_down: false,
            traffic: Polled::default(),
        };
        person.request_offer(home)?;
        Ok(person)
    }

    /// Accepts the server's next offer; returns whether there was one.
    pub(super) fn request_offer(&mut self, home: &mut Home) -> io::Result<bool> {
        let offer = home.ask(&json!({
            "do": "down", "room": ROOM, "seat": self.seat, "paced": self.is_paced, "have": self.n,
        }))?;
        let Ok(text) = sdp_of(&offer) else {
            return Ok(false);
        };
        self.n = offer.get("n").cloned().unwrap_or_default();
        let answer = self.down.accept_offer(&text)?;
        home.ask(&json!({
            "do": "answer", "room": ROOM, "seat": self.seat, "n": self.n, "sdp": answer,
        }))?;
        Ok(true)
    }

    /// Requests video of this height, in pixels.
    pub(super) fn request_height(&self, home: &mut Home, tall: u16) -> io::Result<()> {
        let wants = json!({"do": "wants", "room": ROOM, "seat": self.seat, "tall": tall});
        home.ask(&wants).map(drop)
    }

    pub(super) fn leave(self, home: &mut Home) -> io::Result<()> {
        let close = json!({"do": "close", "room": ROOM, "seat": self.seat});
        home.ask(&close).map(drop)
    }

    pub(super) const fn is_connected(&self) -> bool {
        self.is_up && self.is_down
    }

    /// Receives what has arrived and sends what is due.
    pub(super) fn poll(&mut self, began: Instant) -> Polled {
        for is_up in [true, false] {
            self.read(is_up);
        }
        let now = os::read_clock();
        while self.is_up && self.audio_at <= now {
            self.audio_at += AUDIO_INTERVAL;
            self.audio_packets = self.audio_packets.wrapping_add(1);
            self.traffic.audio_sent += 1;
            let time = (self.audio_packets.wrapping_mul(960), true);
            let audio = packet::audio_packet(now - began);
            let stream = (MediaKind::Audio, 0);
            self.up.send_layer(stream, time, now, audio);
            self.handle_timeout(true, now);
        }
        while self.is_up && self.frame_at <= now {
            self.frame_at += Duration::from_secs(1) / FRAMES_PER_S;
            self.send_frame(began, now);
        }
        for is_up in [true, false] {
            let peer = if is_up { &self.up } else { &self.down };
            if peer.timeout_at <= now {
                self.handle_timeout(is_up, now);
            }
        }
        std::mem::take(&mut self.traffic)
    }

    /// Sends one frame in each layer.
    fn send_frame(&mut self, began: Instant, now: Instant) {
        let is_keyframe = self.is_keyframe_wanted && now >= self.keyframe_at;
        if is_keyframe {
            (self.is_keyframe_wanted, self.keyframe_at) = (false, now + KEYFRAME_PAUSE);
        }
        self.frames = self.frames.wrapping_add(1);
        self.traffic.frames_sent += 1;
        let time = self.frames.wrapping_mul(TICKS);
        let id = u16::try_from(self.frames & 0x7fff).unwrap_or(0);
        for (layer, (_, kbits)) in LAYERS.into_iter().enumerate() {
            let shape = FrameShape::of(kbits, FRAMES_PER_S);
            for place in 0..shape.packets {
                let bytes = packet::video_packet(shape.bytes, id, place == 0, is_keyframe);
                let bytes = packet::write_stamp(bytes, now - began);
                let is_last = place + 1 == shape.packets;
                let stream = (MediaKind::Video, layer);
                self.up.send_layer(stream, (time, is_last), now, bytes);
                self.handle_timeout(true, now);
            }
        }
    }

    fn read(&mut self, is_up: bool) {
        let mut bytes = [0; DATAGRAM_MAX];
        for _ in 0..READ_MAX {
            let peer = if is_up { &mut self.up } else { &mut self.down };
            let Ok((size, from)) = peer.socket.recv_from(&mut bytes) else {
                return;
            };
            let now = os::read_clock();
            peer.receive(from, bytes.get(..size).unwrap_or_default(), now);
            self.poll_events(is_up);
        }
    }

    fn handle_timeout(&mut self, is_up: bool, now: Instant) {
        let peer = if is_up { &mut self.up } else { &mut self.down };
        peer.handle_timeout(now);
        self.poll_events(is_up);
    }

    fn poll_events(&mut self, is_up: bool) {
        let Self { up, down, traffic, is_keyframe_wanted, .. } = self;
        let mut connected = false;
        let peer = if is_up { up } else { down };
        peer.poll_events(|event| match event {
            PeerEvent::Connected => connected = true,
            PeerEvent::KeyframeWanted => *is_keyframe_wanted = true,
            PeerEvent::Packet(bytes) => {
                traffic.packets_received += 1;
                traffic.audio_received += u32::from(packet::is_audio(&bytes));
                traffic.frames_received += u32::from(packet::is_first_of_frame(&bytes));
            }
        });
        if is_up {
            self.is_up |= connected;
        } else {
            self.is_down |= connected;
        }
    }
}
