//! The live room beside other servers: what a quiet sitter costs in memory, what a message to
//! all costs in CPU, and what it costs when everybody comes at once.
//!
//! Every server runs in a program of its own and is spoken to by the same client over loopback.
//! A pass measures one after another; the middle of the passes is the figure. The machine is
//! shared and noisy: compare within one run, and look at ratios first.

pub(crate) mod client;
pub(crate) mod floor;
mod peers;
pub(crate) mod product;
pub(crate) mod program;
mod speech;
mod storm;
mod tell;

use std::io;

use self::client::Client;
use self::peers::Peer;
use self::program::Program;
use self::speech::Speech;
use self::storm::Storm;
use crate::report::say;
use crate::watch::{median, open_files_max};
use crate::{RoomArgs, hand_out};

/// Files a server needs beside its lines.
const FILES_BESIDE: u64 = 500;
/// How long one message may take to reach everybody.
const ROUND_LIMIT_S: f64 = 10.0;
/// So many come and go before anything is measured, and so long is waited then.
const WARM_MEMBERS: usize = 100;
const WARM_S: f64 = 0.3;
/// Rounds that are not counted: the first ones meet cold memory.
const WARM_ROUNDS: u64 = 3;
/// The bytes of a message while the home has not shown yet how long its own are.
const MESSAGE_BYTES: usize = 400;

/// How much is measured.
struct Sizes {
    members: usize,
    storm: usize,
    passes: usize,
    rounds: u64,
    settle_s: f64,
    come_in_s: f64,
}

impl Sizes {
    fn of(args: &RoomArgs) -> Self {
        let most = usize::try_from(open_files_max().saturating_sub(FILES_BESIDE)).unwrap_or(1_000);
        let quick = args.common.quick;
        let (members, storm, passes) = if quick { (1_500, 3_000, 1) } else { (10_000, 10_000, 3) };
        Self {
            members: args.members.unwrap_or(members).min(most),
            storm: args.storm.unwrap_or(storm).min(most),
            passes: args.passes.unwrap_or(passes).max(1),
            rounds: if quick { 15 } else { 40 },
            settle_s: if quick { 0.5 } else { 3.0 },
            come_in_s: if quick { 8.0 } else { 60.0 },
        }
    }
}

/// Who serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Home,
    Floor,
    Peer(Peer),
}

impl Server {
    const fn name(self) -> &'static str {
        match self {
            Self::Home => "sitwith",
            Self::Floor => "floor",
            Self::Peer(peer) => peer.name(),
        }
    }
}

/// What one pass found for one server.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    bytes_per_member: f64,
    cpu_s_per_million: f64,
    frame_bytes: f64,
    /// The CPU of taking everybody in.
    connect_cpu_s: f64,
    lost: usize,
}

/// Everything found for one server.
struct Found {
    server: Server,
    samples: Vec<Sample>,
    /// Why it could not be measured.
    broke: Option<String>,
}

impl Found {
    fn middle(&self, figure: impl Fn(&Sample) -> f64) -> f64 {
        median(&self.samples.iter().map(figure).collect::<Vec<_>>())
    }

    fn memory(&self) -> f64 {
        self.middle(|sample| sample.bytes_per_member)
    }

    fn cpu(&self) -> f64 {
        self.middle(|sample| sample.cpu_s_per_million)
    }
}

