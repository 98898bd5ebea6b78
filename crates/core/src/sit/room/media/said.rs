//! What people say of voices and faces: what they have turned on, what they want to see, their
//! captions and sealed boxes, the feather raised; each not too often.

use super::super::{Effect, LineId, Room, To, send};
use super::Mine;
use crate::sit::frame::media as frame;
use crate::sit::lag::Class;
use crate::sit::media::{UP_MAX, Wants};
use crate::sit::presence::Seat;
use crate::time::{Instant, Span};

/// The most people who have the feather raised at once.
pub const RAISED_MAX: usize = 60;
/// Somebody turns something on at most once in so long, a few times faster. Off is always at once.
pub const MINE_PACE: Pace = Pace::new(Span::from_ms(500), 6);
/// Captions of one person.
pub const CAPTION_PACE: Pace = Pace::new(Span::from_ms(333), 3);
/// Captions of all in a room together.
pub const CAPTIONS_PACE: Pace = Pace::new(Span::from_ms(100), 10);
/// Sealed boxes of one person: a guide's page hands a new key to everybody at once.
pub const SEAL_PACE: Pace = Pace::new(Span::from_ms(200), 60);
/// What somebody wants to see goes to the forwarding at most once in so long; the last word counts.
pub const WANT_EVERY: Span = Span::from_ms(250);

/// How fast something may be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    every: Span,
    /// How long what is said at once would take at that pace.
    ahead: Span,
}

impl Pace {
    /// Once in so long, and so many at once.
    const fn new(every: Span, at_once: i64) -> Self {
        let ahead = Span::from_ms(every.ms() * at_once);
        Self { every, ahead }
    }

    /// Whether one more may be said at `now`, when there is room again at `free_at`.
    fn may(self, free_at: &mut Instant, now: Instant) -> bool {
        let next = (*free_at).max(now) + self.every;
        let may = next.since(now) <= self.ahead;
        if may {
            *free_at = next;
        }
        may
    }
}

/// When somebody has room again for each thing they say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    mine: Instant,
    want: Instant,
    caption: Instant,
    seal: Instant,
}

impl Room {
    /// Somebody has turned their microphone or camera on or off.
    pub(in super::super) fn mine(
        &mut self,
        line: LineId,
        (mic, cam): (bool, bool),
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let Some(number) = self.line(line).map(|held| held.seat) else {
            return;
        };
        let was = self.media.on.get(&number).copied();
        let (had_mic, had_cam) = was.map_or((false, false), |was| (was.mic, was.cam));
        let is_more = (mic && !had_mic) || (cam && !had_cam);
        // What is turned off is off, whatever becomes of what is turned on.
        self.turn_media(number, (mic && had_mic, cam && had_cam));
        if !is_more {
            return;
        }
        let is_quiet = !self.seats.get(number).is_some_and(Seat::is_named);
        let is_full = was.is_none() && self.media.on.len() >= UP_MAX;
        let said = self.media.said.entry(number).or_default();
        let why = if is_quiet {
            "You sit quietly, so nobody hears or sees you. Sit by name to be heard."
        } else if is_full {
            "As many people are heard and seen as can be. You hear and see them."
        } else if !MINE_PACE.may(&mut said.mine, now) {
            "That was very quick. Try once more in a moment."
        } else {
            self.turn_media(number, (mic, cam));
            return;
        };
        self.not_now(line, &why, now, out);
    }

    fn turn_media(&mut self, seat: u32, (mic, cam): (bool, bool)) {
        let media = &mut self.media;
        if !mic && !cam {
            media.on.remove(&seat);
            return;
        }
        let had_cam = media.on.get(&seat).filter(|mine| mine.cam);
        let since = had_cam.map(|mine| mine.since).unwrap_or_else(|| {
            media.turned_on += 1;
            media.turned_on
        });
        media.on.insert(seat, Mine { mic, cam, since });
    }

    /// Somebody wants to see this.
    pub(in super::super) fn want(
        &mut self,
        seat: u32,
        wants: Wants,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let media = &mut self.media;
        if media.wants.get(&seat) == Some(&wants) {
            return;
        }
        media.wants.insert(seat, wants.clone());
        if !media.joined.contains(&seat) {
            return;
        }
        let said = media.said.entry(seat).or_default();
        if said.want > now {
            media.late.insert(seat);
            media.late_until = media.late_until.or(Some(said.want));
        } else {
            said.want = now + WANT_EVERY;
            out.push(Effect::Wants { seat, wants });
        }
    }

    /// What people wanted last and too soon goes out now.
    pub(super) fn send_late(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let media = &mut self.media;
        if media.late_until.is_none_or(|due| due > now) {
            return;
        }
        media.late_until = None;
        for seat in std::mem::take(&mut media.late) {
            if let Some(wants) = media.wants.get(&seat).cloned() {
                media.said.entry(seat).or_default().want = now + WANT_EVERY;
                out.push(Effect::Wants { seat, wants });
            }
        }
    }

    /// Somebody's words in writing, for everybody: of who may be heard, and not too many.
    pub(in super::super) fn caption(
        &mut self,
        seat: u32,
        words: &str,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let rules = self.media.rules.as_ref();
        let may = rules.is_some_and(|rules| rules.voices.contains(&seat));
        // The home forwards a sealed sit's sound without hearing it: neither does it read along.
        if !may || words.trim().is_empty() || self.facts.plan.sealed {
            return;
        }
        let said = self.media.said.entry(seat).or_default();
        if !CAPTION_PACE.may(&mut said.caption, now)
            || !CAPTIONS_PACE.may(&mut self.media.captions, now)
        {
            return;
        }
        if let Some(taken) = self.seats.get(seat) {
            let text = frame::caption(seat, &taken.name, words.trim());
            out.push(send(Class::Passing, To::Many(self.all_lines()), text));
        }
    }

    /// A box from one browser to another, or to all others, in a sealed sit. Keys come from guides
    /// alone: else somebody could hand out one that they go on having when they are taken out.
    pub(in super::super) fn seal(
        &mut self,
        seat: u32,
        to: Option<u32>,
        sealed: &str,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let is_guide = self.seats.get(seat).is_some_and(|seat| seat.guide);
        let may = self.facts.plan.sealed && (is_guide || !frame::holds_key(sealed));
        let said = self.media.said.entry(seat).or_default();
        if !may || !SEAL_PACE.may(&mut said.seal, now) {
            return;
        }
        let here = self.seats.iter().filter(|(_, seat)| seat.is_here());
        let others = here.filter(|(number, _)| to.map_or(*number != seat, |to| *number == to));
        let lines: Vec<_> = others.flat_map(|(_, seat)| seat.lines()).collect();
        if !lines.is_empty() {
            let text = frame::seal(seat, sealed);
            out.push(send(Class::Passing, To::Many(lines), text));
        }
    }

    /// Somebody raises the feather, or takes that back. Not in silence.
    pub(in super::super) fn raise(&mut self, seat: u32, on: bool, now: Instant) {
        let is_named = self.seats.get(seat).is_some_and(Seat::is_named);
        if !on {
            self.media.raised.remove(&seat);
        } else if is_named && self.timeline.may_raise(now) && self.media.raised.len() < RAISED_MAX {
            self.media.raised.insert(seat);
        }
    }
}
