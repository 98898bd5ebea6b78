//! Announcements of presence: once per tick, for everybody together.
//!
//! In a room in which everybody is named, one delta goes to all who are informed already, and one
//! shared snapshot to all newcomers. In a larger room everybody gets the counts at longer
//! intervals, and each circle of neighbours its own names. Both cost a number of frames linear in
//! the number of people, never quadratic.

use std::collections::{BTreeMap, BTreeSet};

use super::ConnId;
use super::conns::RoomConns;
use crate::sit::presence::{
    CIRCLE_SEATS, NAMED_AGAIN_MAX, NAMED_ROOM_MAX, PresenceCount, SeatMoves, Seats,
};
use crate::time::{Instant, Span};

/// Time from the first change to the announcement of all changes.
pub const ANNOUNCE_TICK: Span = Span::from_ms(250);
/// The same in a small room.
pub const ANNOUNCE_TICK_SMALL: Span = Span::from_ms(100);
/// Maximum number of people in a small room.
pub const SMALL_ROOM: u32 = 50;
/// Minimum time between two announcements of the counts, and of each circle, in a large room.
pub const COUNT_EVERY: Span = Span::from_secs(2);
/// The same in a room of more people than [`LARGE_ROOM`].
pub const COUNT_EVERY_LARGE: Span = Span::from_secs(5);
/// Maximum number of people in a room to which [`COUNT_EVERY`] applies.
pub const LARGE_ROOM: u32 = 5_000;
/// The same if the count has changed by a quarter: when thousands come at once, those who came
/// first would otherwise get a frame every tick.
pub const COUNT_FAR_EVERY: Span = Span::from_secs(1);
/// A change of at least one in this many people counts as large; see [`COUNT_FAR_EVERY`].
pub const COUNT_FAR_FRACTION: u32 = 4;

/// A presence frame to send. Names are taken from the seats when it is written.
#[derive(Debug)]
pub(super) enum Announcement {
    /// People who came and seats vacated since version `v - 1`.
    Delta { v: u32, came: Vec<u32>, went: Vec<u32>, to: Vec<ConnId> },
    /// Everybody who may be named.
    Snapshot { v: u32, to: Vec<ConnId> },
    /// The neighbours of one circle, and the guides.
    Circle { v: u32, circle: u32, to: Vec<ConnId> },
    /// The counts; with the guides if those changed.
    Count { has_guides: bool, to: Vec<ConnId> },
}

/// The state announced so far, and pending announcements.
#[derive(Debug)]
pub(super) struct Announcer {
    /// The room is too large to name everybody.
    is_count_only: bool,
    version: u32,
    told: PresenceCount,
    told_at: Instant,
    /// Connections that wait for their first presence frame.
    fresh: Vec<ConnId>,
    tick_at: Option<Instant>,
    /// Instant at which announcements held back in a large room are due.
    later_at: Option<Instant>,
    guides_moved: bool,
    /// Circles with changes, and when each was last told.
    circles_moved: BTreeSet<u32>,
    circles_told: BTreeMap<u32, Instant>,
}

impl Default for Announcer {
    fn default() -> Self {
        Self {
            is_count_only: false,
            version: 0,
            told: PresenceCount::default(),
            told_at: Instant::from_ms(0),
            fresh: Vec::new(),
            tick_at: None,
            later_at: None,
            guides_moved: false,
            circles_moved: BTreeSet::new(),
            circles_told: BTreeMap::new(),
        }
    }
}

impl Announcer {
    pub(super) fn due(&self) -> Option<Instant> {
        [self.tick_at, self.later_at].into_iter().flatten().min()
    }

