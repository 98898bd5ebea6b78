//! One living sit.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RunId, SitId};
use sitwith_core::sit::frame::{self, ClientMessageNo};
use sitwith_core::sit::lag::{FrameClass, LaggingConns};
use sitwith_core::sit::presence::{PresenceCount, Sitter};
use sitwith_core::sit::room::{
    ConnId, EnterRoom, Recipients, Room, RoomInput, RoomOutput, RoundTold, close_code,
};
use sitwith_core::sit::run::{RunAction, RunChange, Timeline};
use sitwith_core::sits::Run;
use sitwith_core::time::Instant;
use sitwith_media::Sfu;
use tokio::sync::Notify;

use super::sockets::SocketTable;
use super::ticket::Ticket;
use super::{RECONNECT_WITHIN, SitSocket};
use crate::base::Base;

/// A sit while it lives.
pub struct LiveSit {
    run: RunId,
    sit: SitId,
    pub(super) base: Base,
    pub(super) media: Sfu,
    state: Mutex<SitState>,
    /// Wakes the driver: there is something to send, or something is due sooner.
    pub(super) wake: Notify,
    /// Serialises changes: each is checked against those before it, stored, and then shown.
    pub(super) changing: tokio::sync::Mutex<()>,
    /// Number of open sockets in all sits of the home.
    open_sockets: Arc<AtomicU32>,
}

/// State of a living sit. Locked briefly, never across an await.
pub(super) struct SitState {
    pub(super) room: Room,
    pub(super) sockets: SocketTable,
    pub(super) lags: LaggingConns,
    /// Effects of the room that are still to be carried out, in order.
    pub(super) outbox: VecDeque<RoomOutput>,
    /// Sockets that can take a frame again.
    pub(super) drained: Vec<ConnId>,
    /// Those who came and are not stored yet, and whether they sit quietly.
    pub(super) attendance: BTreeMap<Sitter, bool>,
    /// Earliest time of the next write of who came, unless one is in progress.
    pub(super) attendance_from: Instant,
    pub(super) is_keeping_attendance: bool,
    pub(super) wanted_change: Option<RunAction>,
    /// Changes that people in the sit requested, and the socket of each.
    pub(super) asked_changes: VecDeque<(ConnId, RunAction)>,
    /// End of the run, if it is not stored yet.
    pub(super) over_at: Option<Instant>,
    /// True if the driver must send what is queued, and then end.
    pub(super) is_ending: bool,
}

/// State and wishes of a browser whose socket enters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EnterOptions {
    /// Version of the running order the page already has; 0 for none.
    pub timeline_seq: u32,
    /// The browser's choice to be counted but not named, if it states one. A returning browser
    /// repeats what was chosen in the room, which may differ from its ticket.
    pub quiet: Option<bool>,
}

/// Refusals of [`LiveSit::enter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SitEnterNo {
    /// The sit has ended in the meantime.
    Over,
    /// The sit is sealed and full.
    Full,
}

/// A sit as a page shows it before its socket opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitPreview {
    pub seq: u32,
    /// The running order, encoded as for the socket.
    pub timeline: Arc<str>,
    /// Number of people here.
    pub count: PresenceCount,
    /// Seat, name and dye of some who are here.
    pub named: Vec<(u32, String, u8)>,
}

