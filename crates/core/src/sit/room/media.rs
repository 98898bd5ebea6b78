//! Floor control of a room: who has microphone or camera on, guides' wishes, and the resulting
//! rules for the forwarder. Nothing is stored: after a restart the browsers send it again.
//!
//! * here: the state, events of the forwarder, and when the next check is due;
//! * `media/said.rs`: people's requests;
//! * `media/rules.rs`: who may be heard and seen, as a pure function;
//! * `media/lead.rs`: guides' commands, and the feather that is given outside of spoken rounds;
//! * `media/telling.rs`: announcements and their rate.
//!
//! Nothing here turns on a person's microphone or camera but their own request. A room in which
//! nobody uses audio or video announces nothing.

mod lead;
pub mod rules;
mod said;
mod telling;

use std::collections::{BTreeMap, BTreeSet};

use self::rules::{Case, Source, Stand, Wish};
use self::said::Paces;
pub use self::said::{
    CAPTION_PACE, CAPTIONS_PACE, MINE_PACE, Pace, RAISED_MAX, SEAL_PACE, WANT_EVERY,
};
use self::telling::Telling;
use super::scene::{RoundFeather, Scene};
use super::{LineId, To};
use crate::sit::format::Mutes;
use crate::sit::media::{
    ALL_VOICES_TO, Carries, MediaShown, Rules, SharedRules, Slots, Told, VOICE_SLOTS_MAX, Wants,
};
use crate::sit::plan::Phase;
use crate::sit::run::Timeline;
use crate::time::{Instant, Span};

/// Minimum time between two frames on the state of voices and faces, and on the seats that speak.
pub const TELL_EVERY: Span = Span::from_ms(200);
/// The same in a room of more people than [`FAR_ROOM`].
pub const FAR_EVERY: Span = Span::from_secs(1);
/// Maximum number of people in a room to which [`TELL_EVERY`] applies; see [`FAR_EVERY`].
pub const FAR_ROOM: u32 = 1_000;
/// Minimum time between two requests to everybody to be quiet.
pub const CALM_EVERY: Span = Span::from_secs(3);

#[derive(Debug)]
pub(super) enum FloorEffect {
    /// Pass these rules to the forwarder.
    Rules(SharedRules),
    /// Pass a seat's requested video to the forwarder.
    Wants { seat: u32, wants: Wants },
    /// Stop forwarding from and to this seat.
    CloseSeat(u32),
    /// Send the state of voices and faces.
    Show { to: To },
    /// Send the seats that speak.
    Speaking { to: To },
    /// Send how much of the requested video a downlink carries.
    Carries { carries: Carries, to: To },
    /// Pass on a caption.
    Caption { seat: u32, words: Box<str>, to: Vec<LineId> },
    /// Pass on a sealed box.
    Sealed { from: u32, sealed: Box<str>, to: Vec<LineId> },
    /// Ask for a microphone to be turned off.
    MuteAsked { to: Vec<LineId> },
}

#[derive(Clone, Copy, Debug)]
struct Mine {
    mic: bool,
    cam: bool,
    since: u64,
}

/// Floor control: who may be heard and seen.
#[derive(Debug, Default)]
pub(super) struct FloorControl {
    on: BTreeMap<u32, Mine>,
    /// Number of times something was turned on, for the order of faces.
    turned_on: u64,
    raised: BTreeSet<u32>,
    /// Seats that have connected to the forwarder.
    joined: BTreeSet<u32>,
    wish: Wish,
    /// Key of the segment the wishes are for.
    wished_for: Option<Box<str>>,
    slots: Slots,
    /// Seats that speak, as the forwarder reported.
    speaking: Vec<u32>,
    carries: BTreeMap<u32, Carries>,
    wants: BTreeMap<u32, Wants>,
    /// Seats whose last request is delayed, and until when.
    late: BTreeSet<u32>,
    late_until: Option<Instant>,
    paces: BTreeMap<u32, Paces>,
    captions: Instant,
    calm: u32,
    calm_at: Option<Instant>,
    /// Rules last passed to the forwarder.
    rules: Option<SharedRules>,
    telling: Telling,
    /// Instant of the last update.
    followed_at: Option<Instant>,
}

impl FloorControl {
    /// The video a person requested, if any.
    pub(super) fn wants_of(&self, seat: u32) -> Option<&Wants> {
        self.wants.get(&seat)
    }

    /// The state last announced, with its version.
    pub(super) const fn shown(&self) -> (u32, &MediaShown) {
        self.telling.shown()
    }

    /// The seats that speak, as last announced.
    pub(super) fn told_speaking(&self) -> &[u32] {
        self.telling.speaking()
    }

    /// Returns true if anybody uses audio or video, or did.
    fn is_used(&self) -> bool {
        let nobody = self.on.is_empty() && self.raised.is_empty() && self.joined.is_empty();
        !nobody || self.telling.has_begun()
    }

    /// Removes a seat from everything that is heard, seen or raised.
    fn silence(&mut self, seat: u32) {
        self.on.remove(&seat);
        self.raised.remove(&seat);
        self.wish.given = self.wish.given.filter(|given| *given != seat);
        self.wish.spotlight = self.wish.spotlight.filter(|lit| *lit != seat);
    }

    /// Instant at which an update is due without any input.
    pub(super) fn due(&self, timeline: &Timeline) -> Option<Instant> {
        let followed_at = self.followed_at.filter(|_| self.is_used())?;
        let mut parts = timeline.segments.iter().map(|segment| segment.starts_at);
        let part = parts.find(|starts_at| *starts_at > followed_at);
        let pause = timeline.pause.into_iter().flat_map(|(from, to)| [from, to]);
        let pause = pause.filter(|at| *at > followed_at).min();
        [part, pause, self.telling.due(), self.late_until].into_iter().flatten().min()
    }

