//! The room of a living sit, without any input or output of its own: [`Room::handle`] takes what
//! happened and when, and hands out what is to be done. [`Room::wake_at`] says when it next
//! wants to be asked.
//!
//! * here: lines, bells heard, gestures, beginning alone, being over;
//! * `room/telling.rs`: who is told of whom, in one tick for all;
//! * [`super::presence`]: the seats; [`super::run`]: the running order.

pub mod telling;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::telling::Telling;
use super::bell::Heard;
use super::frame::{self, Count, Named, Said};
use super::lag::Class;
use super::presence::{Seats, Sitter};
use super::run::{ALONE_AFTER, Change, Facts, HELD_MAX, Timeline, What, order};
use crate::time::{Instant, Span};

/// The least time between two gestures in one sit.
pub const ME_TOO_EVERY: Span = Span::from_secs(3);
/// A bell may be reported so long before or after its strike.
pub const REPORT_WITHIN: Span = Span::from_secs(30);
/// Guides are told how a bell was heard at most once in so long.
pub const BELLS_EVERY: Span = Span::from_secs(1);
/// A browser less sure of its clock than this counts as having heard, not as in time.
pub const UNSURE_MS: f64 = 250.0;
/// Lines still open so long after the end are closed.
pub const LINGER: Span = Span::from_secs(60);
/// Nobody is left alone with a sit that begins by itself sooner than so long after coming.
pub const SETTLE: Span = Span::from_secs(30);
/// A sit whose guide was here and is gone waits so long for the guide.
pub const GUIDE_MISSED: Span = Span::from_mins(2);
/// A change the room wants is asked for again when nothing came of it for so long.
const WANTED_AGAIN: Span = Span::from_secs(5);

/// The close codes of a sit's lines. `PROTOCOL.md` says what a browser does with each.
pub mod code {
    /// The person left, or opened the sit elsewhere.
    pub const LEFT: u16 = 1000;
    /// Our fault.
    pub const BROKEN: u16 = 1011;
    /// The home is restarting: come back.
    pub const RESTARTING: u16 = 1012;
    /// The ticket is not valid: get a new page.
    pub const TICKET: u16 = 4001;
    /// This sit is over.
    pub const OVER: u16 = 4004;
    /// The line was too slow: come back.
    pub const TOO_SLOW: u16 = 4008;
    /// The home is full.
    pub const FULL: u16 = 4029;
}

/// One open line: a place in a table, and which life of that place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    index: u32,
    life: u32,
}

impl LineId {
    /// The line at this place, in this life of the place.
    pub const fn new(index: u32, life: u32) -> Self {
        Self { index, life }
    }

    /// The place in the table.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Which life of the place.
    pub const fn life(self) -> u32 {
        self.life
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// Somebody enters by a line.
    Enter(Enter),
    /// A browser said something.
    Said(LineId, Said),
    /// A line is gone.
    Lost(LineId),
    /// A guide changed the running order, and the change is kept.
    Changed(Change),
    /// Time has passed.
    Tick,
}

/// Somebody enters by a line.
#[derive(Clone, Debug)]
pub struct Enter {
    /// The line.
    pub line: LineId,
    /// Who it is.
    pub who: Sitter,
    /// What they are called.
    pub name: Box<str>,
    /// Whether they lead.
    pub guide: bool,
    /// Whether their ticket says to be counted but not named.
    pub quiet: bool,
    /// What their browser says about it. When it says nothing, quiet wins: over the ticket for
    /// a seat that was hushed in the room, over the seat for a ticket that was made quiet since.
    pub wish: Option<bool>,
    /// The version of the running order this browser already has; 0 for none.
    pub have: u32,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this text to these lines.
    Send {
        /// What it is about.
        class: Class,
        /// To whom.
        to: To,
        /// The frame's text, written once and shared.
        text: Arc<str>,
    },
    /// Close a line.
    Close {
        /// Which.
        line: LineId,
        /// With this code.
        code: u16,
        /// And these words.
        why: &'static str,
    },
    /// Somebody is here who was not, or is quiet who was not: to be kept.
    Came {
        /// Who.
        who: Sitter,
        /// Whether they are counted but not named.
        quiet: bool,
    },
    /// The room wants this change: keep it, then give it back as [`Input::Changed`].
    Wanted(What),
    /// The run is over.
    Over,
}

/// To whom a frame goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To one line.
    One(LineId),
    /// To each of these lines.
    Many(Vec<LineId>),
}

impl To {
    /// The lines.
    pub fn lines(&self) -> &[LineId] {
        match self {
            Self::One(line) => std::slice::from_ref(line),
            Self::Many(lines) => lines,
        }
    }
}

