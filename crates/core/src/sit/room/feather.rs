//! The feather of a spoken round in a room: people's actions on it, and who is told of it when. It
//! lives as long as its segment; after a restart it lies in the middle.
//!
//! Everybody is told where it is. That somebody is ready for it is told to nobody but themselves,
//! and in frames of their own, so that others get no frame at that moment either.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ConnId;
use super::order::RunningOrder;
use super::scene::{FeatherHolder, RoomScene, RoundFeather};
use crate::sit::format::{Format, Formats};
use crate::sit::plan::Plan;
use crate::sit::presence::{Seat, Seats, Sitter};
use crate::sit::run::Segment;
use crate::sit::spoken::{
    CircleSeating, FeatherAction, FeatherActor, FeatherCircle, FeatherNo, FeatherPosition,
    FeatherStatus, VisibleFeather,
};
use crate::time::Instant;

/// Connections to tell where the feather is, all with the same status of their own.
#[derive(Debug)]
pub(super) struct FeatherShown {
    pub(super) status: FeatherStatus,
    pub(super) to: Vec<ConnId>,
}

/// The spoken rounds of a room: the formats of its phases, and the one that is going on.
#[derive(Debug)]
pub(super) struct SpokenRounds {
    /// By index of the phase in the plan; empty if no round is spoken.
    formats: BTreeMap<u16, Arc<Format>>,
    ongoing: Option<OngoingRound>,
    /// Instant at which it was last checked whether a round begins.
    followed_at: Instant,
}

#[derive(Debug)]
struct OngoingRound {
    key: Box<str>,
    segment_index: usize,
    circle: FeatherCircle,
    /// State last told to everybody; `None` if all must be told again.
    told: Option<VisibleFeather>,
    /// Status last told to each person who has one of their own.
    told_status: BTreeMap<Sitter, FeatherStatus>,
}

impl Default for SpokenRounds {
    fn default() -> Self {
        let followed_at = Instant::from_ms(i64::MIN);
        Self { formats: BTreeMap::new(), ongoing: None, followed_at }
    }
}

impl SpokenRounds {
    /// The spoken rounds of a plan. A phase with an unknown format is no round: it shows its words.
    pub(super) fn new(plan: &Plan, formats: &Formats) -> Self {
        let phases = (0..).zip(&plan.phases);
        let spoken = phases.filter_map(|(index, phase)| {
            let format = formats.find(phase.spoken_format()?)?;
            Some((index, Arc::clone(format)))
        });
        Self { formats: spoken.collect(), ..Self::default() }
    }

    /// Everybody is silent between these instants.
    pub(super) fn shift_for_pause(&mut self, from: Instant, to: Instant) {
        if let Some(going) = &mut self.ongoing {
            going.circle.shift_for_pause(from, to);
        }
    }

    fn format_of(&self, segment: &Segment) -> Option<&Arc<Format>> {
        self.formats.get(&segment.phase?)
    }

    /// The state of the current round last told to everybody.
    pub(super) fn told_feather(&self) -> Option<&VisibleFeather> {
        self.ongoing.as_ref()?.told.as_ref()
    }

    pub(super) fn round_feather(&self, seats: &Seats) -> Option<RoundFeather> {
        let circle = &self.ongoing.as_ref()?.circle;
        let holder = match circle.view().position {
            FeatherPosition::Held(who) => {
                let number = seats.seat_of(who);
                let seat = number.and_then(|number| seats.get(number));
                Some(FeatherHolder {
                    seat: number.filter(|_| seat.is_some_and(Seat::is_named)),
                    is_guide: seat.is_some_and(|seat| seat.is_guide),
                })
            }
            FeatherPosition::Middle | FeatherPosition::Silence => None,
        };
        Some(RoundFeather { mutes: circle.format().mutes, holder })
    }

    /// Instant at which a round begins, or a silence of the current one is over.
    pub(super) fn due(&self, order: &RunningOrder) -> Option<Instant> {
        if self.formats.is_empty() {
            return None;
        }
        let (timeline, followed_at) = (order.timeline(), self.followed_at);
        let mut ahead = timeline.segments.iter().filter(|one| one.starts_at > followed_at);
        let begins = ahead.find(|segment| self.format_of(segment).is_some());
        let going = self.ongoing.as_ref();
        let again_at = if timeline.is_paused(followed_at) {
            timeline.pause.map(|(_, to)| to)
        } else {
            going.and_then(|going| going.circle.wake_at())
        };
        let begins_at = begins.map(|segment| segment.starts_at);
        [begins_at, again_at.filter(|_| going.is_some())].into_iter().flatten().min()
    }

    /// Updates the current round for the time and the people present. Returns the connections to
    /// tell.
    pub(super) fn follow_scene(
        &mut self,
        entering: Option<ConnId>,
        scene: &RoomScene<'_>,
    ) -> Vec<FeatherShown> {
        if self.formats.is_empty() {
            return Vec::new();
        }
        self.followed_at = scene.now;
        self.find_round(scene);
        let Some(going) = &mut self.ongoing else {
            return Vec::new();
        };
        if scene.is_silent() {
            // Nothing moves in the silence of a pause; newcomers are told after it.
            if entering.is_some() {
                going.told = None;
            }
            return Vec::new();
        }
        let conns = going.follow_scene(entering, scene);
        self.group_by_status(conns, scene)
    }

