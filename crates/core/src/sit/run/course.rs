//! Lays a plan out in time: plays the planned phases and the changes in order.

use super::part::{Item, Part};
use super::{
    ALONE_SILENCE_S, Change, DOOR_OPENS_BEFORE, Facts, LAPSES_AFTER, LEAD, PAUSE, STRIKES_MAX,
    Segment, Timeline, What,
};
use crate::sit::bell::{Bell, Strike};
use crate::sit::kind::PhaseKind;
use crate::time::{Instant, Span};

/// Builds the timeline: a pure function of the facts of a run and its changes, oldest first.
///
/// Any list of changes gives a timeline; [`super::may`] is where changes are refused.
pub fn order(facts: &Facts, changes: &[Change]) -> Timeline {
    let mut course = Sequencer::new(facts);
    for (number, change) in changes.iter().enumerate() {
        course.change(change.at + LEAD, change.what, number);
    }
    course.play_out();
    course.timeline(changes.len())
}

/// Plays a plan with its changes.
struct Sequencer<'a> {
    facts: &'a Facts,
    parts: Vec<Part>,
    /// Parts after the current one.
    ahead: Vec<Item>,
    /// Parts before it in plan order, for going back.
    behind: Vec<Item>,
    /// No change takes effect earlier than the one before it.
    changed_at: Instant,
    rung: Vec<Strike>,
    pause: Option<(Instant, Instant)>,
    begun_at: Option<Instant>,
    alone: bool,
    over_at: Option<Instant>,
}

impl<'a> Sequencer<'a> {
    fn new(facts: &'a Facts) -> Self {
        let phases = facts.plan.phases.iter().enumerate();
        let opens_at = facts.planned_at - DOOR_OPENS_BEFORE;
        let waiting = Item {
            key: "w".into(),
            phase: None,
            kind: PhaseKind::WAITING,
            title: PhaseKind::WAITING.row().title.into(),
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
            ahead: phases.map(|(index, phase)| Item::of_phase(index, phase)).collect(),
            behind: Vec::new(),
            changed_at: Instant::from_ms(i64::MIN),
            rung: Vec::new(),
            pause: None,
            begun_at: None,
            alone: false,
            over_at: None,
        }
    }

    fn now(&mut self) -> &mut Part {
        self.parts.last_mut().expect("a course has its waiting from the start")
    }

    /// Ends the current part and starts the next, or ends the run.
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

    /// Plays everything that happens by itself up to and including `now`.
    fn reach(&mut self, now: Instant) {
        while self.over_at.is_none() {
            match self.now().ends_at() {
                Some(end) if end <= now => self.next(end),
                _ => break,
            }
        }
    }

    /// Plays to the end, or to a part of unknown length.
    fn play_out(&mut self) {
        self.reach(Instant::from_ms(i64::MAX));
    }

    fn change(&mut self, now: Instant, what: What, number: usize) {
        let now = now.max(self.changed_at);
        self.changed_at = now;
        self.reach(now);
        if self.over_at.is_some() {
            return;
        }
        self.now().settle(now);
        match what {
            What::Ring { bell } => self.ring(now, bell, number),
            What::Begin => self.begin(now, number),
            What::BeginAlone => self.begin_alone(now),
            What::Hold => self.hold(now),
            What::GoOn => self.go_on(now),
            What::Close => self.close(now),
            _ if self.begun_at.is_none() => {}
            What::Extend { s } => self.lengthen(now, i64::from(s)),
            What::Shorten { s } => self.lengthen(now, -i64::from(s)),
            What::Skip => self.cut(now),
            What::Back => self.back(now, number),
            What::Silence { s } => self.insert_silence(s, number),
            What::Pause => self.pause(now, number),
        }
    }

    fn ring(&mut self, now: Instant, bell: Bell, number: usize) {
        self.rung.push(Strike { id: format!("r{number}").into(), at: now, bell });
    }

    fn begin(&mut self, now: Instant, number: usize) {
        if self.begun_at.is_none() {
            self.cut(now);
        } else if self.alone {
            // The guide came after all: restart the whole plan.
            self.alone = false;
            let phases = self.facts.plan.phases.iter().enumerate();
            let whole = phases.map(|(index, phase)| Item::of_phase(index, phase).again(number));
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
        self.ahead.retain(|item| item.kind.row().is_silent);
        if self.ahead.is_empty() {
            self.ahead.push(Item::silence("a".to_owned(), ALONE_SILENCE_S));
        }
        self.cut(now);
    }

    /// Ends the current part at `now`.
    fn cut(&mut self, now: Instant) {
        let part = self.now();
        part.end_pauses(now);
        // Somebody may begin before the door usually opens.
        part.starts_at = part.starts_at.min(now);
        part.length = Some(part.passed(now));
        if let Some((_, to)) = self.pause.as_mut().filter(|(_, to)| *to > now) {
            let ended = std::mem::replace(to, now);
            self.rung.retain(|strike| strike.at != ended || strike.at < now);
        }
        self.next(now);
    }

    /// Inserts a silence with a bell at both ends into the current part.
    fn pause(&mut self, now: Instant, number: usize) {
        if self.pause.is_some_and(|(_, to)| to > now) {
            return;
        }
        let to = now + PAUSE;
        self.pause = Some((now, to));
        for (name, at) in [("0", now), ("c", to)] {
            let id = format!("p{number}.{name}").into();
            let bell = Bell::Middle;
            self.rung.push(Strike { id, at, bell });
        }
        let part = self.now();
        if part.length.is_some() && !part.is_held() {
            part.pauses.push((now, Some(to)));
        }
    }

    fn hold(&mut self, now: Instant) {
        let part = self.now();
        if part.length.is_some() && !part.is_held() {
            part.hold(now);
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

    fn back(&mut self, now: Instant, number: usize) {
        let before = self.behind.pop().map(|item| item.again(number));
        let this = self.now().item.again(number);
        let ahead = std::mem::take(&mut self.ahead);
        self.ahead = before.into_iter().chain([this]).chain(ahead).collect();
        self.now().hushed = true;
        self.cut(now);
        self.behind.pop();
    }

    /// Inserts a silence right after this part and any inserted before.
    fn insert_silence(&mut self, secs: u32, number: usize) {
        let behind = self.ahead.iter().take_while(|item| item.key.starts_with('s')).count();
        self.ahead.insert(behind, Item::silence(format!("s{number}"), secs));
    }

    fn close(&mut self, now: Instant) {
        let closing = self.ahead.iter().position(|item| item.kind.row().is_closing);
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
        let held_at = held_at.filter(|(_, to)| to.is_none()).map(|(from, _)| *from);
        let lapses_at = self.begun_at.is_none().then(|| self.facts.planned_at + LAPSES_AFTER);
        Timeline {
            seq: u32::try_from(changes + 1).unwrap_or(u32::MAX),
            planned_at: self.facts.planned_at,
            begun_at: self.begun_at,
            alone: self.alone,
            held_at,
            pause: self.pause,
            over_at: self.over_at,
            lapses_at: lapses_at.filter(|_| self.over_at.is_none()),
            segments: self.parts.into_iter().map(Segment::from).collect(),
            strikes: in_order(strikes),
        }
    }
}

/// Sorts strikes by time. Where one part closes and the next opens, only the larger bell rings.
fn in_order(mut strikes: Vec<Strike>) -> Vec<Strike> {
    strikes.sort_by(|a, b| a.at.cmp(&b.at).then(b.bell.cmp(&a.bell)));
    strikes.dedup_by(|later, kept| later.at == kept.at);
    strikes.truncate(STRIKES_MAX);
    strikes
}
