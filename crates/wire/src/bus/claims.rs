//! Names that one peer at a time holds, and the requests to their holders.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::REQUESTS_WAITING_MAX;

/// All held names.
#[derive(Clone, Default)]
pub(super) struct NameTable(Arc<Mutex<BTreeMap<String, NameHolder>>>);

struct NameHolder {
    peer: u32,
    inbox: mpsc::Sender<Request>,
}

/// A held name; dropping it releases the name. After that no request arrives and [`Requests`] ends.
pub struct Claim {
    names: NameTable,
    name: String,
}

/// The requests to a held name, in the order in which they were made.
pub struct Requests(mpsc::Receiver<Request>);

/// One request. Dropping it without a reply gives the requester [`NoReply::Dropped`].
#[derive(Debug)]
pub struct Request {
    /// Payload of the request.
    pub payload: Bytes,
    reply: oneshot::Sender<Bytes>,
}

/// The reason why a request has no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// No peer holds the name.
    #[error("nobody holds this name")]
    Nobody,
    /// The holder's queue is full; the request was not delivered.
    #[error("its holder has too many requests waiting")]
    Full,
    /// The holder dropped the request, or released the name meanwhile.
    #[error("its holder dropped the request")]
    Dropped,
    /// The holder did not reply in time.
    #[error("its holder did not reply in time")]
    Late,
}

impl NameTable {
    pub(super) fn claim(&self, name: &str, peer: u32) -> Option<(Claim, Requests)> {
        let mut held = self.held();
        if held.contains_key(name) {
            return None;
        }
        let (inbox, requests) = mpsc::channel(REQUESTS_WAITING_MAX);
        held.insert(name.to_owned(), NameHolder { peer, inbox });
        Some((Claim { names: self.clone(), name: name.to_owned() }, Requests(requests)))
    }

    pub(super) fn holder(&self, name: &str) -> Option<u32> {
        self.held().get(name).map(|holder| holder.peer)
    }

    pub(super) fn send(
        &self,
        name: &str,
        payload: Bytes,
    ) -> Result<oneshot::Receiver<Bytes>, NoReply> {
        let inbox = self.held().get(name).map(|holder| holder.inbox.clone());
        let inbox = inbox.ok_or(NoReply::Nobody)?;
        let (reply, replied) = oneshot::channel();
        match inbox.try_send(Request { payload, reply }) {
            Ok(()) => Ok(replied),
            Err(TrySendError::Full(_)) => Err(NoReply::Full),
            Err(TrySendError::Closed(_)) => Err(NoReply::Nobody),
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, NameHolder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.names.held().remove(&self.name);
    }
}

impl Requests {
    /// Waits for the next request; `None` once the claim was dropped and the queue is empty.
    pub async fn next(&mut self) -> Option<Request> {
        self.0.recv().await
    }
}

impl Request {
    /// Sends the reply. Does nothing when the requester has stopped waiting.
    pub fn reply(self, payload: Bytes) {
        drop(self.reply.send(payload));
    }
}
