//! Everybody comes at once: connect, ticket, seat, who else is here. In the middle of it the
//! guide changes the running order, and nobody may miss it.

use std::io;

use sitwith_core::sit::room::telling::LARGE_ROOM;

use super::client::{Client, Received};
use super::{as_float, product};

/// Nothing coming for a little longer than the room waits with its count means that everybody
/// knows what there is to know.
const QUIET_S: f64 = 2.5;
const QUIET_LARGE_S: f64 = 5.5;
const QUIET_LIMIT_S: f64 = 40.0;

/// What it cost.
pub(super) struct Storm {
    pub(super) members: usize,
    /// The server's CPU from the first connection until it was quiet again.
    pub(super) cpu_s: f64,
    pub(super) frames_max: u32,
    pub(super) bytes_per_member: f64,
    /// Lines that have not got the newest running order.
    pub(super) lost: usize,
    /// Lines that do not know how many are here.
    pub(super) unaware: usize,
}

/// Lets `members` come at once.
pub(super) fn measure(members: usize, limit_s: f64) -> io::Result<Storm> {
    let (mut program, speech) = product::start(members)?;
    let mut client = Client::new(speech, program.port)?;
    let before_s = program.cpu_s();
    let half = members / 2;
    client.come_in(half, limit_s)?;
    program.say("change")?;
    client.come_in(members - half, limit_s)?;
    let is_large = members > usize::try_from(LARGE_ROOM).unwrap_or(usize::MAX);
    client.listen_until_quiet(if is_large { QUIET_LARGE_S } else { QUIET_S }, QUIET_LIMIT_S)?;
    let cpu_s = program.cpu_s() - before_s;
    let received: Received = client.received();
    Ok(Storm {
        members: client.ready(),
        cpu_s,
        frames_max: received.frames_max,
        bytes_per_member: as_float(received.bytes) / as_float(members),
        lost: received.without_newest + (members - client.ready()),
        unaware: members - received.know_all,
    })
}
