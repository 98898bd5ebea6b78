//! The feather of a spoken round in a room: what people do with it, who is told what of it, and
//! when. It lives as long as its part of the sit; after a restart it lies in the middle.
//!
//! Everybody is told where it is. Who is ready for it is told to nobody but themselves, and in
//! frames of their own, so that no frame to others comes at that moment either.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::media::rules::Holder;
use super::{Effect, LineId, Room, To, send};
use crate::sit::format::{Format, Formats, Mutes};
use crate::sit::frame::{self, Feather};
use crate::sit::lag::Class;
use crate::sit::plan::Plan;
use crate::sit::presence::{Seat, Seats, Sitter};
use crate::sit::run::Segment;
use crate::sit::spoken::{Act, ActNo, By, Circle, Lies, People, You};
use crate::time::Instant;

/// The spoken rounds of a room: the formats of its phases, and the one that is going on.
#[derive(Debug)]
pub(super) struct Spoken {
    /// By the phase's place in the plan; empty when nothing is spoken.
    formats: BTreeMap<u16, Arc<Format>>,
    now: Option<Going>,
    /// When it was last looked whether one begins.
    minded_at: Instant,
}

/// The round that is going on.
#[derive(Debug)]
struct Going {
    key: Box<str>,
    n: usize,
    circle: Circle,
    /// What everybody was told last; none when all are to be told anew.
    told: Option<Feather>,
    /// What was told to those who see something of themselves.
    told_you: BTreeMap<Sitter, You>,
}

impl Default for Spoken {
    fn default() -> Self {
        Self { formats: BTreeMap::new(), now: None, minded_at: Instant::from_ms(i64::MIN) }
    }
}

impl Spoken {
    /// The spoken rounds of a plan. A format that nobody knows any more is no round at all: its
    /// phase shows its words.
    #[expect(clippy::needless_pass_by_value, reason = "the room owns what it is given")]
    pub(super) fn new(plan: &Plan, formats: Arc<Formats>) -> Self {
        let phases = (0..).zip(&plan.phases);
        let spoken = phases.filter_map(|(place, phase)| {
            let format = formats.find(phase.spoken()?)?;
            Some((place, Arc::clone(format)))
        });
        Self { formats: spoken.collect(), ..Self::default() }
    }

    /// Everybody is silent from one instant to the other.
    pub(super) fn paused(&mut self, from: Instant, to: Instant) {
        if let Some(going) = &mut self.now {
            going.circle.paused(from, to);
        }
    }

    fn format(&self, segment: &Segment) -> Option<&Arc<Format>> {
        self.formats.get(&segment.phase?)
    }
}

impl Going {
    /// What may be told of it now.
    fn view(&self, seats: &Seats) -> Feather {
        let view = self.circle.view();
        let holder = match view.lies {
            Lies::Held(who) => seats.of(who),
            Lies::Middle | Lies::Silence => None,
        };
        let named = holder.and_then(|number| Some((number, seats.get(number)?)));
        let named = named.filter(|(_, seat)| seat.is_named());
        Feather { n: self.n, view, holder: named.map(|(number, seat)| (number, seat.name.clone())) }
    }
}

impl Room {
    /// When the feather wants the room to look: a round begins, or a silence of it is over.
    pub(super) fn feather_due(&self) -> Option<Instant> {
        let Spoken { now, minded_at, .. } = &self.spoken;
        if self.spoken.formats.is_empty() || self.over_told {
            return None;
        }
        let ahead = self.timeline.segments.iter();
        let mut ahead = ahead.filter(|segment| segment.starts_at > *minded_at);
        let begins = ahead.find(|segment| self.spoken.format(segment).is_some());
        let begins_at = begins.map(|segment| segment.starts_at);
        let going = now.as_ref();
        let again_at = if self.timeline.is_paused(*minded_at) {
            self.timeline.pause.map(|(_, to)| to)
        } else {
            going.and_then(|going| going.circle.wake_at())
        };
        [begins_at, again_at.filter(|_| going.is_some())].into_iter().flatten().min()
    }

    /// Lets the round that is going on follow time and people; tells who is to be told.
    pub(super) fn mind_feather(
        &mut self,
        entering: Option<LineId>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        if self.spoken.formats.is_empty() {
            return;
        }
        self.spoken.minded_at = now;
        self.find_round(now);
        let is_silent = self.is_silent(now);
        let Some(going) = &mut self.spoken.now else {
            return;
        };
        if is_silent {
            // Nothing moves in the silence of a pause; whoever came in is told behind it.
            if entering.is_some() {
                going.told = None;
            }
            return;
        }
        going.circle.mind(&self.seats, now);
        let view = going.view(&self.seats);
        let known = going.circle.known();
        let you: BTreeMap<_, _> =
            known.into_iter().map(|who| (who, going.circle.you(who))).collect();
        let told_you = std::mem::replace(&mut going.told_you, you);
        let lines = if going.told.as_ref() == Some(&view) {
            let moved = going.changed_for(&told_you);
            let moved = moved.filter_map(|who| self.seats.get(self.seats.of(who)?));
            let lines = moved.flat_map(|seat| seat.lines().collect::<Vec<_>>());
            lines.chain(entering).collect()
        } else {
            going.told = Some(view);
            self.all_lines()
        };
        self.tell_feather(lines, now, out);
    }