/// What the room knows of a line.
#[derive(Debug)]
struct Line {
    life: u32,
    seat: u32,
    /// Whether it waits for its first look at who is here.
    fresh: bool,
    /// The last strike it reported, by its instant: one report a line.
    reported: Instant,
}

/// A living sit.
#[derive(Debug)]
pub struct Room {
    facts: Facts,
    changes: Vec<Change>,
    timeline: Timeline,
    lines: Vec<Option<Line>>,
    seats: Seats,
    telling: Telling,
    guides: BTreeSet<LineId>,
    /// How the bells of this minute were heard, by the instant of the strike.
    heard: BTreeMap<Instant, Reports>,
    bells_due: Option<Instant>,
    me_too_at: Option<Instant>,
    /// Since when somebody is here.
    someone_since: Option<Instant>,
    guide_gone_at: Option<Instant>,
    wanted_at: Option<Instant>,
    over_told: bool,
    lingered: bool,
}

#[derive(Debug)]
struct Reports {
    id: Box<str>,
    heard: Heard,
    is_told: bool,
}

impl Room {
    /// The room of a run, as its facts and changes say. `now` is when it is opened: after a
    /// restart everybody is given time to come back.
    pub fn new(facts: Facts, changes: Vec<Change>, now: Instant) -> Self {
        let timeline = order(&facts, &changes);
        Self {
            facts,
            changes,
            timeline,
            lines: Vec::new(),
            seats: Seats::default(),
            telling: Telling::new(),
            guides: BTreeSet::new(),
            heard: BTreeMap::new(),
            bells_due: None,
            me_too_at: None,
            someone_since: None,
            guide_gone_at: Some(now + SETTLE - GUIDE_MISSED),
            wanted_at: None,
            over_told: false,
            lingered: false,
        }
    }

    /// What was settled when the door opened.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What was changed so far, oldest first.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The running order.
    pub const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How many are here.
    pub const fn count(&self) -> Count {
        self.seats.count()
    }

