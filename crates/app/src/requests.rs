//! Requests over the bus to a living run or round, from a process that does not hold it.
//!
//! The process that opens a run or round first holds its name on the bus for as long as it lives
//! there.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sitwith_core::id::{MemberId, RoundId, RunId};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::RunAction;
use sitwith_core::time::Span;
use sitwith_store::Broken;
use sitwith_wire::bus::{NoReply, Request};

use crate::base::Base;

/// Time limit for the holder's reply.
pub const REPLY_TIMEOUT: Span = Span::from_secs(10);

/// A request to a living run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RunRequest {
    /// Number of people in it, and how many of them sit quietly.
    Count,
    /// The same, with the names of at most `names_max` people.
    Roll { names_max: usize },
    /// Everybody who may be named.
    People,
    /// Everybody who sat there by name and left.
    Left,
    /// The person on a seat.
    Seat { number: u32 },
    /// True if there is a seat for this person.
    HasPlace { who: Sitter, guide: bool },
    /// A change of the running order by a guide.
    Change { by: MemberId, what: RunAction },
}

/// A request to a living round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RoundRequest {
    /// Finish the work in progress and release the round, so that the requester can open it.
    LetGo,
}

/// The bus name of a living run.
pub(crate) fn run_name(run: RunId) -> String {
    format!("run/{run}")
}

/// The bus name of a living round.
pub(crate) fn round_name(round: RoundId) -> String {
    format!("round/{round}")
}

/// Returns the number of people in a run, in whichever process it lives; 0 if it does not live.
///
/// # Errors
/// [`Broken`] if the run lives and did not reply.
pub(crate) async fn count_people(base: &Base, run: RunId) -> Result<u32, Broken> {
    let count: Option<(u32, u32)> = ask_holder(base, &run_name(run), &RunRequest::Count).await?;
    Ok(count.map_or(0, |(n, _quiet)| n))
}

/// Sends a request to the holder of a name; `None` if nobody holds it.
///
/// # Errors
/// [`Broken`] if the holder did not reply within [`REPLY_TIMEOUT`]. The request may have been
/// carried out or not.
pub(crate) async fn ask_holder<T: DeserializeOwned>(
    base: &Base,
    name: &str,
    ask: &impl Serialize,
) -> Result<Option<T>, Broken> {
    let ask = serde_json::to_vec(ask).map_err(bus_error)?;
    match base.bus.request(name, ask.into(), &base.clock, REPLY_TIMEOUT).await {
        Ok(reply) => Ok(Some(serde_json::from_slice(&reply).map_err(bus_error)?)),
        Err(NoReply::Nobody) => Ok(None),
        Err(no) => Err(Broken::new("asking over the bus", no.to_string())),
    }
}

/// Serialises a reply and sends it.
pub(crate) fn send_reply(request: Request, reply: &impl Serialize) {
    match serde_json::to_vec(reply) {
        Ok(reply) => request.reply(reply.into()),
        Err(error) => tracing::error!(%error, "a reply could not be written"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the shape map_err wants")]
fn bus_error(error: serde_json::Error) -> Broken {
    Broken::new("asking over the bus", error.to_string())
}
