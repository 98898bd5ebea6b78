//! One room on this worker: its seats, and the table of what may be forwarded. Rules, tracks and
//! audio levels come in; tables, events and keyframe requests come out. It knows connections by
//! index alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{MediaSlots, MediaWants, SharedMediaRules, WantedFaces};

use crate::hub::branch::RoomSplit;
use crate::hub::feed::FaceFeed;
use crate::hub::{ForwardingTable, MediaPacket, TrackKind};
use crate::pure::bucket::TokenBucket;
use crate::pure::slots::SlotPool;
use crate::pure::speakers::{ActiveSpeakers, UPDATE_INTERVAL};

/// Limit of seats of one room on one worker.
const SEATS_MAX: usize = 5_000;
/// Rate limit of one seat's negotiations: burst, and rate per second.
const NEGOTIATION_BURST: u32 = 12;
const NEGOTIATIONS_PER_SECOND: u32 = 1;
/// Interval at which incoming bitrates are measured.
const MEASURE_INTERVAL: Duration = Duration::from_millis(500);
/// Faces sent to a browser that wants the speaker: the speaker and the spotlight.
const SPEAKER_FACES: u8 = 2;
/// Shortest time until a room is looked at again.
const TICK_INTERVAL_MIN: Duration = Duration::from_millis(10);

/// A seat with at least one connection on this worker, or wishes for one.
#[derive(Debug)]
pub(super) struct RoomSeat {
    /// Index of its up.
    pub(super) up: Option<u32>,
    /// Index of its down.
    pub(super) down: Option<u32>,
    /// Number of the last SDP offer for its down.
    pub(super) sdp_offer_number: u32,
    pub(super) wants: MediaWants,
    /// Rate limit of negotiations.
    pub(super) negotiations: TokenBucket,
}

impl Default for RoomSeat {
    fn default() -> Self {
        Self {
            up: None,
            down: None,
            sdp_offer_number: 0,
            wants: MediaWants::default(),
            negotiations: TokenBucket::new(NEGOTIATIONS_PER_SECOND, NEGOTIATION_BURST),
        }
    }
}

/// One room on this worker.
#[derive(Debug)]
pub(super) struct MediaRoom {
    pub(super) id: RunId,
    pub(super) split: RoomSplit,
    pub(super) rules: SharedMediaRules,
    pub(super) seats: BTreeMap<u32, RoomSeat>,
    /// Indexes of the downs that packets are fanned out to.
    pub(super) downs: Vec<u32>,
    pub(super) speakers: ActiveSpeakers,
    voice_pool: SlotPool,
    face_pool: SlotPool,
    /// Seats whose packets are forwarded; all other packets are dropped.
    pub(super) table: Arc<ForwardingTable>,
    /// Incoming video by face slot.
    feeds: Vec<FaceFeed>,
    /// Seat with a face that spoke last.
    last_speaker: Option<u32>,
    measured_at: Instant,
    /// The room is in the queue of those whose downs get new layers.
    pub(super) is_retarget_queued: bool,
}

impl MediaRoom {
    /// An empty room; `stem` is none when this worker is the stem.
    pub(super) fn new(id: RunId, stem: Option<u16>, now: Instant) -> Self {
        let voice_pool = SlotPool::for_voices();
        let face_pool = SlotPool::for_faces();
        let table = ForwardingTable {
            voices: voice_pool.seats().collect(),
            faces: face_pool.seats().collect(),
            ..ForwardingTable::default()
        };
        Self {
            id,
            split: RoomSplit::new(stem),
            rules: SharedMediaRules::default(),
            seats: BTreeMap::new(),
            downs: vec![],
            speakers: ActiveSpeakers::default(),
            voice_pool,
            face_pool,
            table: Arc::new(table),
            feeds: vec![],
            last_speaker: None,
            measured_at: now,
            is_retarget_queued: false,
        }
    }

    /// True for a branch that has no table yet.
    pub(super) fn awaits_table(&self) -> bool {
        !self.split.is_stem() && self.table.version == 0
    }

    /// The entry of a seat, created on demand; none when the room is full.
    pub(super) fn seat_mut(&mut self, seat: u32) -> Option<&mut RoomSeat> {
        if self.seats.len() >= SEATS_MAX && !self.seats.contains_key(&seat) {
            return None;
        }
        Some(self.seats.entry(seat).or_default())
    }

    /// Number of ups.
    pub(super) fn up_count(&self) -> usize {
        self.seats.values().filter(|seat| seat.up.is_some()).count()
    }

    /// Removes a down; true when it was the last one.
    pub(super) fn remove_down(&mut self, peer: u32, seat: u32) -> bool {
        self.downs.retain(|other| *other != peer);
        if let Some(entry) = self.seats.get_mut(&seat)
            && entry.down == Some(peer)
        {
            entry.down = None;
        }
        self.downs.is_empty()
    }

