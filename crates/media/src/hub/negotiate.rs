//! How connections come about and change: offers, answers, and their limits.

use sitwith_core::id::RunId;
use sitwith_core::sit::media::UP_MAX;
use str0m::RtcError;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::media::{Direction, MediaKind};

use crate::hub::Hub;
use crate::hub::build::Way;
use crate::hub::down::{Down, Pending};
use crate::hub::peer::{Part, Peer};
use crate::hub::up::Up;
use crate::{DownNo, Offer, UpNo};

/// The longest offer of a browser that gives, in bytes.
pub const UP_SDP_MAX: usize = 24 * 1024;
/// The longest answer of a browser that gets, in bytes: some forty lines.
pub const ANSWER_SDP_MAX: usize = 96 * 1024;
/// The number of the first offer on another connection is further than one from the last, so that
/// a browser can tell that it is another.
const NEXT_CONNECTION: u32 = 2;

impl Hub {
    /// A browser offers to give.
    pub(super) fn take_up(
        &mut self,
        (room, seat): (RunId, u32),
        offer: &str,
        again: bool,
    ) -> Result<String, UpNo> {
        let offer = read_offer(offer)?;
        let number = *self.by_id.get(&room).ok_or(UpNo::Absent)?;
        let room = self.rooms.get_mut(number).ok_or(UpNo::Absent)?;
        if room.stem.is_some() {
            return Err(UpNo::Absent);
        }
        let before = room.seats.get(&seat).and_then(|seat| seat.up);
        let others = room.ups() - usize::from(before.is_some());
        if others >= UP_MAX || before.is_none() && self.peers.len() >= self.peers_max {
            return Err(UpNo::Full);
        }
        let now = self.now;
        let place = room.seat(seat).ok_or(UpNo::Full)?;
        if !place.agrees.take(1, now) {
            return Err(UpNo::Often);
        }
        if again
            && let Some(up) = before
            && self.peers.get(up).is_some_and(|peer| !peer.over)
        {
            return self.take_up_again(up, offer);
        }
        let built = self.builder.build(Way::Up, now);
        let name = built.1.clone();
        let part = Part::Up(Up::default());
        let mut peer = Peer::new(built, (number, seat), part, now);
        let answer = peer.with(|rtc, part| {
            let answer = rtc.sdp_api().accept_offer(offer)?;
            if let Part::Up(up) = part {
                up.agreed(rtc);
            }
            Ok(answer.to_sdp_string())
        });
        let answer = answer.ok_or(UpNo::Unread)?;
        let id = self.peers.insert(peer);
        self.routes.name(name, id);
        if let Some(place) = self.rooms.get_mut(number).and_then(|room| room.seat(seat)) {
            place.up = Some(id);
        }
        if let Some(before) = before {
            self.dismiss(before);
        }
        self.make_table(number);
        self.stir(id);
        Ok(answer)
    }

    /// The same connection gives something else.
    fn take_up_again(&mut self, id: u32, offer: SdpOffer) -> Result<String, UpNo> {
        let fresh = self.builder.creds();
        let Some(peer) = self.peers.get_mut(id) else {
            return Err(UpNo::Absent);
        };
        let name = peer.names.last().cloned().unwrap_or_default();
        let answer = peer.with(|rtc, part| {
            let answer = rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
            if let Part::Up(up) = part {
                up.agreed(rtc);
            }
            // When the browser looks for new paths, the library gives the connection a name of
            // its own, by which it would not be found: it gets one of ours instead.
            let theirs = rtc.direct_api().local_ice_credentials();
            if theirs.ufrag == name {
                return Ok((answer, None));
            }
            rtc.direct_api().set_local_ice_credentials(fresh.clone());
            let answer = answer.replace(&theirs.ufrag, &fresh.ufrag);
            Ok((answer.replace(&theirs.pass, &fresh.pass), Some(fresh.ufrag)))
        });
        let Some((answer, renamed)) = answer else {
            self.fallen.push(id);
            return Err(UpNo::Unread);
        };
        if let Some(name) = renamed {
            // The one before is kept for the moment in which both are heard; older ones are not.
            if peer.names.len() > 1 {
                let oldest = peer.names.remove(0);
                self.routes.gone(id, &[oldest], &[]);
            }
            peer.names.push(name.clone());
            self.routes.name(name, id);
        }
        self.stir(id);
        Ok(answer)
    }

