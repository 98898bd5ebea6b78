//! Selects the faces and layers of each down: matches what a browser wants to see with the
//! layers that arrive and the bitrate its link carries.

use std::time::Instant;

use sitwith_core::sit::media::{DownlinkCapacity, ForwarderEvent};

use crate::hub::HubState;
use crate::hub::feed::LiveLayers;
use crate::hub::link::LinkDemand;
use crate::hub::peer::Peer;
use crate::hub::room::MediaRoom;
use crate::pure::allocator::FaceRequest;

/// Bitrate reserved for each voice on a paced link, in bit/s.
const VOICE_BPS: u64 = 50_000;

/// Scratch lists, reused for each down.
#[derive(Debug, Default)]
pub(super) struct Targeting {
    /// Slot, seat and "in its largest layer" of each wanted face, most important first.
    wanted: Vec<(u8, u32, bool)>,
    /// Received layers of each face slot of the loaded room.
    live: Vec<LiveLayers>,
}

/// Consequences of a new choice of layers for a down.
#[derive(Debug)]
struct Retargeted {
    /// Share of its wishes that its link carries, if that is to be reported.
    report: Option<DownlinkCapacity>,
    /// Slots and layers that need a keyframe.
    missing: Vec<(u8, u8)>,
    /// The connection is to be polled.
    needs_poll: bool,
}

impl Targeting {
    /// Chooses layers for all downs of the queued rooms.
    pub(super) fn retarget_queued(&mut self, state: &mut HubState) {
        while let Some(index) = state.rooms.pop_retarget() {
            let Some(room) = state.rooms.get_mut(index) else {
                continue;
            };
            self.load_room(room, state.now);
            let downs = std::mem::take(&mut room.downs);
            for down in &downs {
                self.apply_layers(state, index, *down);
            }
            if let Some(room) = state.rooms.get_mut(index) {
                room.downs = downs;
            }
        }
    }

    /// Chooses layers for one down whose wishes or link have changed.
    pub(super) fn retarget_down(&mut self, state: &mut HubState, index: u32, down: u32) {
        if let Some(room) = state.rooms.get(index) {
            self.load_room(room, state.now);
            self.apply_layers(state, index, down);
        }
    }

    fn apply_layers(&mut self, state: &mut HubState, index: u32, down: u32) {
        let (room, peer) = (state.rooms.get(index), state.peers.get_mut(down));
        let (Some(room), Some(peer)) = (room, peer) else {
            return;
        };
        let (id, seat) = (room.id, peer.seat);
        let Some(outcome) = self.choose_layers(room, peer, state.now) else {
            return;
        };
        if let Some(carries) = outcome.report {
            state.outputs.events.push((id, ForwarderEvent::DownlinkChanged(seat, carries)));
        }
        if outcome.needs_poll {
            state.peers.queue_poll(down);
        }
        for (slot, layer) in outcome.missing {
            state.rooms.request_keyframe(index, slot, layer, state.now);
        }
    }

    /// Loads the layers that arrive in a room, for the following [`Self::choose_layers`].
    fn load_room(&mut self, room: &MediaRoom, now: Instant) {
        self.live.clear();
        self.live.extend(room.feeds().iter().map(|feed| feed.live_layers(now)));
    }

