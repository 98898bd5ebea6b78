//! Telling the room of voices and faces: written once for all lines, at most so often, and to
//! nobody before somebody has turned something on.

use std::sync::Arc;

use super::super::{Effect, LineId, Room, To, send};
use super::{FAR_EVERY, FAR_ROOM, TELL_EVERY};
use crate::sit::frame::media::{self as frame, CAM, MIC};
use crate::sit::lag::Class;
use crate::sit::media::{Carries, VOICE_SLOTS_MAX};
use crate::sit::presence::Seat;
use crate::time::{Instant, Span};

/// What has been told of voices and faces.
#[derive(Debug, Default)]
pub(super) struct Telling {
    v: u32,
    media: frame::Media,
    /// The frame as it was written last: newcomers share it.
    text: Option<Arc<str>>,
    told_at: Option<Instant>,
    /// When it is to be looked at again.
    due: Option<Instant>,
    /// Who speaks, as it was told.
    speak: Vec<u32>,
    spoke_at: Option<Instant>,
    speak_due: Option<Instant>,
}

impl Telling {
    /// Whether anything was ever told.
    pub(super) const fn has_begun(&self) -> bool {
        self.v > 0
    }

    pub(super) fn wake_at(&self) -> Option<Instant> {
        [self.due, self.speak_due].into_iter().flatten().min()
    }
}

impl Room {
    /// Tells everybody how voices and faces stand, when that changed and they were not told just
    /// now; and who speaks.
    pub(super) fn tell_media_moved(
        &mut self,
        entering: Option<LineId>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let is_told = self.tell_media_changes(now, out);
        self.tell_speak_changes(now, out);
        if let Some(line) = entering.filter(|_| !is_told) {
            self.tell_media(To::One(line), out);
            self.tell_speak(To::One(line), now, out);
        }
        if let Some(line) = entering {
            self.tell_carries(line, out);
        }
    }

    /// Whether everybody was told.
    fn tell_media_changes(&mut self, now: Instant, out: &mut Vec<Effect>) -> bool {
        let every = self.media_every();
        let telling = &self.media.telling;
        if let Some(due) = telling.told_at.map(|at| at + every).filter(|due| *due > now) {
            self.media.telling.due = Some(due);
            return false;
        }
        self.media.telling.due = None;
        let media = self.media_now(now);
        let is_first = !self.media.telling.has_begun();
        let is_unused = media.on.is_empty() && is_first;
        if is_unused || (!is_first && media == self.media.telling.media) {
            return false;
        }
        let telling = &mut self.media.telling;
        telling.v += 1;
        telling.told_at = Some(now);
        telling.text = Some(frame::media(telling.v, &media));
        telling.media = media;
        self.tell_media(To::Many(self.all_lines()), out);
        true
    }

    fn tell_speak_changes(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let every = self.media_every();
        if self.is_silent(now) {
            // Nothing is told in silence; what was told before it is over by then.
            self.media.speaking.clear();
            self.media.telling.speak.clear();
            self.media.telling.speak_due = None;
            return;
        }
        let speaking = self.speaking();
        let telling = &mut self.media.telling;
        telling.speak_due = None;
        if speaking == telling.speak || !telling.has_begun() {
            return;
        }
        if let Some(due) = telling.spoke_at.map(|at| at + every).filter(|due| *due > now) {
            telling.speak_due = Some(due);
            return;
        }
        telling.spoke_at = Some(now);
        telling.speak = speaking;
        self.tell_speak(To::Many(self.all_lines()), now, out);
    }

    /// How voices and faces stood when everybody was told last. While that still names somebody
    /// who sits quietly now or is gone, nothing: everybody is told anew in a moment.
    pub(in super::super) fn tell_media(&self, to: To, out: &mut Vec<Effect>) {
        let telling = &self.media.telling;
        let is_named = |on: &frame::On| self.seats.get(on.seat).is_some_and(Seat::is_named);
        let is_old = !telling.media.on.iter().all(is_named);
        let text = telling.text.as_ref().filter(|_| !is_old);
        if let Some(text) = text.filter(|_| !to.lines().is_empty()) {
            out.push(send(Class::Media, to, Arc::clone(text)));
        }
    }

    /// Who speaks, as everybody was told last.
    pub(in super::super) fn tell_speak(&self, to: To, now: Instant, out: &mut Vec<Effect>) {
        let telling = &self.media.telling;
        let is_said = telling.spoke_at.is_some() && !self.is_silent(now);
        if is_said && !to.lines().is_empty() {
            out.push(send(Class::Speak, to, frame::speak(&telling.speak)));
        }
    }

    /// What this line's connection carries, when it was ever less than all.
    pub(in super::super) fn tell_carries(&self, line: LineId, out: &mut Vec<Effect>) {
        let seat = self.line(line).map(|held| held.seat);
        let carries = seat.and_then(|seat| self.media.carries.get(&seat));
        if let Some(carries) = carries.filter(|carries| **carries != Carries::All) {
            let text = frame::line(*carries);
            out.push(send(Class::Personal, To::One(line), text));
        }
    }

    /// How often a room of this size may be told the same thing.
    fn media_every(&self) -> Span {
        if self.seats.count().n > FAR_ROOM { FAR_EVERY } else { TELL_EVERY }
    }

    /// Who speaks of those who may be heard.
    fn speaking(&self) -> Vec<u32> {
        let heard = self.media.rules.as_ref().map(|rules| &rules.voices);
        let speaking = self.media.speaking.iter().copied();
        speaking
            .filter(|seat| heard.is_some_and(|heard| heard.contains(seat)))
            .take(VOICE_SLOTS_MAX)
            .collect()
    }

    /// Voices and faces as everybody may see them now.
    fn media_now(&self, now: Instant) -> frame::Media {
        let sources = self.sources();
        let case = self.media_case(&sources, now);
        let feather = case.feather();
        let media = &self.media;
        let mut seats: Vec<u32> = sources.iter().map(|one| one.seat).collect();
        seats.extend(media.raised.iter().copied().chain(feather));
        seats.sort_unstable();
        seats.dedup();
        let on = seats.into_iter().filter_map(|number| {
            let seat = self.seats.get(number).filter(|seat| seat.is_named())?;
            let mine = media.on.get(&number);
            let bit = |is_on: Option<bool>, bit| if is_on == Some(true) { bit } else { 0 };
            Some(frame::On {
                seat: number,
                name: seat.name.clone(),
                dye: seat.dye(),
                bits: bit(mine.map(|mine| mine.mic), MIC) | bit(mine.map(|mine| mine.cam), CAM),
                guide: seat.guide,
            })
        });
        let mut slots = media.slots.clone();
        for slot in slots.voices.iter_mut().chain(&mut slots.faces) {
            *slot = slot.filter(|seat| media.on.contains_key(seat));
        }
        frame::Media {
            on: on.collect(),
            slots,
            heard: case.heard(),
            feather,
            rest: case.rests(),
            spotlight: media.wish.spotlight,
            raised: media.raised.iter().copied().collect(),
            calm: media.calm,
        }
    }
}
