//! Floor control of a room: who has microphone or camera on, guides' wishes, and the resulting
//! rules for the forwarder. Nothing is stored: after a restart the browsers send it again.
//!
//! * here: the state, events of the forwarder, and when the next check is due;
//! * `media/requests.rs`: people's requests;
//! * `media/rules.rs`: who may be heard and seen, as a pure function;
//! * `media/commands.rs`: guides' commands, and the feather that is given outside of spoken rounds;
//! * `media/announcing.rs`: announcements and their rate.
//!
//! Nothing here turns on a person's microphone or camera but their own request. A room in which
//! nobody uses audio or video announces nothing.

mod announcing;
mod commands;
mod requests;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};

use self::announcing::MediaTelling;
use self::requests::SeatRates;
pub use self::requests::{
    CAPTION_RATE, MessageRate, RAISED_FEATHERS_MAX, ROOM_CAPTIONS_RATE, SEALED_BOX_RATE,
    SWITCH_RATE, WANTS_INTERVAL_MIN,
};
use self::rules::{FloorCase, FloorSource, FloorState, FloorWish};
use super::scene::{RoomScene, RoundFeather};
use super::{ConnId, Recipients};
use crate::sit::format::FeatherMutes;
use crate::sit::media::{
    ALL_VOICES_ROOM_MAX, DownlinkCapacity, ForwarderEvent, MediaRules, MediaSlots, MediaWants,
    SharedMediaRules, ShownMedia, VOICE_SLOTS_MAX,
};
use crate::sit::plan::Phase;
use crate::sit::run::Timeline;
use crate::time::{Instant, Span};

/// Minimum time between two frames on the state of voices and faces, and on the seats that speak.
pub const TELL_EVERY: Span = Span::from_ms(200);
/// The same in a room of more people than [`LARGE_TELL_ROOM`].
pub const LARGE_TELL_EVERY: Span = Span::from_secs(1);
/// Maximum number of people in a room to which [`TELL_EVERY`] applies; see [`LARGE_TELL_EVERY`].
pub const LARGE_TELL_ROOM: u32 = 1_000;
/// Minimum time between two requests to everybody to be quiet.
pub const CALM_EVERY: Span = Span::from_secs(3);

#[derive(Debug)]
pub(super) enum FloorEffect {
    /// Pass these rules to the forwarder.
    SetRules(SharedMediaRules),
    /// Pass a seat's requested video to the forwarder.
    SetWants { seat: u32, wants: MediaWants },
    /// Stop forwarding from and to this seat.
    CloseSeat(u32),
    /// Send the state of voices and faces.
    ShowMedia { to: Recipients },
    /// Send the seats that speak.
    ShowSpeaking { to: Recipients },
    /// Send how much of the requested video a downlink carries.
    ShowDownlink { carries: DownlinkCapacity, to: Recipients },
    /// Pass on a caption.
    PassCaption { seat: u32, words: Box<str>, to: Vec<ConnId> },
    /// Pass on a sealed box.
    PassSealed { from: u32, sealed: Box<str>, to: Vec<ConnId> },
    /// Ask for a microphone to be turned off.
    AskMute { to: Vec<ConnId> },
}

#[derive(Clone, Copy, Debug)]
struct MediaSwitches {
    mic: bool,
    cam: bool,
    since: u64,
}

/// Floor control: who may be heard and seen.
#[derive(Debug, Default)]
pub(super) struct FloorControl {
    switches: BTreeMap<u32, MediaSwitches>,
    /// Number of times something was turned on, for the order of faces.
    turned_on: u64,
    raised: BTreeSet<u32>,
    /// Seats that have connected to the forwarder.
    connected: BTreeSet<u32>,
    wish: FloorWish,
    /// Key of the segment the wishes are for.
    wished_for: Option<Box<str>>,
    slots: MediaSlots,
    /// Seats that speak, as the forwarder reported.
    speaking: Vec<u32>,
    carries: BTreeMap<u32, DownlinkCapacity>,
    wants: BTreeMap<u32, MediaWants>,
    /// Seats whose last request is delayed, and until when.
    delayed_wants: BTreeSet<u32>,
    delayed_until: Option<Instant>,
    paces: BTreeMap<u32, SeatRates>,
    captions: Instant,
    calm_count: u32,
    calm_at: Option<Instant>,
    /// Rules last passed to the forwarder.
    rules: Option<SharedMediaRules>,
    telling: MediaTelling,
    /// Instant of the last update.
    followed_at: Option<Instant>,
}

