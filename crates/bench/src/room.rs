//! The live room beside other servers: memory of an idle sitter, CPU of a broadcast, and CPU of a
//! join storm.
//!
//! Every server runs in a process of its own and the same client talks to it over loopback. A pass
//! measures all servers in turn; the median of the passes counts.

pub(crate) mod client;
pub(crate) mod floor;
mod peers;
pub(crate) mod product;
pub(crate) mod program;
mod protocol;
mod storm;

use std::io;

use self::client::Client;
use self::peers::Peer;
use self::program::Program;
use self::protocol::Protocol;
use self::storm::Storm;
use crate::RoomArgs;
use crate::document::{Chart, Document, Metric, log_line};
use crate::os::raise_open_files_limit;
use crate::stats::{as_count, as_float};

/// Files a server opens besides its sockets.
const OTHER_FILES: u64 = 500;
/// Time limit of one broadcast, in seconds.
const BROADCAST_LIMIT_S: f64 = 10.0;
/// Connections opened and closed before anything is measured, and the pause after them.
const WARM_MEMBERS: usize = 100;
const WARM_S: f64 = 0.3;
/// Broadcasts that are not counted: the first ones touch cold memory.
const WARM_BROADCASTS: u64 = 3;
/// Message size for the others until the product's own is known.
const MESSAGE_BYTES: usize = 400;

const MEMORY: Metric = Metric { name: "memory_kb_per_sitter", unit: "KB", higher_is_better: false };
const CPU: Metric =
    Metric { name: "cpu_s_per_million_messages", unit: "s", higher_is_better: false };
const CONNECT_CPU: Metric = Metric { name: "connect_cpu_s", unit: "s", higher_is_better: false };
const FRAME: Metric = Metric { name: "frame_bytes", unit: "B", higher_is_better: false };
const LOST: Metric = Metric { name: "lost_frames", unit: "", higher_is_better: false };
const STORM_CPU: Metric =
    Metric { name: "storm_cpu_ms_per_sitter", unit: "ms", higher_is_better: false };
const STORM_FRAMES: Metric =
    Metric { name: "storm_frames_per_sitter_max", unit: "", higher_is_better: false };
const STORM_BYTES: Metric =
    Metric { name: "storm_bytes_per_sitter", unit: "B", higher_is_better: false };
const STORM_UNAWARE: Metric =
    Metric { name: "storm_unaware_sitters", unit: "", higher_is_better: false };

struct Sizes {
    members: usize,
    storm: usize,
    passes: usize,
    broadcasts: u64,
    settle_s: f64,
    connect_limit_s: f64,
}

impl Sizes {
    fn of(args: &RoomArgs) -> Self {
        let files = raise_open_files_limit().saturating_sub(OTHER_FILES);
        let most = usize::try_from(files).unwrap_or(1_000);
        let quick = args.common.quick;
        let (members, storm, passes) = if quick { (1_500, 3_000, 1) } else { (10_000, 10_000, 3) };
        Self {
            members: args.members.unwrap_or(members).min(most),
            storm: args.storm.unwrap_or(storm).min(most),
            passes: args.passes.unwrap_or(passes).max(1),
            broadcasts: if quick { 15 } else { 40 },
            settle_s: if quick { 0.5 } else { 3.0 },
            connect_limit_s: if quick { 8.0 } else { 60.0 },
        }
    }
}

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

/// One pass over one server.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    memory_kb_per_sitter: f64,
    cpu_s_per_million: f64,
    frame_bytes: f64,
    /// CPU of accepting all connections.
    connect_cpu_s: f64,
    lost: usize,
}

struct Results {
    server: Server,
    samples: Vec<Sample>,
    /// The reason why it could not be measured.
    failure: Option<String>,
}

