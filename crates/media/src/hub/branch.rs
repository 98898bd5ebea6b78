//! Rooms that are split over workers. The stem has who gives, the slots and the loudness; a branch
//! has some who get. The stem sends a branch its table whenever it changes, and every packet that
//! passed it, in one order: so a branch never forwards what the stem no longer would.

use sitwith_core::id::RunId;

use crate::hub::{Act, Hub, Relay, Relayed};

/// The most branches of one room.
const BRANCHES_MAX: usize = 64;
/// So many may wait for an offer until the stem has said which lines there are.
const EARLY_MAX: usize = 1_000;

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

    /// What is to be done now. Whoever wants an offer of a branch that does not know its lines yet
    /// waits until the stem has named them: with fewer, nothing would tell them of the others.
    pub(super) fn not_too_early(&mut self, act: Act) -> Option<Act> {
        let Act::Down { room, .. } = &act else {
            return Some(act);
        };
        let room = self.by_id.get(room);
        match room.and_then(|room| self.rooms.get_mut(*room)) {
            Some(room) if room.waits_for_stem() && room.early.len() < EARLY_MAX => {
                room.early.push(act);
                None
            }
            _ => Some(act),
        }
    }

    fn say_to(&mut self, worker: u16, room: RunId, what: Relayed) {
        let relay = Relay { room, from: self.worker, what };
        self.outputs.relays.push((worker, relay));
    }

    /// A branch has no downs any more: it forgets the room.
    pub(super) fn leave_stem(&mut self, number: u32) {
        let Some(room) = self.rooms.get(number) else {
            return;
        };
        let (id, stem) = (room.id, room.stem);
        let Some(stem) = stem else { return };
        let mut downs = room.seats.values().map(|seat| seat.down);
        if downs.all(|down| down.is_none()) && room.early.is_empty() {
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
                let early = std::mem::take(&mut room.early);
                self.take_table(number, (*table).clone());
                self.wake_room(number);
                let now = self.now;
                early.into_iter().for_each(|act| self.act(act, now));
            }
            Relayed::Packet(packet) if from_stem => self.forward(number, packet),
            Relayed::Anew if from_stem => self.say_to(relay.from, relay.room, Relayed::Join),
            Relayed::Over if from_stem => self.close_room(relay.room),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use sitwith_core::sit::media::Rules;
    use sitwith_core::time::Instant;

    use super::*;
    use crate::hub::HubSettings;
    use crate::pure::beginning;
    use crate::settings::Chance;

    fn hub(worker: u16) -> Hub {
        let settings = HubSettings {
            worker,
            udp: vec![SocketAddr::from(([192, 0, 2, 1], 9))],
            tcp: vec![],
            peers_max: 9,
            chance: Chance(Arc::new(|bytes: &mut [u8]| bytes.fill(7))),
        };
        Hub::new(settings, beginning())
    }

    /// Hands on what hubs say to each other, until they have said all; the words.
    fn talk(hubs: &mut [Hub]) -> Vec<String> {
        let mut said = vec![];
        loop {
            let relays = hubs.iter_mut().map(|hub| std::mem::take(&mut hub.outputs().relays));
            let relays: Vec<_> = relays.flatten().collect();
            if relays.is_empty() {
                return said;
            }
            for (to, relay) in relays {
                let word = format!("{:?}", relay.what);
                said.extend(word.split('(').next().map(str::to_owned));
                hubs[usize::from(to)].act(Act::Relay(relay), beginning());
            }
        }
    }

    #[test]
    fn a_branch_joins_once_and_again_when_its_stem_has_begun_anew() {
        let room = RunId::new(Instant::from_ms(1), [1; 10]);
        let rules = || Act::Rules(room, Arc::new(Rules::default()));
        let mut hubs = [hub(0), hub(1)];
        hubs[0].act(rules(), beginning());
        for words in [&["Join", "Table"][..], &[]] {
            hubs[1].act(Act::Branch { room, stem: 0 }, beginning());
            assert_eq!(talk(&mut hubs), words);
        }
        hubs[0] = hub(0);
        hubs[0].act(rules(), beginning());
        assert!(talk(&mut hubs).is_empty(), "nobody knows of the branch");
        let (from, what) = (0, Relayed::Anew);
        hubs[1].act(Act::Relay(Relay { room, from, what }), beginning());
        assert_eq!(talk(&mut hubs), ["Join", "Table"]);
        hubs[0].act(rules(), beginning());
        assert_eq!(talk(&mut hubs), ["Table"]);
        hubs[0].end(beginning());
        assert_eq!(talk(&mut hubs), ["Over"]);
        assert!(hubs.iter().all(|hub| hub.counts().rooms == 0));
    }
}
