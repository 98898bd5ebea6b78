//! Rooms that are split over workers. The stem has who gives, the slots and the loudness; a branch
//! has some who get. The stem sends a branch its table whenever it changes, and every packet that
//! passed it, in one order: so a branch never forwards what the stem no longer would.

use sitwith_core::id::RunId;

use crate::hub::{Hub, Relay, Relayed};

/// The most branches of one room.
const BRANCHES_MAX: usize = 64;

impl Hub {
    /// This worker is to have downs of a room that is at home on another.
    pub(super) fn become_branch(&mut self, id: RunId, stem: u16) {
        if stem == self.worker {
            return;
        }
        let known = self.by_id.contains_key(&id);
        let room = self.room(id, Some(stem));
        let here = self.rooms.get(room).is_some_and(|room| room.stem.is_none());
        if !here && !known {
            self.say_to(stem, id, Relayed::Join);
        }
    }

    fn say_to(&mut self, worker: u16, room: RunId, what: Relayed) {
        let relay = Relay {
            room,
            from: self.worker,
            what,
        };
        self.outputs.relays.push((worker, relay));
    }

    /// A branch has no downs any more: it forgets the room.
    pub(super) fn leave_stem(&mut self, number: u32) {
        let Some(room) = self.rooms.get(number) else {
            return;
        };
        let (id, stem) = (room.id, room.stem);
        let Some(stem) = stem else { return };
        let waits = room.seats.values().any(|seat| seat.down.is_some());
        if !waits {
            self.by_id.remove(&id);
            self.rooms.remove(number);
            self.room_timers.forget(number);
            self.say_to(stem, id, Relayed::Leave);
        }
    }

    /// Another worker's hub says something.
    pub(super) fn relayed(&mut self, relay: Relay) {
        let Some(&number) = self.by_id.get(&relay.room) else {
            // A room that is over here is over there too; whoever joins one hears it.
            if matches!(relay.what, Relayed::Join) {
                self.say_to(relay.from, relay.room, Relayed::Over);
            }
            return;
        };
        let Some(room) = self.rooms.get_mut(number) else {
            return;
        };
        let (is_stem, from_stem) = (room.stem.is_none(), room.stem == Some(relay.from));
        match relay.what {
            Relayed::Join if is_stem => {
                if !room.branches.contains(&relay.from) && room.branches.len() < BRANCHES_MAX {
                    room.branches.push(relay.from);
                }
                let table = room.table.clone();
                self.say_to(relay.from, relay.room, Relayed::Table(table));
            }
            Relayed::Leave if is_stem => room.branches.retain(|branch| *branch != relay.from),
            Relayed::Keyframe { slot, layer } if is_stem => self.want_key(number, slot, layer),
            Relayed::Table(table) if from_stem => {
                self.take_table(number, (*table).clone());
                self.wake_room(number);
            }
            Relayed::Packet(packet) if from_stem => self.forward(number, &packet),
            Relayed::Over if from_stem => self.close_room(relay.room),
            _ => {}
        }
    }
}
