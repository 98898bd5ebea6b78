//! The way of a packet: from the connection that gives it, past the table of its room, into the
//! lines of all who may have it.

use std::time::Instant;

use str0m::rtp::RtpPacket;

use crate::hub::down::Became;
use crate::hub::load::Load;
use crate::hub::peer::{Part, Peer, Word};
use crate::hub::room::Arrives;
use crate::hub::{Hub, Packet, Relay, Relayed, Sort};

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
            Ok(Some((
                source.0,
                slot.map(|slot| up.open(packet, source, (slot, seat))),
            )))
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
            self.forward(room, &packet);
        }
    }

    /// Sends a packet to all in the room who may have it.
    pub(super) fn forward(&mut self, id: u32, packet: &Packet) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if room.carried(packet.sort, packet.slot) != Some(packet.seat) {
            return;
        }
        if packet.sort == Sort::Face {
            let slot = usize::from(packet.slot);
            if room.arrives.len() <= slot {
                room.arrives.resize(slot + 1, Arrives::default());
            }
            if let Some(arrives) = room.arrives.get_mut(slot) {
                if arrives.came(packet.layer, packet.payload.len(), now) {
                    room.aim = true;
                    self.aims.push(id);
                }
                if packet.key
                    && let Some(keys) = arrives.keys.get_mut(usize::from(packet.layer))
                {
                    keys.came();
                }
            }
        }
        for &branch in &room.branches {
            let relay = Relay {
                room: room.id,
                from: self.worker,
                what: Relayed::Packet(packet.clone()),
            };
            self.outputs.relays.push((branch, relay));
        }
        let slot = usize::from(packet.slot);
        let recent = match packet.sort {
            Sort::Voice => None,
            Sort::Face => room.arrives.get_mut(slot),
        };
        let recent = recent.map(|arrives| arrives.take_recent(packet.layer));
        let mut load = Load::new(packet);
        let mut waits = false;
        for &down in &room.downs {
            let Some(peer) = self.peers.get_mut(down) else {
                continue;
            };
            if peer.seat == packet.seat || !peer.connected {
                continue;
            }
            let became = give(peer, &mut load, recent.iter().flatten(), now);
            match became {
                Some(Became::Sent | Became::Began) if !peer.stirred => {
                    peer.stirred = true;
                    self.stirred.push(down);
                }
                Some(Became::Waits) => waits = true,
                Some(_) => {}
                None => self.fallen.push(down),
            }
        }
        if let (Some(recent), Some(arrives)) = (recent, room.arrives.get_mut(slot)) {
            arrives.keep_recent(recent, packet);
        }
        if waits {
            self.want_key(id, packet.slot, packet.layer);
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
            let relay = Relay {
                room: room.id,
                from: self.worker,
                what: Relayed::Keyframe { slot, layer },
            };
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
            Word::Carries(bits) => {
                if let Some(down) = peer.down()
                    && !down.rests
                {
                    down.estimate = Some(bits);
                    self.aim_one(room, id);
                }
            }
        }
    }
}

/// One packet for one down. Where a whole picture begins with it, those that overtook it follow.
fn give<'a>(
    peer: &mut Peer,
    load: &mut Load<'_>,
    recent: impl Iterator<Item = &'a Packet>,
    now: Instant,
) -> Option<Became> {
    let (stream, seq) = (load.packet.stream, load.packet.seq);
    peer.with(|rtc, part| {
        let Part::Down(down) = part else {
            return Ok(Became::Nothing);
        };
        let became = down.take(rtc, load, now);
        if became == Became::Began {
            for other in recent.filter(|other| other.stream == stream && other.seq > seq) {
                down.take(rtc, &mut Load::new(other), now);
            }
        }
        Ok(became)
    })
}
