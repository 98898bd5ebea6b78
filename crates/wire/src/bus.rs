//! The bus between the processes of a home: events for subscribers, names that one peer at a time
//! holds, and requests to the holder of a name.
//!
//! The bus only notifies; the database is the source of truth. A subscriber that falls behind
//! receives [`Lagged`] and reads the database again. This implementation lives inside one process
//! and serves any number of homes in it; one between processes keeps this interface.

mod claims;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use sitwith_core::time::Span;
use tokio::sync::broadcast;

use self::claims::NameTable;
pub use self::claims::{Claim, NoReply, Request, Requests};
use crate::clock::Clock;

/// Maximum number of messages of one topic queued for a slow subscriber before it gets [`Lagged`].
pub const MESSAGES_WAITING_MAX: usize = 256;
/// Maximum number of requests queued for the holder of one name; the next is refused.
pub const REQUESTS_WAITING_MAX: usize = 256;

/// The subject of a message. A subscription receives one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic(pub &'static str);

/// One peer's handle to the bus. Clones are the same peer; [`Bus::join`] makes another.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<BusState>,
    peer: u32,
}

#[derive(Default)]
struct BusState {
    topics: Mutex<Vec<(Topic, broadcast::Sender<Message>)>>,
    names: NameTable,
    peers: AtomicU32,
}

/// A published message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The subscriber's own peer published it.
    pub is_own: bool,
    /// Payload as published.
    pub payload: Bytes,
    from: u32,
}

/// The subscriber was too slow: at least one message was dropped. It must read the database again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagged;

/// The messages of one topic, from the moment of subscribing.
pub struct Subscription {
    messages: broadcast::Receiver<Message>,
    peer: u32,
}

impl Bus {
    /// Creates a bus inside this process and returns its first peer.
    pub fn in_process() -> Self {
        Self { shared: Arc::default(), peer: 0 }
    }

    /// Returns another peer on the same bus.
    #[must_use]
    pub fn join(&self) -> Self {
        let peer = self.shared.peers.fetch_add(1, Ordering::Relaxed) + 1;
        Self { shared: Arc::clone(&self.shared), peer }
    }

    /// Sends `payload` to every subscriber of `topic`, this peer's own among them. Never waits.
    pub fn publish(&self, topic: Topic, payload: Bytes) {
        let message = Message { is_own: false, payload, from: self.peer };
        // An error means that there is no subscriber.
        drop(self.sender(topic).send(message));
    }

    /// Subscribes to `topic`; messages published earlier are not received.
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        Subscription { messages: self.sender(topic).subscribe(), peer: self.peer }
    }

    /// Claims `name`, so that requests to it reach this peer. Returns `None` while any peer holds
    /// it, this one included. Dropping the claim releases the name.
    pub fn claim(&self, name: &str) -> Option<(Claim, Requests)> {
        self.shared.names.claim(name, self.peer)
    }

    /// Returns `true` while another peer holds `name`.
    pub fn is_held_elsewhere(&self, name: &str) -> bool {
        self.shared.names.holder(name).is_some_and(|peer| peer != self.peer)
    }

    /// Sends a request to the holder of `name` and waits for its reply for at most `within`.
    ///
    /// # Errors
    /// [`NoReply::Nobody`] and [`NoReply::Full`]: the request was not delivered. After
    /// [`NoReply::Dropped`] and [`NoReply::Late`] the holder may or may not have acted on it.
    pub async fn request(
        &self,
        name: &str,
        payload: Bytes,
        clock: &Clock,
        within: Span,
    ) -> Result<Bytes, NoReply> {
        let reply = self.shared.names.send(name, payload)?;
        tokio::select! {
            reply = reply => reply.map_err(|_dropped| NoReply::Dropped),
            () = clock.sleep(within) => Err(NoReply::Late),
        }
    }

    fn sender(&self, topic: Topic) -> broadcast::Sender<Message> {
        let mut topics = self.shared.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sender)) = topics.iter().find(|(known, _)| *known == topic) {
            return sender.clone();
        }
        let (sender, _) = broadcast::channel(MESSAGES_WAITING_MAX);
        topics.push((topic, sender.clone()));
        sender
    }
}

impl Subscription {
    /// Waits for the next message; `None` once the bus is gone.
    ///
    /// # Errors
    /// [`Lagged`] when messages were dropped. Those still queued follow.
    pub async fn next(&mut self) -> Option<Result<Message, Lagged>> {
        match self.messages.recv().await {
            Ok(message) => {
                let is_own = message.from == self.peer;
                Some(Ok(Message { is_own, ..message }))
            }
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Err(Lagged)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// Drops all queued messages.
    pub fn skip_waiting(&mut self) {
        self.messages = self.messages.resubscribe();
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bus(peer {})", self.peer)
    }
}

#[cfg(test)]
mod tests;
