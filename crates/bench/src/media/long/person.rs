//! One of the people of a long sit: what they give, what they get, and how they come and go.

use std::io;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use str0m::media::MediaKind;

use super::super::home::{Home, sdp};
use super::super::packet::{self, Cut, SOUND_EVERY};
use super::super::peer::{Common, Heard, Peer};
use crate::watch;

/// The layers of a face, the smallest first: their name, kbit/s.
const LAYERS: [(&str, usize); 2] = [("q", 100), ("h", 300)];
/// Pictures in a second, and what one is on the clock of pictures.
const PICTURES: u32 = 15;
const TICKS: u32 = 90_000 / PICTURES;
/// Whole pictures that are asked for come at most so often.
const KEY_PAUSE: Duration = Duration::from_millis(300);
/// The largest datagram.
const DATAGRAM_MAX: usize = 2_048;
/// So many datagrams are read of one connection before the next has its turn.
const READ_MAX: usize = 64;
/// The only room.
const ROOM: u32 = 0;

/// What somebody sent and got since they were looked at before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    pub(super) sounds_sent: u32,
    /// Pictures, not packets; one in two layers is one.
    pub(super) pictures_sent: u32,
    pub(super) packets_came: u32,
    pub(super) sounds_came: u32,
    /// Pictures of which the first packet came.
    pub(super) pictures_came: u32,
}

/// Somebody who is there.
pub(super) struct Person {
    seat: u32,
    up: Peer,
    down: Peer,
    /// The number of the offer they get by.
    n: Value,
    pub(super) is_paced: bool,
    sound_at: Instant,
    picture_at: Instant,
    sounds: u32,
    pictures: u32,
    key_at: Instant,
    is_key_wanted: bool,
    is_up: bool,
    is_down: bool,
    flow: Turn,
}

impl Person {
    /// Somebody comes, gives sound and a face in layers, and gets what the others give.
    pub(super) fn comes(
        home: &mut Home,
        common: &Common,
        seat: u32,
        is_paced: bool,
    ) -> io::Result<Self> {
        let now = watch::now();
        let mut up = Peer::new(common, false, now)?;
        let kinds = [MediaKind::Audio, MediaKind::Video];
        let names = LAYERS.map(|(name, _)| name);
        up.give_layers(&kinds, &names, |offer| {
            let asked = json!({"do": "up", "room": ROOM, "seat": seat, "sdp": offer});
            sdp(&home.ask(&asked)?)
        })?;
        let down = Peer::new(common, is_paced, now)?;
        // Nobody sends at the same moment as everybody else.
        let shake = Duration::from_micros(u64::from(seat) * 2_713 % 20_000);
        let mut person = Self {
            seat,
            up,
            down,
            n: Value::Null,
            is_paced,
            sound_at: now + shake,
            picture_at: now + shake * 3,
            sounds: 0,
            pictures: 0,
            key_at: now,
            is_key_wanted: true,
            is_up: false,
            is_down: false,
            flow: Turn::default(),
        };
        person.asks(home)?;
        Ok(person)
    }

    /// Asks for what is offered and not had yet, and answers it. Whether there was anything.
    pub(super) fn asks(&mut self, home: &mut Home) -> io::Result<bool> {
        let offer = home.ask(&json!({
            "do": "down", "room": ROOM, "seat": self.seat, "paced": self.is_paced, "have": self.n,
        }))?;
        let Ok(text) = sdp(&offer) else {
            return Ok(false);
        };
        self.n = offer.get("n").cloned().unwrap_or_default();
        let answer = self.down.take(&text)?;
        home.ask(&json!({
            "do": "answer", "room": ROOM, "seat": self.seat, "n": self.n, "sdp": answer,
        }))?;
        Ok(true)
    }

    /// Wants to see faces so tall.
    pub(super) fn wants(&self, home: &mut Home, tall: u16) -> io::Result<()> {
        let wants = json!({"do": "wants", "room": ROOM, "seat": self.seat, "tall": tall});
        home.ask(&wants).map(drop)
    }

    /// Leaves.
    pub(super) fn leaves(self, home: &mut Home) -> io::Result<()> {
        let close = json!({"do": "close", "room": ROOM, "seat": self.seat});
        home.ask(&close).map(drop)
    }

    /// Whether both connections stand.
    pub(super) const fn is_connected(&self) -> bool {
        self.is_up && self.is_down
    }

    /// Reads what came, and sends what is due.
    pub(super) fn turn(&mut self, began: Instant) -> Turn {
        for is_up in [true, false] {
            self.read(is_up);
        }
        let now = watch::now();
        while self.is_up && self.sound_at <= now {
            self.sound_at += SOUND_EVERY;
            self.sounds = self.sounds.wrapping_add(1);
            self.flow.sounds_sent += 1;
            let time = (self.sounds.wrapping_mul(960), true);
            let sound = packet::sound(now - began);
            let line = (MediaKind::Audio, 0);
            self.up.send_layer(line, time, now, sound);
            self.pass(true, now);
        }
        while self.is_up && self.picture_at <= now {
            self.picture_at += Duration::from_secs(1) / PICTURES;
            self.picture(began, now);
        }
        for is_up in [true, false] {
            let peer = if is_up { &self.up } else { &self.down };
            if peer.wakes <= now {
                self.pass(is_up, now);
            }
        }
        std::mem::take(&mut self.flow)
    }

    /// One picture, in each layer.
    fn picture(&mut self, began: Instant, now: Instant) {
        let is_key = self.is_key_wanted && now >= self.key_at;
        if is_key {
            (self.is_key_wanted, self.key_at) = (false, now + KEY_PAUSE);
        }
        self.pictures = self.pictures.wrapping_add(1);
        self.flow.pictures_sent += 1;
        let time = self.pictures.wrapping_mul(TICKS);
        let id = u16::try_from(self.pictures & 0x7fff).unwrap_or(0);
        for (layer, (_, kbits)) in LAYERS.into_iter().enumerate() {
            let cut = Cut::of(kbits, PICTURES);
            for place in 0..cut.packets {
                let bytes = packet::picture(cut.bytes, id, place == 0, is_key);
                let bytes = packet::stamped(bytes, now - began);
                let is_last = place + 1 == cut.packets;
                let line = (MediaKind::Video, layer);
                self.up.send_layer(line, (time, is_last), now, bytes);
                self.pass(true, now);
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
            let now = watch::now();
            peer.feed(from, bytes.get(..size).unwrap_or_default(), now);
            self.drain(is_up);
        }
    }

    fn pass(&mut self, is_up: bool, now: Instant) {
        let peer = if is_up { &mut self.up } else { &mut self.down };
        peer.wake(now);
        self.drain(is_up);
    }

    fn drain(&mut self, is_up: bool) {
        let Self { up, down, flow, is_key_wanted, .. } = self;
        let mut connected = false;
        let peer = if is_up { up } else { down };
        peer.drain(|heard| match heard {
            Heard::Connected => connected = true,
            Heard::KeyWanted => *is_key_wanted = true,
            Heard::Packet(bytes) => {
                flow.packets_came += 1;
                flow.sounds_came += u32::from(packet::is_sound(&bytes));
                flow.pictures_came += u32::from(packet::begins_picture(&bytes));
            }
        });
        if is_up {
            self.is_up |= connected;
        } else {
            self.is_down |= connected;
        }
    }
}
