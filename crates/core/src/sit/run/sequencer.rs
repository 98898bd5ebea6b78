//! Lays a plan out in time: plays the planned phases and the changes in order.

use super::part::{PlannedPart, StartedPart};
use super::{
    ALONE_SILENCE_S, CHANGE_LEAD, DOOR_OPENS_BEFORE, LAPSES_AFTER, PAUSE_LENGTH, RunAction,
    RunChange, RunFacts, STRIKES_MAX, Segment, Timeline,
};
use crate::sit::bell::{Bell, Strike};
use crate::sit::kind::PhaseKind;
use crate::time::{Instant, Span};

/// Builds the timeline: a pure function of the facts of a run and its changes, oldest first.
///
/// Any list of changes gives a timeline; [`super::check_change`] is where changes are refused.
pub fn build_timeline(facts: &RunFacts, changes: &[RunChange]) -> Timeline {
    let mut course = Sequencer::new(facts);
    for (number, change) in changes.iter().enumerate() {
        course.apply_change(change.at + CHANGE_LEAD, change.what, number);
    }
    course.play_out();
    course.into_timeline(changes.len())
}

/// Plays a plan with its changes.
struct Sequencer<'a> {
    facts: &'a RunFacts,
    parts: Vec<StartedPart>,
    /// Parts after the current one.
    ahead: Vec<PlannedPart>,
    /// Parts before it in plan order, for going back.
    behind: Vec<PlannedPart>,
    /// No change takes effect earlier than the one before it.
    changed_at: Instant,
    rung: Vec<Strike>,
    pause: Option<(Instant, Instant)>,
    begun_at: Option<Instant>,
    alone: bool,
    over_at: Option<Instant>,
}