impl FloorControl {
    /// The video a person requested, if any.
    pub(super) fn wants_of(&self, seat: u32) -> Option<&MediaWants> {
        self.wants.get(&seat)
    }

    /// The state last announced, with its version.
    pub(super) const fn shown_media(&self) -> (u32, &ShownMedia) {
        self.telling.shown_media()
    }

    /// The seats that speak, as last announced.
    pub(super) fn told_speaking(&self) -> &[u32] {
        self.telling.speaking()
    }

    /// Returns true if anybody uses audio or video, or did.
    fn is_used(&self) -> bool {
        let nobody =
            self.switches.is_empty() && self.raised.is_empty() && self.connected.is_empty();
        !nobody || self.telling.has_begun()
    }

    /// Removes a seat from everything that is heard, seen or raised.
    fn drop_seat_media(&mut self, seat: u32) {
        self.switches.remove(&seat);
        self.raised.remove(&seat);
        self.wish.feather_given_to = self.wish.feather_given_to.filter(|given| *given != seat);
        self.wish.spotlight = self.wish.spotlight.filter(|lit| *lit != seat);
    }

    /// Instant at which an update is due without any input.
    pub(super) fn due(&self, timeline: &Timeline) -> Option<Instant> {
        let followed_at = self.followed_at.filter(|_| self.is_used())?;
        let mut parts = timeline.segments.iter().map(|segment| segment.starts_at);
        let part = parts.find(|starts_at| *starts_at > followed_at);
        let pause = timeline.pause.into_iter().flat_map(|(from, to)| [from, to]);
        let pause = pause.filter(|at| *at > followed_at).min();
        [part, pause, self.telling.due(), self.delayed_until].into_iter().flatten().min()
    }

    pub(super) fn forget_seats(&mut self, stood_up: Vec<u32>, out: &mut Vec<FloorEffect>) {
        for seat in stood_up {
            self.drop_seat_media(seat);
            self.paces.remove(&seat);
            self.wants.remove(&seat);
            self.carries.remove(&seat);
            if self.connected.remove(&seat) {
                out.push(FloorEffect::CloseSeat(seat));
            }
        }
    }

    /// Updates rules and announcements for the time and the people present.
    pub(super) fn follow_scene(
        &mut self,
        entering: Option<ConnId>,
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
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
        self.send_delayed_wants(scene.now, out);
        self.announce_media(entering, feather, scene, out);
    }

    /// Removes people who have become quiet: they are neither heard nor seen, and have nothing
    /// raised.
    fn hush_unnamed(&mut self, scene: &RoomScene<'_>) {
        let known = self.switches.keys().chain(&self.raised).copied();
        let known = known.chain(self.wish.feather_given_to).chain(self.wish.spotlight);
        for seat in known.filter(|seat| !scene.is_named(*seat)).collect::<Vec<_>>() {
            self.drop_seat_media(seat);
        }
    }

    /// Resets wishes at the end of the segment they are for.
    fn end_wishes(&mut self, scene: &RoomScene<'_>) {
        let part = scene.timeline().segment_at(scene.now).map(|segment| &segment.key);
        if part != self.wished_for.as_ref() {
            self.wished_for = part.cloned();
            self.wish = FloorWish::default();
        }
    }

