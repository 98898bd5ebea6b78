//! One room on this worker: who is in it, and the table that says what may be forwarded.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{SharedRules, Slots, WantedFaces, Wants};

use crate::hub::up::LAYERS;
use crate::hub::{Act, Packet, Sort, Table};
use crate::pure::bucket::Bucket;
use crate::pure::keyframes::Keyframes;
use crate::pure::layers::{Face, Layer};
use crate::pure::{loud::Loud, slots};

/// The most people of one room that are known on one worker.
pub(super) const SEATS_MAX: usize = 5_000;
/// How often one person may agree on a connection anew: so much at once, and so much a second.
const AGREE_BURST: u32 = 12;
const AGREE_PER_SECOND: u32 = 1;
/// How often what arrives is measured.
pub(super) const MEASURE_EVERY: Duration = Duration::from_millis(500);
/// A layer of which nothing came for so long does not arrive any more.
const ALIVE: Duration = Duration::from_millis(1_600);
/// How many packets may overtake the first of a whole picture.
const RECENT: usize = 8;
/// What layers are taken to need in bit/s before they have been measured.
const FIRST_BITS: [u64; LAYERS] = [150_000, 500_000, 1_500_000];
/// What a voice is taken to need beside the faces on a paced line, in bit/s.
pub(super) const VOICE_BITS: u64 = 50_000;

/// Somebody in the room.
#[derive(Debug)]
pub(super) struct Seat {
    /// Their connection that gives.
    pub(super) up: Option<u32>,
    /// Their connection that gets.
    pub(super) down: Option<u32>,
    /// The last offer to them.
    pub(super) n: u32,
    /// What they want to see.
    pub(super) wants: Wants,
    /// How often they may still agree anew.
    pub(super) agrees: Bucket,
}

impl Default for Seat {
    fn default() -> Self {
        Self {
            up: None,
            down: None,
            n: 0,
            wants: Wants::default(),
            agrees: Bucket::new(AGREE_PER_SECOND, AGREE_BURST),
        }
    }
}

/// What arrives of one layer.
#[derive(Clone, Copy, Debug, Default)]
struct Meter {
    bytes: u64,
    bits: u64,
    at: Option<Instant>,
}

/// What arrives for one face slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrives {
    meters: [Meter; LAYERS],
    /// The last packets of each layer: when the first of a whole picture is overtaken by those
    /// after it, they are here.
    recent: [VecDeque<Packet>; LAYERS],
    /// Who waits for whole pictures.
    pub(super) keys: [Keyframes; LAYERS],
}

/// The layers that arrive of one face.
#[derive(Clone, Copy, Debug)]
pub(super) struct Living {
    layers: [Layer; LAYERS],
    count: usize,
}

impl Living {
    pub(super) fn layers(&self) -> &[Layer] {
        self.layers.get(..self.count).unwrap_or_default()
    }
}

impl Arrives {
    /// So many bytes came of a layer. True when it is the first in a while.
    pub(super) fn came(&mut self, layer: u8, bytes: usize, now: Instant) -> bool {
        let Some(meter) = self.meters.get_mut(usize::from(layer)) else {
            return false;
        };
        let first = !alive(meter, now);
        if first {
            *meter = Meter::default();
        }
        meter.bytes += bytes as u64;
        meter.at = Some(now);
        first
    }

    /// A whole picture of this layer begins.
    pub(super) fn key_came(&mut self, layer: u8) {
        if let Some(keys) = self.keys.get_mut(usize::from(layer)) {
            keys.came();
        }
    }

    /// A packet was forwarded.
    pub(super) fn keep(&mut self, packet: &Packet) {
        let Some(recent) = self.recent.get_mut(usize::from(packet.layer)) else {
            return;
        };
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back(packet.clone());
    }

    /// Turns what was counted over so long into bit/s.
    pub(super) fn measure(&mut self, over: Duration) {
        let ms = u64::try_from(over.as_millis()).unwrap_or(u64::MAX).max(1);
        for meter in &mut self.meters {
            let bits = meter.bytes * 8 * 1_000 / ms;
            // Whole pictures come seldom and are large: half of what was stays.
            meter.bits = if meter.bits == 0 { bits } else { (meter.bits + bits) / 2 };
            meter.bytes = 0;
        }
    }

