//! Voices and faces in a room: who has turned on what, what guides wish, and what follows from it
//! for the forwarding. Nothing of it is kept: after a restart the browsers say it again.
//!
//! * here: what is known, what the forwarding tells, and when it is to be looked at again;
//! * `media/said.rs`: what people say;
//! * `media/rules.rs`: who may be heard and seen, as a pure function;
//! * `media/lead.rs`: what guides do, and the feather that is given outside of spoken rounds;
//! * `media/telling.rs`: who is told what of it, and how often.
//!
//! There is no way here by which anybody's microphone or camera is turned on but their own word.
//! A room in which nobody uses sound tells nobody anything of it.

mod lead;
pub mod rules;
mod said;
mod telling;

use std::collections::{BTreeMap, BTreeSet};

use self::rules::{Case, Source, Stand, Wish};
use self::said::Said;
pub use self::said::{
    CAPTION_PACE, CAPTIONS_PACE, MINE_PACE, Pace, RAISED_MAX, SEAL_PACE, WANT_EVERY,
};
use self::telling::Telling;
use super::{Effect, LineId, Room, To, send};
use crate::sit::format::Mutes;
use crate::sit::frame::media as frame;
use crate::sit::lag::Class;
use crate::sit::media::{
    ALL_VOICES_TO, Carries, Rules, SharedRules, Slots, Told, VOICE_SLOTS_MAX, Wants,
};
use crate::sit::presence::Sitter;
use crate::time::{Instant, Span};

/// The room is told how voices and faces stand at most once in so long, and likewise who speaks...
pub const TELL_EVERY: Span = Span::from_ms(200);
/// ...or once in so long in a room of more people than [`FAR_ROOM`].
pub const FAR_EVERY: Span = Span::from_secs(1);
/// See [`FAR_EVERY`].
pub const FAR_ROOM: u32 = 1_000;
/// Everybody is asked to be quiet at most once in so long.
pub const CALM_EVERY: Span = Span::from_secs(3);

/// What somebody has turned on.
#[derive(Clone, Copy, Debug)]
struct Mine {
    mic: bool,
    cam: bool,
    since: u64,
}

/// Voices and faces of a room.
#[derive(Debug, Default)]
pub(super) struct Media {
    on: BTreeMap<u32, Mine>,
    /// Counts what was turned on, for the order of faces.
    turned_on: u64,
    raised: BTreeSet<u32>,
    /// Seats that have connected to the forwarding.
    joined: BTreeSet<u32>,
    wish: Wish,
    /// The part of the sit the wishes are for.
    wished_for: Option<Box<str>>,
    slots: Slots,
    /// Who speaks, as the forwarding told.
    speaking: Vec<u32>,
    carries: BTreeMap<u32, Carries>,
    wants: BTreeMap<u32, Wants>,
    /// Seats whose last wants wait, and until when.
    late: BTreeSet<u32>,
    late_until: Option<Instant>,
    said: BTreeMap<u32, Said>,
    captions: Instant,
    calm: u32,
    calm_at: Option<Instant>,
    /// What the forwarding was told last.
    rules: Option<SharedRules>,
    telling: Telling,
    /// When it was looked at last.
    minded_at: Option<Instant>,
}

impl Media {
    /// Whether anybody uses sound or picture, or did.
    fn is_used(&self) -> bool {
        let nobody = self.on.is_empty() && self.raised.is_empty() && self.joined.is_empty();
        !nobody || self.telling.has_begun()
    }

    /// Somebody is no longer heard, seen or asked.
    fn silence(&mut self, seat: u32) {
        self.on.remove(&seat);
        self.raised.remove(&seat);
        self.wish.given = self.wish.given.filter(|given| *given != seat);
        self.wish.spotlight = self.wish.spotlight.filter(|lit| *lit != seat);
    }
}

impl Room {
    /// The seat of somebody who is here, and whether they are counted but not named.
    pub fn place(&self, who: Sitter) -> Option<(u32, bool)> {
        let number = self.seats.of(who)?;
        let seat = self.seats.get(number).filter(|seat| seat.is_here())?;
        Some((number, seat.quiet))
    }

    /// What somebody wants to see, if they said it.
    pub fn wants_of(&self, seat: u32) -> Option<&Wants> {
        self.media.wants.get(&seat)
    }

    /// When voices and faces are to be looked at though nobody says anything.
    pub(super) fn media_due(&self) -> Option<Instant> {
        let minded_at = self.media.minded_at.filter(|_| self.media.is_used())?;
        let parts = self.timeline.segments.iter();
        let mut parts = parts.map(|segment| segment.starts_at);
        let part = parts.find(|starts_at| *starts_at > minded_at);
        let pause = self.timeline.pause.into_iter();
        let pause = pause.flat_map(|(from, to)| [from, to]);
        let pause = pause.filter(|at| *at > minded_at).min();
        let telling = self.media.telling.wake_at();
        [part, pause, telling, self.media.late_until].into_iter().flatten().min()
    }

