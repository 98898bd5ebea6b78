//! Routes inputs to the room's machines, and collects their effects.

use super::bells::BellReport;
use super::caretaker::Care;
use super::media::{FloorControl, FloorEffect};
use super::presence::Entered;
use super::scene::{RoundFeather, Scene};
use super::{Effect, Enter, LineId, ME_TOO_EVERY, Room, To, code, frames};
use crate::sit::frame::ClientMessage;
use crate::sit::presence::Sitter;
use crate::sit::run::{Change, What};
use crate::sit::spoken::Act;
use crate::time::Instant;

impl Room {
    pub(super) const fn scene(&self, now: Instant) -> Scene<'_> {
        Scene::new(now, &self.order, &self.presence)
    }

    pub(super) fn enter(&mut self, enter: &Enter, now: Instant, out: &mut Vec<Effect>) {
        let Entered { evicted, came } = self.presence.enter(enter);
        if let Some(line) = evicted {
            out.push(Effect::Close { line, code: code::LEFT, why: "open elsewhere" });
        }
        out.extend(came.map(|quiet| Effect::Came { who: enter.who, quiet }));
        out.extend(frames::here(enter.line, &self.scene(now)));
        let to = To::One(enter.line);
        if enter.have != self.timeline().seq {
            out.push(self.frames.timeline(&self.order, to.clone(), now));
        }
        out.extend(self.round.told().map(|told| frames::round(told, to)));
        self.caretaker.note_people(self.presence.seats(), now);
    }

    /// Passes a browser's message to the machine it concerns.
    pub(super) fn route(
        &mut self,
        conn: LineId,
        message: ClientMessage,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let Some(seat) = self.presence.conns().seat_of(conn) else {
            return;
        };
        match message {
            ClientMessage::Quiet { on } => {
                let hushed = self.presence.hush(seat, on);
                out.extend(hushed.map(|who| Effect::Came { who, quiet: true }));
            }
            ClientMessage::Leave => self.vacate(seat, (code::LEFT, "left"), now, out),
            ClientMessage::Who => self.presence.refresh(conn),
            ClientMessage::MeToo => self.pass_me_too(now, out),
            ClientMessage::Pause => match self.order.may_pause(now) {
                Ok(()) => out.push(Effect::Asked { line: conn, what: What::Pause }),
                no => self.answer(conn, no, now, out),
            },
            ClientMessage::Bell { id, late, unc } => {
                let scene = Scene::new(now, &self.order, &self.presence);
                self.bells.handle(conn, BellReport { id: &id, late, unc }, &scene);
            }
            ClientMessage::Feather { act, to } => self.act(conn, (act, to), now, out),
            ClientMessage::Mine { mic, cam } => {
                let done = self.with_floor(now, out, |it, at, _| it.turn(seat, (mic, cam), at));
                self.answer(conn, done, now, out);
            }
            ClientMessage::Want { see, tall } => {
                let wants = see.wants(tall);
                self.with_floor(now, out, |it, _, out| it.want(seat, wants, now, out));
            }
            ClientMessage::Raise { on } => {
                self.with_floor(now, out, |it, at, _| it.raise(seat, on, at));
            }
            ClientMessage::Caption { text } => {
                self.with_floor(now, out, |it, at, out| it.caption(seat, text, at, out));
            }
            ClientMessage::Seal { to, sealed } => {
                self.with_floor(now, out, |it, at, out| it.seal(seat, (to, sealed), at, out));
            }
            ClientMessage::Lead { lead, to } => {
                let feather = self.find_feather(now);
                let lead = (lead, to);
                let done =
                    self.with_floor(now, out, |it, at, out| it.lead(conn, lead, feather, at, out));
                self.answer(conn, done, now, out);
            }
            // Answered by the socket itself, so that no queue adds delay.
            ClientMessage::Ping { .. } => {}
        }
    }

    /// Handles an action on the feather: the one a guide gave, or the one of a spoken round.
    fn act(&mut self, conn: LineId, act: (Act, Option<u32>), now: Instant, out: &mut Vec<Effect>) {
        if self.floor.is_given(self.feather.held(self.presence.seats())) {
            let feather = self.find_feather(now);
            let done = self.with_floor(now, out, |it, at, _| it.act_given(conn, act, feather, at));
            self.answer(conn, done, now, out);
        } else {
            let scene = Scene::new(now, &self.order, &self.presence);
            let done = self.feather.handle(conn, act, &scene);
            self.answer(conn, done, now, out);
        }
    }

    /// The feather of the spoken round at `now`.
    fn find_feather(&mut self, now: Instant) -> Option<RoundFeather> {
        self.feather.find_round(&Scene::new(now, &self.order, &self.presence));
        self.feather.held(self.presence.seats())
    }

    /// Runs floor control and converts its effects.
    pub(super) fn with_floor<R>(
        &mut self,
        now: Instant,
        out: &mut Vec<Effect>,
        act: impl FnOnce(&mut FloorControl, &Scene<'_>, &mut Vec<FloorEffect>) -> R,
    ) -> R {
        let mut effects = Vec::new();
        let scene = Scene::new(now, &self.order, &self.presence);
        let done = act(&mut self.floor, &scene, &mut effects);
        for effect in effects {
            out.extend(self.frames.floor(effect, &self.floor, self.presence.seats()));
        }
        done
    }

    /// Tells the requester why it was refused, except in silence.
    fn answer(
        &self,
        conn: LineId,
        done: Result<(), impl ToString>,
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        if let Some(why) = done.err().filter(|_| !self.is_silent(now)) {
            out.push(frames::not_now(conn, &why.to_string()));
        }
    }

    /// Passes on the wordless gesture: without sender or count, never in silence, and at most once
    /// per [`ME_TOO_EVERY`].
    fn pass_me_too(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let is_soon = self.me_too_at.is_some_and(|last| last + ME_TOO_EVERY > now);
        if is_soon || self.is_silent(now) || self.caretaker.has_ended() {
            return;
        }
        self.me_too_at = Some(now);
        out.push(frames::me_too(self.presence.conns().all()));
    }

    /// Removes a person at a guide's request: others see an ordinary departure. In a sealed sit a
    /// new key is made, so that the one they have becomes useless, even if they have left before.
    pub(super) fn remove(&mut self, who: Sitter, now: Instant, out: &mut Vec<Effect>) {
        let Some(seat) = self.presence.last_seat_of(who) else {
            return;
        };
        if self.presence.seats().of(who) == Some(seat) {
            self.vacate(seat, (code::REMOVED, "not in this sit"), now, out);
        }
        self.presence.forget(who, now);
        // One guide's browser, not all: two new keys at once would lock people out.
        let guide = self.presence.conns().guides().first().copied();
        let guide = guide.filter(|_| self.facts().plan.sealed);
        out.extend(guide.map(|guide| frames::rekey(guide, seat)));
    }

    /// Empties a seat and closes its connections with this code and reason.
    pub(super) fn vacate(
        &mut self,
        seat: u32,
        (code, why): (u16, &'static str),
        now: Instant,
        out: &mut Vec<Effect>,
    ) {
        let closed = self.presence.vacate(seat);
        out.extend(closed.into_iter().map(|line| Effect::Close { line, code, why }));
        self.caretaker.note_people(self.presence.seats(), now);
    }

    pub(super) fn change(&mut self, change: Change, now: Instant, out: &mut Vec<Effect>) {
        if let Some((from, to)) = self.order.apply(change) {
            self.feather.pause(from, to);
        }
        self.frames.forget_timeline();
        if let Some(all) = self.presence.conns().everybody() {
            out.push(self.frames.timeline(&self.order, all, now));
        }
    }

    pub(super) fn tick(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.presence.end_grace(now);
        self.caretaker.note_people(self.presence.seats(), now);
        let announced = self.presence.tick(now);
        frames::write_announcements(announced, self.presence.seats(), out);
        let counted = self.bells.tick(self.presence.conns().guides(), now);
        out.extend(counted.into_iter().map(frames::bell));
        if !self.caretaker.has_ended() {
            out.extend(self.round.tick(&self.order, now).map(Effect::Posing));
        }
        for care in self.caretaker.tick(&self.order, self.presence.seats(), now) {
            self.take_care(care, out);
        }
    }

    fn take_care(&self, care: Care, out: &mut Vec<Effect>) {
        match care {
            Care::Ended => {
                out.extend(self.presence.conns().everybody().map(frames::over));
                out.push(Effect::Over);
            }
            Care::Lingered => {
                let (code, why) = (code::OVER, "this sit is over");
                let open = self.presence.conns().all().into_iter();
                out.extend(open.map(|line| Effect::Close { line, code, why }));
            }
            Care::Wanted(what) => out.push(Effect::Wanted(what)),
        }
    }

    /// Updates the feather, then voices and faces, after an input.
    pub(super) fn follow(&mut self, entering: Option<LineId>, now: Instant, out: &mut Vec<Effect>) {
        self.presence.follow(now);
        let scene = Scene::new(now, &self.order, &self.presence);
        let shown = self.feather.follow(entering, &scene);
        frames::write_feather(self.feather.told(), shown, out);
        let feather = self.feather.held(self.presence.seats());
        let stood_up = self.presence.stood_up();
        self.with_floor(now, out, |it, scene, out| {
            it.forget(stood_up, out);
            it.follow(entering, feather, scene, out);
        });
    }
}