    /// A browser wants an offer.
    pub(super) fn offer_down(
        &mut self,
        (room, seat): (RunId, u32),
        paced: bool,
        have: Option<u32>,
    ) -> Result<Option<Offer>, DownNo> {
        let number = *self.by_id.get(&room).ok_or(DownNo::Absent)?;
        let room = self.rooms.get_mut(number).ok_or(DownNo::Absent)?;
        let lines = (room.table.voices.len(), room.table.faces.len());
        let place = room.seats.get(&seat);
        let before = place.and_then(|place| place.down);
        if let Some(id) = before
            && let Some(offer) = self.offer_more(id, have, lines)
        {
            return Ok(offer);
        }
        if before.is_none() && self.peers.len() >= self.peers_max {
            return Err(DownNo::Full);
        }
        let now = self.now;
        let room = self.rooms.get_mut(number).ok_or(DownNo::Absent)?;
        let place = room.seat(seat).ok_or(DownNo::Full)?;
        if !place.agrees.take(1, now) {
            return Err(DownNo::Often);
        }
        let n = match place.n {
            0 => 1,
            last => last.saturating_add(NEXT_CONNECTION),
        };
        let way = if paced { Way::PacedDown } else { Way::Down };
        let built = self.builder.build(way, now);
        let name = built.1.clone();
        let part = Part::Down(Box::new(Down::new(paced)));
        let mut peer = Peer::new(built, (number, seat), part, now);
        let sdp = offer_lines(&mut peer, n, lines).ok_or(DownNo::Unread)?;
        let id = self.peers.insert(peer);
        self.routes.name(name, id);
        if let Some(place) = self.rooms.get_mut(number).and_then(|room| room.seat(seat)) {
            place.down = Some(id);
            place.n = n;
        }
        if let Some(before) = before {
            self.dismiss(before);
        }
        self.stir(id);
        Ok(Some(Offer { n, sdp }))
    }

    /// An offer on a connection that is there, if it can go on: none within when it has all.
    fn offer_more(
        &mut self,
        id: u32,
        have: Option<u32>,
        lines: (usize, usize),
    ) -> Option<Option<Offer>> {
        let peer = self.peers.get_mut(id)?;
        let down = peer.down()?;
        if have.is_none() || have != Some(down.n) || down.n == 0 {
            return None;
        }
        // An answer that has not come yet is waited for: asking again gives the same offer.
        if let Some(pending) = &down.pending {
            return Some(Some(Offer { n: pending.n, sdp: pending.sdp.clone() }));
        }
        let (room, seat, n) = (peer.room, peer.seat, have? + 1);
        if peer.over {
            return None;
        }
        if peer.down()?.lines() >= lines {
            return Some(None);
        }
        let sdp = offer_lines(peer, n, lines)?;
        let place = self.rooms.get_mut(room).and_then(|room| room.seat(seat));
        place?.n = n;
        self.stir(id);
        Some(Some(Offer { n, sdp }))
    }