    pub(super) fn forget(&mut self, stood_up: Vec<u32>, out: &mut Vec<FloorEffect>) {
        for seat in stood_up {
            self.silence(seat);
            self.paces.remove(&seat);
            self.wants.remove(&seat);
            self.carries.remove(&seat);
            if self.joined.remove(&seat) {
                out.push(FloorEffect::CloseSeat(seat));
            }
        }
    }

    /// Updates rules and announcements for the time and the people present.
    pub(super) fn follow(
        &mut self,
        entering: Option<LineId>,
        feather: Option<RoundFeather>,
        scene: &Scene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        if !self.is_used() {
            return;
        }
        self.followed_at = Some(scene.now);
        self.hush_unnamed(scene);
        self.end_wishes(scene);
        self.lower_held(feather);
        self.follow_rules(feather, scene, out);
        self.send_late(scene.now, out);
        self.tell(entering, feather, scene, out);
    }

    /// Removes people who have become quiet: they are neither heard nor seen, and have nothing
    /// raised.
    fn hush_unnamed(&mut self, scene: &Scene<'_>) {
        let known = self.on.keys().chain(&self.raised).copied();
        let known = known.chain(self.wish.given).chain(self.wish.spotlight);
        for seat in known.filter(|seat| !scene.is_named(*seat)).collect::<Vec<_>>() {
            self.silence(seat);
        }
    }

    /// Resets wishes at the end of the segment they are for.
    fn end_wishes(&mut self, scene: &Scene<'_>) {
        let part = scene.timeline().segment(scene.now).map(|segment| &segment.key);
        if part != self.wished_for.as_ref() {
            self.wished_for = part.cloned();
            self.wish = Wish::default();
        }
    }

    /// Lowers the raised feather of a person who has got it.
    fn lower_held(&mut self, feather: Option<RoundFeather>) {
        let holder = feather.and_then(|feather| feather.holder?.seat);
        for seat in holder.into_iter().chain(self.wish.given) {
            self.raised.remove(&seat);
        }
    }

    fn follow_rules(
        &mut self,
        feather: Option<RoundFeather>,
        scene: &Scene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let sources = self.sources(scene);
        let rules = self.case(&sources, feather, scene).rules();
        // The number of people changes with every arrival, and matters at one threshold only.
        let is_alike = self.rules.as_deref().is_some_and(|told| {
            let is_large = |rules: &Rules| rules.people > ALL_VOICES_TO;
            let same = |told: &Rules| Rules { people: told.people, ..Rules::clone(&rules) };
            is_large(told) == is_large(&rules) && *told == same(told)
        });
        if !is_alike {
            self.rules = Some(SharedRules::clone(&rules));
            out.push(FloorEffect::Rules(rules));
        }
    }

    /// Everybody present by name with microphone or camera on, by seat.
    fn sources(&self, scene: &Scene<'_>) -> Vec<Source> {
        let on = self.on.iter().filter_map(|(number, mine)| {
            let seat = scene.seats.get(*number).filter(|seat| seat.is_named())?;
            let &Mine { mic, cam, since } = mine;
            Some(Source { seat: *number, mic, cam, guide: seat.guide, since })
        });
        on.collect()
    }

    fn case<'a>(
        &self,
        on: &'a [Source],
        feather: Option<RoundFeather>,
        scene: &Scene<'_>,
    ) -> Case<'a> {
        Case {
            stand: stand(feather, scene),
            wish: self.wish,
            is_led: scene.order.facts().led || scene.seats.has_guide(),
            on,
            people: scene.seats.count().n,
        }
    }

    pub(super) fn join(&mut self, seat: u32) {
        self.joined.insert(seat);
    }

    pub(super) fn handle(&mut self, told: Told, scene: &Scene<'_>, out: &mut Vec<FloorEffect>) {
        match told {
            Told::Slots(slots) => self.slots = slots,
            Told::Speak(mut seats) => {
                seats.truncate(VOICE_SLOTS_MAX);
                self.speaking = seats;
            }
            Told::UpLost(seat) => {
                self.on.remove(&seat);
            }
            Told::Line(number, carries) => {
                let seat = scene.seats.get(number).filter(|seat| seat.is_here());
                let Some(seat) = seat else {
                    return;
                };
                let was = self.carries.insert(number, carries).unwrap_or(Carries::All);
                let to: Vec<_> = seat.lines().collect();
                if was != carries && !to.is_empty() {
                    out.push(FloorEffect::Carries { carries, to: To::Many(to) });
                }
            }
        }
    }
}

/// The state of the sit that matters to voices and faces.
fn stand(feather: Option<RoundFeather>, scene: &Scene<'_>) -> Stand {
    let timeline = scene.timeline();
    if timeline.is_over(scene.now) {
        return Stand::Over;
    }
    if timeline.is_paused(scene.now) {
        return Stand::Paused;
    }
    let Some(segment) = timeline.segment(scene.now) else {
        return Stand::Open;
    };
    match feather {
        Some(RoundFeather { mutes: Mutes::Others, holder }) => Stand::Round(holder),
        Some(RoundFeather { mutes: Mutes::Nobody, .. }) => Stand::Open,
        // A spoken round with an unknown format.
        None if scene.order.phase(segment).and_then(Phase::spoken).is_some() => Stand::Open,
        None => Stand::of(segment.kind),
    }
}
