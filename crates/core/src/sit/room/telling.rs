//! Who is told of whom: once a tick, for everybody at once.
//!
//! A room in which everybody is named gets one change for all who already know, and one shared
//! snapshot for all newcomers. In a larger room everybody gets a count, seldom, and each circle
//! of neighbours its own names. Both cost a number of frames that grows with the people, never
//! with the people squared.

use std::collections::{BTreeMap, BTreeSet};

use super::{Class, Effect, LineId, Room, To, send};
use crate::sit::frame::{self, Count};
use crate::sit::presence::{CIRCLE_MAX, GUIDES_MAX, Moves, NAMES_AGAIN, NAMES_MAX, Seat, Seats};
use crate::time::{Instant, Span};

/// What moved is told so long after the first move.
pub const TICK: Span = Span::from_ms(250);
/// The same in a small room.
pub const TICK_SMALL: Span = Span::from_ms(100);
/// A room up to this size is small.
pub const SMALL_ROOM: u32 = 50;
/// In a large room the count, and each circle, is told at most once in so long...
pub const COUNT_EVERY: Span = Span::from_secs(2);
/// ...or in so long when it is a very large one...
pub const COUNT_EVERY_LARGE: Span = Span::from_secs(5);
/// ...which is one of more people than this...
pub const LARGE_ROOM: u32 = 5_000;
/// ...unless the count has changed by a quarter. Then it is told in so long: when thousands come
/// at once, those who came first would hear of every tick else.
pub const COUNT_STEP: u32 = 4;
/// See [`COUNT_STEP`].
pub const COUNT_FAR_EVERY: Span = Span::from_secs(1);

/// What has been told, and what waits to be told.
#[derive(Debug)]
pub struct Telling {
    /// Whether the room is too large to name everybody.
    counted: bool,
    v: u32,
    told: Count,
    told_at: Instant,
    /// Lines that wait for their first look.
    fresh: Vec<LineId>,
    /// When the next tick is due.
    tick_at: Option<Instant>,
    /// When what was held back in a large room is due.
    later_at: Option<Instant>,
    guides_moved: bool,
    /// Circles in which something moved, and when each was last told.
    circles_moved: BTreeSet<u32>,
    circles_told: BTreeMap<u32, Instant>,
}

impl Telling {
    pub(super) fn new() -> Self {
        Self {
            counted: false,
            v: 0,
            told: Count::default(),
            told_at: Instant::from_ms(0),
            fresh: Vec::new(),
            tick_at: None,
            later_at: None,
            guides_moved: false,
            circles_moved: BTreeSet::new(),
            circles_told: BTreeMap::new(),
        }
    }

    pub(super) fn wake_at(&self) -> Option<Instant> {
        [self.tick_at, self.later_at].into_iter().flatten().min()
    }

    fn hold_back_until(&mut self, at: Instant) {
        self.later_at = Some(self.later_at.map_or(at, |earlier| earlier.min(at)));
    }
}

impl Room {
    /// The line is to be told anew who is here, with the next tick.
    pub(super) fn refresh(&mut self, line: LineId) {
        let Some(held) = self.line_mut(line) else {
            return;
        };
        if !std::mem::replace(&mut held.fresh, true) {
            self.telling.fresh.push(line);
        }
    }

    /// Sets the next tick when something moved.
    pub(super) fn mind_presence(&mut self, now: Instant) {
        let waits = self.seats.has_moves() || !self.telling.fresh.is_empty();
        if waits && self.telling.tick_at.is_none() {
            let small = self.seats.count().n <= SMALL_ROOM;
            self.telling.tick_at = Some(now + if small { TICK_SMALL } else { TICK });
        }
    }

    pub(super) fn tick_presence(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.telling.wake_at().is_none_or(|due| due > now) {
            return;
        }
        self.telling.tick_at = None;
        self.telling.later_at = None;
        let moves = self.seats.moves();
        self.turn(&moves);
        if self.telling.counted {
            self.tell_counted(now, out);
        } else {
            self.tell_named(&moves, now, out);
        }
        self.telling.fresh.clear();
    }

    /// Goes from names to counts or back when the room has grown or shrunk. Then everybody is
    /// told anew.
    fn turn(&mut self, moves: &Moves) {
        let limit = if self.telling.counted { NAMES_AGAIN } else { NAMES_MAX };
        let counted = self.seats.count().n > limit;
        if counted != self.telling.counted {
            self.telling.counted = counted;
            self.telling.circles_moved.clear();
            self.telling.circles_told.clear();
            for line in self.all_lines() {
                self.refresh(line);
            }
        }
        if counted {
            let circles = moves.touched.iter().map(|seat| seat / CIRCLE_MAX);
            self.telling.circles_moved.extend(circles);
            self.telling.guides_moved |= moves.has_guide;
        }
    }