pub(crate) fn run_room(args: &RoomArgs) -> io::Result<()> {
    let sizes = Sizes::of(args);
    let title = format!("The live room with {} people", sizes.members);
    let mut document = Document::begin("room", &title, args.common.quick);
    for (key, value) in [("members", sizes.members), ("storm", sizes.storm)] {
        document.set_parameter(key, value);
    }
    document.set_parameter("passes", sizes.passes);
    let servers = [Server::Home, Server::Floor].into_iter();
    let servers = servers.chain(select_peers(args).into_iter().map(Server::Peer));
    let mut all: Vec<Results> =
        servers.map(|server| Results { server, samples: Vec::new(), failure: None }).collect();
    let mut message_bytes = MESSAGE_BYTES;
    for pass in 1..=sizes.passes {
        for results in all.iter_mut().filter(|results| results.failure.is_none()) {
            let name = results.server.name();
            match measure_server(results.server, &sizes, message_bytes) {
                Ok(sample) => {
                    if results.server == Server::Home {
                        message_bytes = as_count(sample.frame_bytes.clamp(16.0, 60_000.0));
                    }
                    log_line(&format!(
                        "pass {pass} of {}: {name:<9} {:>7.2} KB per sitter, {:>6.2} CPU s per \
                         million messages",
                        sizes.passes, sample.memory_kb_per_sitter, sample.cpu_s_per_million,
                    ));
                    results.samples.push(sample);
                }
                Err(error) => {
                    log_line(&format!("{name} could not be measured: {error}"));
                    results.failure = Some(error.to_string());
                }
            }
        }
    }
    let mut storms = Vec::new();
    for pass in 1..=sizes.passes {
        let storm = storm::measure_storm(sizes.storm, sizes.connect_limit_s)?;
        log_line(&format!(
            "storm {pass} of {}: {} joined, {:.2} CPU s, at most {} frames and {:.0} bytes each",
            sizes.passes, storm.members, storm.cpu_s, storm.frames_max, storm.bytes_per_member,
        ));
        storms.push(storm);
    }
    add_rows(&mut document, &all);
    add_storm_rows(&mut document, &sizes, &storms);
    add_charts(&mut document);
    document.finish(&args.common)
}

fn add_rows(document: &mut Document, all: &[Results]) {
    for results in all {
        let server = results.server.name();
        let mut add = |metric: Metric, value: fn(&Sample) -> f64| {
            let values: Vec<f64> = results.samples.iter().map(value).collect();
            document.add_row(metric, "", server, &values);
        };
        add(MEMORY, |sample| sample.memory_kb_per_sitter);
        add(CPU, |sample| sample.cpu_s_per_million);
        add(CONNECT_CPU, |sample| sample.connect_cpu_s);
        if results.server == Server::Home {
            add(FRAME, |sample| sample.frame_bytes);
            add(LOST, |sample| as_float(sample.lost));
        }
        if let Some(failure) = &results.failure {
            document.notes.push(format!("{server} could not be measured: {failure}"));
        }
    }
    document.add_ratios(CPU, "floor", &["floor"]);
    document.add_ratios(CONNECT_CPU, "floor", &["floor"]);
    document.set_target(MEMORY, "", 2.0);
    document.set_target(LOST, "", 0.0);
    document.set_ratio_target(CPU, "", "floor", 1.25);
}

/// The join storm; its CPU is compared with what the floor took to accept as many.
fn add_storm_rows(document: &mut Document, sizes: &Sizes, storms: &[Storm]) {
    let mut add = |metric: Metric, value: &dyn Fn(&Storm) -> f64| {
        let values: Vec<f64> = storms.iter().map(value).collect();
        document.add_row(metric, "storm", "sitwith", &values);
    };
    add(STORM_CPU, &|storm| storm.cpu_s * 1_000.0 / as_float(storm.members.max(1)));
    add(STORM_FRAMES, &|storm| f64::from(storm.frames_max));
    add(STORM_BYTES, &|storm| storm.bytes_per_member);
    add(STORM_UNAWARE, &|storm| as_float(storm.unaware));
    add(LOST, &|storm| as_float(storm.lost));
    if let Some(floor) = document.row(CONNECT_CPU, "", "floor") {
        let ms = floor.median * 1_000.0 / as_float(sizes.members);
        document.add_row(STORM_CPU, "storm", "floor", &[ms]);
    }
    document.add_ratios(STORM_CPU, "floor", &["floor"]);
    document.set_target(STORM_CPU, "storm", 0.06);
    document.set_target(STORM_FRAMES, "storm", 8.0);
    document.set_target(STORM_UNAWARE, "storm", 0.0);
    document.set_target(LOST, "storm", 0.0);
}

