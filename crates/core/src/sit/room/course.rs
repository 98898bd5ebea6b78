//! What happens in a room by itself: beginning without a guide, going on after a long hold, and
//! being over.

use super::{Effect, Room, To, code, send};
use crate::sit::frame;
use crate::sit::lag::Class;
use crate::sit::run::{ALONE_AFTER, HELD_MAX, What};
use crate::time::{Instant, Span};

/// Lines still open so long after the end are closed.
pub const LINGER: Span = Span::from_secs(60);
/// Nobody is left alone with a sit that begins by itself sooner than so long after coming.
pub const SETTLE: Span = Span::from_secs(30);
/// A sit whose guide was here and is gone waits so long for the guide.
pub const GUIDE_MISSED: Span = Span::from_mins(2);
/// A change the room wants is asked for again when nothing came of it for so long.
const WANTED_AGAIN: Span = Span::from_secs(5);

impl Room {
    /// When being over, or having been over for a while, is due.
    pub(super) fn over_due(&self) -> Option<Instant> {
        let over_at = self.timeline.ends_at();
        match (self.over_told, self.lingered) {
            (false, _) => over_at,
            (true, false) => over_at.map(|over| over + LINGER),
            (true, true) => None,
        }
    }

    pub(super) fn tick_over(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let Some(over_at) = self.timeline.ends_at().filter(|over| *over <= now) else {
            return;
        };
        if !self.over_told {
            self.over_told = true;
            let lines = self.all_lines();
            if !lines.is_empty() {
                out.push(send(Class::Over, To::Many(lines), frame::over()));
            }
            out.push(Effect::Over);
        }
        if !self.lingered && over_at + LINGER <= now {
            self.lingered = true;
            for line in self.all_lines() {
                out.push(Effect::Close { line, code: code::OVER, why: "this sit is over" });
            }
        }
    }

    /// When the room next asks for a change.
    pub(super) fn wanted_due(&self) -> Option<Instant> {
        let (at, _) = self.wanted()?;
        Some(self.wanted_at.map_or(at, |asked| at.max(asked + WANTED_AGAIN)))
    }

    pub(super) fn tick_wanted(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.wanted_due().is_none_or(|due| due > now) {
            return;
        }
        if let Some((_, what)) = self.wanted() {
            self.wanted_at = Some(now);
            out.push(Effect::Wanted(what));
        }
    }

    /// What the room wants by itself, and from when on: a sit whose guide never came begins
    /// alone, a sit that was held too long goes on.
    pub(super) fn wanted(&self) -> Option<(Instant, What)> {
        if self.over_told {
            return None;
        }
        if let Some(held_at) = self.timeline.held_at {
            return Some((held_at + HELD_MAX, What::GoOn));
        }
        let waits = self.timeline.begun_at.is_none() && self.timeline.over_at.is_none();
        let alone = waits && !self.facts.needs_nobody() && !self.seats.has_guide();
        let came_at = self.someone_since.filter(|_| alone && self.seats.count().n > 0)?;
        let missed_at = self.guide_gone_at.map(|gone| gone + GUIDE_MISSED);
        let from = (self.facts.planned_at + ALONE_AFTER).max(came_at + SETTLE);
        Some((missed_at.map_or(from, |missed| from.max(missed)), What::BeginAlone))
    }

    pub(super) fn note_guide(&mut self, now: Instant) {
        if self.seats.has_guide() {
            self.guide_gone_at = None;
        } else if self.guide_gone_at.is_none() {
            self.guide_gone_at = Some(now);
        }
        if self.seats.count().n == 0 {
            self.someone_since = None;
        }
    }
}
