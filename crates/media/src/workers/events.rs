//! Events on their way from the workers to the rooms. A slow receiver does not block the workers:
//! events that do not fit wait here, where a newer event replaces an older one of the same kind.

use std::collections::BTreeMap;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::ForwarderEvent;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Capacity of the channel.
pub(crate) const EVENTS_MAX: usize = 1_024;
/// Limit of waiting events; more are dropped.
const WAITING_MAX: usize = 100_000;

/// Kind of an event and its subject, of which the newest is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum EventKey {
    Slots,
    Speak,
    UpLost(u32),
    Line(u32),
}

impl EventKey {
    fn of_event(event: &ForwarderEvent) -> Self {
        match event {
            ForwarderEvent::SlotsChanged(_) => Self::Slots,
            ForwarderEvent::SpeakersChanged(_) => Self::Speak,
            ForwarderEvent::UplinkLost(seat) => Self::UpLost(*seat),
            ForwarderEvent::DownlinkChanged(seat, _) => Self::Line(*seat),
        }
    }
}

/// The sending end for one worker.
#[derive(Debug)]
pub(crate) struct EventSender {
    sender: mpsc::Sender<(RunId, ForwarderEvent)>,
    waiting: BTreeMap<(RunId, EventKey), ForwarderEvent>,
}

impl EventSender {
    pub(crate) fn new(sender: mpsc::Sender<(RunId, ForwarderEvent)>) -> Self {
        Self { sender, waiting: BTreeMap::new() }
    }

    /// True when events wait.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Sends an event, now or with a later flush.
    pub(crate) fn send_event(&mut self, room: RunId, event: ForwarderEvent) {
        let key = (room, EventKey::of_event(&event));
        // Waiting events go first, so an older event never follows a newer one.
        let event = if self.waiting.is_empty() {
            match self.sender.try_send((room, event)) {
                Ok(()) | Err(TrySendError::Closed(_)) => return,
                Err(TrySendError::Full((_, event))) => event,
            }
        } else {
            event
        };
        if self.waiting.len() < WAITING_MAX || self.waiting.contains_key(&key) {
            self.waiting.insert(key, event);
        }
    }

    /// Sends waiting events as far as there is room.
    pub(crate) fn flush_waiting(&mut self) {
        while let Some(((room, key), event)) = self.waiting.pop_first() {
            if let Err(TrySendError::Full((_, event))) = self.sender.try_send((room, event)) {
                self.waiting.insert((room, key), event);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sitwith_core::sit::media::DownlinkCapacity;
    use sitwith_core::time::Instant;

    use super::*;

    fn run_id(number: u8) -> RunId {
        RunId::new(Instant::from_ms(1), [number; 10])
    }

    #[test]
    fn a_full_channel_keeps_the_newest_event_of_each_kind() {
        let (channel, mut receiver) = mpsc::channel(1);
        let mut sender = EventSender::new(channel);
        for seat in 0..100 {
            sender.send_event(run_id(1), ForwarderEvent::SpeakersChanged(vec![seat]));
        }
        sender
            .send_event(run_id(1), ForwarderEvent::DownlinkChanged(7, DownlinkCapacity::SoundOnly));
        sender
            .send_event(run_id(1), ForwarderEvent::DownlinkChanged(7, DownlinkCapacity::AllWanted));
        sender.send_event(run_id(2), ForwarderEvent::UplinkLost(3));
        let mut received = vec![];
        while let Ok(event) = receiver.try_recv() {
            received.push(event);
            sender.flush_waiting();
        }
        let expected = [
            (run_id(1), ForwarderEvent::SpeakersChanged(vec![0])),
            (run_id(1), ForwarderEvent::SpeakersChanged(vec![99])),
            (run_id(1), ForwarderEvent::DownlinkChanged(7, DownlinkCapacity::AllWanted)),
            (run_id(2), ForwarderEvent::UplinkLost(3)),
        ];
        assert_eq!(received, expected);
        assert!(!sender.has_waiting());
    }

    #[test]
    fn without_a_receiver_no_event_is_kept() {
        let (channel, receiver) = mpsc::channel(1);
        let mut sender = EventSender::new(channel);
        drop(receiver);
        sender.send_event(run_id(1), ForwarderEvent::UplinkLost(1));
        assert!(!sender.has_waiting());
    }
}
