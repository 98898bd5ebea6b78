//! One case on one server: people come, give and take, and go.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use str0m::crypto::from_feature_flags;

use super::case::{Case, Shape};
use super::home::Home;
use super::janus::Janus;
use super::load::{Load, Window};
use super::machine::{Cores, Machine};
use super::peer::Common;
use super::server::{Seat, Server, Talk};
use super::{Sizes, as_float, floor};
use crate::watch::{Watch, cpu_s, median};

/// How long all may take to connect.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);
/// After so many have asked, the client looks at what came.
const GLANCE_EVERY: usize = 4;
/// For so long it is looked whether something comes that may not.
const CUT_LOOK: Duration = Duration::from_millis(500);
/// How long those who give are listened to until the server has a place for all of them.
const PLACES_TRIES: usize = 30;

/// What one measurement found.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    pub(super) got: u64,
    pub(super) cpu_s: f64,
    pub(super) secs: f64,
    /// The part of what should have come that came.
    pub(super) delivered: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) joins_per_s: f64,
    pub(super) join_cpu_ms: f64,
    /// Until nothing came any more after it was said that nothing may; 0 where that was not asked.
    pub(super) cut_ms: f64,
    pub(super) kb_per_taker: f64,
    pub(super) client_cpu_s: f64,
    /// The part of the machine that its host gave to others meanwhile.
    pub(super) stolen: f64,
    pub(super) version: Option<String>,
}

impl Sample {
    /// CPU seconds of the server for a million packets that came.
    pub(super) fn cpu(&self) -> f64 {
        self.cpu_s / as_float(self.got.max(1)) * 1e6
    }

    pub(super) fn packets_per_s(&self) -> f64 {
        as_float(self.got) / self.secs.max(0.001)
    }
}

/// Everything found for one case on one server.
pub(super) struct Found {
    pub(super) case: Case,
    pub(super) server: Server,
    pub(super) samples: Vec<Sample>,
    /// Why it could not be measured.
    pub(super) broke: Option<String>,
}

impl Found {
    pub(super) const fn new(case: Case, server: Server) -> Self {
        Self { case, server, samples: Vec::new(), broke: None }
    }

    pub(super) fn middle(&self, figure: impl Fn(&Sample) -> f64) -> f64 {
        median(&self.samples.iter().map(figure).collect::<Vec<_>>())
    }

    /// The least and the most.
    pub(super) fn spread(&self, figure: impl Fn(&Sample) -> f64) -> (f64, f64) {
        let values = self.samples.iter().map(figure);
        values
            .fold((f64::INFINITY, 0.0), |(least, most), value| (value.min(least), value.max(most)))
    }

    /// One measurement in words.
    pub(super) fn words(&self, sample: &Sample) -> String {
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
            "{cpu}, p50 {:.2} p99 {:.2} ms, {:.2} % came, {:.0} joins/s ({:.2} CPU ms each), \
             {:.0} KB each, client {:.0} %, stolen {:.1} %",
            sample.p50_ms,
            sample.p99_ms,
            sample.delivered * 100.0,
            sample.joins_per_s,
            sample.join_cpu_ms,
            sample.kb_per_taker,
            sample.client_cpu_s / sample.secs.max(0.001) * 100.0,
            sample.stolen * 100.0,
        )
    }
}

/// Measures once.
pub(super) fn measure(machine: Machine, sizes: &Sizes, one: &Found) -> io::Result<Sample> {
    let before = Cores::now();
    let mut sample = match one.server {
        Server::Floor => bare(machine, sizes, &one.case)?,
        Server::Home => with(&mut Home::start(machine, false)?, machine, sizes, one)?,
        Server::HomePaced => with(&mut Home::start(machine, true)?, machine, sizes, one)?,
        Server::Janus(mode) => {
            let mut janus = Janus::start(machine, mode)?;
            let version = janus.version.clone();
            let mut sample = with(&mut janus, machine, sizes, one)?;
            sample.version = Some(version);
            sample
        }
    };
    sample.stolen = sample.stolen.max(Cores::now().stolen_since(before));
    Ok(sample)
}

fn bare(machine: Machine, sizes: &Sizes, case: &Case) -> io::Result<Sample> {
    let cost = floor::measure(machine, case, sizes.warm, sizes.counted)?;
    Ok(Sample {
        got: cost.got,
        cpu_s: cost.cpu_s,
        secs: sizes.counted.as_secs_f64(),
        delivered: 1.0,
        ..Sample::default()
    })
}