    /// Lets voices and faces follow time and people: what the forwarding obeys, and who is told.
    pub(super) fn mind_media(
        &mut self,
        entering: Option<LineId>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        for seat in self.seats.stood_up() {
            self.media.silence(seat);
            self.media.said.remove(&seat);
            self.media.wants.remove(&seat);
            self.media.carries.remove(&seat);
            if self.media.joined.remove(&seat) {
                out.push(Effect::CloseSeat(seat));
            }
        }
        if !self.media.is_used() {
            return;
        }
        self.media.minded_at = Some(now);
        self.hush_media();
        self.end_wishes(now);
        self.lower_held();
        self.mind_rules(now, out);
        self.send_late(now, out);
        self.tell_media_moved(entering, now, out);
    }

    /// Whoever sits quietly now is neither heard nor seen, and has nothing raised.
    fn hush_media(&mut self) {
        let media = &self.media;
        let known = media.on.keys().chain(&media.raised).copied();
        let known = known.chain(media.wish.given).chain(media.wish.spotlight);
        let is_unnamed = |seat: &u32| !self.seats.get(*seat).is_some_and(super::Seat::is_named);
        for seat in known.filter(is_unnamed).collect::<Vec<_>>() {
            self.media.silence(seat);
        }
    }

    /// Wishes end with the part of the sit they are for.
    fn end_wishes(&mut self, now: Instant) {
        let part = self.timeline.segment(now).map(|segment| &segment.key);
        if part != self.media.wished_for.as_ref() {
            self.media.wished_for = part.cloned();
            self.media.wish = Wish::default();
        }
    }

    /// Whoever has got the feather has it raised no more.
    fn lower_held(&mut self) {
        let holder = self.feather_holder().and_then(|(_, holder)| holder?.seat);
        for seat in holder.into_iter().chain(self.media.wish.given) {
            self.media.raised.remove(&seat);
        }
    }

    fn mind_rules(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let sources = self.sources();
        let rules = self.media_case(&sources, now).rules();
        let told = self.media.rules.as_deref();
        // How many there are changes with everybody who comes, and matters at one point only.
        let alike = told.is_some_and(|told| {
            let is_large = |rules: &Rules| rules.people > ALL_VOICES_TO;
            let same = |told: &Rules| Rules { people: told.people, ..Rules::clone(&rules) };
            is_large(told) == is_large(&rules) && *told == same(told)
        });
        if !alike {
            self.media.rules = Some(SharedRules::clone(&rules));
            out.push(Effect::Rules(rules));
        }
    }

    /// Everybody who is on and sits by name, by seat.
    fn sources(&self) -> Vec<Source> {
        let on = self.media.on.iter();
        let on = on.filter_map(|(number, mine)| {
            let seat = self.seats.get(*number).filter(|seat| seat.is_named())?;
            Some(Source {
                seat: *number,
                mic: mine.mic,
                cam: mine.cam,
                guide: seat.guide,
                since: mine.since,
            })
        });
        on.collect()
    }

    fn media_case<'a>(&self, on: &'a [Source], now: Instant) -> Case<'a> {
        Case {
            stand: self.stand(now),
            wish: self.media.wish,
            is_led: self.facts.led || self.seats.has_guide(),
            on,
            people: self.seats.count().n,
        }
    }

    /// Where the sit stands, as far as voices and faces go.
    fn stand(&self, now: Instant) -> Stand {
        if self.timeline.is_over(now) {
            return Stand::Over;
        }
        if self.timeline.is_paused(now) {
            return Stand::Paused;
        }
        let Some(segment) = self.timeline.segment(now) else {
            return Stand::Open;
        };
        match self.feather_holder() {
            Some((Mutes::Others, holder)) => Stand::Round(holder),
            Some((Mutes::Nobody, _)) => Stand::Open,
            None if self.is_wordless(segment) => Stand::Open,
            None => Stand::of(segment.kind),
        }
    }

    /// Somebody connects to the forwarding.
    pub(super) fn connects(&mut self, who: Sitter) {
        if let Some((seat, _)) = self.place(who) {
            self.media.joined.insert(seat);
        }
    }

    /// The forwarding tells something.
    pub(super) fn told_media(&mut self, told: Told, out: &mut Vec<Effect>) {
        match told {
            Told::Slots(slots) => self.media.slots = slots,
            Told::Speak(mut seats) => {
                seats.truncate(VOICE_SLOTS_MAX);
                self.media.speaking = seats;
            }
            Told::UpLost(seat) => {
                self.media.on.remove(&seat);
            }
            Told::Line(number, carries) => {
                let seat = self.seats.get(number).filter(|seat| seat.is_here());
                let Some(seat) = seat else {
                    return;
                };
                let was = self.media.carries.insert(number, carries);
                let lines: Vec<_> = seat.lines().collect();
                if was.unwrap_or(Carries::All) != carries && !lines.is_empty() {
                    out.push(send(Class::Personal, To::Many(lines), frame::line(carries)));
                }
            }
        }
    }
}
