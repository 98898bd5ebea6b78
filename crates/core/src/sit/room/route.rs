//! Routes inputs to the room's machines, and collects their effects.

use super::bells::BellReport;
use super::caretaker::CaretakerEffect;
use super::media::{FloorControl, FloorEffect};
use super::presence::EnterOutcome;
use super::scene::{RoomScene, RoundFeather};
use super::{
    ConnId, EnterRoom, ME_TOO_INTERVAL_MIN, Recipients, Room, RoomOutput, close_code, frames,
};
use crate::sit::frame::ClientMessage;
use crate::sit::presence::Sitter;
use crate::sit::run::{RunAction, RunChange};
use crate::sit::spoken::FeatherAction;
use crate::time::Instant;

impl Room {
    pub(super) const fn scene(&self, now: Instant) -> RoomScene<'_> {
        RoomScene::new(now, &self.order, &self.presence)
    }

    pub(super) fn enter_sitter(
        &mut self,
        enter: &EnterRoom,
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        let EnterOutcome { evicted, quiet_if_new: came } = self.presence.enter_seat(enter);
        if let Some(line) = evicted {
            out.push(RoomOutput::CloseConn {
                conn: line,
                code: close_code::LEFT,
                why: "open elsewhere",
            });
        }
        out.extend(came.map(|quiet| RoomOutput::RecordAttendance { who: enter.who, quiet }));
        out.extend(frames::send_here(enter.conn, &self.scene(now)));
        let to = Recipients::One(enter.conn);
        if enter.timeline_seq != self.timeline().seq {
            out.push(self.frames.timeline_frame(&self.order, to.clone(), now));
        }
        out.extend(self.round.round_told().map(|told| frames::send_round(told, to)));
        self.caretaker.note_people(self.presence.seats(), now);
    }

    /// Passes a browser's message to the machine it concerns.
    pub(super) fn route_message(
        &mut self,
        conn: ConnId,
        message: ClientMessage,
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        let Some(seat) = self.presence.conns().seat_of(conn) else {
            return;
        };
        match message {
            ClientMessage::Quiet { on } => {
                let hushed = self.presence.set_quiet(seat, on);
                out.extend(hushed.map(|who| RoomOutput::RecordAttendance { who, quiet: true }));
            }
            ClientMessage::Leave => self.vacate_seat(seat, (close_code::LEFT, "left"), now, out),
            ClientMessage::Who => self.presence.refresh_conn(conn),
            ClientMessage::MeToo => self.pass_me_too(now, out),
            ClientMessage::Pause => match self.order.may_pause(now) {
                Ok(()) => out.push(RoomOutput::RequestChange { conn, what: RunAction::Pause }),
                no => self.send_refusal(conn, no, now, out),
            },
            ClientMessage::Bell { id, late, unc } => {
                let scene = RoomScene::new(now, &self.order, &self.presence);
                self.bells.handle(
                    conn,
                    BellReport { id: &id, late_ms: late, uncertainty_ms: unc },
                    &scene,
                );
            }
            ClientMessage::Feather { act, to } => self.act_on_feather(conn, (act, to), now, out),
            ClientMessage::Mine { mic, cam } => {
                let done =
                    self.with_floor(now, out, |it, at, _| it.set_switches(seat, (mic, cam), at));
                self.send_refusal(conn, done, now, out);
            }
            ClientMessage::Want { see, tall } => {
                let wants = see.to_wants(tall);
                self.with_floor(now, out, |it, _, out| it.set_wants(seat, wants, now, out));
            }
            ClientMessage::Raise { on } => {
                self.with_floor(now, out, |it, at, _| it.set_raised(seat, on, at));
            }
            ClientMessage::Caption { text } => {
                self.with_floor(now, out, |it, at, out| it.pass_caption(seat, text, at, out));
            }
            ClientMessage::Seal { to, sealed } => {
                self.with_floor(now, out, |it, at, out| {
                    it.pass_sealed(seat, (to, sealed), at, out);
                });
            }
            ClientMessage::Lead { lead, to } => {
                let feather = self.find_feather(now);
                let lead = (lead, to);
                let done = self.with_floor(now, out, |it, at, out| {
                    it.handle_command(conn, lead, feather, at, out)
                });
                self.send_refusal(conn, done, now, out);
            }
            // Answered by the socket itself, so that no queue adds delay.
            ClientMessage::Ping { .. } => {}
        }
    }

    /// Handles an action on the feather: the one a guide gave, or the one of a spoken round.
    fn act_on_feather(
        &mut self,
        conn: ConnId,
        act: (FeatherAction, Option<u32>),
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        if self.floor.has_given_feather(self.feather.round_feather(self.presence.seats())) {
            let feather = self.find_feather(now);
            let done = self
                .with_floor(now, out, |it, at, _| it.handle_given_feather(conn, act, feather, at));
            self.send_refusal(conn, done, now, out);
        } else {
            let scene = RoomScene::new(now, &self.order, &self.presence);
            let done = self.feather.handle_action(conn, act, &scene);
            self.send_refusal(conn, done, now, out);
        }
    }

    /// The feather of the spoken round at `now`.
    fn find_feather(&mut self, now: Instant) -> Option<RoundFeather> {
        self.feather.find_round(&RoomScene::new(now, &self.order, &self.presence));
        self.feather.round_feather(self.presence.seats())
    }

    /// Runs floor control and converts its effects.
    pub(super) fn with_floor<R>(
        &mut self,
        now: Instant,
        out: &mut Vec<RoomOutput>,
        act: impl FnOnce(&mut FloorControl, &RoomScene<'_>, &mut Vec<FloorEffect>) -> R,
    ) -> R {
        let mut effects = Vec::new();
        let scene = RoomScene::new(now, &self.order, &self.presence);
        let done = act(&mut self.floor, &scene, &mut effects);
        for effect in effects {
            out.extend(self.frames.floor_output(effect, &self.floor, self.presence.seats()));
        }
        done
    }

    /// Tells the requester why it was refused, except in silence.
    fn send_refusal(
        &self,
        conn: ConnId,
        done: Result<(), impl ToString>,
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        if let Some(why) = done.err().filter(|_| !self.is_silent(now)) {
            out.push(frames::send_not_now(conn, &why.to_string()));
        }
    }

    /// Passes on the wordless gesture: without sender or count, never in silence, and at most once
    /// per [`ME_TOO_INTERVAL_MIN`].
    fn pass_me_too(&mut self, now: Instant, out: &mut Vec<RoomOutput>) {
        let is_soon = self.me_too_at.is_some_and(|last| last + ME_TOO_INTERVAL_MIN > now);
        if is_soon || self.is_silent(now) || self.caretaker.has_ended() {
            return;
        }
        self.me_too_at = Some(now);
        out.push(frames::send_me_too(self.presence.conns().open_conns()));
    }

    /// Removes a person at a guide's request: others see an ordinary departure. In a sealed sit a
    /// new key is made, so that the one they have becomes useless, even if they have left before.
    pub(super) fn remove_sitter(&mut self, who: Sitter, now: Instant, out: &mut Vec<RoomOutput>) {
        let Some(seat) = self.presence.last_seat_of(who) else {
            return;
        };
        if self.presence.seats().seat_of(who) == Some(seat) {
            self.vacate_seat(seat, (close_code::REMOVED, "not in this sit"), now, out);
        }
        self.presence.forget_departed(who, now);
        // One guide's browser, not all: two new keys at once would lock people out.
        let guide = self.presence.conns().guide_conns().first().copied();
        let guide = guide.filter(|_| self.facts().plan.sealed);
        out.extend(guide.map(|guide| frames::send_rekey(guide, seat)));
    }

    /// Empties a seat and closes its connections with this code and reason.
    pub(super) fn vacate_seat(
        &mut self,
        seat: u32,
        (code, why): (u16, &'static str),
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        let closed = self.presence.vacate_seat(seat);
        out.extend(closed.into_iter().map(|line| RoomOutput::CloseConn { conn: line, code, why }));
        self.caretaker.note_people(self.presence.seats(), now);
    }

    pub(super) fn apply_change(
        &mut self,
        change: RunChange,
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        if let Some((from, to)) = self.order.apply_change(change) {
            self.feather.shift_for_pause(from, to);
        }
        self.frames.forget_timeline();
        if let Some(all) = self.presence.conns().to_everybody() {
            out.push(self.frames.timeline_frame(&self.order, all, now));
        }
    }

    pub(super) fn tick_machines(&mut self, now: Instant, out: &mut Vec<RoomOutput>) {
        self.presence.end_grace(now);
        self.caretaker.note_people(self.presence.seats(), now);
        let announced = self.presence.tick(now);
        frames::send_announcements(announced, self.presence.seats(), out);
        let counted = self.bells.tick(self.presence.conns().guide_conns(), now);
        out.extend(counted.into_iter().map(frames::send_bell_count));
        if !self.caretaker.has_ended() {
            out.extend(self.round.tick(&self.order, now).map(RoomOutput::PoseRound));
        }
        for care in self.caretaker.tick(&self.order, self.presence.seats(), now) {
            self.take_care(care, out);
        }
    }

    fn take_care(&self, care: CaretakerEffect, out: &mut Vec<RoomOutput>) {
        match care {
            CaretakerEffect::RunEnded => {
                out.extend(self.presence.conns().to_everybody().map(frames::send_over));
                out.push(RoomOutput::EndRun);
            }
            CaretakerEffect::LingerEnded => {
                let (code, why) = (close_code::OVER, "this sit is over");
                let open = self.presence.conns().open_conns().into_iter();
                out.extend(open.map(|line| RoomOutput::CloseConn { conn: line, code, why }));
            }
            CaretakerEffect::ChangeWanted(what) => out.push(RoomOutput::MakeChange(what)),
        }
    }

    /// Updates the feather, then voices and faces, after an input.
    pub(super) fn follow_machines(
        &mut self,
        entering: Option<ConnId>,
        now: Instant,
        out: &mut Vec<RoomOutput>,
    ) {
        self.presence.follow_input(now);
        let scene = RoomScene::new(now, &self.order, &self.presence);
        let shown = self.feather.follow_scene(entering, &scene);
        frames::send_feather(self.feather.told_feather(), shown, out);
        let feather = self.feather.round_feather(self.presence.seats());
        let stood_up = self.presence.vacated_seats();
        self.with_floor(now, out, |it, scene, out| {
            it.forget_seats(stood_up, out);
            it.follow_scene(entering, feather, scene, out);
        });
    }
}
