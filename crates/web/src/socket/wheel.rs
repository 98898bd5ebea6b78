//! A timing wheel for all sockets: pings silent browsers, and ends dead sockets.

use std::sync::{Mutex, PoisonError, Weak};

use sitwith_app::home::Home;
use sitwith_core::time::Span;

use super::browser_socket::BrowserSocket;

/// Time per slot.
const SLOT_TIME: Span = Span::from_secs(1);
/// A socket is visited every 20 to 30 slots: 25 s ± 20 %, so that sockets that were opened together
/// are not pinged together.
const VISIT_SLOTS_MIN: u64 = 20;
const VISIT_SLOTS_MAX: u64 = 30;
const VISIT_SLOTS_SPREAD: u64 = VISIT_SLOTS_MAX - VISIT_SLOTS_MIN + 1;
/// After this number of visits without a message a socket is dead; the first of them does not ping.
const SILENT_ROUNDS_MAX: u8 = 3;

/// All open sockets, by the slot of their next visit.
#[derive(Default)]
pub(super) struct PingWheel {
    slots: Mutex<WheelSlots>,
}

#[derive(Default)]
struct WheelSlots {
    lines: [Vec<Weak<BrowserSocket>>; 32],
    now: usize,
}

impl PingWheel {
    /// Visits this socket from now on.
    pub(super) fn add(&self, line: Weak<BrowserSocket>, home: &Home) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.schedule(line, home.dice.below(VISIT_SLOTS_SPREAD));
    }

    /// Turns the wheel without end.
    pub(super) async fn run(&self, home: &Home) {
        loop {
            home.clock.sleep(SLOT_TIME).await;
            self.visit_next_slot(home);
        }
    }

    /// Moves on by one slot and visits its sockets.
    fn visit_next_slot(&self, home: &Home) {
        let due = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.now = slots.now.wrapping_add(1);
            let now = slots.now % slots.lines.len();
            slots.lines.get_mut(now).map(std::mem::take).unwrap_or_default()
        };
        for line in due {
            if let Some(open) = line.upgrade() {
                open.check_alive(SILENT_ROUNDS_MAX);
                self.add(line, home);
            }
        }
    }
}

impl WheelSlots {
    fn schedule(&mut self, line: Weak<BrowserSocket>, chance: u64) {
        let ahead = usize::try_from(VISIT_SLOTS_MIN + chance).unwrap_or_default();
        let slot = self.now.wrapping_add(ahead) % self.lines.len();
        if let Some(lines) = self.lines.get_mut(slot) {
            lines.push(line);
        }
    }
}
