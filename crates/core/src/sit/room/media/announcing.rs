//! Announces the state of voices and faces: rate-limited, and not before somebody has turned
//! something on.

use super::{
    ConnId, FloorControl, FloorEffect, LARGE_TELL_EVERY, LARGE_TELL_ROOM, Recipients, RoomScene,
    RoundFeather, TELL_EVERY,
};
use crate::sit::media::{
    CAM_BIT, DownlinkCapacity, MIC_BIT, ShownMedia, ShownSeat, VOICE_SLOTS_MAX,
};
use crate::sit::presence::Seats;
use crate::time::{Instant, Span};

/// The state announced so far.
#[derive(Debug, Default)]
pub(super) struct MediaTelling {
    v: u32,
    shown_media: ShownMedia,
    told_at: Option<Instant>,
    /// Instant of the next check.
    due: Option<Instant>,
    speaking: Vec<u32>,
    spoke_at: Option<Instant>,
    speaking_due: Option<Instant>,
}

impl MediaTelling {
    /// Returns true if anything was ever announced.
    pub(super) const fn has_begun(&self) -> bool {
        self.v > 0
    }

    pub(super) fn due(&self) -> Option<Instant> {
        [self.due, self.speaking_due].into_iter().flatten().min()
    }

    pub(super) const fn shown_media(&self) -> (u32, &ShownMedia) {
        (self.v, &self.shown_media)
    }

    pub(super) fn speaking(&self) -> &[u32] {
        &self.speaking
    }
}

impl FloorControl {
    /// Announces the state of voices and faces and the seats that speak, if they have changed and
    /// the interval has passed.
    pub(super) fn announce_media(
        &mut self,
        entering: Option<ConnId>,
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let is_told = self.tell_shown(feather, scene, out);
        self.tell_speaking(scene, out);
        if let Some(conn) = entering.filter(|_| !is_told) {
            self.repeat_shown(Recipients::One(conn), scene, out);
            self.repeat_speaking(Recipients::One(conn), scene, out);
        }
        if let Some(conn) = entering {
            self.repeat_carries(conn, scene, out);
        }
    }

    /// Announces the state of voices and faces if due. Returns true if it did.
    fn tell_shown(
        &mut self,
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) -> bool {
        let now = scene.now;
        let due = self.telling.told_at.map(|at| at + tell_every(scene.seats));
        self.telling.due = due.filter(|due| *due > now);
        if self.telling.due.is_some() {
            return false;
        }
        let shown = self.shown_now(feather, scene);
        let is_first = !self.telling.has_begun();
        let is_unused = shown.on.is_empty() && is_first;
        if is_unused || (!is_first && shown == self.telling.shown_media) {
            return false;
        }
        self.telling.v += 1;
        self.telling.told_at = Some(now);
        self.telling.shown_media = shown;
        self.repeat_shown(Recipients::Many(scene.conns.open_conns()), scene, out);
        true
    }

    fn tell_speaking(&mut self, scene: &RoomScene<'_>, out: &mut Vec<FloorEffect>) {
        if scene.is_silent() {
            // Nothing is announced in silence, and what was announced before is over by then.
            self.speaking.clear();
            self.telling.speaking.clear();
            self.telling.speaking_due = None;
            return;
        }
        let speaking = self.heard_speaking();
        let telling = &mut self.telling;
        telling.speaking_due = None;
        if speaking == telling.speaking || !telling.has_begun() {
            return;
        }
        let due = telling.spoke_at.map(|at| at + tell_every(scene.seats));
        telling.speaking_due = due.filter(|due| *due > scene.now);
        if telling.speaking_due.is_some() {
            return;
        }
        telling.spoke_at = Some(scene.now);
        telling.speaking = speaking;
        self.repeat_speaking(Recipients::Many(scene.conns.open_conns()), scene, out);
    }

    /// Repeats the state last announced. Nothing if it still names somebody who is quiet or gone by
    /// now: a new announcement follows shortly.
    pub(in super::super) fn repeat_shown(
        &self,
        to: Recipients,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let is_named = |on: &ShownSeat| scene.is_named(on.seat);
        let is_current = self.telling.shown_media.on.iter().all(is_named);
        if self.telling.has_begun() && is_current && !to.conns().is_empty() {
            out.push(FloorEffect::ShowMedia { to });
        }
    }

    /// Repeats the seats that speak, as last announced.
    pub(in super::super) fn repeat_speaking(
        &self,
        to: Recipients,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let is_told = self.telling.spoke_at.is_some() && !scene.is_silent();
        if is_told && !to.conns().is_empty() {
            out.push(FloorEffect::ShowSpeaking { to });
        }
    }

    /// Repeats what this connection's downlink carries, if that is less than all.
    pub(in super::super) fn repeat_carries(
        &self,
        conn: ConnId,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let seat = scene.conns.seat_of(conn);
        let carries = seat.and_then(|seat| self.carries.get(&seat).copied());
        if let Some(carries) = carries.filter(|carries| *carries != DownlinkCapacity::AllWanted) {
            out.push(FloorEffect::ShowDownlink { carries, to: Recipients::One(conn) });
        }
    }

    /// The seats that speak, out of those that may be heard.
    fn heard_speaking(&self) -> Vec<u32> {
        let heard = self.rules.as_ref().map(|rules| &rules.voices);
        let speaking = self.speaking.iter().copied();
        speaking
            .filter(|seat| heard.is_some_and(|heard| heard.contains(seat)))
            .take(VOICE_SLOTS_MAX)
            .collect()
    }

    /// The current state as everybody may see it.
    fn shown_now(&self, feather: Option<RoundFeather>, scene: &RoomScene<'_>) -> ShownMedia {
        let sources = self.floor_sources(scene);
        let case = self.floor_case(&sources, feather, scene);
        let holder = case.feather_seat();
        let mut seats: Vec<u32> = sources.iter().map(|one| one.seat).collect();
        seats.extend(self.raised.iter().copied().chain(holder));
        seats.sort_unstable();
        seats.dedup();
        let on = seats.into_iter().filter_map(|number| {
            let seat = scene.seats.get(number).filter(|seat| seat.is_named())?;
            let mine = self.switches.get(&number);
            let bit = |is_on: Option<bool>, bit| if is_on == Some(true) { bit } else { 0 };
            Some(ShownSeat {
                seat: number,
                name: seat.name.clone(),
                dye: seat.dye(),
                bits: bit(mine.map(|mine| mine.mic), MIC_BIT)
                    | bit(mine.map(|mine| mine.cam), CAM_BIT),
                guide: seat.is_guide,
            })
        });
        let mut slots = self.slots.clone();
        for slot in slots.voices.iter_mut().chain(&mut slots.faces) {
            *slot = slot.filter(|seat| self.switches.contains_key(seat));
        }
        ShownMedia {
            on: on.collect(),
            slots,
            heard: case.audible(),
            feather_seat: holder,
            faces_rest: case.faces_rest(),
            spotlight: self.wish.spotlight,
            raised: self.raised.iter().copied().collect(),
            calm_count: self.calm_count,
        }
    }
}

/// Minimum time between two frames of the same class in a room of this size.
fn tell_every(seats: &Seats) -> Span {
    if seats.count().present > LARGE_TELL_ROOM { LARGE_TELL_EVERY } else { TELL_EVERY }
}
