//! Laying a plan out in time: what was planned and what was changed, played through in order.

use super::{
    ALONE_SILENCE_S, Change, DOOR_OPENS_BEFORE, Facts, INTERVAL_GUARD, LAPSES_AFTER, LEAD,
    STRIKES_MAX, Segment, Timeline, What,
};
use crate::sit::bell::{Bell, Strike};
use crate::sit::breath::Breath;
use crate::sit::plan::{Kind, Phase};
use crate::time::{Instant, Span};

/// The running order: a pure function of the facts of a run and its changes, oldest first.
///
/// Any list of changes gives a timeline; [`super::may`] is where the kind refusals are made.
pub fn order(facts: &Facts, changes: &[Change]) -> Timeline {
    let mut course = Course::new(facts);
    for (place, change) in changes.iter().enumerate() {
        course.change(change.at + LEAD, change.what, place);
    }
    course.play_out();
    course.timeline(changes.len())
}

/// A part of the course that has not started.
#[derive(Clone)]
struct Item {
    key: Box<str>,
    phase: Option<u16>,
    kind: Kind,
    title: Box<str>,
    length: Span,
    opens_with: Option<Bell>,
    closes_with: Option<Bell>,
    every: Option<Span>,
    breath: Option<Breath>,
}

/// A part of the course that has started.
struct Part {
    item: Item,
    starts_at: Instant,
    /// How long it lasts beside its pauses; nobody knows while it waits for its guide.
    length: Option<Span>,
    pauses: Vec<(Instant, Option<Instant>)>,
    /// Strikes before this instant are as they were: a change never reaches into the past.
    settled_at: Instant,
    settled: Vec<Strike>,
    /// Whether it ends without its closing bell: the guide went back, or began anew.
    hushed: bool,
}

struct Course<'a> {
    facts: &'a Facts,
    parts: Vec<Part>,
    /// What comes after the part that is going on.
    ahead: Vec<Item>,
    /// What comes before it in the plan's own order, for going back.
    behind: Vec<Item>,
    /// No change takes effect before the one made before it.
    changed_at: Instant,
    rung: Vec<Strike>,
    begun_at: Option<Instant>,
    alone: bool,
    over_at: Option<Instant>,
}

impl Item {
    fn of_phase(index: usize, phase: &Phase) -> Self {
        Self {
            key: index.to_string().into(),
            phase: u16::try_from(index).ok(),
            kind: phase.kind,
            title: phase.title.as_str().into(),
            length: phase.length(),
            opens_with: phase.opens_with,
            closes_with: phase.closes_with,
            every: phase.every_s.map(|secs| Span::from_secs(i64::from(secs))),
            breath: phase.breath,
        }
    }

    /// A silence that is in no plan.
    fn silence(key: String, secs: u32) -> Self {
        Self {
            key: key.into(),
            phase: None,
            kind: Kind::Silence,
            title: Kind::Silence.title().into(),
            length: Span::from_secs(i64::from(secs)),
            opens_with: Some(Bell::Middle),
            closes_with: Some(Bell::Middle),
            every: None,
            breath: None,
        }
    }

    /// The same part once more, under a name of its own so that its bells are other bells.
    fn again(&self, place: usize) -> Self {
        let first = self.key.split('-').next().unwrap_or_default();
        Self {
            key: format!("{first}-{place}").into(),
            ..self.clone()
        }
    }
}

impl Part {
    fn new(item: Item, starts_at: Instant) -> Self {
        let length = Some(item.length);
        let settled_at = Instant::from_ms(i64::MIN);
        let (pauses, settled) = (Vec::new(), Vec::new());
        Self {
            item,
            starts_at,
            length,
            pauses,
            settled_at,
            settled,
            hushed: false,
        }
    }

    fn is_held(&self) -> bool {
        self.pauses.last().is_some_and(|(_, to)| to.is_none())
    }

    fn ends_at(&self) -> Option<Instant> {
        self.wall(self.length?)
    }

    /// When the part's own time reaches `passed`; nobody knows behind an open pause.
    fn wall(&self, passed: Span) -> Option<Instant> {
        let mut at = self.starts_at + passed;
        for (from, to) in &self.pauses {
            if at < *from {
                break;
            }
            at += (*to)?.since(*from);
        }
        Some(at)
    }

    /// How far the part's own time has come at `now`.
    fn passed(&self, now: Instant) -> Span {
        let held = self
            .pauses
            .iter()
            .map(|(from, to)| to.unwrap_or(now).since(*from));
        now.since(self.starts_at) - held.sum()
    }

    /// Keeps every strike before `now` as it is.
    fn settle(&mut self, now: Instant) {
        let ends_at = self.ends_at();
        self.settled = self.strikes(ends_at, now);
        self.settled_at = now;
    }

