//! The room of a living sit, without any input or output of its own: [`Room::handle`] takes what
//! happened and when, and hands out what is to be done. [`Room::wake_at`] says when it next
//! wants to be asked.
//!
//! * here: lines that come and go, and what they say; what goes in and out is in `room/words.rs`;
//! * `room/telling.rs`: who is told of whom, in one tick for all;
//! * `room/feather.rs`: who holds the feather of a spoken round;
//! * `room/media.rs`: whose voice and face may be heard and seen;
//! * `room/course.rs`: beginning alone, going on, being over; `room/bells.rs`: bells as heard;
//! * `room/rounds.rs`: how a written round stands; `room/places.rs`: who sits where, and
//!   `room/left.rs` who sat there;
//! * [`super::presence`]: the seats; [`super::run`]: the running order.

mod bells;
mod course;
mod feather;
mod left;
pub mod media;
mod places;
mod rounds;
pub mod telling;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::bells::Reports;
pub use self::bells::{BELLS_EVERY, REPORT_WITHIN, UNSURE_MS};
pub use self::course::{GUIDE_MISSED, LINGER, SETTLE};
use self::feather::Spoken;
use self::left::Memory;
pub use self::left::{LEFT_KEPT, LEFT_MAX};
use self::media::Media;
use self::telling::Telling;
pub use self::words::{Effect, Enter, Input, LineId, To, code};
use super::format::Formats;
use super::frame::{self, Count, Named, RoundTold, Said};
use super::lag::Class;
use super::presence::{Seat, Seats, Sitter};
use super::run::{Change, Facts, Timeline, What, may, order};
use crate::time::{Instant, Span};