    pub(super) fn living(&self, now: Instant) -> Living {
        let mut living = Living { layers: [Layer { layer: 0, bits: 0 }; LAYERS], count: 0 };
        let known = self.meters.iter().zip(FIRST_BITS).zip(0_u8..);
        for ((meter, first), layer) in known.filter(|((meter, _), _)| alive(meter, now)) {
            let bits = if meter.bits == 0 { first } else { meter.bits };
            if let Some(place) = living.layers.get_mut(living.count) {
                *place = Layer { layer, bits };
                living.count += 1;
            }
        }
        living
    }
}

fn alive(meter: &Meter, now: Instant) -> bool {
    let since = |at: Instant| now.saturating_duration_since(at);
    meter.at.is_some_and(|at| since(at) < ALIVE)
}

/// One room on this worker.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) id: RunId,
    /// The worker where it is at home; none when that is here.
    pub(super) stem: Option<u16>,
    /// The workers that have downs of it too.
    pub(super) branches: Vec<u16>,
    pub(super) rules: SharedRules,
    pub(super) seats: BTreeMap<u32, Seat>,
    /// The connections that get.
    pub(super) downs: Vec<u32>,
    pub(super) loud: Loud,
    pub(super) voices: slots::Table,
    pub(super) faces: slots::Table,
    /// What may be forwarded now: what is not in it is not.
    pub(super) table: Arc<Table>,
    /// What arrives, for each face slot.
    pub(super) arrives: Vec<Arrives>,
    /// Who spoke last among those with a face.
    pub(super) speaker: Option<u32>,
    /// When what arrives was measured.
    pub(super) measured: Instant,
    /// Which faces go to whom is to be looked at anew.
    pub(super) aim: bool,
    /// Who wants an offer while a branch waits for its stem's first table.
    pub(super) early: Vec<Act>,
}

impl Room {
    pub(super) fn new(id: RunId, stem: Option<u16>, now: Instant) -> Self {
        let voices = slots::Table::voices();
        let faces = slots::Table::faces();
        let table = Table {
            voices: voices.seats().collect(),
            faces: faces.seats().collect(),
            ..Table::default()
        };
        Self {
            id,
            stem,
            branches: vec![],
            rules: SharedRules::default(),
            seats: BTreeMap::new(),
            downs: vec![],
            loud: Loud::default(),
            voices,
            faces,
            table: Arc::new(table),
            arrives: vec![],
            speaker: None,
            measured: now,
            aim: false,
            early: vec![],
        }
    }

    /// Whether it is a branch that has not heard from its stem yet.
    pub(super) fn waits_for_stem(&self) -> bool {
        self.stem.is_some() && self.table.n == 0
    }

    /// Somebody's place, made if they are new and there is room.
    pub(super) fn seat(&mut self, seat: u32) -> Option<&mut Seat> {
        if self.seats.len() >= SEATS_MAX && !self.seats.contains_key(&seat) {
            return None;
        }
        Some(self.seats.entry(seat).or_default())
    }

    /// How many give.
    pub(super) fn ups(&self) -> usize {
        self.seats.values().filter(|seat| seat.up.is_some()).count()
    }

    /// Whom a slot carries now: the one thing that is asked for every packet.
    pub(super) fn carried(&self, sort: Sort, slot: u8) -> Option<u32> {
        let slots = match sort {
            Sort::Voice => &self.table.voices,
            Sort::Face => &self.table.faces,
        };
        slots.get(usize::from(slot)).copied().flatten()
    }

    /// What arrives in a face slot.
    pub(super) fn arrives_in(&mut self, slot: u8) -> Option<&mut Arrives> {
        let slot = usize::from(slot);
        if self.arrives.len() <= slot {
            self.arrives.resize(slot + 1, Arrives::default());
        }
        self.arrives.get_mut(slot)
    }

