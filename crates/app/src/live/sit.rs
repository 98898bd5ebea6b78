//! One living sit, and what is asked of it.

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
    /// Wakes the driver: something is to be handed out, or something is due sooner.
    pub(super) wake: Notify,
    /// One change at a time: each is checked against those before it, kept, and then shown.
    pub(super) changing: tokio::sync::Mutex<()>,
    /// Open lines in all sits of the home.
    lines: Arc<AtomicU32>,
}

/// What a living sit knows. Locked for moments only, never over an await.
pub(super) struct State {
    pub(super) room: Room,
    pub(super) table: Table,
    pub(super) lags: Lags,
    /// What the room wants to be done, in order.
    pub(super) outbox: VecDeque<Effect>,
    /// Lines that have room again.
    pub(super) drained: Vec<LineId>,
    /// Who came and is not yet noted in the database, and whether they sit quietly.
    pub(super) came: BTreeMap<Sitter, bool>,
    /// They are noted from this instant on, unless the last are still being noted.
    pub(super) note_from: Instant,
    pub(super) is_noting: bool,
    pub(super) wanted: Option<What>,
    /// What people who sit asked for, and by which line.
    pub(super) asked: VecDeque<(LineId, What)>,
    /// The run is over and this is not yet noted in the database.
    pub(super) over: Option<Instant>,
    /// The driver is to hand out what there is, and end.
    pub(super) ends: bool,
}

/// How a line comes: what its browser already has and wishes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coming {
    /// The version of the running order the page already carries; 0 for none.
    pub have: u32,
    /// Whether to be counted but not named, when the browser says so. A browser that comes back
    /// says what was chosen in the room; it may differ from what its ticket says.
    pub quiet: Option<bool>,
}

/// Why a line does not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The sit has ended in the meantime.
    Over,
    /// It is sealed, and holds as many people as it can.
    Full,
}

/// A sit as a page shows it before its socket opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The version of the running order.
    pub seq: u32,
    /// The running order as the socket would send it.
    pub timeline: Arc<str>,
    /// How many are here.
    pub count: Count,
    /// Seats, names and dyes of some who are here.
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

    /// Which run this is.
    pub const fn run(&self) -> RunId {
        self.run
    }

    /// Of which sit.
    pub const fn sit(&self) -> SitId {
        self.sit
    }

    /// The running order as it stands.
    pub fn timeline(&self) -> Timeline {
        self.state().room.timeline().clone()
    }

    /// The running order as the socket would send it.
    pub fn timeline_json(&self) -> Arc<str> {
        frame::timeline(self.state().room.timeline(), self.base.clock.now())
    }

    /// How many are here.
    pub fn count(&self) -> Count {
        self.state().room.count()
    }

    /// The sit as a page shows it before its socket opens, with at most `most` names.
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

    /// A line enters.
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

    /// A browser said something. Pings are answered by the line itself and change nothing here.
    ///
    /// # Errors
    /// When the text is none of the protocol's messages.
    pub fn said(&self, line: LineId, text: &str) -> Result<(), SaidNo> {
        let said = frame::hear(text)?;
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Said(line, said), now);
        Ok(())
    }

    /// A line that was behind has room again.
    pub fn drained(&self, line: LineId) {
        self.state().drained.push(line);
        self.wake.notify_one();
    }

    /// A line is gone.
    pub fn lost(&self, line: LineId) {
        let now = self.base.clock.now();
        self.lose(&mut self.state(), line, now);
    }

    /// A round of this run stands so from now on.
    pub(super) fn tell_round(&self, told: RoundTold) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Round(told), now);
    }

    /// Somebody has no place in this home any more.
    pub(super) fn let_go(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.tell(&mut self.state(), Input::Gone(who), now);
    }

    /// Takes a line out and tells the room.
    pub(super) fn lose(&self, state: &mut State, line: LineId, now: Instant) {
        if self.take(state, line).is_some() {
            self.tell(state, Input::Lost(line), now);
        }
    }

    /// Takes a line out of the tables.
    pub(super) fn take(&self, state: &mut State, line: LineId) -> Option<Arc<dyn Line>> {
        state.lags.forget(line);
        let taken = state.table.remove(line)?;
        self.lines.fetch_sub(1, Ordering::Relaxed);
        Some(taken)
    }

    /// Tells the room what happened, and the driver if there is something to do.
    pub(super) fn tell(&self, state: &mut State, input: Input, now: Instant) {
        let waited_for = state.room.wake_at();
        let effects = state.room.handle(input, now);
        if !effects.is_empty() || state.room.wake_at() != waited_for {
            self.wake.notify_one();
        }
        self.take_in(state, effects);
    }

    /// Tells everybody to come back in a moment, and ends.
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

    /// Closes every line: the driver is gone.
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