    fn hold_back_until(&mut self, at: Instant) {
        self.later_at = Some(self.later_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// The connection gets a complete presence frame with the next tick.
    pub(super) fn refresh_conn(&mut self, conns: &mut RoomConns, conn: ConnId) {
        if conns.mark_fresh(conn) {
            self.fresh.push(conn);
        }
    }

    /// Schedules the next tick if something has changed.
    pub(super) fn schedule_tick(&mut self, seats: &Seats, now: Instant) {
        let waits = seats.has_moves() || !self.fresh.is_empty();
        if waits && self.tick_at.is_none() {
            let is_small = seats.count().present <= SMALL_ROOM;
            self.tick_at = Some(now + if is_small { ANNOUNCE_TICK_SMALL } else { ANNOUNCE_TICK });
        }
    }

    /// Announces changes, if due.
    pub(super) fn tick(
        &mut self,
        seats: &mut Seats,
        conns: &mut RoomConns,
        now: Instant,
    ) -> Vec<Announcement> {
        let mut out = Vec::new();
        if self.due().is_none_or(|due| due > now) {
            return out;
        }
        self.tick_at = None;
        self.later_at = None;
        let moves = seats.take_moves();
        self.switch_naming(&moves, seats.count(), conns);
        if self.is_count_only {
            self.tell_counted(seats, conns, now, &mut out);
        } else {
            self.tell_named(moves, seats.count(), (conns, now), &mut out);
        }
        self.fresh.clear();
        out
    }

    /// Switches between names and counts when the room has grown or shrunk. Then everybody gets a
    /// complete frame.
    fn switch_naming(&mut self, moves: &SeatMoves, count: PresenceCount, conns: &mut RoomConns) {
        let limit = if self.is_count_only { NAMED_AGAIN_MAX } else { NAMED_ROOM_MAX };
        let is_counted = count.present > limit;
        if is_counted != self.is_count_only {
            self.is_count_only = is_counted;
            self.circles_moved.clear();
            self.circles_told.clear();
            for conn in conns.open_conns() {
                self.refresh_conn(conns, conn);
            }
        }
        if is_counted {
            let circles = moves.changed.iter().map(|seat| seat / CIRCLE_SEATS);
            self.circles_moved.extend(circles);
            self.guides_moved |= moves.has_guide;
        }
    }

    /// Informed connections get a delta; newcomers share one snapshot.
    fn tell_named(
        &mut self,
        moves: SeatMoves,
        count: PresenceCount,
        (conns, now): (&mut RoomConns, Instant),
        out: &mut Vec<Announcement>,
    ) {
        let has_moved = !moves.came.is_empty() || !moves.went.is_empty();
        if has_moved || count != self.told {
            self.version += 1;
            self.told = count;
            self.told_at = now;
            let to = conns.informed_conns();
            if !to.is_empty() {
                let SeatMoves { came, went, .. } = moves;
                out.push(Announcement::Delta { v: self.version, came, went, to });
            }
        }
        let to = self.take_fresh(conns);
        if !to.is_empty() {
            out.push(Announcement::Snapshot { v: self.version, to });
        }
    }

    fn take_fresh(&mut self, conns: &mut RoomConns) -> Vec<ConnId> {
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.retain(|conn| conns.clear_fresh(*conn));
        fresh
    }

    fn tell_counted(
        &mut self,
        seats: &Seats,
        conns: &mut RoomConns,
        now: Instant,
        out: &mut Vec<Announcement>,
    ) {
        self.version += 1;
        let count = seats.count();
        let every = if count.present > LARGE_ROOM { COUNT_EVERY_LARGE } else { COUNT_EVERY };
        self.tell_count(count, every, (conns, now), out);
        let mut newcomers: BTreeMap<u32, Vec<ConnId>> = BTreeMap::new();
        for conn in self.take_fresh(conns) {
            if let Some(seat) = conns.seat_of(conn) {
                newcomers.entry(seat / CIRCLE_SEATS).or_default().push(conn);
            }
        }
        for circle in std::mem::take(&mut self.circles_moved) {
            let told_at = self.circles_told.get(&circle).copied();
            match told_at.map(|told_at| told_at + every).filter(|due| *due > now) {
                Some(due) => {
                    self.hold_back_until(due);
                    self.circles_moved.insert(circle);
                }
                None => {
                    self.circles_told.insert(circle, now);
                    let to = seats.circle_seats(circle).flat_map(|(_, seat)| seat.conns());
                    newcomers.insert(circle, to.collect());
                }
            }
        }
        let told = newcomers.into_iter().filter(|(_, to)| !to.is_empty());
        out.extend(told.map(|(circle, to)| Announcement::Circle { v: self.version, circle, to }));
    }

    /// Sends the counts to informed connections: after [`COUNT_FAR_EVERY`] if they changed by a
    /// quarter, else after `every`.
    fn tell_count(
        &mut self,
        count: PresenceCount,
        every: Span,
        (conns, now): (&RoomConns, Instant),
        out: &mut Vec<Announcement>,
    ) {
        if count == self.told && !self.guides_moved {
            return;
        }
        let is_far = count.present.abs_diff(self.told.present).saturating_mul(COUNT_FAR_FRACTION)
            >= self.told.present;
        let due = self.told_at + if is_far { COUNT_FAR_EVERY } else { every };
        if due > now {
            self.hold_back_until(due);
            return;
        }
        self.told = count;
        self.told_at = now;
        let has_guides = std::mem::take(&mut self.guides_moved);
        let to = conns.informed_conns();
        if !to.is_empty() {
            out.push(Announcement::Count { has_guides, to });
        }
    }
}