    /// The last packets that came of a layer of a face slot.
    pub(super) fn recent(&self, (slot, layer): (u8, u8)) -> impl Iterator<Item = &Packet> {
        let arrives = self.arrives.get(usize::from(slot));
        let recent = arrives.and_then(|arrives| arrives.recent.get(usize::from(layer)));
        recent.into_iter().flatten()
    }

    /// Gives slots to those who give and may be heard or seen, and makes the table of it.
    pub(super) fn table(&mut self, now: Instant) -> Table {
        let gives = |seat: &u32| self.seats.get(seat).is_some_and(|one| one.up.is_some());
        let voices: Vec<u32> = self.rules.voices.iter().copied().filter(gives).collect();
        let faces: Vec<u32> = self.rules.faces.iter().copied().filter(gives).collect();
        self.loud.allow(&voices, &self.rules.always, self.rules.people);
        self.loud.pick(now);
        self.faces.carry(&faces);
        self.table_of_loudest(&faces)
    }

    /// The same when only the loudest are others.
    pub(super) fn table_again(&mut self) -> Table {
        let gives = |seat: &u32| self.seats.get(seat).is_some_and(|one| one.up.is_some());
        let faces: Vec<u32> = self.rules.faces.iter().copied().filter(gives).collect();
        self.table_of_loudest(&faces)
    }

    fn table_of_loudest(&mut self, faces: &[u32]) -> Table {
        self.voices.carry(self.loud.chosen());
        let slot = |seat: &u32| u8::try_from(self.faces.slot_of(*seat)?).ok();
        Table {
            n: self.table.n + 1,
            voices: self.voices.seats().collect(),
            faces: self.faces.seats().collect(),
            order: faces.iter().filter_map(slot).collect(),
            spotlight: self.rules.spotlight,
            speaking: self.table.speaking.clone(),
        }
    }

    /// The slots as they are told.
    pub(super) fn slots(&self) -> Slots {
        Slots { voices: self.table.voices.clone(), faces: self.table.faces.clone() }
    }

    /// Remembers who spoke last among those with a face; before anybody spoke, whoever matters
    /// most.
    pub(super) fn note_speaker(&mut self) {
        let has_face = |seat: &&u32| self.table.faces.contains(&Some(**seat));
        let speaks = self.table.speaking.iter().find(has_face).copied();
        let stays = self.speaker.filter(|seat| has_face(&seat));
        let first = self.table.order.first().copied();
        let first = first.and_then(|slot| self.carried(Sort::Face, slot));
        self.speaker = speaks.or(stays).or(first);
    }

    /// Calls `found` with each face that somebody wants, those that matter most first, its slot
    /// and whether it is asked for large.
    pub(super) fn wanted(&self, own: u32, wants: &Wants, found: &mut dyn FnMut(u8, u32, bool)) {
        let mut left = match wants.faces {
            WantedFaces::None => 0,
            WantedFaces::Speaker => 2,
            WantedFaces::All(most) => most,
        };
        for &slot in &self.table.order {
            let Some(seat) = self.carried(Sort::Face, slot) else {
                continue;
            };
            let spotlight = self.table.spotlight == Some(seat);
            let speaks = wants.faces == WantedFaces::Speaker;
            let fits = !speaks || spotlight || self.speaker == Some(seat);
            if left > 0 && seat != own && fits {
                left -= 1;
                found(slot, seat, spotlight || speaks);
            }
        }
    }
}

/// Room for the faces of one browser, used again for the next.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The slot, seat and whether large, of each.
    pub(super) faces: Vec<(u8, u32, bool)>,
    /// What arrives of each slot of the room.
    pub(super) living: Vec<Living>,
}

impl Wanted {
    /// The faces as they are divided.
    pub(super) fn faces(&self) -> Vec<Face<'_>> {
        let face = |&(slot, seat, large): &(u8, u32, bool)| Face {
            seat,
            large,
            layers: self.living.get(usize::from(slot)).map_or(&[], Living::layers),
        };
        self.faces.iter().map(face).collect()
    }
}
