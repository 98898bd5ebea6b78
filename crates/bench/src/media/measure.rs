//! One measurement of one case on one server.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use str0m::crypto::from_feature_flags;

use super::case::{Case, Topology};
use super::home::Home;
use super::janus::Janus;
use super::load::{Load, Window};
use super::machine::{CpuTimes, Machine};
use super::peer::PeerSettings;
use super::server::{Seat, Server, Signalling};
use super::{Sizes, floor};
use crate::os::{Stopwatch, cpu_s};
use crate::stats::as_float;

/// Time limit for all connections.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);
/// Subscriptions between two polls of the client.
const POLL_EVERY: usize = 4;
/// How long late packets are awaited after media was blocked.
const BLOCK_WINDOW: Duration = Duration::from_millis(500);
/// Most windows of 100 ms until the server forwards all publishers.
const FORWARDED_TRIES: usize = 30;

/// One measurement.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    pub(super) received: u64,
    pub(super) cpu_s: f64,
    pub(super) secs: f64,
    /// Received share of the expected packets.
    pub(super) delivered: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) joins_per_s: f64,
    pub(super) join_cpu_ms: f64,
    /// Time from blocking all media to the last packet received, in ms; 0 if the server cannot
    /// block.
    pub(super) block_ms: f64,
    pub(super) kb_per_subscriber: f64,
    pub(super) client_cpu_s: f64,
    /// Share of CPU time stolen by the hypervisor.
    pub(super) stolen: f64,
    pub(super) version: Option<String>,
}

impl Sample {
    /// CPU seconds of the server per million received packets.
    pub(super) fn cpu(&self) -> f64 {
        self.cpu_s / as_float(self.received.max(1)) * 1e6
    }

    pub(super) fn packets_per_s(&self) -> f64 {
        as_float(self.received) / self.secs.max(0.001)
    }
}

/// All measurements of one case on one server.
pub(super) struct Results {
    pub(super) case: Case,
    pub(super) server: Server,
    pub(super) samples: Vec<Sample>,
    pub(super) failure: Option<String>,
}

impl Results {
    pub(super) const fn new(case: Case, server: Server) -> Self {
        Self { case, server, samples: Vec::new(), failure: None }
    }

    pub(super) fn describe(&self, sample: &Sample) -> String {
        let name = format!("{} {}", self.case.key, self.server.name());
        let cpu = format!(
            "{name:<26} {:>6.2} CPU s per million, {:>6.0} packets/s",
            sample.cpu(),
            sample.packets_per_s()
        );
        if self.server == Server::Floor {
            return cpu;
        }
        format!(
            "{cpu}, p50 {:.2} p99 {:.2} ms, {:.2} % received, {:.0} joins/s ({:.2} CPU ms each), \
             {:.0} KB each, client {:.0} %, stolen {:.1} %",
            sample.p50_ms,
            sample.p99_ms,
            sample.delivered * 100.0,
            sample.joins_per_s,
            sample.join_cpu_ms,
            sample.kb_per_subscriber,
            sample.client_cpu_s / sample.secs.max(0.001) * 100.0,
            sample.stolen * 100.0,
        )
    }
}

pub(super) fn measure_case(machine: Machine, sizes: &Sizes, one: &Results) -> io::Result<Sample> {
    let before = CpuTimes::now();
    let mut sample = match one.server {
        Server::Floor => measure_floor(machine, sizes, &one.case)?,
        Server::Home => measure_server(&mut Home::start(machine, false)?, machine, sizes, one)?,
        Server::HomePaced => measure_server(&mut Home::start(machine, true)?, machine, sizes, one)?,
        Server::Janus(mode) => {
            let mut janus = Janus::start(machine, mode)?;
            let version = janus.version.clone();
            let mut sample = measure_server(&mut janus, machine, sizes, one)?;
            sample.version = Some(version);
            sample
        }
    };
    sample.stolen = sample.stolen.max(CpuTimes::now().stolen_since(before));
    Ok(sample)
}

fn measure_floor(machine: Machine, sizes: &Sizes, case: &Case) -> io::Result<Sample> {
    let cost = floor::measure_floor(machine, case, sizes.warm, sizes.counted)?;
    Ok(Sample {
        received: cost.received,
        cpu_s: cost.cpu_s,
        secs: sizes.counted.as_secs_f64(),
        delivered: 1.0,
        ..Sample::default()
    })
}

