//! How rooms come about, change and end.

use std::sync::Arc;
use std::time::Duration;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{SharedRules, Told, Wants};

use crate::hub::peer::Part;
use crate::hub::room::{Arrives, MEASURE_EVERY, Room};
use crate::hub::{Hub, Relay, Relayed, Sort, Table};
use crate::pure::loud::PICK_EVERY;

impl Hub {
    /// What may be forwarded from now on.
    pub(super) fn rules(&mut self, id: RunId, rules: SharedRules) {
        let room = self.room(id, None);
        if let Some(room) = self.rooms.get_mut(room) {
            room.rules = rules;
        }
        self.make_table(room);
    }

    /// The room of this name, made when there is none.
    pub(super) fn room(&mut self, id: RunId, stem: Option<u16>) -> u32 {
        if let Some(room) = self.by_id.get(&id) {
            return *room;
        }
        let room = self.rooms.insert(Room::new(id, stem, self.now));
        self.by_id.insert(id, room);
        room
    }

    /// Who gives, or the rules, have changed: gives out the slots anew. At the stem alone.
    pub(super) fn make_table(&mut self, id: u32) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if room.stem.is_none() {
            let table = room.table(now);
            self.take_table(id, table);
        }
        self.wake_room(id);
    }

    /// From now on this is forwarded and nothing else.
    pub(super) fn take_table(&mut self, id: u32, table: Table) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let before = std::mem::replace(&mut room.table, Arc::new(table));
        let table = room.table.clone();
        let same = before.voices == table.voices && before.faces == table.faces;
        let place = |slots: &[Option<u32>], seat: u32| {
            let place = slots.iter().position(|slot| *slot == Some(seat));
            place.and_then(|place| u8::try_from(place).ok())
        };
        for (&number, seat) in &room.seats {
            let up = seat.up.and_then(|up| self.peers.get_mut(up));
            if let Some(up) = up.and_then(|peer| peer.up()) {
                up.voice = place(&table.voices, number);
                up.face = place(&table.faces, number);
            }
        }
        room.arrives.resize(table.faces.len(), Arrives::default());
        let changed = table.faces.iter().enumerate();
        for (slot, seat) in changed {
            if before.faces.get(slot) != Some(seat)
                && let Some(arrives) = room.arrives.get_mut(slot)
            {
                *arrives = Arrives::default();
            }
        }
        room.note_speaker();
        room.aim = true;
        self.aims.push(id);
        let downs = if same { vec![] } else { room.downs.clone() };
        for branch in &room.branches {
            let relay =
                Relay { room: room.id, from: self.worker, what: Relayed::Table(table.clone()) };
            self.outputs.relays.push((*branch, relay));
        }
        if !same && room.stem.is_none() {
            let told = Told::Slots(room.slots());
            self.outputs.told.push((room.id, told));
        }
        for down in downs {
            self.dress(down, &table);
        }
    }

    /// The lines of one down carry whom the table says.
    pub(super) fn dress(&mut self, id: u32, table: &Table) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let own = peer.seat;
        let dressed = peer.with(|rtc, part| {
            if let Part::Down(down) = part {
                let slots = [(Sort::Voice, &table.voices), (Sort::Face, &table.faces)];
                for (sort, seats) in slots {
                    for (slot, seat) in seats.iter().enumerate() {
                        let seat = seat.filter(|seat| *seat != own);
                        down.carry(rtc, (sort, slot), seat);
                    }
                }
            }
            Ok(())
        });
        match dressed {
            Some(()) => self.stir(id),
            None => self.fallen.push(id),
        }
    }

    /// A room is due: who is loudest, who speaks, what arrives, who waits for whole pictures.
    pub(super) fn tick_room(&mut self, id: u32) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if room.stem.is_none() && room.loud.pick(now) {
            let table = room.table_again();
            self.take_table(id, table);
        }
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if room.stem.is_none()
            && let Some(speaking) = room.loud.speak(now)
        {
            let speaking = speaking.to_vec();
            let told = Told::Speak(speaking.clone());
            self.outputs.told.push((room.id, told));
            let mut table = Table::clone(&room.table);
            table.n += 1;
            table.speaking = speaking;
            self.take_table(id, table);
        }
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        let over = now.saturating_duration_since(room.measured);
        if over >= MEASURE_EVERY {
            room.measured = now;
            for arrives in &mut room.arrives {
                arrives.measure(over);
            }
            room.aim = true;
            self.aims.push(id);
        }
        let mut due = vec![];
        for (arrives, slot) in room.arrives.iter_mut().zip(0_u8..) {
            for (keys, layer) in arrives.keys.iter_mut().zip(0_u8..) {
                if keys.due(now) {
                    due.push((slot, layer));
                }
            }
        }
        for (slot, layer) in due {
            self.ask_key(id, slot, layer);
        }
        self.wake_room(id);
    }

    /// When a room is due next. One in which nobody gives is never due.
    pub(super) fn wake_room(&mut self, id: u32) {
        let Some(room) = self.rooms.get(id) else {
            return;
        };
        let gives = |slot: &Option<u32>| slot.is_some();
        let busy = room.table.voices.iter().chain(&room.table.faces).any(gives);
        let keys = room.arrives.iter().flat_map(|arrives| &arrives.keys);
        let keys = keys.filter_map(|keys| keys.wake_at()).min();
        let loud = room.loud.pick_at().map(|at| at.max(self.now));
        let busy = busy.then_some(self.now + PICK_EVERY);
        let due = [keys, loud, busy].into_iter().flatten().min();
        if let Some(due) = due {
            // Never busy with itself: a room is looked at once in a while.
            self.room_timers.set(id, due.max(self.now + Duration::from_millis(10)));
        }
    }

    /// What somebody wants to see.
    pub(super) fn wants(&mut self, id: RunId, seat: u32, wants: Wants) {
        let Some(&room) = self.by_id.get(&id) else {
            return;
        };
        let place = self.rooms.get_mut(room).and_then(|room| room.seat(seat));
        let Some(place) = place else { return };
        place.wants = wants;
        if let Some(down) = place.down {
            self.aim_one(room, down);
        }
    }

    /// Somebody has left.
    pub(super) fn close(&mut self, id: RunId, seat: u32) {
        let Some(&room) = self.by_id.get(&id) else {
            return;
        };
        let seat = self.rooms.get_mut(room).and_then(|room| room.seats.remove(&seat));
        let Some(seat) = seat else { return };
        for peer in [seat.up, seat.down].into_iter().flatten() {
            self.dismiss(peer);
        }
        self.make_table(room);
    }

    /// Ends a connection from here: nothing is told of it.
    pub(super) fn dismiss(&mut self, id: u32) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        if let Some(up) = peer.up() {
            up.dismissed = true;
        }
        peer.leave(self.now, &mut self.outputs);
        self.fallen.push(id);
    }

    /// A room is over.
    pub(super) fn close_room(&mut self, id: RunId) {
        let Some(number) = self.by_id.remove(&id) else {
            return;
        };
        let ids: Vec<u32> = self.peers.ids().collect();
        for peer in ids {
            if self.peers.get(peer).is_some_and(|peer| peer.room == number) {
                self.dismiss(peer);
            }
        }
        // While the room is still known to them.
        self.reap();
        self.room_timers.forget(number);
        let Some(room) = self.rooms.remove(number) else {
            return;
        };
        for branch in &room.branches {
            let relay = Relay { room: id, from: self.worker, what: Relayed::Over };
            self.outputs.relays.push((*branch, relay));
        }
    }
}
