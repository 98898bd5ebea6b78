//! A timing wheel for all sockets: pings silent browsers, and ends dead sockets.

use std::sync::{Mutex, PoisonError, Weak};

use sitwith_app::home::Home;
use sitwith_core::time::Span;

use super::line::Line;

/// Time per slot.
const SLOT: Span = Span::from_secs(1);
/// A socket is visited every 20 to 30 slots: 25 s ± 20 %, so that sockets that were opened together
/// are not pinged together.
const VISIT_SLOTS_MIN: u64 = 20;
const VISIT_SLOTS_MAX: u64 = 30;
const SPREAD: u64 = VISIT_SLOTS_MAX - VISIT_SLOTS_MIN + 1;
/// After this number of visits without a message a socket is dead; the first of them does not ping.
const SILENT_ROUNDS_MAX: u8 = 3;

/// All open sockets, by the slot of their next visit.
#[derive(Default)]
pub(super) struct Wheel {
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    lines: [Vec<Weak<Line>>; 32],
    now: usize,
}

impl Wheel {
    /// Visits this socket from now on.
    pub(super) fn add(&self, line: Weak<Line>, home: &Home) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.put(line, home.dice.below(SPREAD));
    }

    /// Turns the wheel without end.
    pub(super) async fn turn(&self, home: &Home) {
        loop {
            home.clock.sleep(SLOT).await;
            self.next(home);
        }
    }

    /// Moves on by one slot and visits its sockets.
    fn next(&self, home: &Home) {
        let due = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.now = slots.now.wrapping_add(1);
            let now = slots.now % slots.lines.len();
            slots.lines.get_mut(now).map(std::mem::take).unwrap_or_default()
        };
        for line in due {
            if let Some(open) = line.upgrade() {
                open.go_round(SILENT_ROUNDS_MAX);
                self.add(line, home);
            }
        }
    }
}

impl Slots {
    fn put(&mut self, line: Weak<Line>, chance: u64) {
        let ahead = usize::try_from(VISIT_SLOTS_MIN + chance).unwrap_or_default();
        let slot = self.now.wrapping_add(ahead) % self.lines.len();
        if let Some(lines) = self.lines.get_mut(slot) {
            lines.push(line);
        }
    }
}
