//! The way of a packet: from the connection that gives it, past the table of its room, into the
//! lines of all who may have it.

use std::time::Instant;

use str0m::rtp::RtpPacket;

use crate::hub::down::Became;
use crate::hub::load::Load;
use crate::hub::peer::{Part, Peer, Word};
use crate::hub::room::Room;
use crate::hub::{Hub, Packet, Relay, Relayed, Sort};

/// So many packets wait for each other at most: what is read in two calls.
const WAITING_MAX: usize = 64;

impl Hub {
    /// A packet of an up came.
    pub(super) fn packet(&mut self, id: u32, packet: RtpPacket) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let (room, seat) = (peer.room, peer.seat);
        let streams = &mut self.streams;
        let level = packet.header.ext_vals.audio_level;
        let opened = peer.with(|rtc, part| {
            let Part::Up(up) = part else { return Ok(None) };
            let Some(source) = up.source(rtc, &packet, streams) else {
                return Ok(None);
            };
            // Closed unless the room's table has given it a slot.
            let slot = up.slot(source.0);
            Ok(Some((source.0, slot.map(|slot| up.open(packet, source, (slot, seat))))))
        });
        let Some(Some((sort, packet))) = opened else {
            return;
        };
        if sort == Sort::Voice
            && let Some(room) = self.rooms.get_mut(room)
        {
            room.loud.heard(seat, super::up::level(level), self.now);
        }
        if let Some(packet) = packet {
            self.forward(room, packet);
        }
    }

    /// A packet that may go to all in the room waits for those that came in with it: what goes to
    /// one browser then goes in one visit to its connection, which is cold by the time it is
    /// visited again.
    pub(super) fn forward(&mut self, id: u32, packet: Packet) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if room.carried(packet.sort, packet.slot) != Some(packet.seat) {
            return;
        }
        if packet.sort == Sort::Face
            && let Some(arrives) = room.arrives_in(packet.slot)
        {
            if packet.key {
                arrives.key_came(packet.layer);
            }
            if arrives.came(packet.layer, packet.payload.len(), now) {
                room.aim = true;
                self.aims.push(id);
            }
        }
        for &branch in &room.branches {
            let relay =
                Relay { room: room.id, from: self.worker, what: Relayed::Packet(packet.clone()) };
            self.outputs.relays.push((branch, relay));
        }
        self.waiting.push((id, Load::new(packet)));
        if self.waiting.len() >= WAITING_MAX {
            self.give_all();
        }
    }

    /// Sends what waits to all who may have it.
    pub(super) fn give_all(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        // Stable: within a room what came first goes first.
        waiting.sort_by_key(|(room, _)| *room);
        for loads in waiting.chunk_by(|(one, _), (other, _)| one == other) {
            if let Some((room, _)) = loads.first() {
                self.give_room(*room, loads);
            }
        }
        waiting.clear();
        self.waiting = waiting;
    }

    fn give_room(&mut self, id: u32, loads: &[(u32, Load)]) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let downs = std::mem::take(&mut room.downs);
        let mut said = std::mem::take(&mut self.said);
        let mut waits = vec![];
        for &down in &downs {
            let (Some(room), Some(peer)) = (self.rooms.get(id), self.peers.get_mut(down)) else {
                continue;
            };
            if !peer.connected {
                continue;
            }
            match give(peer, loads, (room, &mut waits), now) {
                Some(true) => {
                    let due = peer.wake(now, (&mut self.outputs, &mut said));
                    self.heard(down, due, &mut said);
                }
                Some(false) => {}
                None => self.fallen.push(down),
            }
        }
        self.said = said;
        if let Some(room) = self.rooms.get_mut(id) {
            room.downs = downs;
            for (_, load) in loads.iter() {
                if load.packet.sort == Sort::Face
                    && let Some(arrives) = room.arrives_in(load.packet.slot)
                {
                    arrives.keep(&load.packet);
                }
            }
        }
        for (slot, layer) in waits {
            self.want_key(id, slot, layer);
        }
    }

    /// Somebody needs a whole picture.
    pub(super) fn want_key(&mut self, id: u32, slot: u8, layer: u8) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let arrives = room.arrives.get_mut(usize::from(slot));
        let keys = arrives.and_then(|arrives| arrives.keys.get_mut(usize::from(layer)));
        let Some(keys) = keys else { return };
        if keys.want(now) {
            self.ask_key(id, slot, layer);
        }
        self.wake_room(id);
    }

    /// Asks who gives this face, or the worker where they are, for a whole picture.
    pub(super) fn ask_key(&mut self, id: u32, slot: u8, layer: u8) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if let Some(stem) = room.stem {
            let relay =
                Relay { room: room.id, from: self.worker, what: Relayed::Keyframe { slot, layer } };
            self.outputs.relays.push((stem, relay));
            return;
        }
        let seat = room.carried(Sort::Face, slot);
        let up = seat.and_then(|seat| room.seats.get(&seat)?.up);
        let Some(up) = up else { return };
        let Some(peer) = self.peers.get_mut(up) else {
            return;
        };
        let asked = peer.with(|rtc, part| {
            Ok(match part {
                Part::Up(up) => up.ask(rtc, layer),
                Part::Down(_) => false,
            })
        });
        if asked == Some(true) {
            self.stir(up);
        }
    }

    /// A connection said something that is no packet.
    pub(super) fn word(&mut self, id: u32, word: Word) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let room = peer.room;
        match word {
            Word::Path(address) => self.routes.answered(address, id, &mut peer.addresses),
            Word::Connected => {
                peer.connected = true;
                // Only now can pictures arrive: what was asked for before went nowhere.
                if let Some(room) = self.rooms.get_mut(room) {
                    room.aim = true;
                }
                self.aims.push(room);
            }
            Word::Keyframe(mid) => {
                if let Some((slot, layer)) = peer.down().and_then(|down| down.waits(mid, now)) {
                    self.want_key(room, slot, layer);
                }
            }
            Word::Carries(bits) => self.carries(id, bits),
            Word::Fares(fares) => self.fares(id, fares),
        }
    }
}

/// What came in for one down; whether anything of it goes out. Where a whole picture begins, what
/// overtook it follows.
fn give(
    peer: &mut Peer,
    loads: &[(u32, Load)],
    (room, waits): (&Room, &mut Vec<(u8, u8)>),
    now: Instant,
) -> Option<bool> {
    let seat = peer.seat;
    peer.with(|rtc, part| {
        let Part::Down(down) = part else {
            return Ok(false);
        };
        let mut goes = false;
        for (at, (_, load)) in loads.iter().enumerate() {
            let packet = &load.packet;
            if packet.seat == seat {
                continue;
            }
            let became = down.take(rtc, load, now);
            goes |= matches!(became, Became::Sent | Became::Began);
            let of = (packet.slot, packet.layer);
            if became == Became::Waits && !waits.contains(&of) {
                waits.push(of);
            } else if became == Became::Began {
                let before = loads.iter().take(at).map(|(_, load)| &load.packet);
                let before = room.recent(of).chain(before);
                let overtook =
                    |other: &&Packet| other.stream == packet.stream && other.seq > packet.seq;
                for other in before.filter(overtook) {
                    down.take(rtc, &Load::new(other.clone()), now);
                }
            }
        }
        Ok(goes)
    })
}