    /// Begins the round of a segment that has started, and ends the one of a past segment.
    pub(super) fn find_round(&mut self, scene: &RoomScene<'_>) {
        let (timeline, now) = (scene.timeline(), scene.now);
        let is_over = timeline.is_over(now);
        let segments = timeline.segments.iter().enumerate().rev();
        let mut started = segments.filter(|(_, segment)| segment.starts_at <= now && !is_over);
        let found = started.next();
        let spoken = found.and_then(|found| Some((found, self.format_of(found.1)?)));
        let Some(((n, segment), format)) = spoken else {
            self.ongoing = None;
            return;
        };
        if self.ongoing.as_ref().is_some_and(|going| going.key == segment.key) {
            return;
        }
        self.ongoing = Some(OngoingRound {
            key: segment.key.clone(),
            segment_index: n,
            circle: FeatherCircle::new(Arc::clone(format), now),
            told: None,
            told_status: BTreeMap::new(),
        });
    }

    /// Handles a person's action on the feather.
    pub(super) fn handle_action(
        &mut self,
        conn: ConnId,
        (act, to): (FeatherAction, Option<u32>),
        scene: &RoomScene<'_>,
    ) -> Result<(), FeatherNo> {
        self.find_round(scene);
        let seat = scene.seat_of_conn(conn).filter(|seat| seat.is_here());
        let by = seat.map(|seat| FeatherActor {
            sitter: seat.who,
            is_guide: seat.is_guide,
            to_seat: to,
        });
        let (Some(by), Some(going), false) = (by, &mut self.ongoing, scene.is_silent()) else {
            return Ok(());
        };
        match going.circle.handle_action(by, act, scene.seats, scene.now) {
            // Two acted at once: the next frame shows the state anyway.
            Err(FeatherNo::NotNow) => Ok(()),
            done => done,
        }
    }

    /// Tells a connection that missed a frame where the feather is. In the silence of a pause that
    /// waits, as for newcomers.
    pub(super) fn repeat_feather(
        &mut self,
        conn: ConnId,
        scene: &RoomScene<'_>,
    ) -> Vec<FeatherShown> {
        if !scene.is_silent() {
            return self.group_by_status(vec![conn], scene);
        }
        if let Some(going) = &mut self.ongoing {
            going.told = None;
        }
        Vec::new()
    }

    /// Groups these connections by the status of their people.
    fn group_by_status(&self, conns: Vec<ConnId>, scene: &RoomScene<'_>) -> Vec<FeatherShown> {
        let Some(going) = self.ongoing.as_ref().filter(|going| going.told.is_some()) else {
            return Vec::new();
        };
        let mut alike: BTreeMap<&'static str, FeatherShown> = BTreeMap::new();
        for conn in conns {
            if let Some(seat) = scene.seat_of_conn(conn) {
                let you = going.circle.status_of(seat.who);
                let fresh = || FeatherShown { status: you, to: Vec::new() };
                alike.entry(you.word()).or_insert_with(fresh).to.push(conn);
            }
        }
        alike.into_values().collect()
    }
}

impl OngoingRound {
    /// Updates for the time and the people present. Returns the connections to tell.
    fn follow_scene(&mut self, entering: Option<ConnId>, scene: &RoomScene<'_>) -> Vec<ConnId> {
        self.circle.follow_people(scene.seats, scene.now);
        let view = self.visible_feather(scene.seats);
        let known = self.circle.sitters_with_status();
        let you: BTreeMap<_, _> =
            known.into_iter().map(|who| (who, self.circle.status_of(who))).collect();
        let told_you = std::mem::replace(&mut self.told_status, you);
        if self.told.as_ref() != Some(&view) {
            self.told = Some(view);
            return scene.conns.open_conns();
        }
        let moved = self.changed_for(&told_you);
        let moved = moved.filter_map(|who| scene.seats.get(scene.seats.seat_of(who)?));
        moved.flat_map(Seat::conns).chain(entering).collect()
    }

    /// The state that everybody may see now.
    fn visible_feather(&self, seats: &Seats) -> VisibleFeather {
        let view = self.circle.view();
        let holder = match view.position {
            FeatherPosition::Held(who) => seats.seat_of(who),
            FeatherPosition::Middle | FeatherPosition::Silence => None,
        };
        let named = holder.and_then(|number| Some((number, seats.get(number)?)));
        let named = named.filter(|(_, seat)| seat.is_named());
        VisibleFeather {
            segment_index: self.segment_index,
            view,
            holder: named.map(|(number, seat)| (number, seat.name.clone())),
        }
    }

    /// People whose status differs from what they were told.
    fn changed_for<'a>(
        &'a self,
        told: &'a BTreeMap<Sitter, FeatherStatus>,
    ) -> impl Iterator<Item = Sitter> + 'a {
        let is_new = |(who, you): &(&Sitter, &FeatherStatus)| told.get(*who) != Some(*you);
        let now = self.told_status.iter().filter(is_new);
        let gone = told.iter().filter(|(who, _)| !self.told_status.contains_key(who));
        now.chain(gone).map(|(who, _)| *who)
    }
}

impl CircleSeating for Seats {
    fn present_seat(&self, who: Sitter) -> Option<u32> {
        let number = self.seat_of(who)?;
        self.get(number).filter(|seat| seat.is_here()).map(|_| number)
    }

    fn is_connected(&self, who: Sitter) -> bool {
        let seat = self.seat_of(who).and_then(|number| self.get(number));
        seat.is_some_and(|seat| seat.is_here() && seat.conns().next().is_some())
    }

    fn eligible_in_order(&self) -> Vec<(u32, Sitter)> {
        let near =
            self.taken_seats().filter(|(_, seat)| seat.is_named() && seat.conns().next().is_some());
        near.map(|(number, seat)| (number, seat.who)).collect()
    }

    fn named_count(&self) -> usize {
        let count = self.count();
        usize::try_from(count.present - count.quiet).unwrap_or(usize::MAX)
    }
}