fn add_charts(document: &mut Document) {
    document.charts.push(Chart {
        title: "CPU of a broadcast, as a multiple of the bare floor".to_owned(),
        metric: CPU.name.to_owned(),
        case: Some(String::new()),
        ratio_to: Some("floor".to_owned()),
        target: Some(1.25),
        ..Chart::default()
    });
    document.charts.push(Chart {
        title: "Memory per idle sitter, in KB (kernel memory not counted)".to_owned(),
        metric: MEMORY.name.to_owned(),
        case: Some(String::new()),
        target: Some(2.0),
        ..Chart::default()
    });
}

/// Returns the requested peers that are installed.
fn select_peers(args: &RoomArgs) -> Vec<Peer> {
    let is_asked = |peer: &Peer| {
        args.peers.as_ref().is_none_or(|names| names.iter().any(|name| name == peer.name()))
    };
    let asked: Vec<Peer> = peers::ALL.into_iter().filter(is_asked).collect();
    if !asked.is_empty() && !peers::fetch_packages() {
        log_line("npm could not install the peers' packages; peers on Node and Bun are left out.");
    }
    let (installed, missing): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|peer| peer.is_installed());
    for peer in missing {
        log_line(&format!("{} is not installed and is left out", peer.name()));
    }
    installed
}

fn measure_server(server: Server, sizes: &Sizes, message_bytes: usize) -> io::Result<Sample> {
    let (mut program, protocol) = match server {
        Server::Home => product::start_product(sizes.members)?,
        Server::Floor => (Program::start_role("floor")?, Protocol::Plain),
        Server::Peer(peer) => (peer.start()?, peer.protocol()),
    };
    let mut client = Client::new(protocol, program.port)?;
    // One-time costs of the first connections are not the cost of a sitter.
    client.connect(WARM_MEMBERS.min(sizes.members), sizes.connect_limit_s)?;
    client.disconnect_all();
    client.poll_for(WARM_S)?;
    let empty_bytes = program.memory_bytes();
    let before_s = program.cpu_s();
    if !client.connect(sizes.members, sizes.connect_limit_s)? {
        let text = format!("only {} of {} connected", client.ready(), sizes.members);
        return Err(io::Error::other(text));
    }
    let connect_cpu_s = program.cpu_s() - before_s;
    client.poll_for(sizes.settle_s)?;
    client.poll_until_quiet(0.5, sizes.settle_s * 4.0)?;
    let held_bytes = program.memory_bytes().saturating_sub(empty_bytes);
    let mut lost = 0;
    let mut counted = (0.0, 0, 0);
    for seq in 0..WARM_BROADCASTS + sizes.broadcasts {
        if seq == WARM_BROADCASTS {
            counted = (program.cpu_s(), client.deliveries, client.delivered_bytes);
        }
        lost += if server == Server::Home {
            let next = client.newest() + 1;
            program.send_line("change")?;
            client.await_broadcast(next, BROADCAST_LIMIT_S)?
        } else {
            client.broadcast(seq + 1, message_bytes.saturating_sub(4), BROADCAST_LIMIT_S)?
        };
    }
    let deliveries = as_float(client.deliveries - counted.1);
    Ok(Sample {
        memory_kb_per_sitter: as_float(held_bytes) / 1_024.0 / as_float(sizes.members),
        cpu_s_per_million: (program.cpu_s() - counted.0) / deliveries.max(1.0) * 1e6,
        frame_bytes: as_float(client.delivered_bytes - counted.2) / deliveries.max(1.0),
        connect_cpu_s,
        lost,
    })
}
