//! People's requests about voices and faces: microphone and camera, requested video, captions,
//! sealed boxes, and the raised feather.

use super::{FloorControl, FloorEffect, Mine, Scene};
use crate::sit::media::{UP_MAX, Wants, holds_key};
use crate::time::{Instant, Span};

/// Maximum number of people with the feather raised at once.
pub const RAISED_MAX: usize = 60;
/// Limit for turning something on. Turning off is never limited.
pub const MINE_PACE: Pace = Pace::new(Span::from_ms(500), 6);
/// Limit for the captions of one person.
pub const CAPTION_PACE: Pace = Pace::new(Span::from_ms(333), 3);
/// Limit for the captions of a room together.
pub const CAPTIONS_PACE: Pace = Pace::new(Span::from_ms(100), 10);
/// Limit for the sealed boxes of one person: a guide's page sends a new key to everybody at once.
pub const SEAL_PACE: Pace = Pace::new(Span::from_ms(200), 60);
/// Minimum time between two updates of a person's requested video; the last one counts.
pub const WANT_EVERY: Span = Span::from_ms(250);

const QUIET: &str = "You sit quietly, so nobody hears or sees you. Sit by name to be heard.";
const FULL: &str = "As many people are heard and seen as can be. You hear and see them.";
const QUICK: &str = "That was very quick. Try once more in a moment.";

/// A rate limit: one message per `every`, and a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    every: Span,
    /// Duration of a burst at the sustained rate.
    ahead: Span,
}

impl Pace {
    const fn new(every: Span, burst: i64) -> Self {
        let ahead = Span::from_ms(every.ms() * burst);
        Self { every, ahead }
    }

    /// Takes one message at `now` if allowed, and updates `free_at`, the instant at which the
    /// budget is full again.
    fn may(self, free_at: &mut Instant, now: Instant) -> bool {
        let next = (*free_at).max(now) + self.every;
        let may = next.since(now) <= self.ahead;
        if may {
            *free_at = next;
        }
        may
    }
}

/// State of one person's rate limits: the instant at which each is free again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paces {
    mine: Instant,
    want: Instant,
    caption: Instant,
    seal: Instant,
}

impl FloorControl {
    /// A person turns their microphone or camera on or off.
    pub(in super::super) fn turn(
        &mut self,
        seat: u32,
        (mic, cam): (bool, bool),
        scene: &Scene<'_>,
    ) -> Result<(), &'static str> {
        let was = self.on.get(&seat).copied();
        let (had_mic, had_cam) = was.map_or((false, false), |was| (was.mic, was.cam));
        let is_more = (mic && !had_mic) || (cam && !had_cam);
        // Turning off always succeeds, even if turning on is refused.
        self.set(seat, (mic && had_mic, cam && had_cam));
        if !is_more {
            return Ok(());
        }
        let is_full = was.is_none() && self.on.len() >= UP_MAX;
        let paces = self.paces.entry(seat).or_default();
        if !scene.is_named(seat) {
            Err(QUIET)
        } else if is_full {
            Err(FULL)
        } else if !MINE_PACE.may(&mut paces.mine, scene.now) {
            Err(QUICK)
        } else {
            self.set(seat, (mic, cam));
            Ok(())
        }
    }

    fn set(&mut self, seat: u32, (mic, cam): (bool, bool)) {
        if !mic && !cam {
            self.on.remove(&seat);
            return;
        }
        let had_cam = self.on.get(&seat).filter(|mine| mine.cam);
        let since = had_cam.map(|mine| mine.since).unwrap_or_else(|| {
            self.turned_on += 1;
            self.turned_on
        });
        self.on.insert(seat, Mine { mic, cam, since });
    }

    /// A person requests this video.
    pub(in super::super) fn want(
        &mut self,
        seat: u32,
        wants: Wants,
        now: Instant,
        out: &mut Vec<FloorEffect>,
    ) {
        if self.wants.get(&seat) == Some(&wants) {
            return;
        }
        self.wants.insert(seat, wants.clone());
        if !self.joined.contains(&seat) {
            return;
        }
        let paces = self.paces.entry(seat).or_default();
        if paces.want > now {
            self.late.insert(seat);
            self.late_until = self.late_until.or(Some(paces.want));
        } else {
            paces.want = now + WANT_EVERY;
            out.push(FloorEffect::Wants { seat, wants });
        }
    }

    /// Sends requests that were delayed by the rate limit.
    pub(super) fn send_late(&mut self, now: Instant, out: &mut Vec<FloorEffect>) {
        if self.late_until.is_none_or(|due| due > now) {
            return;
        }
        self.late_until = None;
        for seat in std::mem::take(&mut self.late) {
            if let Some(wants) = self.wants.get(&seat).cloned() {
                self.paces.entry(seat).or_default().want = now + WANT_EVERY;
                out.push(FloorEffect::Wants { seat, wants });
            }
        }
    }

    /// Passes on a caption to everybody, if its author may be heard and is within the rate limits.
    pub(in super::super) fn caption(
        &mut self,
        seat: u32,
        words: Box<str>,
        scene: &Scene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let may = self.rules.as_ref().is_some_and(|rules| rules.voices.contains(&seat));
        // The home cannot hear a sealed sit's audio, so it does not read captions either.
        if !may || words.trim().is_empty() || scene.order.facts().plan.sealed {
            return;
        }
        let paces = self.paces.entry(seat).or_default();
        let is_paced = CAPTION_PACE.may(&mut paces.caption, scene.now)
            && CAPTIONS_PACE.may(&mut self.captions, scene.now);
        if is_paced {
            out.push(FloorEffect::Caption { seat, words, to: scene.conns.all() });
        }
    }

    /// Passes on a box from one browser to another, or to all others, in a sealed sit. Keys come
    /// from guides only: else somebody could distribute one that they still have after being
    /// removed.
    pub(in super::super) fn seal(
        &mut self,
        from: u32,
        (to, sealed): (Option<u32>, Box<str>),
        scene: &Scene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let is_guide = scene.seats.get(from).is_some_and(|seat| seat.guide);
        let may = scene.order.facts().plan.sealed && (is_guide || !holds_key(&sealed));
        let paces = self.paces.entry(from).or_default();
        if !may || !SEAL_PACE.may(&mut paces.seal, scene.now) {
            return;
        }
        let here = scene.seats.iter().filter(|(_, seat)| seat.is_here());
        let others = here.filter(|(number, _)| to.map_or(*number != from, |to| *number == to));
        let to: Vec<_> = others.flat_map(|(_, seat)| seat.lines()).collect();
        if !to.is_empty() {
            out.push(FloorEffect::Sealed { from, sealed, to });
        }
    }

    /// A person raises or lowers the feather. Raising is not possible in silence.
    pub(in super::super) fn raise(&mut self, seat: u32, on: bool, scene: &Scene<'_>) {
        let may = scene.is_named(seat) && scene.timeline().may_raise(scene.now);
        if !on {
            self.raised.remove(&seat);
        } else if may && self.raised.len() < RAISED_MAX {
            self.raised.insert(seat);
        }
    }
}
