//! People's requests about voices and faces: microphone and camera, requested video, captions,
//! sealed boxes, and the raised feather.

use super::{FloorControl, FloorEffect, MediaSwitches, RoomScene};
use crate::sit::media::{MEDIA_SENDERS_MAX, MediaWants, holds_key};
use crate::time::{Instant, Span};

/// Maximum number of people with the feather raised at once.
pub const RAISED_FEATHERS_MAX: usize = 60;
/// Limit for turning something on. Turning off is never limited.
pub const SWITCH_RATE: MessageRate = MessageRate::new(Span::from_ms(500), 6);
/// Limit for the captions of one person.
pub const CAPTION_RATE: MessageRate = MessageRate::new(Span::from_ms(333), 3);
/// Limit for the captions of a room together.
pub const ROOM_CAPTIONS_RATE: MessageRate = MessageRate::new(Span::from_ms(100), 10);
/// Limit for the sealed boxes of one person: a guide's page sends a new key to everybody at once.
pub const SEALED_BOX_RATE: MessageRate = MessageRate::new(Span::from_ms(200), 60);
/// Minimum time between two updates of a person's requested video; the last one counts.
pub const WANTS_INTERVAL_MIN: Span = Span::from_ms(250);

const QUIET: &str = "You sit quietly, so nobody hears or sees you. Sit by name to be heard.";
const FULL: &str = "As many people are heard and seen as can be. You hear and see them.";
const QUICK: &str = "That was very quick. Try once more in a moment.";

/// A rate limit: one message per `every`, and a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRate {
    interval: Span,
    /// Duration of a burst at the sustained rate.
    burst_length: Span,
}

impl MessageRate {
    const fn new(every: Span, burst: i64) -> Self {
        let ahead = Span::from_ms(every.ms() * burst);
        Self { interval: every, burst_length: ahead }
    }

    /// Takes one message at `now` if allowed, and updates `free_at`, the instant at which the
    /// budget is full again.
    fn try_take(self, free_at: &mut Instant, now: Instant) -> bool {
        let next = (*free_at).max(now) + self.interval;
        let may = next.since(now) <= self.burst_length;
        if may {
            *free_at = next;
        }
        may
    }
}

/// State of one person's rate limits: the instant at which each is free again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeatRates {
    mine: Instant,
    want: Instant,
    caption: Instant,
    seal: Instant,
}

impl FloorControl {
    /// A person turns their microphone or camera on or off.
    pub(in super::super) fn set_switches(
        &mut self,
        seat: u32,
        (mic, cam): (bool, bool),
        scene: &RoomScene<'_>,
    ) -> Result<(), &'static str> {
        let was = self.switches.get(&seat).copied();
        let (had_mic, had_cam) = was.map_or((false, false), |was| (was.mic, was.cam));
        let is_more = (mic && !had_mic) || (cam && !had_cam);
        // Turning off always succeeds, even if turning on is refused.
        self.store_switches(seat, (mic && had_mic, cam && had_cam));
        if !is_more {
            return Ok(());
        }
        let is_full = was.is_none() && self.switches.len() >= MEDIA_SENDERS_MAX;
        let paces = self.paces.entry(seat).or_default();
        if !scene.is_named(seat) {
            Err(QUIET)
        } else if is_full {
            Err(FULL)
        } else if !SWITCH_RATE.try_take(&mut paces.mine, scene.now) {
            Err(QUICK)
        } else {
            self.store_switches(seat, (mic, cam));
            Ok(())
        }
    }

    fn store_switches(&mut self, seat: u32, (mic, cam): (bool, bool)) {
        if !mic && !cam {
            self.switches.remove(&seat);
            return;
        }
        let had_cam = self.switches.get(&seat).filter(|mine| mine.cam);
        let since = had_cam.map(|mine| mine.since).unwrap_or_else(|| {
            self.turned_on += 1;
            self.turned_on
        });
        self.switches.insert(seat, MediaSwitches { mic, cam, since });
    }

    /// A person requests this video.
    pub(in super::super) fn set_wants(
        &mut self,
        seat: u32,
        wants: MediaWants,
        now: Instant,
        out: &mut Vec<FloorEffect>,
    ) {
        if self.wants.get(&seat) == Some(&wants) {
            return;
        }
        self.wants.insert(seat, wants.clone());
        if !self.connected.contains(&seat) {
            return;
        }
        let paces = self.paces.entry(seat).or_default();
        if paces.want > now {
            self.delayed_wants.insert(seat);
            self.delayed_until = self.delayed_until.or(Some(paces.want));
        } else {
            paces.want = now + WANTS_INTERVAL_MIN;
            out.push(FloorEffect::SetWants { seat, wants });
        }
    }

    /// Sends requests that were delayed by the rate limit.
    pub(super) fn send_delayed_wants(&mut self, now: Instant, out: &mut Vec<FloorEffect>) {
        if self.delayed_until.is_none_or(|due| due > now) {
            return;
        }
        self.delayed_until = None;
        for seat in std::mem::take(&mut self.delayed_wants) {
            if let Some(wants) = self.wants.get(&seat).cloned() {
                self.paces.entry(seat).or_default().want = now + WANTS_INTERVAL_MIN;
                out.push(FloorEffect::SetWants { seat, wants });
            }
        }
    }

    /// Passes on a caption to everybody, if its author may be heard and is within the rate limits.
    pub(in super::super) fn pass_caption(
        &mut self,
        seat: u32,
        words: Box<str>,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let may = self.rules.as_ref().is_some_and(|rules| rules.voices.contains(&seat));
        // The home cannot hear a sealed sit's audio, so it does not read captions either.
        if !may || words.trim().is_empty() || scene.order.facts().plan.sealed {
            return;
        }
        let paces = self.paces.entry(seat).or_default();
        let is_paced = CAPTION_RATE.try_take(&mut paces.caption, scene.now)
            && ROOM_CAPTIONS_RATE.try_take(&mut self.captions, scene.now);
        if is_paced {
            out.push(FloorEffect::PassCaption { seat, words, to: scene.conns.open_conns() });
        }
    }

    /// Passes on a box from one browser to another, or to all others, in a sealed sit. Keys come
    /// from guides only: else somebody could distribute one that they still have after being
    /// removed.
    pub(in super::super) fn pass_sealed(
        &mut self,
        from: u32,
        (to, sealed): (Option<u32>, Box<str>),
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let is_guide = scene.seats.get(from).is_some_and(|seat| seat.is_guide);
        let may = scene.order.facts().plan.sealed && (is_guide || !holds_key(&sealed));
        let paces = self.paces.entry(from).or_default();
        if !may || !SEALED_BOX_RATE.try_take(&mut paces.seal, scene.now) {
            return;
        }
        let here = scene.seats.taken_seats().filter(|(_, seat)| seat.is_here());
        let others = here.filter(|(number, _)| to.map_or(*number != from, |to| *number == to));
        let to: Vec<_> = others.flat_map(|(_, seat)| seat.conns()).collect();
        if !to.is_empty() {
            out.push(FloorEffect::PassSealed { from, sealed, to });
        }
    }

    /// A person raises or lowers the feather. Raising is not possible in silence.
    pub(in super::super) fn set_raised(&mut self, seat: u32, on: bool, scene: &RoomScene<'_>) {
        let may = scene.is_named(seat) && scene.timeline().may_raise(scene.now);
        if !on {
            self.raised.remove(&seat);
        } else if may && self.raised.len() < RAISED_FEATHERS_MAX {
            self.raised.insert(seat);
        }
    }
}
