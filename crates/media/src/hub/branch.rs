//! Rooms that are split over workers. The stem has the ups, the slots and the active speakers;
//! branches have some of the downs. The stem sends its branches every table and every packet that
//! passed it, in one order, so a branch never forwards what the stem no longer would.

use std::sync::Arc;

use crate::hub::{ForwardingTable, HubCommand, MediaPacket, RelayBody};

/// Limit of branches of one room.
const BRANCHES_MAX: usize = 64;
/// Limit of commands that wait for a branch's first table.
const DEFERRED_MAX: usize = 1_000;

/// Reaction to a relayed message.
#[derive(Debug)]
pub(super) enum RelayEffect {
    /// Send the current table to the new branch.
    SendTable,
    /// Forward by this table, then handle the commands that waited for it.
    ApplyTable(Arc<ForwardingTable>, Vec<HubCommand>),
    /// Forward a packet.
    Forward(MediaPacket),
    /// Request a keyframe of slot and layer.
    RequestKeyframe(u8, u8),
    /// Join the stem again.
    Rejoin,
    /// Close the room.
    CloseRoom,
    /// Nothing: it is outdated, or of no concern to this worker.
    Ignore,
}

/// This worker's part in a room that may be split.
#[derive(Debug)]
pub(super) struct RoomSplit {
    /// The room's stem; none when that is this worker.
    pub(super) stem: Option<u16>,
    /// Workers with downs of the room, at the stem.
    pub(super) branches: Vec<u16>,
    deferred: Vec<HubCommand>,
}

impl RoomSplit {
    pub(super) fn new(stem: Option<u16>) -> Self {
        Self { stem, branches: vec![], deferred: vec![] }
    }

    pub(super) fn is_stem(&self) -> bool {
        self.stem.is_none()
    }

    /// Keeps an offer request for later while a branch has no table: an offer with too few
    /// transceivers would never be extended. Gives the command back when it can be handled now.
    pub(super) fn defer_offer(&mut self, command: HubCommand) -> Option<HubCommand> {
        if self.deferred.len() >= DEFERRED_MAX {
            return Some(command);
        }
        self.deferred.push(command);
        None
    }

    /// True when commands wait for the first table.
    pub(super) fn has_deferred(&self) -> bool {
        !self.deferred.is_empty()
    }

    /// Decides about a message from worker `from`.
    pub(super) fn on_relay(&mut self, from: u16, body: RelayBody) -> RelayEffect {
        let from_stem = self.stem == Some(from);
        match body {
            RelayBody::Join if self.is_stem() => {
                if !self.branches.contains(&from) && self.branches.len() < BRANCHES_MAX {
                    self.branches.push(from);
                }
                RelayEffect::SendTable
            }
            RelayBody::Leave if self.is_stem() => {
                self.branches.retain(|branch| *branch != from);
                RelayEffect::Ignore
            }
            RelayBody::Keyframe { slot, layer } if self.is_stem() => {
                RelayEffect::RequestKeyframe(slot, layer)
            }
            RelayBody::Table(table) if from_stem => {
                RelayEffect::ApplyTable(table, std::mem::take(&mut self.deferred))
            }
            RelayBody::Packet(packet) if from_stem => RelayEffect::Forward(packet),
            RelayBody::Restarted if from_stem => RelayEffect::Rejoin,
            RelayBody::RoomClosed if from_stem => RelayEffect::CloseRoom,
            _ => RelayEffect::Ignore,
        }
    }
}

#[cfg(test)]
mod tests {
    use sitwith_core::id::RunId;
    use sitwith_core::sit::media::MediaRules;
    use sitwith_core::time::Instant;

    use super::*;
    use crate::hub::tests::hub_settings;
    use crate::hub::{Hub, RelayMessage};
    use crate::pure::test_epoch;

    fn new_hub(worker: u16) -> Hub {
        Hub::new(hub_settings(worker), test_epoch())
    }