    /// Everybody who may be named, for a page that is written before its socket opens; at most
    /// `most` of them.
    pub fn named(&self, most: usize) -> Vec<Named<'_>> {
        let mut named = Seats::named(self.seats.iter());
        named.truncate(most);
        named
    }

    /// Whether nobody may be disturbed now.
    pub fn is_silent(&self, now: Instant) -> bool {
        self.timeline.is_silent(now)
    }

    /// Takes what happened at `now`; hands out what is to be done, in order.
    pub fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut out = Vec::new();
        match input {
            Input::Enter(enter) => self.enter(&enter, now, &mut out),
            Input::Said(line, said) => self.said(line, said, now, &mut out),
            Input::Lost(line) => self.lost(line, now),
            Input::Changed(change) => self.changed(change, now, &mut out),
            Input::Tick => self.tick(now, &mut out),
        }
        self.mind_presence(now);
        out
    }

    /// A line that missed frames of this class has room again: what it gets now. Presence comes
    /// with the next tick, for it is told in ticks only.
    pub fn afresh(&mut self, line: LineId, class: Class, now: Instant) -> Vec<Effect> {
        let mut out = Vec::new();
        let to = To::One(line);
        match class {
            Class::Personal => self.tell_here(line, now, &mut out),
            Class::Timeline => out.push(self.timeline_frame(to, now)),
            Class::Presence => self.refresh(line),
            Class::Bells => self.tell_bells(&[line], true, &mut out),
            Class::Over if self.over_told => out.push(send(Class::Over, to, frame::over())),
            Class::Over | Class::Passing => {}
        }
        self.mind_presence(now);
        out
    }

    /// When the room wants a [`Input::Tick`].
    pub fn wake_at(&self) -> Option<Instant> {
        let over_at = self.timeline.ends_at();
        let over_at = match (self.over_told, self.lingered) {
            (false, _) => over_at,
            (true, false) => over_at.map(|over| over + LINGER),
            (true, true) => None,
        };
        let grace = self.seats.grace_ends_at();
        let wanted = self.wanted().map(|(at, _)| at);
        let wanted = wanted.map(|at| {
            self.wanted_at
                .map_or(at, |asked| at.max(asked + WANTED_AGAIN))
        });
        [
            over_at,
            grace,
            wanted,
            self.bells_due,
            self.telling.wake_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn line(&self, line: LineId) -> Option<&Line> {
        let place = usize::try_from(line.index).ok()?;
        self.lines
            .get(place)?
            .as_ref()
            .filter(|held| held.life == line.life)
    }

    fn line_mut(&mut self, line: LineId) -> Option<&mut Line> {
        let place = usize::try_from(line.index).ok()?;
        self.lines
            .get_mut(place)?
            .as_mut()
            .filter(|held| held.life == line.life)
    }

    fn enter(&mut self, enter: &Enter, now: Instant, out: &mut Vec<Effect>) {
        let Ok(place) = usize::try_from(enter.line.index) else {
            return;
        };
        if self.lines.len() <= place {
            self.lines.resize_with(place + 1, || None);
        }
        let entering = self
            .seats
            .enter(enter.who, &enter.name, enter.guide, enter.line);
        let was_quiet = self.seats.get(entering.seat).is_some_and(|seat| seat.quiet);
        let quiet = enter.wish.unwrap_or(was_quiet || enter.quiet);
        let is_hushed = self.seats.hush(entering.seat, quiet) && quiet;
        if let Some(held) = self.lines.get_mut(place) {
            let (life, seat) = (enter.line.life, entering.seat);
            *held = Some(Line {
                life,
                seat,
                fresh: false,
                reported: Instant::from_ms(i64::MIN),
            });
        }
        if enter.guide {
            self.guides.insert(enter.line);
        }
        self.someone_since = self.someone_since.or(Some(now));
        if let Some(line) = entering.evicted {
            self.let_go(line);
            out.push(Effect::Close {
                line,
                code: code::LEFT,
                why: "open elsewhere",
            });
        }
        if entering.is_new || is_hushed {
            out.push(Effect::Came {
                who: enter.who,
                quiet,
            });
        }
        self.tell_here(enter.line, now, out);
        if enter.have != self.timeline.seq {
            out.push(self.timeline_frame(To::One(enter.line), now));
        }
        self.refresh(enter.line);
        self.note_guide(now);
    }

    fn said(&mut self, line: LineId, said: Said, now: Instant, out: &mut Vec<Effect>) {
        let Some(seat) = self.line(line).map(|held| held.seat) else {
            return;
        };
        match said {
            Said::Quiet { on } => self.hush(seat, on, out),
            Said::MeToo => self.me_too(now, out),
            Said::Who => self.refresh(line),
            Said::Leave => self.leave(seat, now, out),
            Said::Bell { id, late, unc } => self.report(line, &id, late, unc, now),
            // Answered by the socket itself, so that no queue stands between.
            Said::Ping { .. } => {}
        }
    }

    fn hush(&mut self, seat: u32, quiet: bool, out: &mut Vec<Effect>) {
        let is_changed = self.seats.hush(seat, quiet);
        if let Some(seat) = self.seats.get(seat).filter(|_| is_changed && quiet) {
            out.push(Effect::Came {
                who: seat.who,
                quiet,
            });
        }
    }

    fn leave(&mut self, seat: u32, now: Instant, out: &mut Vec<Effect>) {
        for line in self.seats.leave(seat) {
            self.let_go(line);
            out.push(Effect::Close {
                line,
                code: code::LEFT,
                why: "left",
            });
        }
        self.note_guide(now);
    }

    fn lost(&mut self, line: LineId, now: Instant) {
        let Some(seat) = self.line(line).map(|held| held.seat) else {
            return;
        };
        self.let_go(line);
        self.seats.lose(seat, line, now);
    }

    fn let_go(&mut self, line: LineId) {
        let place = usize::try_from(line.index)
            .ok()
            .and_then(|place| self.lines.get_mut(place));
        if let Some(place) = place {
            *place = None;
        }
        self.guides.remove(&line);
    }

    fn changed(&mut self, change: Change, now: Instant, out: &mut Vec<Effect>) {
        self.changes.push(change);
        self.timeline = order(&self.facts, &self.changes);
        let lines = self.all_lines();
        if !lines.is_empty() {
            out.push(self.timeline_frame(To::Many(lines), now));
        }
    }

    /// Every open line.
    fn all_lines(&self) -> Vec<LineId> {
        let lines = (0..).zip(&self.lines);
        lines
            .filter_map(|(index, held)| Some(LineId::new(index, held.as_ref()?.life)))
            .collect()
    }

    fn tell_here(&self, line: LineId, now: Instant, out: &mut Vec<Effect>) {
        let Some(number) = self.line(line).map(|held| held.seat) else {
            return;
        };
        let Some(seat) = self.seats.get(number) else {
            return;
        };
        let text = frame::here(number, now, self.timeline.seq, seat.quiet, seat.guide);
        out.push(send(Class::Personal, To::One(line), text));
    }

    fn timeline_frame(&self, to: To, now: Instant) -> Effect {
        send(Class::Timeline, to, frame::timeline(&self.timeline, now))
    }

    /// The wordless gesture: no who, no count, never in silence, and not too often.
    fn me_too(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let too_soon = self.me_too_at.is_some_and(|last| last + ME_TOO_EVERY > now);
        if too_soon || self.is_silent(now) || self.over_told {
            return;
        }
        self.me_too_at = Some(now);
        out.push(send(
            Class::Passing,
            To::Many(self.all_lines()),
            frame::me_too(),
        ));
    }

    /// One browser's report of a bell, counted once a line and strike.
    fn report(&mut self, line: LineId, id: &str, late: f64, unc: f64, now: Instant) {
        let mut near =
            self.timeline.strikes.iter().filter(|strike| {
                strike.at >= now - REPORT_WITHIN && strike.at <= now + REPORT_WITHIN
            });
        let Some(strike) = near.find(|strike| &*strike.id == id) else {
            return;
        };
        let (id, at) = (strike.id.clone(), strike.at);
        let Some(held) = self.line_mut(line).filter(|held| held.reported < at) else {
            return;
        };
        held.reported = at;
        let fresh = || Reports {
            id,
            heard: Heard::default(),
            is_told: false,
        };
        let reports = self.heard.entry(at).or_insert_with(fresh);
        // Not a number is not in time either.
        let off = if unc.abs() <= UNSURE_MS && late.is_finite() {
            late
        } else {
            f64::MAX
        };
        reports.heard.count(off);
        reports.is_told = false;
        if !self.guides.is_empty() {
            self.bells_due = self.bells_due.or(Some(now + BELLS_EVERY));
        }
    }

    fn tell_bells(&mut self, lines: &[LineId], again: bool, out: &mut Vec<Effect>) {
        if lines.is_empty() {
            return;
        }
        for reports in self
            .heard
            .values_mut()
            .filter(|reports| again || !reports.is_told)
        {
            reports.is_told = true;
            let text = frame::bells(&reports.id, reports.heard);
            out.push(send(Class::Bells, To::Many(lines.to_vec()), text));
        }
    }

    fn tick(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.seats.end_grace(now);
        self.note_guide(now);
        self.tick_presence(now, out);
        if self.bells_due.is_some_and(|due| due <= now) {
            self.bells_due = None;
            let guides: Vec<_> = self.guides.iter().copied().collect();
            self.tell_bells(&guides, false, out);
            self.heard = self.heard.split_off(&(now - REPORT_WITHIN - REPORT_WITHIN));
        }
        self.tick_over(now, out);
        if let Some((at, what)) = self.wanted() {
            let asked = self
                .wanted_at
                .is_some_and(|asked| asked + WANTED_AGAIN > now);
            if at <= now && !asked {
                self.wanted_at = Some(now);
                out.push(Effect::Wanted(what));
            }
        }
    }

    fn tick_over(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let Some(over_at) = self.timeline.ends_at().filter(|over| *over <= now) else {
            return;
        };
        if !self.over_told {
            self.over_told = true;
            let lines = self.all_lines();
            if !lines.is_empty() {
                out.push(send(Class::Over, To::Many(lines), frame::over()));
            }
            out.push(Effect::Over);
        }
        if !self.lingered && over_at + LINGER <= now {
            self.lingered = true;
            for line in self.all_lines() {
                out.push(Effect::Close {
                    line,
                    code: code::OVER,
                    why: "this sit is over",
                });
            }
        }
    }

    /// What the room wants by itself, and from when on: a sit whose guide never came begins
    /// alone, a sit that was held too long goes on.
    fn wanted(&self) -> Option<(Instant, What)> {
        if self.over_told {
            return None;
        }
        if let Some(held_at) = self.timeline.held_at {
            return Some((held_at + HELD_MAX, What::GoOn));
        }
        let waits = self.timeline.begun_at.is_none() && self.timeline.over_at.is_none();
        let alone = waits && !self.facts.needs_nobody() && !self.seats.has_guide();
        let came_at = self
            .someone_since
            .filter(|_| alone && self.seats.count().n > 0)?;
        let missed_at = self.guide_gone_at.map(|gone| gone + GUIDE_MISSED);
        let from = (self.facts.planned_at + ALONE_AFTER).max(came_at + SETTLE);
        Some((
            missed_at.map_or(from, |missed| from.max(missed)),
            What::BeginAlone,
        ))
    }

    fn note_guide(&mut self, now: Instant) {
        if self.seats.has_guide() {
            self.guide_gone_at = None;
        } else if self.guide_gone_at.is_none() {
            self.guide_gone_at = Some(now);
        }
        if self.seats.count().n == 0 {
            self.someone_since = None;
        }
    }
}

fn send(class: Class, to: To, text: Arc<str>) -> Effect {
    Effect::Send { class, to, text }
}
