//! SDP negotiation of ups and downs, with its limits: creates connections, replaces and extends
//! them.

use sitwith_core::id::RunId;
use sitwith_core::sit::media::MEDIA_SENDERS_MAX;
use str0m::RtcError;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::media::{Direction, MediaKind};

use crate::hub::down::{DownTracks, PendingSdpOffer};
use crate::hub::peer::{Peer, PeerRole};
use crate::hub::peers::PeerSet;
use crate::hub::room::MediaRoom;
use crate::hub::rtc_factory::{ConnectionKind, RtcFactory};
use crate::hub::up::UpTracks;
use crate::hub::{HubSettings, HubState};
use crate::{DownError, NumberedSdpOffer, UpError};

/// Limit of an up's SDP offer, in bytes.
pub const UP_SDP_MAX: usize = 24 * 1024;
/// Limit of a down's SDP answer, in bytes: about forty media sections.
pub const ANSWER_SDP_MAX: usize = 96 * 1024;
/// Step from the last offer number to the first of another connection. It differs from one, the
/// step on the same connection, so that a browser can tell them apart.
const NEW_CONNECTION_STEP: u32 = 2;

/// Negotiates connections.
#[derive(Debug)]
pub(super) struct Negotiator {
    pub(super) factory: RtcFactory,
    peers_max: usize,
}

impl Negotiator {
    pub(super) fn new(settings: HubSettings) -> Self {
        Self { peers_max: settings.peers_max, factory: RtcFactory::new(settings) }
    }

    /// Answers the SDP offer of an up.
    pub(super) fn accept_up_offer(
        &self,
        state: &mut HubState,
        (id, seat): (RunId, u32),
        sdp_offer: &str,
        renegotiate: bool,
    ) -> Result<String, UpError> {
        let HubState { peers, rooms, outputs, now } = state;
        let now = *now;
        let offer = parse_up_offer(sdp_offer)?;
        let index = rooms.index_of(id).ok_or(UpError::Absent)?;
        let room = rooms.get_mut(index).ok_or(UpError::Absent)?;
        if !room.split.is_stem() {
            return Err(UpError::Absent);
        }
        let before = room.seats.get(&seat).and_then(|seat| seat.up);
        let others = room.up_count() - usize::from(before.is_some());
        if others >= MEDIA_SENDERS_MAX || before.is_none() && peers.len() >= self.peers_max {
            return Err(UpError::Full);
        }
        let entry = room.seat_mut(seat).ok_or(UpError::Full)?;
        if !entry.negotiations.try_take(1, now) {
            return Err(UpError::RateLimited);
        }
        if renegotiate
            && let Some(up) = before
            && peers.get(up).is_some_and(|peer| !peer.is_closed)
        {
            return self.renegotiate_up(peers, up, offer);
        }
        let built = self.factory.build_rtc(ConnectionKind::Up, now);
        let role = PeerRole::Up(UpTracks::default());
        let mut peer = Peer::new(built, (index, seat), role, now);
        let sdp_answer = peer.with_rtc(|rtc, role| {
            let answer = rtc.sdp_api().accept_offer(offer)?;
            if let PeerRole::Up(up) = role {
                up.on_negotiated(rtc);
            }
            Ok(answer.to_sdp_string())
        });
        let sdp_answer = sdp_answer.ok_or(UpError::Malformed)?;
        let peer = peers.insert_peer(peer);
        entry.up = Some(peer);
        if let Some(replaced) = before {
            peers.disconnect(replaced, now, outputs);
        }
        rooms.update_table(index, now);
        peers.queue_poll(peer);
        Ok(sdp_answer)
    }