/// Measures, prints, draws.
pub(crate) fn run(args: &RoomArgs) -> io::Result<()> {
    let sizes = Sizes::of(args);
    let servers = [Server::Home, Server::Floor].into_iter();
    let servers = servers.chain(peers_here(args).into_iter().map(Server::Peer));
    let mut found: Vec<Found> =
        servers.map(|server| Found { server, samples: Vec::new(), broke: None }).collect();
    let mut message_bytes = MESSAGE_BYTES;
    for pass in 1..=sizes.passes {
        for found in &mut found {
            if found.broke.is_some() {
                continue;
            }
            match measure(found.server, &sizes, message_bytes) {
                Ok(sample) => {
                    if found.server == Server::Home {
                        message_bytes = whole(sample.frame_bytes);
                    }
                    say(&format!(
                        "pass {pass} of {}: {:<9} {:>7.0} bytes a sitter, {:>6.2} CPU s per \
                         million",
                        sizes.passes,
                        found.server.name(),
                        sample.bytes_per_member,
                        sample.cpu_s_per_million,
                    ));
                    found.samples.push(sample);
                }
                Err(error) => {
                    say(&format!("{} could not be measured: {error}", found.server.name()));
                    found.broke = Some(error.to_string());
                }
            }
        }
    }
    let mut storms = Vec::new();
    for pass in 1..=sizes.passes {
        let storm = storm::measure(sizes.storm, sizes.come_in_s)?;
        say(&format!(
            "storm {pass} of {}: {} came in, {:.2} CPU s, at most {} frames and {:.0} bytes each",
            sizes.passes, storm.members, storm.cpu_s, storm.frames_max, storm.bytes_per_member,
        ));
        storms.push(storm);
    }
    hand_out(&args.common, &tell::report(&sizes, &found, &storms))
}

/// The peers that were asked for and can run here.
fn peers_here(args: &RoomArgs) -> Vec<Peer> {
    let is_asked = |peer: &Peer| {
        args.peers.as_ref().is_none_or(|names| names.iter().any(|name| name == peer.name()))
    };
    let asked: Vec<Peer> = peers::ALL.into_iter().filter(is_asked).collect();
    if !asked.is_empty() && !peers::fetch() {
        say("The packages of the peers could not be fetched; peers on Node and Bun are left out.");
    }
    let (here, missing): (Vec<_>, Vec<_>) = asked.into_iter().partition(|peer| peer.is_here());
    for peer in missing {
        say(&format!("{} is not on this machine and is left out", peer.name()));
    }
    here
}

/// Measures one server once.
fn measure(server: Server, sizes: &Sizes, message_bytes: usize) -> io::Result<Sample> {
    let (mut program, speech) = match server {
        Server::Home => product::start(sizes.members)?,
        Server::Floor => (Program::start_own("floor")?, Speech::Plain),
        Server::Peer(peer) => (peer.start()?, peer.speech()),
    };
    let mut client = Client::new(speech, program.port)?;
    // What a server needs once, for the first who come, is not what a sitter costs.
    client.come_in(WARM_MEMBERS.min(sizes.members), sizes.come_in_s)?;
    client.all_leave();
    client.listen(WARM_S)?;
    let empty_bytes = program.memory_bytes();
    let before_s = program.cpu_s();
    if !client.come_in(sizes.members, sizes.come_in_s)? {
        let words = format!("only {} of {} came in", client.ready(), sizes.members);
        return Err(io::Error::other(words));
    }
    let connect_cpu_s = program.cpu_s() - before_s;
    client.listen(sizes.settle_s)?;
    client.listen_until_quiet(0.5, sizes.settle_s * 4.0)?;
    let held_bytes = program.memory_bytes().saturating_sub(empty_bytes);
    let mut lost = 0;
    let mut counted = (0.0, 0, 0);
    for round in 0..WARM_ROUNDS + sizes.rounds {
        if round == WARM_ROUNDS {
            counted = (program.cpu_s(), client.deliveries, client.delivered_bytes);
        }
        lost += if server == Server::Home {
            let next = client.newest() + 1;
            program.say("change")?;
            client.await_news(next, ROUND_LIMIT_S)?
        } else {
            client.round(round + 1, message_bytes.saturating_sub(4), ROUND_LIMIT_S)?
        };
    }
    let deliveries = as_float(client.deliveries - counted.1);
    Ok(Sample {
        bytes_per_member: as_float(held_bytes) / as_float(sizes.members),
        cpu_s_per_million: (program.cpu_s() - counted.0) / deliveries.max(1.0) * 1e6,
        frame_bytes: as_float(client.delivered_bytes - counted.2) / deliveries.max(1.0),
        connect_cpu_s,
        lost,
    })
}

/// Counts of a bench are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts here stay below 2^53")]
fn as_float(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(0.0, |count| count as f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths of frames are small and positive"
)]
fn whole(value: f64) -> usize {
    value.clamp(16.0, 60_000.0) as usize
}
