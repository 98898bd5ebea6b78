//! What a living run or round is asked over the bus, by whoever does not hold it.
//!
//! Which process one lives in is decided by who opened it first: it holds the name on the bus for
//! as long as the run or round lives there.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sitwith_core::id::{MemberId, RoundId, RunId};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::What;
use sitwith_core::time::Span;
use sitwith_store::Broken;
use sitwith_wire::bus::{NoReply, Request};

use crate::base::Base;

/// How long the holder of a living run or round has for a reply.
pub const REPLY_WITHIN: Span = Span::from_secs(10);

/// What a living run is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RunAsk {
    /// How many sit in it, and how many of them quietly.
    Count,
    /// The same, with at most so many who may be named.
    Roll { names_max: usize },
    /// Everybody who may be named.
    People,
    /// Everybody who sat there by name and left.
    Left,
    /// Who sits on a seat.
    Seat { number: u32 },
    /// Whether there is a place for somebody.
    HasPlace { who: Sitter, guide: bool },
    /// A guide changes the running order.
    Change { by: MemberId, what: What },
}

/// What a living round is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RoundAsk {
    /// To end what it is doing and be let go, so that whoever asks can open it.
    LetGo,
}

/// The name under which a living run is found on the bus.
pub(crate) fn run_name(run: RunId) -> String {
    format!("run/{run}")
}

/// The name under which a living round is found on the bus.
pub(crate) fn round_name(round: RoundId) -> String {
    format!("round/{round}")
}

/// How many people sit in a run, wherever it lives; none when it does not live.
///
/// # Errors
/// When the run lives and did not reply.
pub(crate) async fn count_people(base: &Base, run: RunId) -> Result<u32, Broken> {
    let count: Option<(u32, u32)> = ask_holder(base, &run_name(run), &RunAsk::Count).await?;
    Ok(count.map_or(0, |(n, _quiet)| n))
}

/// Asks the holder of a name; `None` when nobody holds it.
///
/// # Errors
/// When the holder did not reply within [`REPLY_WITHIN`]: then nobody can say whether it did what
/// was asked.
pub(crate) async fn ask_holder<T: DeserializeOwned>(
    base: &Base,
    name: &str,
    ask: &impl Serialize,
) -> Result<Option<T>, Broken> {
    let ask = serde_json::to_vec(ask).map_err(unread)?;
    match base.bus.request(name, ask.into(), &base.clock, REPLY_WITHIN).await {
        Ok(reply) => Ok(Some(serde_json::from_slice(&reply).map_err(unread)?)),
        Err(NoReply::Nobody) => Ok(None),
        Err(no) => Err(Broken::new("asking over the bus", no.to_string())),
    }
}

/// Replies to a request.
pub(crate) fn send_reply(request: Request, reply: &impl Serialize) {
    match serde_json::to_vec(reply) {
        Ok(reply) => request.reply(reply.into()),
        Err(error) => tracing::error!(%error, "a reply could not be written"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the shape map_err wants")]
fn unread(error: serde_json::Error) -> Broken {
    Broken::new("asking over the bus", error.to_string())
}