    /// Answers a new offer on an existing up.
    fn renegotiate_up(
        &self,
        peers: &mut PeerSet,
        id: u32,
        offer: SdpOffer,
    ) -> Result<String, UpError> {
        let fresh = self.factory.new_credentials();
        let Some(peer) = peers.get_mut(id) else {
            return Err(UpError::Absent);
        };
        let ufrag = peer.ufrags.last().cloned().unwrap_or_default();
        let negotiated = peer.with_rtc(|rtc, role| {
            let sdp_answer = rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
            if let PeerRole::Up(up) = role {
                up.on_negotiated(rtc);
            }
            // On an ICE restart str0m picks a ufrag of its own, which does not name this worker:
            // replace it.
            let picked = rtc.direct_api().local_ice_credentials();
            if picked.ufrag == ufrag {
                return Ok((sdp_answer, None));
            }
            rtc.direct_api().set_local_ice_credentials(fresh.clone());
            let sdp_answer = sdp_answer.replace(&picked.ufrag, &fresh.ufrag);
            Ok((sdp_answer.replace(&picked.pass, &fresh.pass), Some(fresh.ufrag)))
        });
        let Some((sdp_answer, new_ufrag)) = negotiated else {
            peers.mark_closed(id);
            return Err(UpError::Malformed);
        };
        if let Some(ufrag) = new_ufrag {
            peers.add_ufrag(id, ufrag);
        }
        peers.queue_poll(id);
        Ok(sdp_answer)
    }

    /// Creates an SDP offer for a down: on its connection when `current` is the offer it uses,
    /// otherwise on a new one. None when the connection has all transceivers.
    pub(super) fn offer_down(
        &self,
        state: &mut HubState,
        (id, seat): (RunId, u32),
        paced: bool,
        current: Option<u32>,
    ) -> Result<Option<NumberedSdpOffer>, DownError> {
        let HubState { peers, rooms, outputs, now } = state;
        let now = *now;
        let index = rooms.index_of(id).ok_or(DownError::Absent)?;
        let room = rooms.get_mut(index).ok_or(DownError::Absent)?;
        let wanted = (room.table.voices.len(), room.table.faces.len());
        let before = room.seats.get(&seat).and_then(|seat| seat.down);
        if let Some(peer) = before
            && let Some(offer) = extend_down(peers, (peer, room), current, wanted)
        {
            return Ok(offer);
        }
        if before.is_none() && peers.len() >= self.peers_max {
            return Err(DownError::Full);
        }
        let entry = room.seat_mut(seat).ok_or(DownError::Full)?;
        if !entry.negotiations.try_take(1, now) {
            return Err(DownError::RateLimited);
        }
        let number = match entry.sdp_offer_number {
            0 => 1,
            last => last.saturating_add(NEW_CONNECTION_STEP),
        };
        let kind = if paced { ConnectionKind::PacedDown } else { ConnectionKind::UnpacedDown };
        let built = self.factory.build_rtc(kind, now);
        let role = PeerRole::Down(Box::new(DownTracks::new(paced)));
        let mut peer = Peer::new(built, (index, seat), role, now);
        let sdp = offer_transceivers(&mut peer, number, wanted).ok_or(DownError::Malformed)?;
        let peer = peers.insert_peer(peer);
        entry.down = Some(peer);
        entry.sdp_offer_number = number;
        if let Some(replaced) = before {
            peers.disconnect(replaced, now, outputs);
        }
        peers.queue_poll(peer);
        Ok(Some(NumberedSdpOffer { number, sdp }))
    }