impl LiveSit {
    pub(super) fn new(
        base: Base,
        media: Sfu,
        run: &Run,
        changes: Vec<RunChange>,
        lines: Arc<AtomicU32>,
    ) -> Arc<Self> {
        let now = base.clock.now();
        let state = SitState {
            room: Room::new(run.facts.clone(), changes, now)
                .with_formats(Arc::clone(&base.formats)),
            sockets: SocketTable::default(),
            lags: LaggingConns::default(),
            outbox: VecDeque::new(),
            drained: Vec::new(),
            attendance: BTreeMap::new(),
            attendance_from: now,
            is_keeping_attendance: false,
            wanted_change: None,
            asked_changes: VecDeque::new(),
            over_at: None,
            is_ending: false,
        };
        Arc::new(Self {
            run: run.id,
            sit: run.sit,
            base,
            media,
            state: Mutex::new(state),
            wake: Notify::new(),
            changing: tokio::sync::Mutex::new(()),
            open_sockets: lines,
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
        frame::write_timeline(self.state().room.timeline(), self.base.clock.now())
    }

    /// Number of people here.
    pub fn count(&self) -> PresenceCount {
        self.state().room.count()
    }

    /// Returns the sit as a page shows it before its socket opens, with at most `most` names.
    pub fn preview(&self, most: usize) -> SitPreview {
        let now = self.base.clock.now();
        let state = self.state();
        let named = state.room.named_people(most).into_iter();
        SitPreview {
            seq: state.room.timeline().seq,
            timeline: frame::write_timeline(state.room.timeline(), now),
            count: state.room.count(),
            named: named.map(|(seat, name, dye)| (seat, name.to_owned(), dye)).collect(),
        }
    }

    /// Enters a socket with its ticket.
    pub(super) fn enter(
        &self,
        ticket: &Ticket,
        line: Arc<dyn SitSocket>,
        coming: EnterOptions,
    ) -> Result<ConnId, SitEnterNo> {
        let now = self.base.clock.now();
        let mut state = self.state();
        if state.is_ending || state.room.timeline().is_over(now) {
            return Err(SitEnterNo::Over);
        }
        if !state.room.has_seat_for(ticket.who, ticket.guide) {
            return Err(SitEnterNo::Full);
        }
        let id = state.sockets.insert(line);
        self.open_sockets.fetch_add(1, Ordering::Relaxed);
        let enter = EnterRoom {
            conn: id,
            who: ticket.who,
            name: ticket.name.clone(),
            guide: ticket.guide,
            quiet: ticket.quiet,
            quiet_wish: coming.quiet,
            timeline_seq: coming.timeline_seq,
        };
        self.feed_room(&mut state, RoomInput::SitterEntered(enter), now);
        Ok(id)
    }

    /// Handles a message of a browser. The socket itself replies to pings, which change nothing
    /// here.
    ///
    /// # Errors
    /// [`ClientMessageNo`] if the text is not a message of the protocol.
    pub fn handle_message(&self, line: ConnId, text: &str) -> Result<(), ClientMessageNo> {
        let said = frame::parse_message(text)?;
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::MessageReceived(line, said), now);
        Ok(())
    }

    /// Called when a socket that was behind can take a frame again.
    pub fn socket_drained(&self, line: ConnId) {
        self.state().drained.push(line);
        self.wake.notify_one();
    }

    /// Called when a socket is closed.
    pub fn socket_lost(&self, line: ConnId) {
        let now = self.base.clock.now();
        self.drop_socket(&mut self.state(), line, now);
    }

    /// Sends the state of a round of this run to everybody in it.
    pub(super) fn show_round(&self, told: RoundTold) {
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::RoundTold(told), now);
    }

    /// Ends the sockets of somebody who left the home.
    pub(super) fn end_sitter(&self, who: Sitter) {
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::SitterGone(who), now);
    }

    /// Takes a socket out and tells the room.
    pub(super) fn drop_socket(&self, state: &mut SitState, line: ConnId, now: Instant) {
        if self.take_socket(state, line).is_some() {
            self.feed_room(state, RoomInput::ConnLost(line), now);
        }
    }

    /// Takes a socket out of the tables.
    pub(super) fn take_socket(
        &self,
        state: &mut SitState,
        line: ConnId,
    ) -> Option<Arc<dyn SitSocket>> {
        state.lags.remove_conn(line);
        let taken = state.sockets.remove(line)?;
        self.open_sockets.fetch_sub(1, Ordering::Relaxed);
        Some(taken)
    }

    /// Feeds an input to the room, and wakes the driver if there is something to do.
    pub(super) fn feed_room(&self, state: &mut SitState, input: RoomInput, now: Instant) {
        let waited_for = state.room.wake_at();
        let effects = state.room.handle(input, now);
        if !effects.is_empty() || state.room.wake_at() != waited_for {
            self.wake.notify_one();
        }
        self.apply_effects(state, effects);
    }

    /// Tells every browser to reconnect in a moment, and ends the sit.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        let lines = state.sockets.ids();
        let (least, most) = RECONNECT_WITHIN;
        let text = frame::write_back(least, most);
        let to = Recipients::Many(lines.clone());
        state.outbox.push_back(RoomOutput::Send { class: FrameClass::Momentary, to, text });
        let (code, why) = (close_code::RESTARTING, "back in a moment");
        let closes = lines.into_iter().map(|line| RoomOutput::CloseConn { conn: line, code, why });
        state.outbox.extend(closes);
        state.is_ending = true;
        self.wake.notify_one();
    }

    /// Closes every socket after the driver failed.
    pub(super) fn close_all_sockets(&self, code: u16, why: &'static str) {
        let mut state = self.state();
        state.is_ending = true;
        for id in state.sockets.ids() {
            if let Some(line) = self.take_socket(&mut state, id) {
                line.close(code, why);
            }
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, SitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