    /// Exchanges relayed messages until there are none; returns the names of all.
    fn exchange_relays(hubs: &mut [Hub]) -> Vec<String> {
        let mut names = vec![];
        loop {
            let relays = hubs.iter_mut().map(|hub| std::mem::take(&mut hub.outputs().relays));
            let relays: Vec<_> = relays.flatten().collect();
            if relays.is_empty() {
                return names;
            }
            for (to, relay) in relays {
                let body = format!("{:?}", relay.body);
                names.extend(body.split('(').next().map(str::to_owned));
                hubs[usize::from(to)].handle_command(HubCommand::Relay(relay), test_epoch());
            }
        }
    }

    #[test]
    fn a_branch_joins_once_and_again_after_the_stem_restarted() {
        let room = RunId::new(Instant::from_ms(1), [1; 10]);
        let rules = || HubCommand::SetRules(room, Arc::new(MediaRules::default()));
        let mut hubs = [new_hub(0), new_hub(1)];
        hubs[0].handle_command(rules(), test_epoch());
        for messages in [&["Join", "Table"][..], &[]] {
            hubs[1].handle_command(HubCommand::JoinRoom { room, stem: 0 }, test_epoch());
            assert_eq!(exchange_relays(&mut hubs), messages);
        }
        hubs[0] = new_hub(0);
        hubs[0].handle_command(rules(), test_epoch());
        assert!(exchange_relays(&mut hubs).is_empty(), "the branch is not known");
        let (from, body) = (0, RelayBody::Restarted);
        let restarted = HubCommand::Relay(RelayMessage { room, from, body });
        hubs[1].handle_command(restarted, test_epoch());
        assert_eq!(exchange_relays(&mut hubs), ["Join", "Table"]);
        hubs[0].handle_command(rules(), test_epoch());
        assert_eq!(exchange_relays(&mut hubs), ["Table"]);
        hubs[0].shut_down(test_epoch());
        assert_eq!(exchange_relays(&mut hubs), ["RoomClosed"]);
        assert!(hubs.iter().all(|hub| hub.sizes().rooms == 0));
    }

    #[test]
    fn a_stem_ignores_what_only_a_stem_may_send_and_a_branch_ignores_other_branches() {
        let mut stem = RoomSplit::new(None);
        assert!(matches!(stem.on_relay(3, RelayBody::RoomClosed), RelayEffect::Ignore));
        assert!(matches!(stem.on_relay(3, RelayBody::Join), RelayEffect::SendTable));
        assert!(matches!(stem.on_relay(3, RelayBody::Join), RelayEffect::SendTable));
        assert_eq!(stem.branches, [3]);
        assert!(matches!(stem.on_relay(3, RelayBody::Leave), RelayEffect::Ignore));
        assert!(stem.branches.is_empty());
        let mut branch = RoomSplit::new(Some(0));
        assert!(matches!(branch.on_relay(2, RelayBody::RoomClosed), RelayEffect::Ignore));
        assert!(matches!(branch.on_relay(0, RelayBody::RoomClosed), RelayEffect::CloseRoom));
        assert!(matches!(branch.on_relay(0, RelayBody::Join), RelayEffect::Ignore));
    }

    #[test]
    fn deferred_commands_come_back_with_the_first_table() {
        let room = RunId::new(Instant::from_ms(1), [1; 10]);
        let mut branch = RoomSplit::new(Some(0));
        for _ in 0..DEFERRED_MAX {
            assert!(branch.defer_offer(HubCommand::CloseRoom(room)).is_none());
        }
        assert!(branch.defer_offer(HubCommand::CloseRoom(room)).is_some(), "it is full");
        let effect = branch.on_relay(0, RelayBody::Table(Arc::default()));
        let RelayEffect::ApplyTable(_, deferred) = effect else {
            panic!("{effect:?}");
        };
        assert_eq!(deferred.len(), DEFERRED_MAX);
        assert!(!branch.has_deferred());
    }
}