    /// Applies the SDP answer to an offer and binds the slots of the down.
    pub(super) fn accept_down_answer(
        &self,
        state: &mut HubState,
        (id, seat): (RunId, u32),
        number: u32,
        sdp_answer: &str,
    ) -> Result<(), DownError> {
        let HubState { peers, rooms, .. } = state;
        if sdp_answer.len() > ANSWER_SDP_MAX {
            return Err(DownError::Malformed);
        }
        let index = rooms.index_of(id).ok_or(DownError::Absent)?;
        let room = rooms.get_mut(index).ok_or(DownError::Absent)?;
        let down = room.seats.get(&seat).and_then(|seat| seat.down);
        let down = down.ok_or(DownError::Absent)?;
        let peer = peers.get_mut(down).ok_or(DownError::Absent)?;
        let tracks = peer.down_mut().ok_or(DownError::Absent)?;
        // A malformed answer leaves the offer pending.
        let answer = SdpAnswer::from_sdp_string(&remove_candidates(sdp_answer));
        let answer = answer.map_err(|_malformed| DownError::Malformed)?;
        let pending = tracks.pending.take_if(|pending| pending.number == number);
        let mut pending = pending.ok_or(DownError::Malformed)?;
        let mut random_seq = || self.factory.random_seq();
        let applied = peer.with_rtc(|rtc, role| {
            let changes = pending.changes.take().ok_or(RtcError::ChangesOutOfOrder)?;
            rtc.sdp_api().accept_answer(changes, answer)?;
            if let PeerRole::Down(down) = role {
                down.on_answered(rtc, &pending, &mut random_seq);
            }
            Ok(())
        });
        if applied.is_none() {
            peers.mark_closed(down);
            return Err(DownError::Malformed);
        }
        if !room.downs.contains(&down) {
            room.downs.push(down);
        }
        peers.bind_down(down, &room.table);
        rooms.queue_retarget(index);
        Ok(())
    }
}

/// Offers further transceivers on an existing down. None when the browser does not use it; the
/// inner option is none when it has all transceivers.
fn extend_down(
    peers: &mut PeerSet,
    (id, room): (u32, &mut MediaRoom),
    current: Option<u32>,
    wanted: (usize, usize),
) -> Option<Option<NumberedSdpOffer>> {
    let peer = peers.get_mut(id)?;
    let down = peer.down_mut()?;
    if current.is_none() || current != Some(down.sdp_offer_number) || down.sdp_offer_number == 0 {
        return None;
    }
    // While an answer is outstanding, asking again returns the same offer.
    if let Some(pending) = &down.pending {
        return Some(Some(NumberedSdpOffer { number: pending.number, sdp: pending.sdp.clone() }));
    }
    let has_all = down.transceiver_counts() >= wanted;
    let (seat, number) = (peer.seat, current? + 1);
    if peer.is_closed {
        return None;
    }
    if has_all {
        return Some(None);
    }
    let sdp = offer_transceivers(peer, number, wanted)?;
    room.seat_mut(seat)?.sdp_offer_number = number;
    peers.queue_poll(id);
    Some(Some(NumberedSdpOffer { number, sdp }))
}

/// Adds sending transceivers up to the `wanted` numbers of voices and faces; returns the SDP offer.
fn offer_transceivers(peer: &mut Peer, number: u32, wanted: (usize, usize)) -> Option<String> {
    peer.with_rtc(|rtc, role| {
        let PeerRole::Down(down) = role else {
            return Err(RtcError::NoSenderSource);
        };
        let (voice_count, face_count) = down.transceiver_counts();
        let mut api = rtc.sdp_api();
        let mut add_media = |kind, letter: char, slots: std::ops::Range<usize>| {
            let add_slot = |slot| {
                // A stream id of its own for each slot: browsers synchronise tracks of one stream,
                // and the voice and face with the same index may belong to different people.
                let name = Some(format!("{letter}{slot}"));
                api.add_media(kind, Direction::SendOnly, name.clone(), name, None)
            };
            slots.map(add_slot).collect::<Vec<_>>()
        };
        let voices = add_media(MediaKind::Audio, 'v', voice_count..wanted.0);
        let faces = add_media(MediaKind::Video, 'f', face_count..wanted.1);
        let (offer, changes) = api.apply().ok_or(RtcError::NoSenderSource)?;
        let sdp = offer.to_sdp_string();
        let changes = Some(changes);
        down.pending = Some(PendingSdpOffer { number, sdp: sdp.clone(), changes, voices, faces });
        Ok(sdp)
    })
}

