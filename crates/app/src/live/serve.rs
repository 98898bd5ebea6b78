//! Replies to requests over the bus, from other processes and from living rounds.

use std::sync::Arc;

use sitwith_core::id::MemberId;
use sitwith_core::sit::run::RunAction;
use sitwith_wire::bus::{Request, Requests};

use super::LiveSit;
use super::handle::{ChangeReply, Roll};
use crate::fail::Fail;
use crate::requests::{RunRequest, send_reply};

/// Replies until the sit releases its name on the bus.
pub(super) async fn serve_requests(sit: Arc<LiveSit>, mut requests: Requests) {
    while let Some(request) = requests.next().await {
        match serde_json::from_slice(&request.payload) {
            Ok(RunRequest::Change { by, what }) => {
                // The database may be slow: other requests must not wait for it.
                drop(tokio::spawn(reply_change(Arc::clone(&sit), request, by, what)));
            }
            Ok(ask) => sit.reply_to(request, &ask),
            // Dropping the request tells the requester that there is no reply.
            Err(error) => tracing::warn!(%error, "a request to a living sit was not understood"),
        }
    }
}

impl LiveSit {
    /// Number of people here, and the names of at most `names_max` of them.
    pub fn roll(&self, names_max: usize) -> Roll {
        let look = self.preview(names_max);
        Roll::new(look.count, self.has_guide(), look.named)
    }

    fn reply_to(&self, request: Request, ask: &RunRequest) {
        match *ask {
            RunRequest::Count => {
                let count = self.count();
                send_reply(request, &(count.present, count.quiet));
            }
            RunRequest::Roll { names_max } => send_reply(request, &self.roll(names_max)),
            RunRequest::People => send_reply(request, &self.people()),
            RunRequest::Left => send_reply(request, &self.departed()),
            RunRequest::Seat { number } => send_reply(request, &self.seat(number)),
            RunRequest::HasPlace { who, guide } => {
                send_reply(request, &self.has_seat_for(who, guide));
            }
            RunRequest::Change { .. } => {}
        }
    }
}

async fn reply_change(sit: Arc<LiveSit>, request: Request, by: MemberId, what: RunAction) {
    let reply = match sit.change_as(by, what).await {
        Ok(()) => ChangeReply::Made,
        Err(Fail::Refused(refused)) => ChangeReply::Refused(refused),
        Err(Fail::No(no)) => ChangeReply::No(no),
        Err(Fail::Broken(broken)) => ChangeReply::Broken(broken.chain().to_string()),
    };
    send_reply(request, &reply);
}
