//! A join storm: all connect, send a ticket, get a seat and learn who is present. Halfway the guide
//! changes the timeline, and every connection must receive the change.

use std::io;

use sitwith_core::sit::room::announcer::LARGE_ROOM;

use super::client::{Client, Received};
use super::product;
use crate::stats::as_float;

/// A little longer than the room batches its presence counts, in seconds: after such a silence
/// every connection has the last one.
const QUIET_S: f64 = 2.5;
const QUIET_LARGE_S: f64 = 5.5;
const QUIET_LIMIT_S: f64 = 40.0;

pub(super) struct Storm {
    pub(super) members: usize,
    /// CPU of the server from the first connection until it was quiet again.
    pub(super) cpu_s: f64,
    pub(super) frames_max: u32,
    pub(super) bytes_per_member: f64,
    /// Connections without the newest timeline.
    pub(super) lost: usize,
    /// Connections that were not told how many are present.
    pub(super) unaware: usize,
}

pub(super) fn measure_storm(members: usize, limit_s: f64) -> io::Result<Storm> {
    let (mut program, protocol) = product::start_product(members)?;
    let mut client = Client::new(protocol, program.port)?;
    let before_s = program.cpu_s();
    let half = members / 2;
    client.connect(half, limit_s)?;
    program.send_line("change")?;
    client.connect(members - half, limit_s)?;
    let is_large = members > usize::try_from(LARGE_ROOM).unwrap_or(usize::MAX);
    client.poll_until_quiet(if is_large { QUIET_LARGE_S } else { QUIET_S }, QUIET_LIMIT_S)?;
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
