//! Replies to requests over the bus, from other processes and from living rounds.

use std::sync::Arc;

use sitwith_core::id::MemberId;
use sitwith_core::sit::run::What;
use sitwith_wire::bus::{Request, Requests};

use super::LiveSit;
use super::handle::{ChangeReply, Roll};
use crate::asks::{RunAsk, send_reply};
use crate::fail::Fail;

/// Replies until the sit releases its name on the bus.
pub(super) async fn serve_requests(sit: Arc<LiveSit>, mut requests: Requests) {
    while let Some(request) = requests.next().await {
        match serde_json::from_slice(&request.payload) {
            Ok(RunAsk::Change { by, what }) => {
                // The database may be slow: other requests must not wait for it.
                drop(tokio::spawn(reply_change(Arc::clone(&sit), request, by, what)));
            }
            Ok(ask) => sit.reply(request, &ask),
            // Dropping the request tells the requester that there is no reply.
            Err(error) => tracing::warn!(%error, "a request to a living sit was not understood"),
        }
    }
}

impl LiveSit {
    /// Number of people here, and the names of at most `names_max` of them.
    pub fn roll(&self, names_max: usize) -> Roll {
        let look = self.look(names_max);
        Roll::new(look.count, self.has_guide(), look.named)
    }

    fn reply(&self, request: Request, ask: &RunAsk) {
        match *ask {
            RunAsk::Count => {
                let count = self.count();
                send_reply(request, &(count.n, count.quiet));
            }
            RunAsk::Roll { names_max } => send_reply(request, &self.roll(names_max)),
            RunAsk::People => send_reply(request, &self.people()),
            RunAsk::Left => send_reply(request, &self.left()),
            RunAsk::Seat { number } => send_reply(request, &self.seat(number)),
            RunAsk::HasPlace { who, guide } => send_reply(request, &self.has_place_for(who, guide)),
            RunAsk::Change { .. } => {}
        }
    }
}

async fn reply_change(sit: Arc<LiveSit>, request: Request, by: MemberId, what: What) {
    let reply = match sit.change_as(by, what).await {
        Ok(()) => ChangeReply::Made,
        Err(Fail::Refused(refused)) => ChangeReply::Refused(refused),
        Err(Fail::No(no)) => ChangeReply::No(no),
        Err(Fail::Broken(broken)) => ChangeReply::Broken(broken.chain().to_string()),
    };
    send_reply(request, &reply);
}