    /// Begins the round of a segment that has started, and ends the one of a segment that is past.
    pub(super) fn find_round(&mut self, now: Instant) {
        let is_over = self.timeline.is_over(now);
        let segments = self.timeline.segments.iter().enumerate().rev();
        let mut started = segments.filter(|(_, segment)| segment.starts_at <= now && !is_over);
        let found = started.next();
        let spoken = found.and_then(|found| Some((found, self.spoken.format(found.1)?)));
        let Some(((n, segment), format)) = spoken else {
            self.spoken.now = None;
            return;
        };
        if self.spoken.now.as_ref().is_some_and(|going| going.key == segment.key) {
            return;
        }
        self.spoken.now = Some(Going {
            key: segment.key.clone(),
            n,
            circle: Circle::new(Arc::clone(format), now),
            told: None,
            told_you: BTreeMap::new(),
        });
    }

    /// Somebody does something with the feather.
    pub(super) fn feather(
        &mut self,
        line: LineId,
        act: Act,
        to: Option<u32>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        self.find_round(now);
        let seat = self.line(line).and_then(|held| self.seats.get(held.seat));
        let by = seat.filter(|seat| seat.is_here()).map(|seat| By {
            who: seat.who,
            is_guide: seat.guide,
            to,
        });
        let is_silent = self.is_silent(now);
        let (Some(by), Some(going), false) = (by, &mut self.spoken.now, is_silent) else {
            return;
        };
        match going.circle.act(by, act, &self.seats, now) {
            // Two did something at once: the frame that comes anyway says how it is.
            Ok(()) | Err(ActNo::NotNow) => {}
            Err(no) => self.not_now(line, &no, now, out),
        }
    }

    /// In a spoken round: whom its feather mutes, and who holds it, if anybody does.
    pub(super) fn feather_holder(&self) -> Option<(Mutes, Option<Holder>)> {
        let circle = &self.spoken.now.as_ref()?.circle;
        let holder = match circle.view().lies {
            Lies::Held(who) => {
                let number = self.seats.of(who);
                let seat = number.and_then(|number| self.seats.get(number));
                Some(Holder {
                    seat: number.filter(|_| seat.is_some_and(Seat::is_named)),
                    is_guide: seat.is_some_and(|seat| seat.guide),
                })
            }
            Lies::Middle | Lies::Silence => None,
        };
        Some((circle.format().mutes, holder))
    }

    /// Tells a line that missed it where the feather is. In the silence of a pause it waits, as
    /// for somebody who comes in.
    pub(super) fn tell_feather_again(&mut self, line: LineId, now: Instant, out: &mut Vec<Effect>) {
        if !self.is_silent(now) {
            return self.tell_feather(vec![line], now, out);
        }
        if let Some(going) = &mut self.spoken.now {
            going.told = None;
        }
    }

    /// Tells these lines where the feather is, each what its person may see.
    pub(super) fn tell_feather(&self, lines: Vec<LineId>, now: Instant, out: &mut Vec<Effect>) {
        let going = self.spoken.now.as_ref().filter(|_| !self.is_silent(now));
        let Some((going, feather)) = going.and_then(|going| Some((going, going.told.as_ref()?)))
        else {
            return;
        };
        let mut alike: BTreeMap<&'static str, (You, Vec<LineId>)> = BTreeMap::new();
        for line in lines {
            let seat = self.line(line).and_then(|held| self.seats.get(held.seat));
            if let Some(seat) = seat {
                let you = going.circle.you(seat.who);
                alike.entry(you.word()).or_insert_with(|| (you, Vec::new())).1.push(line);
            }
        }
        for (you, lines) in alike.into_values() {
            let text = frame::feather(feather, you);
            out.push(send(Class::Feather, To::Many(lines), text));
        }
    }
}

impl Going {
    /// Who sees something else of themselves than they were told.
    fn changed_for<'a>(
        &'a self,
        told: &'a BTreeMap<Sitter, You>,
    ) -> impl Iterator<Item = Sitter> + 'a {
        let is_new = |(who, you): &(&Sitter, &You)| told.get(*who) != Some(*you);
        let now = self.told_you.iter().filter(is_new);
        let gone = told.iter().filter(|(who, _)| !self.told_you.contains_key(who));
        now.chain(gone).map(|(who, _)| *who)
    }
}

impl People for Seats {
    fn seat(&self, who: Sitter) -> Option<u32> {
        let number = self.of(who)?;
        self.get(number).filter(|seat| seat.is_here()).map(|_| number)
    }

    fn is_near(&self, who: Sitter) -> bool {
        let seat = self.of(who).and_then(|number| self.get(number));
        seat.is_some_and(|seat| seat.is_here() && seat.lines().next().is_some())
    }

    fn in_order(&self) -> Vec<(u32, Sitter)> {
        let near = self.iter().filter(|(_, seat)| seat.is_named() && seat.lines().next().is_some());
        near.map(|(number, seat)| (number, seat.who)).collect()
    }

    fn named(&self) -> usize {
        let count = self.count();
        usize::try_from(count.n - count.quiet).unwrap_or(usize::MAX)
    }
}
