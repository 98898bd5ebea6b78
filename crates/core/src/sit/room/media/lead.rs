//! What guides do with voices and faces, and the feather that a guide gives outside of spoken
//! rounds. Nobody is turned on by it: whoever is given the feather speaks when they wish.

use super::super::{Effect, LineId, Room, To, send};
use super::CALM_EVERY;
use super::rules::Voices;
use crate::sit::frame::media::{self as frame, Lead};
use crate::sit::lag::Class;
use crate::sit::presence::Seat;
use crate::sit::spoken::Act;
use crate::time::Instant;

/// Why a guide cannot do something.
const NOT_A_GUIDE: &str = "Only a guide can do that.";
const NOT_HERE: &str = "They are not here by name.";
const IN_A_ROUND: &str = "The feather is in the round.";
const NOBODY_RAISED: &str = "Nobody has raised the feather.";

impl Room {
    /// A guide leads voices and faces, for this part of the sit.
    pub(in super::super) fn lead(
        &mut self,
        line: LineId,
        lead: Lead,
        to: Option<u32>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        self.end_wishes(now);
        let seat = self.line(line).and_then(|held| self.seats.get(held.seat));
        let done = if seat.is_some_and(|seat| seat.guide) {
            self.led(lead, to, now, out)
        } else {
            Err(NOT_A_GUIDE)
        };
        if let Err(why) = done {
            self.not_now(line, &why, now, out);
        }
    }

    fn led(
        &mut self,
        lead: Lead,
        to: Option<u32>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) -> Result<(), &'static str> {
        let named = to.filter(|to| self.is_named(*to)).ok_or(NOT_HERE);
        match lead {
            Lead::OneVoice => self.media.wish.voices = Some(Voices::One),
            Lead::AllVoices => self.media.wish.voices = Some(Voices::All),
            Lead::OwnVoices => self.media.wish.voices = None,
            Lead::Dim => self.media.wish.dim = Some(true),
            Lead::Undim => self.media.wish.dim = Some(false),
            Lead::Spotlight => self.media.wish.spotlight = Some(named?),
            Lead::Unspotlight => self.media.wish.spotlight = None,
            Lead::Take => self.media.wish.given = None,
            Lead::Calm => self.calm(now),
            Lead::AskMute => self.ask_mute(named?, now, out),
            Lead::Give => self.give(to, now)?,
        }
        Ok(())
    }

    fn is_named(&self, seat: u32) -> bool {
        self.seats.get(seat).is_some_and(Seat::is_named)
    }

    /// Everybody is asked to be quiet; nobody is turned off.
    fn calm(&mut self, now: Instant) {
        let media = &mut self.media;
        let is_soon = media.calm_at.is_some_and(|at| at + CALM_EVERY > now);
        if !is_soon && !media.on.is_empty() {
            media.calm_at = Some(now);
            media.calm = media.calm.wrapping_add(1);
        }
    }

    /// One person is asked to turn off their microphone, and nobody else sees it. Not in silence:
    /// nobody hears them then.
    fn ask_mute(&self, seat: u32, now: Instant, out: &mut Vec<Effect>) {
        let is_on = self.media.on.get(&seat).is_some_and(|mine| mine.mic) && !self.is_silent(now);
        let lines = self.seats.get(seat).map(|seat| seat.lines().collect());
        let lines: Vec<LineId> = lines.filter(|_| is_on).unwrap_or_default();
        if !lines.is_empty() {
            out.push(send(Class::Passing, To::Many(lines), frame::asked_mute()));
        }
    }

    /// The feather goes to somebody, or to the next who raised theirs, in the order of seats.
    fn give(&mut self, to: Option<u32>, now: Instant) -> Result<(), &'static str> {
        self.find_round(now);
        if self.feather_holder().is_some() {
            return Err(IN_A_ROUND);
        }
        let to = to.or_else(|| self.next_raised()).ok_or(NOBODY_RAISED)?;
        if !self.is_named(to) {
            return Err(NOT_HERE);
        }
        self.media.wish.given = Some(to);
        Ok(())
    }

    fn next_raised(&self) -> Option<u32> {
        let raised = &self.media.raised;
        let after = self.media.wish.given.map_or(0, |given| given + 1);
        let mut later = raised.range(after..);
        later.next().or_else(|| raised.first()).copied()
    }

    /// Whether a guide has given the feather to somebody, outside of spoken rounds.
    pub(in super::super) fn is_given(&self) -> bool {
        self.media.wish.given.is_some() && self.feather_holder().is_none()
    }

    /// Something is done with the feather that a guide gave: by whoever holds it, or by a guide.
    pub(in super::super) fn act_given(
        &mut self,
        line: LineId,
        act: Act,
        to: Option<u32>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let number = self.line(line).map(|held| held.seat);
        let is_holder = number.is_some() && number == self.media.wish.given;
        let seat = number.and_then(|number| self.seats.get(number));
        let is_guide = seat.is_some_and(|seat| seat.guide);
        let done = match act {
            Act::Lay | Act::Pass if is_holder => {
                self.media.wish.given = None;
                Ok(())
            }
            Act::Give if is_holder || is_guide => self.give(to, now),
            Act::Skip | Act::Next if is_guide => self.give(None, now).or_else(|_| {
                self.media.wish.given = None;
                Ok(())
            }),
            _ => Ok(()),
        };
        if let Err(why) = done {
            self.not_now(line, &why, now, out);
        }
    }
}
