//! The home: what `sitwith_app::live` does with a room and a database.

use std::rc::Rc;
use std::sync::Arc;

use sitwith_core::sit::format::Formats;
use sitwith_core::sit::lag::LaggingConns;
use sitwith_core::sit::room::{Room, RoomInput, RoomOutput};
use sitwith_core::sit::run::{RunAction, RunChange, check_change};

use super::media::Media;
use super::world::{EIGHT, Event, World, ms, truth};

impl World {
    /// Keeps a change that may be made; it is shown when it is kept.
    pub(super) fn wish(&mut self, what: RunAction) {
        let latest = self.kept.last().map_or(EIGHT - ms(9_000_000), |change| change.at);
        let change = RunChange { at: self.now.max(latest), what };
        if self.changing || check_change(&self.facts, self.room.changes(), change).is_err() {
            self.tally.refusals += 1;
            return;
        }
        self.changing = true;
        self.kept.push(change);
        let wait = self.dice.range(0, 60);
        self.after(ms(wait), Event::Kept { change, life: self.life });
    }

    pub(super) fn show(&mut self, change: RunChange, life: u32) {
        if life != self.life {
            return;
        }
        self.changing = false;
        self.tally.changes += 1;
        self.tell(RoomInput::RunChanged(change));
        self.truth = truth(&self.room);
    }

    /// The process is gone, and another is there: it knows what is in the database.
    pub(super) fn kill(&mut self) {
        self.tally.kills += 1;
        self.life += 1;
        self.changing = false;
        for line in 0..self.lines.len() {
            if self.lines[line].id.take().is_some() {
                self.lines[line].is_cut = true;
                let notices = self.dice.range(0, 200);
                self.after(ms(notices), Event::Closed { line, code: 1006 });
            }
        }
        for person in &mut self.people {
            (person.lines, person.lost_at, person.is_here) = (0, None, false);
        }
        self.by_id.clear();
        self.media = Media::default();
        self.lags = LaggingConns::default();
        let room = Room::new(self.facts.clone(), self.kept.clone(), self.now);
        self.room = room.with_formats(Arc::new(Formats::shipped()));
        self.truth = truth(&self.room);
        self.moved_at = self.now;
    }

    pub(super) fn tell(&mut self, input: RoomInput) {
        let effects = self.room.handle(input, self.now);
        self.carry_out(effects);
    }

    pub(super) fn carry_out(&mut self, effects: Vec<RoomOutput>) {
        for effect in effects {
            match effect {
                RoomOutput::Send { class, to, text } => {
                    self.check_words(class, &text);
                    let frame = Rc::new(serde_json::from_str(&text).unwrap());
                    for id in to.conns() {
                        self.offer(*id, class, &frame, i64::try_from(text.len()).unwrap());
                    }
                }
                RoomOutput::CloseConn { conn: line, code, .. } => self.close(line, code),
                RoomOutput::MakeChange(what) => self.wish(what),
                RoomOutput::RequestChange { what, .. } => {
                    self.tally.pauses += 1;
                    self.wish(what);
                }
                RoomOutput::RecordAttendance { .. }
                | RoomOutput::PoseRound(_)
                | RoomOutput::EndRun => {}
                RoomOutput::SetMediaRules(rules) => self.media.ruled = (*rules).clone(),
                RoomOutput::SetMediaWants { .. } | RoomOutput::CloseSeat(_) => {}
            }
        }
    }

    pub(super) fn drained(&mut self, line: usize) {
        self.lines[line].will_drain = false;
        let Some(id) = self.lines[line].id.filter(|_| !self.lines[line].is_cut) else {
            return;
        };
        for class in self.lags.take_missed(id).collect::<Vec<_>>() {
            let effects = self.room.resend_missed(id, class, self.now);
            self.carry_out(effects);
        }
    }
}
