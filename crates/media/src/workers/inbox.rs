//! Commands to one worker. They arrive at the pace of people, so a mutex is cheap enough; a worker
//! takes it only after a flag says that there are commands.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::hub::HubCommand;
use crate::workers::waker::Waker;

/// Queued commands beyond which new negotiations are refused.
pub(crate) const COMMANDS_MAX: usize = 2_000;

/// Command queue of one worker.
#[derive(Debug)]
pub(crate) struct CommandInbox {
    commands: Mutex<VecDeque<HubCommand>>,
    has_commands: AtomicBool,
    pub(crate) waker: Waker,
}

impl CommandInbox {
    pub(crate) fn new(waker: Waker) -> Self {
        Self { commands: Mutex::new(VecDeque::new()), has_commands: AtomicBool::new(false), waker }
    }

    fn lock_commands(&self) -> MutexGuard<'_, VecDeque<HubCommand>> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a command whose caller awaits a reply; gives it back when the queue is full.
    pub(crate) fn try_push(&self, command: HubCommand) -> Result<(), HubCommand> {
        let mut commands = self.lock_commands();
        if commands.len() >= COMMANDS_MAX {
            return Err(command);
        }
        commands.push_back(command);
        self.notify_worker(commands);
        Ok(())
    }

    /// Queues a command that must not be lost. When the queue is full it replaces an older one that
    /// it makes obsolete, so the queue is bounded by the numbers of rooms and seats.
    pub(crate) fn push_command(&self, command: HubCommand) {
        let mut commands = self.lock_commands();
        if commands.len() >= COMMANDS_MAX
            && let Some(older) = commands.iter_mut().rfind(|older| makes_obsolete(&command, older))
        {
            *older = command;
        } else {
            commands.push_back(command);
        }
        self.notify_worker(commands);
    }

    fn notify_worker(&self, commands: MutexGuard<'_, VecDeque<HubCommand>>) {
        self.has_commands.store(true, Ordering::SeqCst);
        drop(commands);
        self.waker.wake_up();
    }

    /// Moves all queued commands, oldest first, into `taken`.
    pub(crate) fn drain_into(&self, taken: &mut Vec<HubCommand>) {
        if self.has_commands.swap(false, Ordering::SeqCst) {
            taken.extend(self.lock_commands().drain(..));
        }
    }
}

/// True if the newer command makes the older one obsolete.
fn makes_obsolete(newer: &HubCommand, older: &HubCommand) -> bool {
    match (newer, older) {
        (HubCommand::SetRules(room, _), HubCommand::SetRules(same, _))
        | (HubCommand::CloseRoom(room), HubCommand::CloseRoom(same))
        | (HubCommand::JoinRoom { room, .. }, HubCommand::JoinRoom { room: same, .. }) => {
            room == same
        }
        (HubCommand::SetWants(room, seat, _), HubCommand::SetWants(same, also, _))
        | (HubCommand::CloseSeat(room, seat), HubCommand::CloseSeat(same, also)) => {
            (room, seat) == (same, also)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::id::RunId;
    use sitwith_core::sit::media::MediaRules;
    use sitwith_core::time::Instant;

    use super::*;

    fn run_id(number: u8) -> RunId {
        RunId::new(Instant::from_ms(1), [number; 10])
    }

    fn new_inbox() -> CommandInbox {
        CommandInbox::new(Waker::new().expect("an eventfd"))
    }

    #[test]
    fn a_full_inbox_refuses_negotiations_and_loses_no_other_command() {
        let (inbox, rules) = (new_inbox(), Arc::new(MediaRules::default()));
        for seat in 0..COMMANDS_MAX {
            let seat = u32::try_from(seat).expect("few");
            inbox.try_push(HubCommand::CloseSeat(run_id(1), seat)).expect("it is not full");
        }
        assert!(inbox.try_push(HubCommand::CloseSeat(run_id(1), 9_999)).is_err());
        inbox.push_command(HubCommand::CloseRoom(run_id(2)));
        inbox.push_command(HubCommand::SetRules(run_id(3), rules));
        let mut taken = vec![];
        inbox.drain_into(&mut taken);
        assert_eq!(taken.len(), COMMANDS_MAX + 2);
        assert!(matches!(taken.last(), Some(HubCommand::SetRules(of, _)) if *of == run_id(3)));
        inbox.drain_into(&mut taken);
        assert_eq!(taken.len(), COMMANDS_MAX + 2);
    }

    #[test]
    fn in_a_full_inbox_newer_commands_replace_obsolete_ones() {
        let inbox = new_inbox();
        let rules = |people| Arc::new(MediaRules { people, ..MediaRules::default() });
        let branch = || HubCommand::JoinRoom { room: run_id(1), stem: 3 };
        inbox.push_command(branch());
        for people in 0..10_000 {
            inbox.push_command(HubCommand::SetRules(run_id(1), rules(people)));
            inbox.push_command(branch());
        }
        let mut taken = vec![];
        inbox.drain_into(&mut taken);
        assert_eq!(taken.len(), COMMANDS_MAX);
        let newest = taken.iter().rfind(|command| matches!(command, HubCommand::SetRules(..)));
        assert!(matches!(newest, Some(HubCommand::SetRules(_, rules)) if rules.people == 9_999));
    }
}
