//! Orders to one worker. They come at the pace of people, so a lock does no harm here; the worker
//! looks behind it only when told that there is something.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::drive::waker::Waker;
use crate::hub::Act;

/// When so many orders wait, no further ups and downs are taken.
pub(crate) const ORDERS_MAX: usize = 2_000;

/// What waits to be done by one worker.
#[derive(Debug)]
pub(crate) struct Inbox {
    acts: Mutex<VecDeque<Act>>,
    has_some: AtomicBool,
    pub(crate) waker: Waker,
}

impl Inbox {
    pub(crate) fn new(waker: Waker) -> Self {
        Self { acts: Mutex::new(VecDeque::new()), has_some: AtomicBool::new(false), waker }
    }

    fn acts(&self) -> MutexGuard<'_, VecDeque<Act>> {
        self.acts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays down an order that somebody waits for; gives it back when too many wait already.
    pub(crate) fn ask(&self, act: Act) -> Result<(), Act> {
        let mut acts = self.acts();
        if acts.len() >= ORDERS_MAX {
            return Err(act);
        }
        acts.push_back(act);
        self.told(acts);
        Ok(())
    }

    /// Lays down an order that must not get lost. When many wait, it takes the place of an older
    /// one that it makes needless, so that there are never more than rooms and seats.
    pub(crate) fn tell(&self, act: Act) {
        let mut acts = self.acts();
        if acts.len() >= ORDERS_MAX
            && let Some(older) = acts.iter_mut().rfind(|older| replaces(&act, older))
        {
            *older = act;
        } else {
            acts.push_back(act);
        }
        self.told(acts);
    }

    fn told(&self, acts: MutexGuard<'_, VecDeque<Act>>) {
        self.has_some.store(true, Ordering::SeqCst);
        drop(acts);
        self.waker.wake();
    }

    /// Takes what waits, oldest first, into `taken`.
    pub(crate) fn take(&self, taken: &mut Vec<Act>) {
        if self.has_some.swap(false, Ordering::SeqCst) {
            taken.extend(self.acts().drain(..));
        }
    }
}

/// Whether the newer order makes the older one needless.
fn replaces(newer: &Act, older: &Act) -> bool {
    match (newer, older) {
        (Act::Rules(room, _), Act::Rules(same, _))
        | (Act::CloseRoom(room), Act::CloseRoom(same))
        | (Act::Branch { room, .. }, Act::Branch { room: same, .. }) => room == same,
        (Act::Wants(room, seat, _), Act::Wants(same, also, _))
        | (Act::Close(room, seat), Act::Close(same, also)) => (room, seat) == (same, also),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::id::RunId;
    use sitwith_core::sit::media::Rules;
    use sitwith_core::time::Instant;

    use super::*;

    fn room(number: u8) -> RunId {
        RunId::new(Instant::from_ms(1), [number; 10])
    }

    fn inbox() -> Inbox {
        Inbox::new(Waker::new().expect("an eventfd"))
    }

    #[test]
    fn a_full_inbox_takes_no_questions_and_loses_no_orders() {
        let (inbox, rules) = (inbox(), Arc::new(Rules::default()));
        for seat in 0..ORDERS_MAX {
            let seat = u32::try_from(seat).expect("few");
            inbox.ask(Act::Close(room(1), seat)).expect("it is not full");
        }
        assert!(inbox.ask(Act::Close(room(1), 9_999)).is_err());
        inbox.tell(Act::CloseRoom(room(2)));
        inbox.tell(Act::Rules(room(3), rules));
        let mut taken = vec![];
        inbox.take(&mut taken);
        assert_eq!(taken.len(), ORDERS_MAX + 2);
        assert!(matches!(taken.last(), Some(Act::Rules(of, _)) if *of == room(3)));
        inbox.take(&mut taken);
        assert_eq!(taken.len(), ORDERS_MAX + 2);
    }

    #[test]
    fn in_a_full_inbox_newer_orders_take_the_place_of_older_ones() {
        let inbox = inbox();
        let rules = |people| Arc::new(Rules { people, ..Rules::default() });
        let branch = || Act::Branch { room: room(1), stem: 3 };
        inbox.tell(branch());
        for people in 0..10_000 {
            inbox.tell(Act::Rules(room(1), rules(people)));
            inbox.tell(branch());
        }
        let mut taken = vec![];
        inbox.take(&mut taken);
        assert_eq!(taken.len(), ORDERS_MAX);
        let newest = taken.iter().rfind(|act| matches!(act, Act::Rules(..)));
        assert!(matches!(newest, Some(Act::Rules(_, rules)) if rules.people == 9_999));
    }
}