/// The least time between two gestures in one sit.
pub const ME_TOO_EVERY: Span = Span::from_secs(3);
/// The running order is written anew for newcomers after so long: past strikes are left out.
const WRITTEN_FOR: Span = Span::from_secs(10);

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
    /// The running order as it was written last, and when: a storm of people shares it.
    written: Option<(Instant, Arc<str>)>,
    lines: Vec<Option<Line>>,
    seats: Seats,
    left: Memory,
    telling: Telling,
    guides: BTreeSet<LineId>,
    /// How the bells of this minute were heard, by the instant of the strike.
    heard: BTreeMap<Instant, Reports>,
    bells_due: Option<Instant>,
    me_too_at: Option<Instant>,
    spoken: Spoken,
    media: Media,
    /// Since when somebody is here.
    someone_since: Option<Instant>,
    guide_gone_at: Option<Instant>,
    wanted_at: Option<Instant>,
    over_told: bool,
    lingered: bool,
    /// How the round of this run stands that was told of last.
    round: Option<RoundTold>,
    /// The stretch for which a round was asked last.
    posed_for: Option<Box<str>>,
    /// Phases that began until then were looked at.
    looked_at: Instant,
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
            written: None,
            lines: Vec::new(),
            seats: Seats::default(),
            left: Memory::default(),
            telling: Telling::new(),
            guides: BTreeSet::new(),
            heard: BTreeMap::new(),
            bells_due: None,
            me_too_at: None,
            spoken: Spoken::default(),
            media: Media::default(),
            someone_since: None,
            guide_gone_at: Some(now + SETTLE - GUIDE_MISSED),
            wanted_at: None,
            over_told: false,
            lingered: false,
            round: None,
            posed_for: None,
            looked_at: Instant::from_ms(i64::MIN),
        }
    }

    /// The room, in which spoken rounds are held as these formats say.
    #[must_use]
    pub fn with_formats(mut self, formats: Arc<Formats>) -> Self {
        self.spoken = Spoken::new(&self.facts.plan, formats);
        self
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
        let entering = match &input {
            Input::Enter(enter) => Some(enter.line),
            _ => None,
        };
        match input {
            Input::Enter(enter) => self.enter(&enter, now, &mut out),
            Input::Said(line, said) => self.said(line, said, now, &mut out),
            Input::Lost(line) => self.lost(line, now),
            Input::Gone(who) => {
                if let Some(seat) = self.seats.of(who) {
                    self.leave(seat, now, &mut out);
                }
            }
            Input::Removed(who) => self.remove(who, now, &mut out),
            Input::Connects(who) => self.connects(who),
            Input::Media(told) => self.told_media(told, &mut out),
            Input::Changed(change) => self.changed(change, now, &mut out),
            Input::Round(told) => self.told_round(told, &mut out),
            Input::Tick => self.tick(now, &mut out),
        }
        self.mind_presence(now);
        self.mind_left(now);
        self.mind_feather(entering, now, &mut out);
        self.mind_media(entering, now, &mut out);
        out
    }

    /// A line that missed frames of this class has room again: what it gets now. Presence comes
    /// with the next tick, for it is told in ticks only.
    pub fn afresh(&mut self, line: LineId, class: Class, now: Instant) -> Vec<Effect> {
        let mut out = Vec::new();
        let to = To::One(line);
        match class {
            Class::Personal => {
                self.tell_here(line, now, &mut out);
                self.tell_carries(line, &mut out);
            }
            Class::Timeline => out.push(self.timeline_frame(to, now)),
            Class::Presence => self.refresh(line),
            Class::Feather => self.tell_feather_again(line, now, &mut out),
            Class::Bells => self.tell_bells(&[line], true, &mut out),
            Class::Round => self.tell_round(to, &mut out),
            Class::Media => self.tell_media(to, &mut out),
            Class::Speak => self.tell_speak(to, now, &mut out),
            Class::Over if self.over_told => out.push(send(Class::Over, to, frame::over())),
            Class::Over | Class::Passing => {}
        }
        self.mind_presence(now);
        out
    }

    /// When the room wants a [`Input::Tick`].
    pub fn wake_at(&self) -> Option<Instant> {
        let grace = self.seats.grace_ends_at();
        [
            self.over_due(),
            grace,
            self.wanted_due(),
            self.bells_due,
            self.posing_due(),
            self.feather_due(),
            self.media_due(),
            self.left.due(),
            self.telling.wake_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn line(&self, line: LineId) -> Option<&Line> {
        let place = usize::try_from(line.index()).ok()?;
        self.lines.get(place)?.as_ref().filter(|held| held.life == line.life())
    }

    fn line_mut(&mut self, line: LineId) -> Option<&mut Line> {
        let place = usize::try_from(line.index()).ok()?;
        self.lines.get_mut(place)?.as_mut().filter(|held| held.life == line.life())
    }

    fn enter(&mut self, enter: &Enter, now: Instant, out: &mut Vec<Effect>) {
        let Ok(place) = usize::try_from(enter.line.index()) else {
            return;
        };
        if self.lines.len() <= place {
            self.lines.resize_with(place + 1, || None);
        }
        let entering = self.seats.enter(enter.who, &enter.name, enter.guide, enter.line);
        let was_quiet = self.seats.get(entering.seat).is_some_and(|seat| seat.quiet);
        let quiet = enter.wish.unwrap_or(was_quiet || enter.quiet);
        let is_hushed = self.seats.hush(entering.seat, quiet) && quiet;
        if let Some(held) = self.lines.get_mut(place) {
            let (life, seat) = (enter.line.life(), entering.seat);
            *held = Some(Line { life, seat, fresh: false, reported: Instant::from_ms(i64::MIN) });
        }
        if enter.guide {
            self.guides.insert(enter.line);
        }
        self.left.forget(enter.who);
        self.someone_since = self.someone_since.or(Some(now));
        if let Some(line) = entering.evicted {
            self.let_go(line);
            out.push(Effect::Close { line, code: code::LEFT, why: "open elsewhere" });
        }
        if entering.is_new || is_hushed {
            out.push(Effect::Came { who: enter.who, quiet });
        }
        self.tell_here(enter.line, now, out);
        if enter.have != self.timeline.seq {
            out.push(self.timeline_frame(To::One(enter.line), now));
        }
        self.tell_round(To::One(enter.line), out);
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
            Said::Feather { act, to } if self.is_given() => {
                self.act_given(line, act, to, now, out);
            }
            Said::Feather { act, to } => self.feather(line, act, to, now, out),
            Said::Pause => self.ask_pause(line, now, out),
            Said::Mine { mic, cam } => self.mine(line, (mic, cam), now, out),
            Said::Want { see, tall } => self.want(seat, see.wants(tall), now, out),
            Said::Raise { on } => self.raise(seat, on, now),
            Said::Caption { text } => self.caption(seat, &text, now, out),
            Said::Seal { to, sealed } => self.seal(seat, to, &sealed, now, out),
            Said::Lead { lead, to } => self.lead(line, lead, to, now, out),
            // Answered by the socket itself, so that no queue stands between.
            Said::Ping { .. } => {}
        }
    }

    fn hush(&mut self, seat: u32, quiet: bool, out: &mut Vec<Effect>) {
        let is_changed = self.seats.hush(seat, quiet);
        if let Some(seat) = self.seats.get(seat).filter(|_| is_changed && quiet) {
            out.push(Effect::Came { who: seat.who, quiet });
        }
    }

    fn leave(&mut self, seat: u32, now: Instant, out: &mut Vec<Effect>) {
        self.vacate(seat, (code::LEFT, "left"), now, out);
    }

    /// A guide takes somebody out: for the others it is as after any leaving. Whoever has left
    /// before keeps a key that is worth nothing any more.
    fn remove(&mut self, who: Sitter, now: Instant, out: &mut Vec<Effect>) {
        let seat = self.seats.of(who).or_else(|| self.left.seat_of(who));
        let Some(seat) = seat else { return };
        if self.seats.of(who) == Some(seat) {
            self.vacate(seat, (code::REMOVED, "not in this sit"), now, out);
        }
        self.mind_left(now);
        self.left.forget(who);
        // One guide's browser, not all: two new keys at once would lock people out.
        let guide = self.guides.first().filter(|_| self.facts.plan.sealed);
        if let Some(guide) = guide {
            let text = frame::media::rekey(seat);
            out.push(send(Class::Passing, To::One(*guide), text));
        }
    }

    /// A seat is empty from now on: its lines are closed with this code and these words.
    fn vacate(
        &mut self,
        seat: u32,
        (code, why): (u16, &'static str),
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        for line in self.seats.leave(seat) {
            self.let_go(line);
            out.push(Effect::Close { line, code, why });
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
        let place = usize::try_from(line.index()).ok().and_then(|place| self.lines.get_mut(place));
        if let Some(place) = place {
            *place = None;
        }
        self.guides.remove(&line);
    }

    fn changed(&mut self, change: Change, now: Instant, out: &mut Vec<Effect>) {
        self.changes.push(change);
        let paused = self.timeline.pause;
        self.timeline = order(&self.facts, &self.changes);
        if let Some((from, to)) = self.timeline.pause.filter(|_| self.timeline.pause != paused) {
            self.spoken.paused(from, to);
        }
        self.written = None;
        let lines = self.all_lines();
        if !lines.is_empty() {
            out.push(self.timeline_frame(To::Many(lines), now));
        }
    }

    /// Every open line.
    fn all_lines(&self) -> Vec<LineId> {
        let lines = (0..).zip(&self.lines);
        lines.filter_map(|(index, held)| Some(LineId::new(index, held.as_ref()?.life))).collect()
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

    fn timeline_frame(&mut self, to: To, now: Instant) -> Effect {
        let written = self.written.take().filter(|(at, _)| *at + WRITTEN_FOR > now);
        let (at, text) = written.unwrap_or_else(|| (now, frame::timeline(&self.timeline, now)));
        self.written = Some((at, Arc::clone(&text)));
        send(Class::Timeline, to, text)
    }

    /// Somebody rings for a pause. It is kept like a guide's change; whose it was is told to nobody.
    fn ask_pause(&self, line: LineId, now: Instant, out: &mut Vec<Effect>) {
        let latest = self.changes.last().map_or(now, |change| change.at);
        let (at, what) = (now.max(latest), What::Pause);
        match may(&self.facts, &self.changes, Change { at, what }) {
            Ok(_) => out.push(Effect::Asked { line, what }),
            Err(no) => self.not_now(line, &no, now, out),
        }
    }

    /// Says kindly why not, to whoever asked; in silence nothing is said.
    fn not_now(&self, line: LineId, why: &impl ToString, now: Instant, out: &mut Vec<Effect>) {
        if !self.is_silent(now) {
            let text = frame::not_now(&why.to_string());
            out.push(send(Class::Passing, To::One(line), text));
        }
    }

    /// The wordless gesture: no who, no count, never in silence, and not too often.
    fn me_too(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let too_soon = self.me_too_at.is_some_and(|last| last + ME_TOO_EVERY > now);
        if too_soon || self.is_silent(now) || self.over_told {
            return;
        }
        self.me_too_at = Some(now);
        out.push(send(Class::Passing, To::Many(self.all_lines()), frame::me_too()));
    }

    fn tick(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.seats.end_grace(now);
        self.note_guide(now);
        self.tick_presence(now, out);
        self.tick_bells(now, out);
        self.tick_posing(now, out);
        self.tick_over(now, out);
        self.tick_wanted(now, out);
    }
}

fn send(class: Class, to: To, text: Arc<str>) -> Effect {
    Effect::Send { class, to, text }
}
