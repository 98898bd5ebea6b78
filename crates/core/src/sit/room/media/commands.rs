//! Guides' commands about voices and faces, and the feather that a guide gives outside of spoken
//! rounds. None of them turns on a microphone: whoever is given the feather speaks when they wish.

use super::rules::VoiceWish;
use super::{CALM_EVERY, ConnId, FloorControl, FloorEffect, RoomScene, RoundFeather};
use crate::sit::media::FloorCommand;
use crate::sit::spoken::FeatherAction;
use crate::time::Instant;

const NOT_A_GUIDE: &str = "Only a guide can do that.";
const NOT_HERE: &str = "They are not here by name.";
const IN_A_ROUND: &str = "The feather is in the round.";
const NOBODY_RAISED: &str = "Nobody has raised the feather.";

impl FloorControl {
    /// Handles a guide's command, valid for this segment.
    pub(in super::super) fn handle_command(
        &mut self,
        conn: ConnId,
        (lead, to): (FloorCommand, Option<u32>),
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) -> Result<(), &'static str> {
        self.end_wishes(scene);
        if !scene.seat_of_conn(conn).is_some_and(|seat| seat.is_guide) {
            return Err(NOT_A_GUIDE);
        }
        let named = to.filter(|to| scene.is_named(*to)).ok_or(NOT_HERE);
        match lead {
            FloorCommand::OneVoice => self.wish.voices = Some(VoiceWish::One),
            FloorCommand::AllVoices => self.wish.voices = Some(VoiceWish::All),
            FloorCommand::OwnVoices => self.wish.voices = None,
            FloorCommand::Dim => self.wish.dim = Some(true),
            FloorCommand::Undim => self.wish.dim = Some(false),
            FloorCommand::Spotlight => self.wish.spotlight = Some(named?),
            FloorCommand::Unspotlight => self.wish.spotlight = None,
            FloorCommand::Take => self.wish.feather_given_to = None,
            FloorCommand::Calm => self.ask_calm(scene.now),
            FloorCommand::AskMute => self.ask_mute(named?, scene, out),
            FloorCommand::Give => self.give_feather(to, feather, scene)?,
        }
        Ok(())
    }

    /// Asks everybody to be quiet; nobody is muted.
    fn ask_calm(&mut self, now: Instant) {
        let is_soon = self.calm_at.is_some_and(|at| at + CALM_EVERY > now);
        if !is_soon && !self.switches.is_empty() {
            self.calm_at = Some(now);
            self.calm_count = self.calm_count.wrapping_add(1);
        }
    }

    /// Asks one person privately to turn off their microphone. Not in silence, when nobody hears
    /// them.
    fn ask_mute(&self, seat: u32, scene: &RoomScene<'_>, out: &mut Vec<FloorEffect>) {
        let is_on = self.switches.get(&seat).is_some_and(|mine| mine.mic) && !scene.is_silent();
        let to = if is_on { scene.conns_of(seat) } else { Vec::new() };
        if !to.is_empty() {
            out.push(FloorEffect::AskMute { to });
        }
    }

    /// Gives the feather to somebody, or to the next who raised theirs, in the order of seats.
    fn give_feather(
        &mut self,
        to: Option<u32>,
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
    ) -> Result<(), &'static str> {
        if feather.is_some() {
            return Err(IN_A_ROUND);
        }
        let to = to.or_else(|| self.next_raised_seat()).ok_or(NOBODY_RAISED)?;
        if !scene.is_named(to) {
            return Err(NOT_HERE);
        }
        self.wish.feather_given_to = Some(to);
        Ok(())
    }

    fn next_raised_seat(&self) -> Option<u32> {
        let after = self.wish.feather_given_to.map_or(0, |given| given + 1);
        let mut later = self.raised.range(after..);
        later.next().or_else(|| self.raised.first()).copied()
    }

    /// Returns true if a guide has given the feather to somebody, outside of spoken rounds.
    pub(in super::super) const fn has_given_feather(&self, feather: Option<RoundFeather>) -> bool {
        self.wish.feather_given_to.is_some() && feather.is_none()
    }

    /// Handles an action on a feather given by a guide: by its holder or by a guide.
    pub(in super::super) fn handle_given_feather(
        &mut self,
        conn: ConnId,
        (act, to): (FeatherAction, Option<u32>),
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
    ) -> Result<(), &'static str> {
        let number = scene.conns.seat_of(conn);
        let is_holder = number.is_some() && number == self.wish.feather_given_to;
        let is_guide = scene.seat_of_conn(conn).is_some_and(|seat| seat.is_guide);
        match act {
            FeatherAction::Lay | FeatherAction::Pass if is_holder => {
                self.wish.feather_given_to = None;
            }
            FeatherAction::Give if is_holder || is_guide => {
                self.give_feather(to, feather, scene)?;
            }
            FeatherAction::Skip | FeatherAction::Next if is_guide => {
                let given = self.give_feather(None, feather, scene);
                self.wish.feather_given_to = self.wish.feather_given_to.filter(|_| given.is_ok());
            }
            _ => {}
        }
        Ok(())
    }
}
