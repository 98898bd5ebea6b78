//! One living sit.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RunId, SitId};
use sitwith_core::sit::frame::{self, SaidNo};
use sitwith_core::sit::lag::{Class, Lags};
use sitwith_core::sit::presence::{Count, Sitter};
use sitwith_core::sit::room::{Effect, Enter, Input, LineId, Room, RoundTold, To, code};
use sitwith_core::sit::run::{Change, Timeline, What};
use sitwith_core::sits::Run;
use sitwith_core::time::Instant;
use sitwith_media::Sfu;
use tokio::sync::Notify;

use super::table::Table;
use super::ticket::Ticket;
use super::{BACK_WITHIN, Line};
use crate::base::Base;

/// A sit while it lives.
pub struct LiveSit {
    run: RunId,
    sit: SitId,
    pub(super) base: Base,
    pub(super) media: Sfu,
    state: Mutex<State>,
    /// Wakes the driver: there is something to send, or something is due sooner.
    pub(super) wake: Notify,
    /// Serialises changes: each is checked against those before it, stored, and then shown.
    pub(super) changing: tokio::sync::Mutex<()>,
    /// Number of open sockets in all sits of the home.
    lines: Arc<AtomicU32>,
}

/// State of a living sit. Locked briefly, never across an await.
pub(super) struct State {
    pub(super) room: Room,
    pub(super) table: Table,
    pub(super) lags: Lags,
    /// Effects of the room that are still to be carried out, in order.
    pub(super) outbox: VecDeque<Effect>,
    /// Sockets that can take a frame again.
    pub(super) drained: Vec<LineId>,
    /// Those who came and are not stored yet, and whether they sit quietly.
    pub(super) came: BTreeMap<Sitter, bool>,
    /// Earliest time of the next write of who came, unless one is in progress.
    pub(super) note_from: Instant,
    pub(super) is_noting: bool,
    pub(super) wanted: Option<What>,
    /// Changes that people in the sit requested, and the socket of each.
    pub(super) asked: VecDeque<(LineId, What)>,
    /// End of the run, if it is not stored yet.
    pub(super) over: Option<Instant>,
    /// True if the driver must send what is queued, and then end.
    pub(super) ends: bool,
}

/// State and wishes of a browser whose socket enters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coming {
    /// Version of the running order the page already has; 0 for none.
    pub have: u32,
    /// The browser's choice to be counted but not named, if it states one. A returning browser
    /// repeats what was chosen in the room, which may differ from its ticket.
    pub quiet: Option<bool>,
}

/// Refusals of [`LiveSit::enter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The sit has ended in the meantime.
    Over,
    /// The sit is sealed and full.
    Full,
}

/// A sit as a page shows it before its socket opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub seq: u32,
    /// The running order, encoded as for the socket.
    pub timeline: Arc<str>,
    /// Number of people here.
    pub count: Count,
    /// Seat, name and dye of some who are here.
    pub named: Vec<(u32, String, u8)>,
}

impl LiveSit {
    pub(super) fn new(
        base: Base,
        media: Sfu,
        run: &Run,
        changes: Vec<Change>,
        lines: Arc<AtomicU32>,
    ) -> Arc<Self> {
        let now = base.clock.now();
        let state = State {
            room: Room::new(run.facts.clone(), changes, now)
                .with_formats(Arc::clone(&base.formats)),
            table: Table::default(),
            lags: Lags::default(),
            outbox: VecDeque::new(),
            drained: Vec::new(),
            came: BTreeMap::new(),
            note_from: now,
            is_noting: false,
            wanted: None,
            asked: VecDeque::new(),
            over: None,
            ends: false,
        };
        Arc::new(Self {
            run: run.id,
            sit: run.sit,
            base,
            media,
            state: Mutex::new(state),
            wake: Notify::new(),
            changing: tokio::sync::Mutex::new(()),
            lines,
        })
    }

    /// The run's id.
    pub const fn run(&self) -> RunId {
        self.run
    }

    /// The sit's id.
    pub const fn sit(&self) -> SitId {
        self.sit
    }

    /// The current running order.
    pub fn timeline(&self) -> Timeline {
        self.state().room.timeline().clone()
    }

    /// The running order, encoded as for the socket.
    pub fn timeline_json(&self) -> Arc<str> {
        frame::timeline(self.state().room.timeline(), self.base.clock.now())
    }