    /// Removes an up; true unless the seat has replaced it already.
    pub(super) fn remove_up(&mut self, peer: u32, seat: u32) -> bool {
        let entry = self.seats.get_mut(&seat).filter(|entry| entry.up == Some(peer));
        entry.map(|entry| entry.up = None).is_some()
    }

    /// Returns `true` for a branch without peers.
    pub(super) fn is_unused_branch(&self) -> bool {
        let mut downs = self.seats.values().map(|seat| seat.down);
        !self.split.is_stem() && downs.all(|down| down.is_none()) && !self.split.has_deferred()
    }

    /// The seat a slot forwards. It is looked up once for every packet.
    pub(super) fn seat_in(&self, kind: TrackKind, slot: u8) -> Option<u32> {
        let slots = match kind {
            TrackKind::Voice => &self.table.voices,
            TrackKind::Face => &self.table.faces,
        };
        slots.get(usize::from(slot)).copied().flatten()
    }

    /// Counts a packet of a face; true when its layer was not received before.
    pub(super) fn count_packet(&mut self, packet: &MediaPacket, now: Instant) -> bool {
        packet.kind == TrackKind::Face
            && self.feed_mut(packet.slot).is_some_and(|feed| feed.count_packet(packet, now))
    }

    /// Keeps a forwarded packet of a face for downs that begin with its keyframe.
    pub(super) fn keep_recent(&mut self, packet: &MediaPacket) {
        if packet.kind == TrackKind::Face
            && let Some(feed) = self.feed_mut(packet.slot)
        {
            feed.keep_recent(packet);
        }
    }

    fn feed_mut(&mut self, slot: u8) -> Option<&mut FaceFeed> {
        let slot = usize::from(slot);
        if self.feeds.len() <= slot {
            self.feeds.resize(slot + 1, FaceFeed::default());
        }
        self.feeds.get_mut(slot)
    }

    /// Incoming video of all face slots.
    pub(super) fn feeds(&self) -> &[FaceFeed] {
        &self.feeds
    }

    /// The last packets of a layer of a face slot, oldest first.
    pub(super) fn recent_packets(
        &self,
        (slot, layer): (u8, u8),
    ) -> impl Iterator<Item = &MediaPacket> {
        let feed = self.feeds.get(usize::from(slot));
        feed.into_iter().flat_map(move |feed| feed.recent_packets(layer))
    }

    /// Assigns slots after the rules or the ups have changed; none on a branch.
    pub(super) fn assign_slots(&mut self, now: Instant) -> Option<ForwardingTable> {
        if !self.split.is_stem() {
            return None;
        }
        let publishes = |seat: &u32| self.seats.get(seat).is_some_and(|one| one.up.is_some());
        let voices: Vec<u32> = self.rules.voices.iter().copied().filter(publishes).collect();
        let faces: Vec<u32> = self.rules.faces.iter().copied().filter(publishes).collect();
        self.speakers.set_allowed(&voices, &self.rules.always, self.rules.people);
        self.speakers.update_forwarded(now);
        self.face_pool.assign(&faces);
        Some(self.build_table(&faces))
    }

    /// Assigns voice slots anew if the loudest voices have changed.
    pub(super) fn update_loudest(&mut self, now: Instant) -> Option<ForwardingTable> {
        if !self.split.is_stem() || !self.speakers.update_forwarded(now) {
            return None;
        }
        let publishes = |seat: &u32| self.seats.get(seat).is_some_and(|one| one.up.is_some());
        let faces: Vec<u32> = self.rules.faces.iter().copied().filter(publishes).collect();
        Some(self.build_table(&faces))
    }

    /// Updates who speaks, if that has changed.
    pub(super) fn update_speaking(&mut self, now: Instant) -> Option<ForwardingTable> {
        if !self.split.is_stem() {
            return None;
        }
        let speaking = self.speakers.take_speaking_change(now)?.to_vec();
        let mut table = ForwardingTable::clone(&self.table);
        table.version += 1;
        table.speaking = speaking;
        Some(table)
    }

    fn build_table(&mut self, faces: &[u32]) -> ForwardingTable {
        self.voice_pool.assign(self.speakers.forwarded());
        let slot = |seat: &u32| u8::try_from(self.face_pool.slot_of(*seat)?).ok();
        ForwardingTable {
            version: self.table.version + 1,
            voices: self.voice_pool.seats().collect(),
            faces: self.face_pool.seats().collect(),
            order: faces.iter().filter_map(slot).collect(),
            spotlight: self.rules.spotlight,
            speaking: self.table.speaking.clone(),
        }
    }