    /// A browser answers an offer.
    pub(super) fn take_answer(
        &mut self,
        (room, seat): (RunId, u32),
        n: u32,
        answer: &str,
    ) -> Result<(), DownNo> {
        if answer.len() > ANSWER_SDP_MAX {
            return Err(DownNo::Unread);
        }
        let number = *self.by_id.get(&room).ok_or(DownNo::Absent)?;
        let room = self.rooms.get_mut(number).ok_or(DownNo::Absent)?;
        let id = room.seats.get(&seat).and_then(|seat| seat.down);
        let id = id.ok_or(DownNo::Absent)?;
        let peer = self.peers.get_mut(id).ok_or(DownNo::Absent)?;
        let down = peer.down().ok_or(DownNo::Absent)?;
        // An answer that cannot be read leaves the offer open.
        let answer = SdpAnswer::from_sdp_string(&without_candidates(answer));
        let answer = answer.map_err(|_unread| DownNo::Unread)?;
        let pending = down.pending.take_if(|pending| pending.n == n);
        let mut pending = pending.ok_or(DownNo::Unread)?;
        let chance = self.chance.clone();
        let mut chance = move || {
            let mut bytes = [0; 2];
            (chance.0)(&mut bytes);
            u16::from_be_bytes(bytes)
        };
        let taken = peer.with(|rtc, part| {
            let offer = pending.offer.take().ok_or(RtcError::ChangesOutOfOrder)?;
            rtc.sdp_api().accept_answer(offer, answer)?;
            if let Part::Down(down) = part {
                down.agreed(rtc, &pending, &mut chance);
            }
            Ok(())
        });
        if taken.is_none() {
            self.fallen.push(id);
            return Err(DownNo::Unread);
        }
        if !room.downs.contains(&id) {
            room.downs.push(id);
        }
        room.aim = true;
        self.aims.push(number);
        let table = room.table.clone();
        self.dress(id, &table);
        Ok(())
    }
}

/// Offers so many lines, beside those that are there; the offer.
fn offer_lines(peer: &mut Peer, n: u32, lines: (usize, usize)) -> Option<String> {
    peer.with(|rtc, part| {
        let Part::Down(down) = part else {
            return Err(RtcError::NoSenderSource);
        };
        let (has_voices, has_faces) = down.lines();
        let mut api = rtc.sdp_api();
        let mut add = |kind, letter: char, slots: std::ops::Range<usize>| {
            let line = |slot| {
                // Each line is a stream of its own: a voice and a face in the same place may be
                // of two people, and need not wait for each other.
                let name = Some(format!("{letter}{slot}"));
                api.add_media(kind, Direction::SendOnly, name.clone(), name, None)
            };
            slots.map(line).collect::<Vec<_>>()
        };
        let voices = add(MediaKind::Audio, 'v', has_voices..lines.0);
        let faces = add(MediaKind::Video, 'f', has_faces..lines.1);
        let (offer, pending) = api.apply().ok_or(RtcError::NoSenderSource)?;
        let sdp = offer.to_sdp_string();
        down.pending = Some(Pending { n, sdp: sdp.clone(), offer: Some(pending), voices, faces });
        Ok(sdp)
    })
}

/// Reads an offer, and refuses what is more than one voice and one face.
fn read_offer(offer: &str) -> Result<SdpOffer, UpNo> {
    if offer.len() > UP_SDP_MAX {
        return Err(UpNo::Unread);
    }
    let (mut voices, mut faces) = (0, 0);
    for line in offer.lines() {
        match line.strip_prefix("m=").map(|line| line.split(' ').next()) {
            None => {}
            Some(Some("audio")) => voices += 1,
            Some(Some("video")) => faces += 1,
            Some(_) => return Err(UpNo::Unread),
        }
    }
    if voices > 1 || faces > 1 || voices + faces == 0 {
        return Err(UpNo::Unread);
    }
    SdpOffer::from_sdp_string(&without_candidates(offer)).map_err(|_unread| UpNo::Unread)
}

/// Without the addresses a browser has: it finds us, we do not look for it.
fn without_candidates(sdp: &str) -> String {
    let is_address = |line: &&str| line.starts_with("a=candidate:");
    let lines = sdp.lines().filter(|line| !is_address(line));
    lines.fold(String::with_capacity(sdp.len()), |mut text, line| {
        text.push_str(line);
        text.push_str("\r\n");
        text
    })
}
