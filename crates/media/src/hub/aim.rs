//! Which faces go to whom, and in which layers.

use std::time::Duration;

use sitwith_core::sit::media::Told;

use crate::hub::Hub;
use crate::hub::measure::Needs;
use crate::hub::room::{VOICE_BITS, Wanted};
use crate::pure::layers::Face;

/// How much of somebody's line is told at most this often: not at every waver.
const TELL_LINE_EVERY: Duration = Duration::from_secs(2);

impl Hub {
    /// Looks at all rooms in which something has changed.
    pub(super) fn aim_rooms(&mut self) {
        while let Some(id) = self.aims.pop() {
            self.aim_room(id);
        }
    }

    fn aim_room(&mut self, id: u32) {
        let Some(room) = self.rooms.get_mut(id) else {
            return;
        };
        if !std::mem::take(&mut room.aim) {
            return;
        }
        let downs = std::mem::take(&mut room.downs);
        let mut wanted = std::mem::take(&mut self.wanted);
        self.look(id, &mut wanted);
        for down in &downs {
            self.aim_down(id, *down, &mut wanted);
        }
        self.wanted = wanted;
        if let Some(room) = self.rooms.get_mut(id) {
            room.downs = downs;
        }
    }

    /// Looks at one down again: what it wants, or what its line carries, has changed.
    pub(super) fn aim_one(&mut self, room: u32, down: u32) {
        let mut wanted = std::mem::take(&mut self.wanted);
        self.look(room, &mut wanted);
        self.aim_down(room, down, &mut wanted);
        self.wanted = wanted;
    }

    /// What arrives in a room now.
    fn look(&self, id: u32, wanted: &mut Wanted) {
        wanted.living.clear();
        if let Some(room) = self.rooms.get(id) {
            let living = room.arrives.iter().map(|arrives| arrives.living(self.now));
            wanted.living.extend(living);
        }
    }

    fn aim_down(&mut self, id: u32, down: u32, wanted: &mut Wanted) {
        let now = self.now;
        let (Some(room), Some(peer)) = (self.rooms.get(id), self.peers.get_mut(down)) else {
            return;
        };
        if !peer.connected {
            return;
        }
        let own = peer.seat;
        let Some(wants) = room.seats.get(&own).map(|seat| &seat.wants) else {
            return;
        };
        wanted.faces.clear();
        let faces = &mut wanted.faces;
        room.wanted(own, wants, &mut |slot, seat, large| {
            faces.push((slot, seat, large));
        });
        let tall = wants.tall;
        let voices = room.table.voices.iter().flatten().count() as u64;
        let Some(part) = peer.down() else { return };
        let faces = wanted.faces();
        let budget = part.estimate.filter(|_| part.paced);
        let budget = budget.map(|bits| bits.saturating_sub(voices * VOICE_BITS));
        let carries = part.layers.divide(&faces, tall, budget, now);
        let wish = voices * VOICE_BITS + wish(&faces);
        let mut lacks = vec![];
        for slot in 0..part.lines().1 {
            let whose = wanted.faces.iter().find(|face| usize::from(face.0) == slot);
            let want = whose.and_then(|face| part.layers.of(face.1));
            if part.aim(slot, want)
                && let (Ok(slot), Some(layer)) = (u8::try_from(slot), want)
            {
                lacks.push((slot, layer));
            }
        }
        let tells = part.paced && part.told.0 != carries;
        let since = |at| now.saturating_duration_since(at);
        if tells && part.told.1.is_none_or(|at| since(at) >= TELL_LINE_EVERY) {
            part.told = (carries, Some(now));
            self.outputs.told.push((room.id, Told::Line(own, carries)));
        }
        if part.paced {
            let next = part.layers.next(&faces, tall);
            let needs = Needs {
                wish,
                next: next.map(|bits| voices * VOICE_BITS + bits),
                rests: faces.is_empty(),
            };
            self.measure(down, needs);
        }
        for (slot, layer) in lacks {
            self.want_key(id, slot, layer);
        }
    }
}

/// What all that is wanted would need, in bit/s.
fn wish(faces: &[Face<'_>]) -> u64 {
    let most = |face: &Face<'_>| face.layers.last().map_or(0, |layer| layer.bits);
    faces.iter().map(most).sum()
}
