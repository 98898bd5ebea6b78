//! Media forwarding beside Janus and a bare floor: CPU per packet, latency, memory per subscriber,
//! joins per second.
//!
//! Every server runs in a process of its own on the first core. One client on the second core plays
//! everybody, with ICE, DTLS and SRTP and a socket for each. The servers take turns in each case;
//! the median of the passes counts.

mod case;
pub(crate) mod floor;
pub(crate) mod home;
mod janus;
mod load;
mod long;
mod machine;
mod measure;
mod packet;
mod peer;
mod rows;
mod server;
mod timetable;
mod ws;

use std::io;
use std::time::Duration;

use self::case::Case;
use self::janus::Mode;
use self::machine::Machine;
use self::measure::{Results, Sample, measure_case};
use self::server::Server;
use crate::MediaArgs;
use crate::document::{Document, log_line};
use crate::os::raise_open_files_limit;

/// Share of stolen CPU time above which a measurement is repeated, and the maximum of repetitions.
const STOLEN_MAX: f64 = 0.02;
const REPEATS_MAX: usize = 2;

#[derive(Clone, Debug)]
pub(crate) struct Sizes {
    passes: usize,
    warm: Duration,
    counted: Duration,
    repeats: usize,
    plan: Vec<(Case, Vec<Server>)>,
}

impl Sizes {
    fn of(args: &MediaArgs, has_janus: bool) -> Self {
        let quick = args.common.quick;
        let ms =
            |quick_ms, whole_ms| Duration::from_millis(if quick { quick_ms } else { whole_ms });
        let mut plan = if quick { quick_plan() } else { whole_plan() };
        for (_, servers) in &mut plan {
            servers.retain(|server| has_janus || !matches!(server, Server::Janus(_)));
            if let Some(options) = &args.servers {
                servers.retain(|server| options.iter().any(|option| option == server.option()));
            }
        }
        if let Some(only) = &args.only {
            plan.retain(|(case, _)| only.iter().any(|key| key == case.key));
        }
        Self {
            passes: args.passes.unwrap_or(if quick { 1 } else { 3 }).max(1),
            warm: ms(400, 1_500),
            counted: args.secs.map_or(ms(1_300, 5_000), Duration::from_secs),
            repeats: if quick { 0 } else { REPEATS_MAX },
            plan,
        }
    }
}

const ALL: [Server; 4] =
    [Server::Home, Server::Janus(Mode::OneLoop), Server::Janus(Mode::Threads), Server::Floor];

fn whole_plan() -> Vec<(Case, Vec<Server>)> {
    use Server::{Home, HomePaced};
    let one_loop = Server::Janus(Mode::OneLoop);
    let threads = Server::Janus(Mode::Threads);
    let with_paced = || ALL.into_iter().chain([HomePaced]).collect::<Vec<_>>();
    vec![
        (Case::audio("audio50", 50), vec![Home, one_loop, threads]),
        (Case::audio("audio200", 200), with_paced()),
        (Case::audio("audio500", 500), vec![Home, one_loop]),
        (Case::audio("audio600", 600), vec![Home, one_loop]),
        (Case::video("video50", 50), vec![Home, one_loop, threads]),
        (Case::video("video200", 200), ALL.to_vec()),
        (Case::video("video500", 500), vec![Home, one_loop]),
        (Case::rooms("rooms25x8", 25), with_paced()),
        (Case::all("all25", 25), vec![Home, one_loop, threads]),
    ]
}

/// The same names with smaller rooms; the parameter `sizes` gives their sizes.
fn quick_plan() -> Vec<(Case, Vec<Server>)> {
    vec![
        (Case::audio("audio200", 60), ALL.to_vec()),
        (Case::video("video200", 40), ALL[..3].to_vec()),
        (Case::rooms("rooms25x8", 5), ALL[..3].to_vec()),
    ]
}

pub(crate) fn run_media(args: &MediaArgs) -> io::Result<()> {
    raise_open_files_limit();
    let machine = Machine::prepare();
    if let Some(minutes) = args.minutes {
        return long::run_long(machine, minutes, &args.common);
    }
    let sizes = Sizes::of(args, can_run_janus(args, machine));
    let mut document = Document::begin("media", "Audio and video forwarding", args.common.quick);
    document.describe_machine("scheduling", machine.describe());
    log_line(&format!("On {}: {}.", machine.host, machine.describe()));
    let plan = sizes.plan.iter();
    let mut all: Vec<Results> = plan
        .flat_map(|(case, servers)| servers.iter().map(|server| Results::new(*case, *server)))
        .collect();
    for pass in 1..=sizes.passes {
        for results in all.iter_mut().filter(|results| results.failure.is_none()) {
            match measure_undisturbed(machine, &sizes, results) {
                Ok(sample) => {
                    let text = results.describe(&sample);
                    log_line(&format!("pass {pass} of {}: {text}", sizes.passes));
                    results.samples.push(sample);
                }
                Err(error) => {
                    let (case, server) = (results.case.key, results.server.name());
                    log_line(&format!("{case} with {server} could not be measured: {error}"));
                    results.failure = Some(error.to_string());
                }
            }
        }
    }
    rows::add_parameters(&mut document, &sizes, &all);
    rows::add_rows(&mut document, &all);
    rows::add_charts(&mut document, &sizes);
    document.finish(&args.common)
}

fn can_run_janus(args: &MediaArgs, machine: Machine) -> bool {
    let is_asked = |servers: &Vec<String>| servers.iter().any(|option| option == "janus");
    if !args.servers.as_ref().is_none_or(is_asked) {
        return false;
    }
    if !machine.has_address {
        log_line("Without an address other than loopback Janus is left out.");
        return false;
    }
    let is_installed = janus::install_janus();
    if !is_installed {
        log_line("Janus (Debian's package `janus`) is not installed and is left out.");
    }
    is_installed
}

/// Repeats a measurement that the hypervisor disturbed; returns the least disturbed one.
fn measure_undisturbed(machine: Machine, sizes: &Sizes, results: &Results) -> io::Result<Sample> {
    let mut best = measure_case(machine, sizes, results)?;
    for _ in 0..sizes.repeats {
        if best.stolen <= STOLEN_MAX {
            break;
        }
        log_line(&format!("  {:.1} % of the CPU time was stolen: repeating", best.stolen * 100.0));
        let next = measure_case(machine, sizes, results)?;
        if next.stolen < best.stolen {
            best = next;
        }
    }
    Ok(best)
}