    /// The strikes of this part before `until`, when it ends at `ends_at`.
    fn strikes(&self, ends_at: Option<Instant>, until: Instant) -> Vec<Strike> {
        let mut strikes = self.settled.clone();
        let mut ring = |name: &str, at: Option<Instant>, bell: Option<Bell>| {
            let (Some(at), Some(bell)) = (at, bell) else {
                return;
            };
            if at >= self.settled_at && at < until {
                strikes.push(Strike {
                    id: format!("{}.{name}", self.item.key).into(),
                    at,
                    bell,
                });
            }
        };
        ring("0", Some(self.starts_at), self.item.opens_with);
        for (k, at) in self.intervals(ends_at) {
            ring(&k.to_string(), Some(at), Some(Bell::Soft));
        }
        if !self.hushed {
            ring("c", ends_at, self.item.closes_with);
        }
        strikes
    }

    /// The interval bells, counted from one.
    fn intervals(&self, ends_at: Option<Instant>) -> impl Iterator<Item = (usize, Instant)> {
        let every = self.item.every.filter(|every| *every > Span::ZERO);
        let latest = ends_at.map(|end| end - INTERVAL_GUARD);
        (1..=STRIKES_MAX).map_while(move |k| {
            let passed = Span::from_ms(every?.ms().checked_mul(i64::try_from(k).ok()?)?);
            let at = self.wall(passed)?;
            let within = self.length.is_some_and(|length| passed < length);
            (within && latest.is_some_and(|latest| at <= latest)).then_some((k, at))
        })
    }
}

impl<'a> Course<'a> {
    fn new(facts: &'a Facts) -> Self {
        let phases = facts.plan.phases.iter().enumerate();
        let opens_at = facts.planned_at - DOOR_OPENS_BEFORE;
        let waiting = Item {
            key: "w".into(),
            phase: None,
            kind: Kind::Arrive,
            title: Kind::Arrive.title().into(),
            length: DOOR_OPENS_BEFORE,
            opens_with: None,
            closes_with: None,
            every: None,
            breath: None,
        };
        let mut waiting = Part::new(waiting, opens_at);
        if !facts.needs_nobody() {
            waiting.length = None;
        }
        Self {
            facts,
            parts: vec![waiting],
            ahead: phases
                .map(|(index, phase)| Item::of_phase(index, phase))
                .collect(),
            behind: Vec::new(),
            changed_at: Instant::from_ms(i64::MIN),
            rung: Vec::new(),
            begun_at: None,
            alone: false,
            over_at: None,
        }
    }

    fn now(&mut self) -> &mut Part {
        self.parts
            .last_mut()
            .expect("a course has its waiting from the start")
    }

    /// Ends the part that is going on and starts the next, or ends the run.
    fn next(&mut self, at: Instant) {
        if self.ahead.is_empty() {
            self.over_at = Some(at);
            return;
        }
        if self.begun_at.is_some() {
            let done = self.now().item.clone();
            self.behind.push(done);
        }
        self.begun_at = self.begun_at.or(Some(at));
        let item = self.ahead.remove(0);
        self.parts.push(Part::new(item, at));
    }

    /// Plays through what happens by itself up to and including `now`.
    fn reach(&mut self, now: Instant) {
        while self.over_at.is_none() {
            match self.now().ends_at() {
                Some(end) if end <= now => self.next(end),
                _ => break,
            }
        }
    }

    /// Plays through to the end, or to where nobody knows how long it lasts.
    fn play_out(&mut self) {
        self.reach(Instant::from_ms(i64::MAX));
    }

    fn change(&mut self, now: Instant, what: What, place: usize) {
        let now = now.max(self.changed_at);
        self.changed_at = now;
        self.reach(now);
        if self.over_at.is_some() {
            return;
        }
        self.now().settle(now);
        match what {
            What::Ring { bell } => self.ring(now, bell, place),
            What::Begin => self.begin(now, place),
            What::BeginAlone => self.begin_alone(now),
            What::Hold => self.hold(now),
            What::GoOn => self.go_on(now),
            What::Close => self.close(now),
            _ if self.begun_at.is_none() => {}
            What::Extend { s } => self.lengthen(now, i64::from(s)),
            What::Shorten { s } => self.lengthen(now, -i64::from(s)),
            What::Skip => self.cut(now),
            What::Back => self.back(now, place),
            What::Silence { s } => self.insert_silence(s, place),
        }
    }

    fn ring(&mut self, now: Instant, bell: Bell, place: usize) {
        self.rung.push(Strike {
            id: format!("r{place}").into(),
            at: now,
            bell,
        });
    }