impl<'a> Sequencer<'a> {
    fn new(facts: &'a RunFacts) -> Self {
        let phases = facts.plan.phases.iter().enumerate();
        let opens_at = facts.planned_at - DOOR_OPENS_BEFORE;
        let waiting = PlannedPart {
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
        let mut waiting = StartedPart::new(waiting, opens_at);
        if !facts.needs_nobody() {
            waiting.length = None;
        }
        Self {
            facts,
            parts: vec![waiting],
            ahead: phases.map(|(index, phase)| PlannedPart::of_phase(index, phase)).collect(),
            behind: Vec::new(),
            changed_at: Instant::from_ms(i64::MIN),
            rung: Vec::new(),
            pause: None,
            begun_at: None,
            alone: false,
            over_at: None,
        }
    }

    fn current_part(&mut self) -> &mut StartedPart {
        self.parts.last_mut().expect("a course has its waiting from the start")
    }

    /// Ends the current part and starts the next, or ends the run.
    fn start_next(&mut self, at: Instant) {
        if self.ahead.is_empty() {
            self.over_at = Some(at);
            return;
        }
        if self.begun_at.is_some() {
            let done = self.current_part().item.clone();
            self.behind.push(done);
        }
        self.begun_at = self.begun_at.or(Some(at));
        let item = self.ahead.remove(0);
        self.parts.push(StartedPart::new(item, at));
    }

    /// Plays everything that happens by itself up to and including `now`.
    fn play_until(&mut self, now: Instant) {
        while self.over_at.is_none() {
            match self.current_part().ends_at() {
                Some(end) if end <= now => self.start_next(end),
                _ => break,
            }
        }
    }

    /// Plays to the end, or to a part of unknown length.
    fn play_out(&mut self) {
        self.play_until(Instant::from_ms(i64::MAX));
    }

    fn apply_change(&mut self, now: Instant, what: RunAction, number: usize) {
        let now = now.max(self.changed_at);
        self.changed_at = now;
        self.play_until(now);
        if self.over_at.is_some() {
            return;
        }
        self.current_part().freeze_strikes(now);
        match what {
            RunAction::Ring { bell } => self.ring_bell(now, bell, number),
            RunAction::Begin => self.begin_run(now, number),
            RunAction::BeginAlone => self.begin_alone(now),
            RunAction::Hold => self.hold_part(now),
            RunAction::GoOn => self.go_on(now),
            RunAction::Close => self.go_to_close(now),
            _ if self.begun_at.is_none() => {}
            RunAction::Extend { s } => self.lengthen_part(now, i64::from(s)),
            RunAction::Shorten { s } => self.lengthen_part(now, -i64::from(s)),
            RunAction::Skip => self.end_part(now),
            RunAction::Back => self.go_back(now, number),
            RunAction::Silence { s } => self.insert_silence(s, number),
            RunAction::Pause => self.pause(now, number),
        }
    }

    fn ring_bell(&mut self, now: Instant, bell: Bell, number: usize) {
        self.rung.push(Strike { id: format!("r{number}").into(), at: now, bell });
    }

    fn begin_run(&mut self, now: Instant, number: usize) {
        if self.begun_at.is_none() {
            self.end_part(now);
        } else if self.alone {
            // The guide came after all: restart the whole plan.
            self.alone = false;
            let phases = self.facts.plan.phases.iter().enumerate();
            let whole =
                phases.map(|(index, phase)| PlannedPart::of_phase(index, phase).repeated(number));
            self.ahead = whole.collect();
            self.current_part().skips_closing_bell = true;
            self.end_part(now);
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
            self.ahead.push(PlannedPart::inserted_silence("a".to_owned(), ALONE_SILENCE_S));
        }
        self.end_part(now);
    }

    /// Ends the current part at `now`.
    fn end_part(&mut self, now: Instant) {
        let part = self.current_part();
        part.end_pauses(now);
        // Somebody may begin before the door usually opens.
        part.starts_at = part.starts_at.min(now);
        part.length = Some(part.elapsed(now));
        if let Some((_, to)) = self.pause.as_mut().filter(|(_, to)| *to > now) {
            let ended = std::mem::replace(to, now);
            self.rung.retain(|strike| strike.at != ended || strike.at < now);
        }
        self.start_next(now);
    }

    /// Inserts a silence with a bell at both ends into the current part.
    fn pause(&mut self, now: Instant, number: usize) {
        if self.pause.is_some_and(|(_, to)| to > now) {
            return;
        }
        let to = now + PAUSE_LENGTH;
        self.pause = Some((now, to));
        for (name, at) in [("0", now), ("c", to)] {
            let id = format!("p{number}.{name}").into();
            let bell = Bell::Middle;
            self.rung.push(Strike { id, at, bell });
        }
        let part = self.current_part();
        if part.length.is_some() && !part.is_held() {
            part.pauses.push((now, Some(to)));
        }
    }

    fn hold_part(&mut self, now: Instant) {
        let part = self.current_part();
        if part.length.is_some() && !part.is_held() {
            part.start_hold(now);
        }
    }

    fn go_on(&mut self, now: Instant) {
        let waits = self.begun_at.is_none();
        let part = self.current_part();
        if !part.is_held() {
            return;
        }
        if waits {
            self.end_part(now);
        } else {
            part.end_hold(now);
        }
    }

    fn lengthen_part(&mut self, now: Instant, secs: i64) {
        let part = self.current_part();
        let passed = part.elapsed(now);
        if let Some(length) = &mut part.length {
            *length = (*length + Span::from_secs(secs)).max(passed);
        }
    }

    fn go_back(&mut self, now: Instant, number: usize) {
        let before = self.behind.pop().map(|item| item.repeated(number));
        let this = self.current_part().item.repeated(number);
        let ahead = std::mem::take(&mut self.ahead);
        self.ahead = before.into_iter().chain([this]).chain(ahead).collect();
        self.current_part().skips_closing_bell = true;
        self.end_part(now);
        self.behind.pop();
    }

    /// Inserts a silence right after this part and any inserted before.
    fn insert_silence(&mut self, secs: u32, number: usize) {
        let behind = self.ahead.iter().take_while(|item| item.key.starts_with('s')).count();
        self.ahead.insert(behind, PlannedPart::inserted_silence(format!("s{number}"), secs));
    }

    fn go_to_close(&mut self, now: Instant) {
        let closing = self.ahead.iter().position(|item| item.kind.row().is_closing);
        match closing {
            Some(closing) if self.begun_at.is_some() => drop(self.ahead.drain(..closing)),
            _ => self.ahead.clear(),
        }
        self.end_part(now);
    }

    fn into_timeline(self, changes: usize) -> Timeline {
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
            began_alone: self.alone,
            held_at,
            pause: self.pause,
            over_at: self.over_at,
            lapses_at: lapses_at.filter(|_| self.over_at.is_none()),
            segments: self.parts.into_iter().map(Segment::from).collect(),
            strikes: sort_strikes(strikes),
        }
    }
}

/// Sorts strikes by time. Where one part closes and the next opens, only the larger bell rings.
fn sort_strikes(mut strikes: Vec<Strike>) -> Vec<Strike> {
    strikes.sort_by(|a, b| a.at.cmp(&b.at).then(b.bell.cmp(&a.bell)));
    strikes.dedup_by(|later, kept| later.at == kept.at);
    strikes.truncate(STRIKES_MAX);
    strikes
}