    /// Lowers the raised feather of a person who has got it.
    fn lower_held(&mut self, feather: Option<RoundFeather>) {
        let holder = feather.and_then(|feather| feather.holder?.seat);
        for seat in holder.into_iter().chain(self.wish.feather_given_to) {
            self.raised.remove(&seat);
        }
    }

    fn follow_rules(
        &mut self,
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        let sources = self.floor_sources(scene);
        let rules = self.floor_case(&sources, feather, scene).media_rules();
        // The number of people changes with every arrival, and matters at one threshold only.
        let is_alike = self.rules.as_deref().is_some_and(|told| {
            let is_large = |rules: &MediaRules| rules.people > ALL_VOICES_ROOM_MAX;
            let same =
                |told: &MediaRules| MediaRules { people: told.people, ..MediaRules::clone(&rules) };
            is_large(told) == is_large(&rules) && *told == same(told)
        });
        if !is_alike {
            self.rules = Some(SharedMediaRules::clone(&rules));
            out.push(FloorEffect::SetRules(rules));
        }
    }

    /// Everybody present by name with microphone or camera on, by seat.
    fn floor_sources(&self, scene: &RoomScene<'_>) -> Vec<FloorSource> {
        let on = self.switches.iter().filter_map(|(number, mine)| {
            let seat = scene.seats.get(*number).filter(|seat| seat.is_named())?;
            let &MediaSwitches { mic, cam, since } = mine;
            Some(FloorSource { seat: *number, mic, cam, guide: seat.is_guide, turned_on: since })
        });
        on.collect()
    }

    fn floor_case<'a>(
        &self,
        on: &'a [FloorSource],
        feather: Option<RoundFeather>,
        scene: &RoomScene<'_>,
    ) -> FloorCase<'a> {
        FloorCase {
            stand: floor_state(feather, scene),
            wish: self.wish,
            is_led: scene.order.facts().is_led || scene.seats.has_guide(),
            on,
            people: scene.seats.count().present,
        }
    }

    pub(super) fn join_media(&mut self, seat: u32) {
        self.connected.insert(seat);
    }

    pub(super) fn handle_event(
        &mut self,
        told: ForwarderEvent,
        scene: &RoomScene<'_>,
        out: &mut Vec<FloorEffect>,
    ) {
        match told {
            ForwarderEvent::SlotsChanged(slots) => self.slots = slots,
            ForwarderEvent::SpeakersChanged(mut seats) => {
                seats.truncate(VOICE_SLOTS_MAX);
                self.speaking = seats;
            }
            ForwarderEvent::UplinkLost(seat) => {
                self.switches.remove(&seat);
            }
            ForwarderEvent::DownlinkChanged(number, carries) => {
                let seat = scene.seats.get(number).filter(|seat| seat.is_here());
                let Some(seat) = seat else {
                    return;
                };
                let was =
                    self.carries.insert(number, carries).unwrap_or(DownlinkCapacity::AllWanted);
                let to: Vec<_> = seat.conns().collect();
                if was != carries && !to.is_empty() {
                    out.push(FloorEffect::ShowDownlink { carries, to: Recipients::Many(to) });
                }
            }
        }
    }
}

/// The state of the sit that matters to voices and faces.
fn floor_state(feather: Option<RoundFeather>, scene: &RoomScene<'_>) -> FloorState {
    let timeline = scene.timeline();
    if timeline.is_over(scene.now) {
        return FloorState::Over;
    }
    if timeline.is_paused(scene.now) {
        return FloorState::Paused;
    }
    let Some(segment) = timeline.segment_at(scene.now) else {
        return FloorState::Open;
    };
    match feather {
        Some(RoundFeather { mutes: FeatherMutes::Others, holder }) => FloorState::Round(holder),
        Some(RoundFeather { mutes: FeatherMutes::Nobody, .. }) => FloorState::Open,
        // A spoken round with an unknown format.
        None if scene.order.phase_of(segment).and_then(Phase::spoken_format).is_some() => {
            FloorState::Open
        }
        None => FloorState::of_kind(segment.kind),
    }
}