/// Connects everybody and measures one window.
fn measure_server(
    server: &mut impl Signalling,
    machine: Machine,
    sizes: &Sizes,
    one: &Results,
) -> io::Result<Sample> {
    let case = &one.case;
    let mut load = Load::new(peer_settings(machine.host))?;
    connect_publishers(server, &mut load, case)?;
    let id = server.program().id();
    let joins = connect_subscribers(server, &mut load, one)?;
    let mut edges = Vec::new();
    let own = std::process::id();
    let window = load.run_window(sizes.warm, sizes.counted, || {
        edges.push((cpu_s(id), cpu_s(own), Stopwatch::start(), CpuTimes::now()));
    })?;
    let [begin, end] = edges.as_slice() else {
        return Err(io::Error::other("nothing was counted"));
    };
    let held = server.program().memory_bytes();
    let subscribers = as_float(case.rooms * case.subscribers());
    let block_ms = measure_block(server, &mut load, case)?;
    Ok(Sample {
        received: window.received,
        cpu_s: end.0 - begin.0,
        secs: begin.2.secs() - end.2.secs(),
        delivered: as_float(window.received) / count_expected(case, &window).max(1.0),
        p50_ms: window.latency_ms(0.5),
        p99_ms: window.latency_ms(0.99),
        joins_per_s: subscribers / joins.secs,
        join_cpu_ms: joins.cpu_s * 1_000.0 / subscribers,
        block_ms,
        kb_per_subscriber: as_float(held.saturating_sub(joins.bytes_before))
            / 1_024.0
            / subscribers,
        client_cpu_s: end.1 - begin.1,
        stolen: end.3.stolen_since(begin.3),
        version: None,
    })
}

/// Blocks all media while everybody goes on publishing; returns the time to the last packet, in ms.
fn measure_block(server: &mut impl Signalling, load: &mut Load, case: &Case) -> io::Result<f64> {
    let said_at = load.now();
    for room in 0..case.rooms {
        if !server.block_media(room)? {
            return Ok(0.0);
        }
    }
    let window = load.run_window(Duration::ZERO, BLOCK_WINDOW, || {})?;
    Ok(window.last_at.saturating_sub(said_at).as_secs_f64() * 1_000.0)
}

/// Shared by all connections of the client.
pub(super) fn peer_settings(host: IpAddr) -> PeerSettings {
    let crypto = from_feature_flags();
    PeerSettings { host, cert: crypto.dtls_provider.generate_certificate() }
}

/// Number of packets the subscribers should receive.
fn count_expected(case: &Case, window: &Window) -> f64 {
    let sent: u64 = window.sent.iter().sum();
    as_float(sent) * as_float(case.reach())
}

fn build_seat(room: usize, number: usize) -> Seat {
    Seat { room, number: u32::try_from(number).unwrap_or(u32::MAX) }
}

fn connect_publishers(
    server: &mut impl Signalling,
    load: &mut Load,
    case: &Case,
) -> io::Result<()> {
    let sources = case.sources();
    let voices = sources.iter().filter(|sources| sources.audio).count();
    let faces = sources.iter().filter(|sources| sources.video.is_some()).count();
    for room in 0..case.rooms {
        let people = match case.topology {
            Topology::OneTo(subscribers) => subscribers + 1,
            Topology::All { people, .. } => people,
        };
        server.open_room(room, people)?;
        for (number, sources) in sources.iter().enumerate() {
            load.add_publisher(*sources, |offer| server.publish(build_seat(room, number), &offer))?;
        }
    }
    if !load.connect(CONNECT_LIMIT)? {
        return Err(io::Error::other("the publishers did not connect"));
    }
    for room in 0..case.rooms {
        server.allow_media(room)?;
    }
    let wanted = (u64::try_from(voices).ok(), u64::try_from(faces).ok());
    for room in 0..case.rooms {
        for attempt in 0.. {
            let Some((voices, faces)) = server.forwarded_sources(room)? else {
                break;
            };
            if (Some(voices), Some(faces)) >= wanted {
                break;
            }
            if attempt == FORWARDED_TRIES {
                let words = format!("only {voices} audio and {faces} video sources are forwarded");
                return Err(io::Error::other(words));
            }
            load.run_window(Duration::ZERO, Duration::from_millis(100), || {})?;
        }
    }
    Ok(())
}

/// Cost of connecting the subscribers.
struct Joins {
    secs: f64,
    cpu_s: f64,
    bytes_before: u64,
}

fn connect_subscribers(
    server: &mut impl Signalling,
    load: &mut Load,
    one: &Results,
) -> io::Result<Joins> {
    let case = &one.case;
    let is_paced = one.server == Server::HomePaced;
    let bytes_before = server.program().memory_bytes();
    let cpu_before = server.program().cpu_s();
    let stopwatch = Stopwatch::start();
    let first = if case.is_all() { 0 } else { 1 };
    let mut asked = 0;
    for room in 0..case.rooms {
        for number in first..first + case.subscribers() {
            let who = build_seat(room, number);
            let (offer, name) = server.subscribe(who)?;
            load.add_subscriber(&offer, is_paced, |answer| {
                server.send_answer(who, &name, &answer)
            })?;
            asked += 1;
            if asked % POLL_EVERY == 0 {
                load.poll()?;
            }
        }
    }
    if !load.connect(CONNECT_LIMIT)? {
        let (connected, all) = load.connected();
        let words = format!("only {connected} of {all} connected");
        return Err(io::Error::other(words));
    }
    Ok(Joins { secs: stopwatch.secs(), cpu_s: server.program().cpu_s() - cpu_before, bytes_before })
}