    /// Forwards by this table from now on; true when slots carry other seats than before.
    pub(super) fn apply_table(&mut self, table: ForwardingTable) -> bool {
        let before = std::mem::replace(&mut self.table, Arc::new(table));
        let faces = &self.table.faces;
        let changed = before.voices != self.table.voices || before.faces != *faces;
        self.feeds.resize(faces.len(), FaceFeed::default());
        for (slot, (seat, feed)) in faces.iter().zip(&mut self.feeds).enumerate() {
            if before.faces.get(slot) != Some(seat) {
                *feed = FaceFeed::default();
            }
        }
        self.update_last_speaker();
        changed
    }

    /// Each up with the voice and face slots of its seat.
    pub(super) fn up_slots(&self) -> impl Iterator<Item = (u32, Option<u8>, Option<u8>)> {
        let slot_of = |slots: &[Option<u32>], seat: u32| {
            let slot = slots.iter().position(|slot| *slot == Some(seat));
            slot.and_then(|slot| u8::try_from(slot).ok())
        };
        self.seats.iter().filter_map(move |(&seat, entry)| {
            let (voices, faces) = (&self.table.voices, &self.table.faces);
            Some((entry.up?, slot_of(voices, seat), slot_of(faces, seat)))
        })
    }

    /// The slots as they are reported.
    pub(super) fn slots(&self) -> MediaSlots {
        MediaSlots { voices: self.table.voices.clone(), faces: self.table.faces.clone() }
    }

    /// Before the first speaker, the most important seat with a face stands in.
    fn update_last_speaker(&mut self) {
        let has_face = |seat: &&u32| self.table.faces.contains(&Some(**seat));
        let speaks = self.table.speaking.iter().find(has_face).copied();
        let previous = self.last_speaker.filter(|seat| has_face(&seat));
        let first = self.table.order.first().copied();
        let first = first.and_then(|slot| self.seat_in(TrackKind::Face, slot));
        self.last_speaker = speaks.or(previous).or(first);
    }

    /// Calls `visit` with slot, seat and "in its largest layer" for each face a seat wants, most
    /// important first.
    pub(super) fn visit_wanted_faces(
        &self,
        own_seat: u32,
        wants: &MediaWants,
        mut visit: impl FnMut(u8, u32, bool),
    ) {
        let mut left = match wants.faces {
            WantedFaces::None => 0,
            WantedFaces::Speaker => SPEAKER_FACES,
            WantedFaces::All(most) => most,
        };
        let speaker_only = wants.faces == WantedFaces::Speaker;
        for &slot in &self.table.order {
            let Some(seat) = self.seat_in(TrackKind::Face, slot) else {
                continue;
            };
            let is_spotlight = self.table.spotlight == Some(seat);
            let is_wanted = !speaker_only || is_spotlight || self.last_speaker == Some(seat);
            if left > 0 && seat != own_seat && is_wanted {
                left -= 1;
                visit(slot, seat, is_spotlight || speaker_only);
            }
        }
    }

    /// Measures incoming bitrates if that is due; true when it was.
    pub(super) fn measure_feeds(&mut self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.measured_at);
        if elapsed < MEASURE_INTERVAL {
            return false;
        }
        self.measured_at = now;
        for feed in &mut self.feeds {
            feed.measure(elapsed);
        }
        true
    }

    /// Requests a keyframe; true when the publisher is to be asked now, none for an unknown slot or
    /// layer.
    pub(super) fn request_keyframe(&mut self, slot: u8, layer: u8, now: Instant) -> Option<bool> {
        self.feeds.get_mut(usize::from(slot))?.request_keyframe(layer, now)
    }

    /// Slots and layers whose publishers are to be asked for a keyframe now.
    pub(super) fn take_due_keyframes(&mut self, now: Instant) -> Vec<(u8, u8)> {
        let feeds = self.feeds.iter_mut().zip(0_u8..);
        feeds
            .flat_map(|(feed, slot)| feed.take_due_keyframes(now).map(move |layer| (slot, layer)))
            .collect()
    }

    /// Index of the up that publishes a face slot.
    pub(super) fn publisher_of(&self, slot: u8) -> Option<u32> {
        self.seats.get(&self.seat_in(TrackKind::Face, slot)?)?.up
    }

    /// Returns when the room is due next; none while no seat publishes.
    pub(super) fn next_tick(&self, now: Instant) -> Option<Instant> {
        let has_tracks =
            self.table.voices.iter().chain(&self.table.faces).any(|slot| slot.is_some());
        let keyframes = self.feeds.iter().filter_map(FaceFeed::next_keyframe_request).min();
        let speakers = self.speakers.next_update_at().map(|at| at.max(now));
        let tracks = has_tracks.then_some(now + UPDATE_INTERVAL);
        let due = [keyframes, speakers, tracks].into_iter().flatten().min();
        due.map(|due| due.max(now + TICK_INTERVAL_MIN))
    }
}