/// Parses an up's offer; accepts at most one audio and one video section and nothing else.
fn parse_up_offer(sdp: &str) -> Result<SdpOffer, UpError> {
    if sdp.len() > UP_SDP_MAX {
        return Err(UpError::Malformed);
    }
    let (mut voices, mut faces) = (0, 0);
    for line in sdp.lines() {
        match line.strip_prefix("m=").map(|line| line.split(' ').next()) {
            None => {}
            Some(Some("audio")) => voices += 1,
            Some(Some("video")) => faces += 1,
            Some(_) => return Err(UpError::Malformed),
        }
    }
    if voices > 1 || faces > 1 || voices + faces == 0 {
        return Err(UpError::Malformed);
    }
    SdpOffer::from_sdp_string(&remove_candidates(sdp)).map_err(|_malformed| UpError::Malformed)
}

/// Removes ICE candidates: an ICE-lite agent never contacts them.
fn remove_candidates(sdp: &str) -> String {
    let is_candidate = |line: &&str| line.starts_with("a=candidate:");
    let lines = sdp.lines().filter(|line| !is_candidate(line));
    lines.fold(String::with_capacity(sdp.len()), |mut text, line| {
        text.push_str(line);
        text.push_str("\r\n");
        text
    })
}

#[cfg(test)]
mod tests {
    use sitwith_core::sit::media::SharedMediaRules;
    use sitwith_core::time;

    use super::*;
    use crate::hub::tests::hub_settings;
    use crate::pure::test_epoch;

    #[test]
    fn candidates_are_removed_and_all_else_is_kept() {
        let sdp = "v=0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\nm=audio 9\r\n";
        assert_eq!(remove_candidates(sdp), "v=0\r\nm=audio 9\r\n");
    }

    #[test]
    fn sections_other_than_one_audio_and_one_video_are_refused() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
        let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
        for sdp in [String::new(), audio.repeat(2), format!("{audio}{data}")] {
            assert!(matches!(parse_up_offer(&sdp), Err(UpError::Malformed)));
        }
    }

    /// A worker with one room.
    fn state_with_room() -> (Negotiator, HubState, RunId) {
        let mut state = HubState::new(0, test_epoch());
        let id = RunId::new(time::Instant::from_ms(1), [1; 10]);
        state.rooms.set_rules(id, SharedMediaRules::default(), test_epoch());
        (Negotiator::new(hub_settings(0)), state, id)
    }

    #[test]
    fn a_down_is_offered_all_slots_and_a_second_offer_replaces_its_connection() {
        let (negotiator, mut state, id) = state_with_room();
        let unknown = RunId::new(time::Instant::from_ms(1), [2; 10]);
        let absent = negotiator.offer_down(&mut state, (unknown, 1), false, None);
        assert_eq!(absent, Err(DownError::Absent));
        let first = negotiator.offer_down(&mut state, (id, 1), false, None);
        let first = first.expect("there is room").expect("it is a new connection");
        let sections = |kind| first.sdp.matches(kind).count();
        assert_eq!((sections("m=audio"), sections("m=video")), (1, 0));
        // The offer was not answered, so it cannot be extended.
        let second = negotiator.offer_down(&mut state, (id, 1), false, Some(first.number));
        let second = second.expect("there is room").expect("it is a new connection");
        assert_eq!((first.number, second.number), (1, 1 + NEW_CONNECTION_STEP));
        assert!(state.peers.remove_closed().is_some());
        assert_eq!(state.peers.len(), 1);
    }

    #[test]
    fn negotiations_of_one_seat_are_rate_limited() {
        let (negotiator, mut state, id) = state_with_room();
        let limited = (0..20).filter(|_| {
            let offered = negotiator.offer_down(&mut state, (id, 1), true, None);
            offered == Err(DownError::RateLimited)
        });
        assert_eq!(limited.count(), 8);
    }
}