    /// Chooses the layers for a down of the loaded room and tells its link what it needs; none
    /// while it is not connected.
    fn choose_layers(
        &mut self,
        room: &MediaRoom,
        peer: &mut Peer,
        now: Instant,
    ) -> Option<Retargeted> {
        if !peer.is_connected {
            return None;
        }
        let wants = &room.seats.get(&peer.seat)?.wants;
        self.wanted.clear();
        let wanted = &mut self.wanted;
        room.visit_wanted_faces(peer.seat, wants, |slot, seat, large| {
            wanted.push((slot, seat, large));
        });
        let voice_count = room.table.voices.iter().flatten().count() as u64;
        let voice_bps = voice_count * VOICE_BPS;
        let down = peer.down_mut()?;
        let requests = self.face_requests();
        let budget = down.link.budget_bps().map(|bps| bps.saturating_sub(voice_bps));
        let carries = down.allocator.allocate(&requests, wants.tile_px, budget, now);
        let mut missing = vec![];
        for slot in 0..down.transceiver_counts().1 {
            let face = self.wanted.iter().find(|face| usize::from(face.0) == slot);
            let layer = face.and_then(|face| down.allocator.layer_of(face.1));
            if down.set_wanted_layer(slot, layer)
                && let (Ok(slot), Some(layer)) = (u8::try_from(slot), layer)
            {
                missing.push((slot, layer));
            }
        }
        let report = down.link.report(carries, now);
        let needs_poll = down.link.is_paced;
        if needs_poll {
            let next = down.allocator.next_step_bps(&requests, wants.tile_px);
            let demand = LinkDemand {
                full_bps: voice_bps + full_bitrate(&requests),
                next_step_bps: next.map(|bps| voice_bps + bps),
                is_idle: requests.is_empty(),
                sends_no_face: down.allocator.sends_nothing(),
            };
            peer.apply_demand(demand, now);
        }
        Some(Retargeted { report, missing, needs_poll })
    }

    fn face_requests(&self) -> Vec<FaceRequest<'_>> {
        let request = |&(slot, seat, large): &(u8, u32, bool)| FaceRequest {
            seat,
            large,
            layers: self.live.get(usize::from(slot)).map_or(&[], LiveLayers::as_slice),
        };
        self.wanted.iter().map(request).collect()
    }
}

/// Bitrate of all requested faces in their largest layers, in bit/s.
fn full_bitrate(requests: &[FaceRequest<'_>]) -> u64 {
    let largest = |request: &FaceRequest<'_>| request.layers.last().map_or(0, |layer| layer.bps);
    requests.iter().map(largest).sum()
}

#[cfg(test)]
mod tests {
    use sitwith_core::id::RunId;
    use sitwith_core::sit::media::MediaRules;
    use sitwith_core::time;

    use super::*;
    use crate::hub::TrackKind;
    use crate::hub::down::DownTracks;
    use crate::hub::peer::PeerRole;
    use crate::hub::rtc_factory::{ConnectionKind, RtcFactory};
    use crate::hub::tests::{face_packet, hub_settings};
    use crate::pure::test_epoch;

    /// A room in which seat 1 publishes a face, and a paced down of seat 2.
    fn room_and_down(now: Instant) -> (MediaRoom, Peer) {
        let id = RunId::new(time::Instant::from_ms(1), [1; 10]);
        let mut room = MediaRoom::new(id, None, now);
        room.rules = MediaRules { faces: vec![1], people: 2, ..MediaRules::default() }.into();
        room.seat_mut(1).expect("it is not full").up = Some(0);
        room.seat_mut(2).expect("it is not full").down = Some(1);
        let table = room.assign_slots(now).expect("it is the stem");
        room.apply_table(table);
        assert_eq!(room.seat_in(TrackKind::Face, 0), Some(1));
        let factory = RtcFactory::new(hub_settings(0));
        let built = factory.build_rtc(ConnectionKind::PacedDown, now);
        let role = PeerRole::Down(Box::new(DownTracks::new(true)));
        (room, Peer::new(built, (0, 2), role, now))
    }

    #[test]
    fn a_connected_down_is_allocated_the_layers_that_arrive() {
        let now = test_epoch();
        let (mut room, mut peer) = room_and_down(now);
        let mut targeting = Targeting::default();
        targeting.load_room(&room, now);
        assert!(targeting.choose_layers(&room, &mut peer, now).is_none(), "not connected yet");
        peer.is_connected = true;
        room.count_packet(&face_packet(1, 0), now);
        targeting.load_room(&room, now);
        let outcome = targeting.choose_layers(&room, &mut peer, now).expect("it is connected");
        assert!(outcome.needs_poll && outcome.report.is_none());
        let down = peer.down_mut().expect("it is a down");
        assert_eq!(down.allocator.layer_of(1), Some(0));
        // No transceiver is negotiated yet, so no keyframe is missing.
        assert!(outcome.missing.is_empty());
    }
}