#[cfg(test)]
mod tests {
    use sitwith_core::sit::media::MediaRules;
    use sitwith_core::time;

    use super::*;
    use crate::pure::test_epoch;

    /// A stem room whose seats 1 to 3 publish.
    fn media_room(rules: MediaRules) -> MediaRoom {
        let id = RunId::new(time::Instant::from_ms(1), [1; 10]);
        let mut room = MediaRoom::new(id, None, test_epoch());
        room.rules = Arc::new(rules);
        for seat in 1..=3 {
            room.seat_mut(seat).expect("it is not full").up = Some(seat + 100);
        }
        let table = room.assign_slots(test_epoch()).expect("it is the stem");
        room.apply_table(table);
        room
    }

    fn wanted_faces(room: &MediaRoom, seat: u32, faces: WantedFaces) -> Vec<(u32, bool)> {
        let mut found = vec![];
        let wants = MediaWants { faces, ..MediaWants::default() };
        room.visit_wanted_faces(seat, &wants, |_, seat, large| found.push((seat, large)));
        found
    }

    #[test]
    fn only_seats_that_rules_name_and_that_publish_get_slots() {
        let faces = vec![2, 3, 9];
        let mut room =
            media_room(MediaRules { voices: vec![1], faces, people: 3, ..MediaRules::default() });
        assert_eq!(room.table.voices.iter().flatten().copied().collect::<Vec<_>>(), [1]);
        assert_eq!(room.table.faces.iter().flatten().copied().collect::<Vec<_>>(), [2, 3]);
        let slots: Vec<_> = room.up_slots().collect();
        assert_eq!(slots, [(101, Some(0), None), (102, None, Some(0)), (103, None, Some(1))]);
        assert!(room.remove_up(102, 2) && !room.remove_up(102, 2));
        let table = room.assign_slots(test_epoch()).expect("it is the stem");
        assert!(room.apply_table(table), "slots have changed");
        assert_eq!(room.seat_in(TrackKind::Face, 0), None);
        let same = room.assign_slots(test_epoch()).expect("it is the stem");
        assert!(!room.apply_table(same));
    }

    #[test]
    fn a_browser_is_offered_the_faces_it_wants_and_never_its_own() {
        let faces = vec![1, 2, 3];
        let room = media_room(MediaRules {
            faces,
            spotlight: Some(3),
            people: 3,
            ..MediaRules::default()
        });
        assert_eq!(wanted_faces(&room, 1, WantedFaces::All(9)), [(2, false), (3, true)]);
        assert_eq!(wanted_faces(&room, 1, WantedFaces::All(1)), [(2, false)]);
        // No speaker yet: seat 1 stands in.
        assert_eq!(wanted_faces(&room, 2, WantedFaces::Speaker), [(1, true), (3, true)]);
        assert!(wanted_faces(&room, 2, WantedFaces::None).is_empty());
    }

    #[test]
    fn a_branch_assigns_no_slots_and_awaits_its_table() {
        let id = RunId::new(time::Instant::from_ms(1), [1; 10]);
        let mut branch = MediaRoom::new(id, Some(4), test_epoch());
        assert!(branch.awaits_table() && branch.is_unused_branch());
        assert!(branch.assign_slots(test_epoch()).is_none());
        branch.apply_table(ForwardingTable { version: 1, ..ForwardingTable::default() });
        assert!(!branch.awaits_table());
        branch.seat_mut(7).expect("it is not full").down = Some(5);
        branch.downs.push(5);
        assert!(!branch.is_unused_branch());
        assert!(branch.remove_down(5, 7) && branch.is_unused_branch());
    }

    #[test]
    fn keyframes_are_requested_of_known_slots_and_a_silent_room_has_no_next_tick() {
        let now = test_epoch();
        let mut room =
            media_room(MediaRules { faces: vec![1], people: 3, ..MediaRules::default() });
        assert_eq!(room.request_keyframe(0, 1, now), Some(true));
        assert_eq!(room.request_keyframe(0, 1, now), Some(false));
        assert_eq!(room.request_keyframe(60, 1, now), None);
        let later = now + Duration::from_secs(1);
        assert_eq!(room.take_due_keyframes(later), [(0, 1)]);
        assert_eq!(room.publisher_of(0), Some(101));
        assert!(room.next_tick(now).is_some());
        let id = RunId::new(time::Instant::from_ms(1), [1; 10]);
        assert_eq!(MediaRoom::new(id, None, now).next_tick(now), None);
    }
}