    /// Number of people here.
    pub fn count(&self) -> Count {
        self.state().room.count()
    }

    /// Returns the sit as a page shows it before its socket opens, with at most `most` names.
    pub fn look(&self, most: usize) -> Look {
        let now = self.base.clock.now();
        let state = self.state();
        let named = state.room.named(most).into_iter();
        Look {
            seq: state.room.timeline().seq,
            timeline: frame::timeline(state.room.timeline(), now),
            count: state.room.count(),
            named: named.map(|(seat, name, dye)| (seat, name.to_owned(), dye)).collect(),
        }
    }

    /// Enters a socket with its ticket.
    pub(super) fn enter(
        &self,
        ticket: &Ticket,
        line: Arc<dyn Line>,
        coming: Coming,
    ) -> Result<LineId, NoPlace> {
        let now = self.base.clock.now();
        let mut state = self.state();
        if state.ends || state.room.timeline().is_over(now) {
            return Err(NoPlace::Over);
        }
        if !state.room.has_place_for(ticket.who, ticket.guide) {
            return Err(NoPlace::Full);
        }
        let id = state.table.insert(line);
        self.lines.fetch_add(1, Ordering::Relaxed);
        let enter = Enter {
            line: id,
            who: ticket.who,
            name: ticket.name.clone(),
            guide: ticket.guide,
            quiet: ticket.quiet,
            wish: coming.quiet,
            have: coming.have,
        };
        self.tell(&mut state, Input::Enter(enter), now);
        Ok(id)
    }

    /// Handles a message of a browser. The socket itself replies to pings, which change nothing
    /// here.
    ///
    /// # Errors
    /// [`SaidNo`] if the text is not a message of the protocol.
    pub fn said(&self, line: LineId, text: &str) -> Result<(), SaidNo> {
        let said = frame::hear(text)?;
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Said(line, said), now);
        Ok(())
    }

    /// Called when a socket that was behind can take a frame again.
    pub fn drained(&self, line: LineId) {
        self.state().drained.push(line);
        self.wake.notify_one();
    }

    /// Called when a socket is closed.
    pub fn lost(&self, line: LineId) {
        let now = self.base.clock.now();
        self.lose(&mut self.state(), line, now);
    }

    /// Sends the state of a round of this run to everybody in it.
    pub(super) fn tell_round(&self, told: RoundTold) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Round(told), now);
    }

    /// Ends the sockets of somebody who left the home.
    pub(super) fn let_go(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Gone(who), now);
    }

    /// Takes a socket out and tells the room.
    pub(super) fn lose(&self, state: &mut State, line: LineId, now: Instant) {
        if self.take(state, line).is_some() {
            self.tell(state, Input::Lost(line), now);
        }
    }

    /// Takes a socket out of the tables.
    pub(super) fn take(&self, state: &mut State, line: LineId) -> Option<Arc<dyn Line>> {
        state.lags.forget(line);
        let taken = state.table.remove(line)?;
        self.lines.fetch_sub(1, Ordering::Relaxed);
        Some(taken)
    }

    /// Feeds an input to the room, and wakes the driver if there is something to do.
    pub(super) fn tell(&self, state: &mut State, input: Input, now: Instant) {
        let waited_for = state.room.wake_at();
        let effects = state.room.handle(input, now);
        if !effects.is_empty() || state.room.wake_at() != waited_for {
            self.wake.notify_one();
        }
        self.take_in(state, effects);
    }

    /// Tells every browser to reconnect in a moment, and ends the sit.
    pub(super) fn rest(&self) {
        let mut state = self.state();
        let lines = state.table.ids();
        let (least, most) = BACK_WITHIN;
        let text = frame::back(least, most);
        let to = To::Many(lines.clone());
        state.outbox.push_back(Effect::Send { class: Class::Passing, to, text });
        let (code, why) = (code::RESTARTING, "back in a moment");
        let closes = lines.into_iter().map(|line| Effect::Close { line, code, why });
        state.outbox.extend(closes);
        state.ends = true;
        self.wake.notify_one();
    }

    /// Closes every socket after the driver failed.
    pub(super) fn close_all(&self, code: u16, why: &'static str) {
        let mut state = self.state();
        state.ends = true;
        for id in state.table.ids() {
            if let Some(line) = self.take(&mut state, id) {
                line.close(code, why);
            }
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
