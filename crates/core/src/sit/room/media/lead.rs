//! Guides' commands about voices and faces, and the feather that a guide gives outside of spoken
//! rounds. None of them turns on a microphone: whoever is given the feather speaks when they wish.

use super::rules::Voices;
use super::{CALM_EVERY, FloorControl, FloorEffect, LineId, RoundFeather, Scene};
use crate::sit::media::Lead;
use crate::sit::spoken::Act;
use crate::time::Instant;

const NOT_A_GUIDE: &str = "Only a guide can do that.";
const NOT_HERE: &str = "They are not here by name.";
const IN_A_ROUND: &str = "The feather is in the round.";
const NOBODY_RAISED: &str = "Nobody has raised the feather.";

impl FloorControl {
    /// Handles a guide's command, valid for this segment.
    pub(in super::super) fn lead(
        &mut self,
        conn: LineId,
        (lead, to): (Lead, Option<u32>),
        feather: Option<RoundFeather>,
        scene: &Scene<'_>,
        out: &mut Vec<FloorEffect>,
    ) -> Result<(), &'static str> {
        self.end_wishes(scene);
        if !scene.seat(conn).is_some_and(|seat| seat.guide) {
            return Err(NOT_A_GUIDE);
        }
        let named = to.filter(|to| scene.is_named(*to)).ok_or(NOT_HERE);
        match lead {
            Lead::OneVoice => self.wish.voices = Some(Voices::One),
            Lead::AllVoices => self.wish.voices = Some(Voices::All),
            Lead::OwnVoices => self.wish.voices = None,
            Lead::Dim => self.wish.dim = Some(true),
            Lead::Undim => self.wish.dim = Some(false),
            Lead::Spotlight => self.wish.spotlight = Some(named?),
            Lead::Unspotlight => self.wish.spotlight = None,
            Lead::Take => self.wish.given = None,
            Lead::Calm => self.ask_calm(scene.now),
            Lead::AskMute => self.ask_mute(named?, scene, out),
            Lead::Give => self.give(to, feather, scene)?,
        }
        Ok(())
    }

    /// Asks everybody to be quiet; nobody is muted.
    fn ask_calm(&mut self, now: Instant) {
        let is_soon = self.calm_at.is_some_and(|at| at + CALM_EVERY > now);
        if !is_soon && !self.on.is_empty() {
            self.calm_at = Some(now);
            self.calm = self.calm.wrapping_add(1);
        }
    }

    /// Asks one person privately to turn off their microphone. Not in silence, when nobody hears
    /// them.
    fn ask_mute(&self, seat: u32, scene: &Scene<'_>, out: &mut Vec<FloorEffect>) {
        let is_on = self.on.get(&seat).is_some_and(|mine| mine.mic) && !scene.is_silent();
        let to = if is_on { scene.conns_of(seat) } else { Vec::new() };
        if !to.is_empty() {
            out.push(FloorEffect::MuteAsked { to });
        }
    }

    /// Gives the feather to somebody, or to the next who raised theirs, in the order of seats.
    fn give(
        &mut self,
        to: Option<u32>,
        feather: Option<RoundFeather>,
        scene: &Scene<'_>,
    ) -> Result<(), &'static str> {
        if feather.is_some() {
            return Err(IN_A_ROUND);
        }
        let to = to.or_else(|| self.next_raised()).ok_or(NOBODY_RAISED)?;
        if !scene.is_named(to) {
            return Err(NOT_HERE);
        }
        self.wish.given = Some(to);
        Ok(())
    }

    fn next_raised(&self) -> Option<u32> {
        let after = self.wish.given.map_or(0, |given| given + 1);
        let mut later = self.raised.range(after..);
        later.next().or_else(|| self.raised.first()).copied()
    }

    /// Returns true if a guide has given the feather to somebody, outside of spoken rounds.
    pub(in super::super) const fn is_given(&self, feather: Option<RoundFeather>) -> bool {
        self.wish.given.is_some() && feather.is_none()
    }

    /// Handles an action on a feather given by a guide: by its holder or by a guide.
    pub(in super::super) fn act_given(
        &mut self,
        conn: LineId,
        (act, to): (Act, Option<u32>),
        feather: Option<RoundFeather>,
        scene: &Scene<'_>,
    ) -> Result<(), &'static str> {
        let number = scene.conns.seat_of(conn);
        let is_holder = number.is_some() && number == self.wish.given;
        let is_guide = scene.seat(conn).is_some_and(|seat| seat.guide);
        match act {
            Act::Lay | Act::Pass if is_holder => self.wish.given = None,
            Act::Give if is_holder || is_guide => self.give(to, feather, scene)?,
            Act::Skip | Act::Next if is_guide => {
                let given = self.give(None, feather, scene);
                self.wish.given = self.wish.given.filter(|_| given.is_ok());
            }
            _ => {}
        }
        Ok(())
    }
}