    /// Everybody who already knows gets what moved; newcomers share one snapshot.
    fn tell_named(&mut self, moves: &Moves, now: Instant, out: &mut Vec<Effect>) {
        let count = self.seats.count();
        let moved = !moves.came.is_empty() || !moves.went.is_empty();
        if moved || count != self.telling.told {
            self.telling.v += 1;
            self.telling.told = count;
            self.telling.told_at = now;
            let lines = self.knowing_lines();
            if !lines.is_empty() {
                let came =
                    moves.came.iter().filter_map(|seat| Some((*seat, self.seats.get(*seat)?)));
                let came = Seats::named(came);
                let text = frame::delta(self.telling.v, count, &came, &moves.went);
                out.push(send(Class::Presence, To::Many(lines), text));
            }
        }
        let fresh = self.take_fresh();
        if !fresh.is_empty() {
            let all = Seats::named(self.seats.iter());
            let text = frame::snapshot(self.telling.v, count, &all);
            out.push(send(Class::Presence, To::Many(fresh), text));
        }
    }

    /// The lines that have had their first look.
    fn knowing_lines(&self) -> Vec<LineId> {
        let lines = (0..).zip(&self.lines);
        let knowing = lines.filter_map(|(index, held)| {
            held.as_ref().filter(|held| !held.fresh).map(|held| LineId::new(index, held.life))
        });
        knowing.collect()
    }

    fn take_fresh(&mut self) -> Vec<LineId> {
        let mut fresh = std::mem::take(&mut self.telling.fresh);
        fresh.retain(|line| {
            self.line_mut(*line).is_some_and(|held| std::mem::replace(&mut held.fresh, false))
        });
        fresh
    }

    fn tell_counted(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.telling.v += 1;
        let count = self.seats.count();
        let every = if count.n > LARGE_ROOM { COUNT_EVERY_LARGE } else { COUNT_EVERY };
        self.tell_count(count, every, now, out);
        let fresh = self.take_fresh();
        let mut newcomers: BTreeMap<u32, Vec<LineId>> = BTreeMap::new();
        for line in fresh {
            if let Some(held) = self.line(line) {
                newcomers.entry(held.seat / CIRCLE_MAX).or_default().push(line);
            }
        }
        let guides = guides(&self.seats);
        for circle in std::mem::take(&mut self.telling.circles_moved) {
            let told_at = self.telling.circles_told.get(&circle).copied();
            match told_at.map(|told_at| told_at + every).filter(|due| *due > now) {
                Some(due) => {
                    self.telling.hold_back_until(due);
                    self.telling.circles_moved.insert(circle);
                }
                None => {
                    self.telling.circles_told.insert(circle, now);
                    let lines = self.seats.circle(circle).flat_map(|(_, seat)| seat.lines());
                    newcomers.insert(circle, lines.collect());
                }
            }
        }
        for (circle, lines) in newcomers {
            let neighbours = Seats::named(self.seats.circle(circle));
            let text = frame::circle(self.telling.v, count, &neighbours, &guides);
            if !lines.is_empty() {
                out.push(send(Class::Presence, To::Many(lines), text));
            }
        }
    }

    /// The count, for everybody who already had one: at once when it changed by a quarter,
    /// else when it was last told some time ago.
    fn tell_count(&mut self, count: Count, every: Span, now: Instant, out: &mut Vec<Effect>) {
        let told = self.telling.told;
        if count == told && !self.telling.guides_moved {
            return;
        }
        let far = count.n.abs_diff(told.n).saturating_mul(COUNT_STEP) >= told.n;
        let due = self.telling.told_at + if far { COUNT_FAR_EVERY } else { every };
        if due > now {
            self.telling.hold_back_until(due);
            return;
        }
        self.telling.told = count;
        self.telling.told_at = now;
        let moved = std::mem::take(&mut self.telling.guides_moved);
        let lines = self.knowing_lines();
        if !lines.is_empty() {
            let guides = moved.then(|| guides(&self.seats));
            let text = frame::count(count, guides.as_deref());
            out.push(send(Class::Presence, To::Many(lines), text));
        }
    }
}

/// The guides, who are named in every room.
fn guides(seats: &Seats) -> Vec<frame::Named<'_>> {
    let guides = seats.iter().filter(|(_, seat): &(u32, &Seat)| seat.guide);
    let mut guides = Seats::named(guides);
    guides.truncate(GUIDES_MAX);
    guides
}