/// Everybody comes, gives and takes.
fn with(
    server: &mut impl Talk,
    machine: Machine,
    sizes: &Sizes,
    one: &Found,
) -> io::Result<Sample> {
    let case = &one.case;
    let mut load = Load::new(common(machine.here))?;
    givers_come(server, &mut load, case)?;
    let id = server.program().id();
    let joins = takers_come(server, &mut load, one)?;
    let mut edges = Vec::new();
    let own = std::process::id();
    let window = load.play(sizes.warm, sizes.counted, || {
        edges.push((cpu_s(id), cpu_s(own), Watch::start(), Cores::now()));
    })?;
    let [begin, end] = edges.as_slice() else {
        return Err(io::Error::other("nothing was counted"));
    };
    let held = server.program().memory_bytes();
    let takers = as_float(case.rooms * case.takers());
    let cut_ms = cut(server, &mut load, case)?;
    Ok(Sample {
        got: window.got,
        cpu_s: end.0 - begin.0,
        secs: begin.2.secs() - end.2.secs(),
        delivered: as_float(window.got) / expected(case, &window).max(1.0),
        p50_ms: window.lag_ms(0.5),
        p99_ms: window.lag_ms(0.99),
        joins_per_s: takers / joins.secs,
        join_cpu_ms: joins.cpu_s * 1_000.0 / takers,
        cut_ms,
        kb_per_taker: as_float(held.saturating_sub(joins.bytes_before)) / 1_024.0 / takers,
        client_cpu_s: end.1 - begin.1,
        stolen: end.3.stolen_since(begin.3),
        version: None,
    })
}

/// Nothing may go through any more while everybody goes on giving: how long something came still.
fn cut(server: &mut impl Talk, load: &mut Load, case: &Case) -> io::Result<f64> {
    let said_at = load.now();
    for room in 0..case.rooms {
        if !server.cut(room)? {
            return Ok(0.0);
        }
    }
    let window = load.play(Duration::ZERO, CUT_LOOK, || {})?;
    Ok(window.last_at.saturating_sub(said_at).as_secs_f64() * 1_000.0)
}

/// What all connections of the client share.
pub(super) fn common(here: IpAddr) -> Common {
    let crypto = from_feature_flags();
    Common { here, cert: crypto.dtls_provider.generate_certificate() }
}

/// How many packets should come, by what was sent.
fn expected(case: &Case, window: &Window) -> f64 {
    let sent: u64 = window.sent.iter().sum();
    as_float(sent) * as_float(case.reach())
}

fn seat(room: usize, number: usize) -> Seat {
    Seat { room, number: u32::try_from(number).unwrap_or(u32::MAX) }
}

fn givers_come(server: &mut impl Talk, load: &mut Load, case: &Case) -> io::Result<()> {
    let gives = case.gives();
    let voices = gives.iter().filter(|gives| gives.sound).count();
    let faces = gives.iter().filter(|gives| gives.picture.is_some()).count();
    for room in 0..case.rooms {
        let people = match case.shape {
            Shape::OneTo(takers) => takers + 1,
            Shape::All { people, .. } => people,
        };
        server.open_room(room, people)?;
        for (number, gives) in gives.iter().enumerate() {
            load.add_giver(*gives, |offer| server.give(seat(room, number), &offer))?;
        }
    }
    if !load.connect(CONNECT_LIMIT)? {
        return Err(io::Error::other("those who give did not connect"));
    }
    for room in 0..case.rooms {
        server.let_through(room)?;
    }
    let wanted = (u64::try_from(voices).ok(), u64::try_from(faces).ok());
    for room in 0..case.rooms {
        for attempt in 0.. {
            let Some((voices, faces)) = server.carried(room)? else {
                break;
            };
            if (Some(voices), Some(faces)) >= wanted {
                break;
            }
            if attempt == PLACES_TRIES {
                let words = format!("only {voices} voices and {faces} faces are carried");
                return Err(io::Error::other(words));
            }
            load.play(Duration::ZERO, Duration::from_millis(100), || {})?;
        }
    }
    Ok(())
}

/// What the coming cost.
struct Joins {
    secs: f64,
    cpu_s: f64,
    bytes_before: u64,
}

fn takers_come(server: &mut impl Talk, load: &mut Load, one: &Found) -> io::Result<Joins> {
    let case = &one.case;
    let is_paced = one.server == Server::HomePaced;
    let bytes_before = server.program().memory_bytes();
    let cpu_before = server.program().cpu_s();
    let watch = Watch::start();
    let first = if case.is_all() { 0 } else { 1 };
    let mut asked = 0;
    for room in 0..case.rooms {
        for number in first..first + case.takers() {
            let who = seat(room, number);
            let (offer, name) = server.take(who)?;
            load.add_taker(&offer, is_paced, |answer| server.answer(who, &name, &answer))?;
            asked += 1;
            if asked % GLANCE_EVERY == 0 {
                load.glance()?;
            }
        }
    }
    if !load.connect(CONNECT_LIMIT)? {
        let (connected, all) = load.connected();
        let words = format!("only {connected} of {all} connected");
        return Err(io::Error::other(words));
    }
    Ok(Joins { secs: watch.secs(), cpu_s: server.program().cpu_s() - cpu_before, bytes_before })
}