    fn begin(&mut self, now: Instant, place: usize) {
        if self.begun_at.is_none() {
            self.cut(now);
        } else if self.alone {
            // The guide came after all: the whole plan, from its start.
            self.alone = false;
            let phases = self.facts.plan.phases.iter().enumerate();
            let whole = phases.map(|(index, phase)| Item::of_phase(index, phase).again(place));
            self.ahead = whole.collect();
            self.now().hushed = true;
            self.cut(now);
            self.behind.clear();
        }
    }

    fn begin_alone(&mut self, now: Instant) {
        if self.begun_at.is_some() {
            return;
        }
        self.alone = true;
        self.ahead.retain(|item| item.kind == Kind::Silence);
        if self.ahead.is_empty() {
            self.ahead
                .push(Item::silence("a".to_owned(), ALONE_SILENCE_S));
        }
        self.cut(now);
    }

    /// The part that is going on ends now.
    fn cut(&mut self, now: Instant) {
        let part = self.now();
        part.release(now);
        // Somebody may begin before the door's usual time.
        part.starts_at = part.starts_at.min(now);
        part.length = Some(part.passed(now));
        self.next(now);
    }

    fn hold(&mut self, now: Instant) {
        let part = self.now();
        if part.length.is_some() && !part.is_held() {
            part.pauses.push((now, None));
        }
    }

    fn go_on(&mut self, now: Instant) {
        let waits = self.begun_at.is_none();
        let part = self.now();
        if !part.is_held() {
            return;
        }
        if waits {
            self.cut(now);
        } else {
            part.release(now);
        }
    }

    fn lengthen(&mut self, now: Instant, secs: i64) {
        let part = self.now();
        let passed = part.passed(now);
        if let Some(length) = &mut part.length {
            *length = (*length + Span::from_secs(secs)).max(passed);
        }
    }

    fn back(&mut self, now: Instant, place: usize) {
        let before = self.behind.pop().map(|item| item.again(place));
        let this = self.now().item.again(place);
        let ahead = std::mem::take(&mut self.ahead);
        self.ahead = before.into_iter().chain([this]).chain(ahead).collect();
        self.now().hushed = true;
        self.cut(now);
        self.behind.pop();
    }

    /// A silence right after this part, behind those that were put there before.
    fn insert_silence(&mut self, secs: u32, place: usize) {
        let behind = self
            .ahead
            .iter()
            .take_while(|item| item.key.starts_with('s'))
            .count();
        self.ahead
            .insert(behind, Item::silence(format!("s{place}"), secs));
    }

    fn close(&mut self, now: Instant) {
        let closing = self.ahead.iter().position(|item| item.kind == Kind::Close);
        match closing {
            Some(closing) if self.begun_at.is_some() => drop(self.ahead.drain(..closing)),
            _ => self.ahead.clear(),
        }
        self.cut(now);
    }

    fn timeline(self, changes: usize) -> Timeline {
        let mut strikes = self.rung;
        for part in &self.parts {
            let ends_at = part.ends_at();
            strikes.extend(part.strikes(ends_at, Instant::from_ms(i64::MAX)));
        }
        let held_at = self.parts.last().and_then(|part| part.pauses.last());
        let held_at = held_at
            .filter(|(_, to)| to.is_none())
            .map(|(from, _)| *from);
        let lapses_at = self
            .begun_at
            .is_none()
            .then(|| self.facts.planned_at + LAPSES_AFTER);
        Timeline {
            seq: u32::try_from(changes + 1).unwrap_or(u32::MAX),
            planned_at: self.facts.planned_at,
            begun_at: self.begun_at,
            alone: self.alone,
            held_at,
            over_at: self.over_at,
            lapses_at: lapses_at.filter(|_| self.over_at.is_none()),
            segments: self.parts.into_iter().map(Segment::from).collect(),
            strikes: in_order(strikes),
        }
    }
}

impl Part {
    fn release(&mut self, now: Instant) {
        if let Some((_, to @ None)) = self.pauses.last_mut() {
            *to = Some(now);
        }
    }
}

impl From<Part> for Segment {
    fn from(part: Part) -> Self {
        let ends_at = part.ends_at();
        Self {
            key: part.item.key,
            phase: part.item.phase,
            kind: part.item.kind,
            title: part.item.title,
            starts_at: part.starts_at,
            ends_at,
            breath: part.item.breath,
            pauses: part.pauses,
        }
    }
}

/// The strikes by time. Where one part closes and the next opens, the larger bell rings alone.
fn in_order(mut strikes: Vec<Strike>) -> Vec<Strike> {
    strikes.sort_by(|a, b| a.at.cmp(&b.at).then(b.bell.cmp(&a.bell)));
    strikes.dedup_by(|later, kept| later.at == kept.at);
    strikes.truncate(STRIKES_MAX);
    strikes
}
