//! The forwarding of sound and picture beside Janus and beside the bare floor: what a packet costs
//! in CPU, how late it comes, what one more person costs in memory, how many come in a second.
//!
//! Every server runs in a program of its own on the first core; one client on the second core
//! plays everybody: each with ICE, DTLS and SRTP, and a socket. Each case is measured on all of
//! them one after the other, and that several times; the middle is the figure. What the host of
//! the machine spoiled is measured again.

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
mod server;
mod tell;
mod timetable;
mod ws;

use std::io;
use std::time::Duration;

use self::case::Case;
use self::janus::Mode;
use self::machine::{Machine, load_average};
use self::measure::{Found, Sample, measure};
use self::server::Server;
use crate::report::say;
use crate::watch::open_files_max;
use crate::{MediaArgs, hand_out};

/// What the host may take of the machine while something is measured.
const STOLEN_MAX: f64 = 0.02;
/// How often a spoiled measurement is made again.
const AGAIN_MAX: usize = 2;

/// How much is measured.
#[derive(Clone, Debug)]
pub(crate) struct Sizes {
    passes: usize,
    warm: Duration,
    counted: Duration,
    again: usize,
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
            if let Some(words) = &args.servers {
                servers.retain(|server| words.iter().any(|word| word == server.word()));
            }
        }
        if let Some(only) = &args.only {
            plan.retain(|(case, _)| only.iter().any(|key| key == case.key));
        }
        Self {
            passes: args.passes.unwrap_or(if quick { 1 } else { 3 }).max(1),
            warm: ms(400, 1_500),
            counted: args.secs.map_or(ms(1_300, 5_000), Duration::from_secs),
            again: if quick { 0 } else { AGAIN_MAX },
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
        (Case::sound("audio50", 50), vec![Home, one_loop, threads]),
        (Case::sound("audio200", 200), with_paced()),
        (Case::sound("audio500", 500), vec![Home, one_loop]),
        (Case::sound("audio600", 600), vec![Home, one_loop]),
        (Case::picture("video50", 50), vec![Home, one_loop, threads]),
        (Case::picture("video200", 200), ALL.to_vec()),
        (Case::picture("video500", 500), vec![Home, one_loop]),
        (Case::rooms("rooms25x8", 25), with_paced()),
        (Case::all("all25", 25), vec![Home, one_loop, threads]),
    ]
}

/// The keys are the same, the rooms smaller: `sizes` says how small.
fn quick_plan() -> Vec<(Case, Vec<Server>)> {
    vec![
        (Case::sound("audio200", 60), ALL.to_vec()),
        (Case::picture("video200", 40), ALL[..3].to_vec()),
        (Case::rooms("rooms25x8", 5), ALL[..3].to_vec()),
    ]
}

/// Measures, prints, draws.
pub(crate) fn run(args: &MediaArgs) -> io::Result<()> {
    open_files_max();
    let machine = Machine::take();
    if let Some(minutes) = args.minutes {
        return hand_out(&args.common, &long::run(machine, minutes)?);
    }
    let is_asked = |servers: &Vec<String>| servers.iter().any(|word| word == "janus");
    let has_janus = match () {
        () if !args.servers.as_ref().is_none_or(is_asked) => false,
        () if !machine.has_address => {
            say("This machine has only loopback addresses, of which Janus tells nobody.");
            false
        }
        () if !janus::fetch() => {
            say("Janus is not on this machine (Debian's package `janus`) and is left out.");
            false
        }
        () => true,
    };
    let sizes = Sizes::of(args, has_janus);
    say(&format!("On {}: {}.", machine.here, machine.words()));
    let mut found: Vec<Found> = Vec::new();
    for (case, servers) in &sizes.plan {
        found.extend(servers.iter().map(|server| Found::new(*case, *server)));
    }
    let load_before = load_average();
    for pass in 1..=sizes.passes {
        for one in &mut found {
            if one.broke.is_some() {
                continue;
            }
            match measure_again(machine, &sizes, one) {
                Ok(sample) => {
                    say(&format!("pass {pass} of {}: {}", sizes.passes, one.words(&sample)));
                    one.samples.push(sample);
                }
                Err(error) => {
                    say(&format!(
                        "{} with {} could not be measured: {error}",
                        one.case.key,
                        one.server.name()
                    ));
                    one.broke = Some(error.to_string());
                }
            }
        }
    }
    let load = (load_before, load_average());
    hand_out(&args.common, &tell::report(machine, &sizes, &found, load))
}

/// Measures until the host leaves the machine alone, a few times at most; the least spoiled.
fn measure_again(machine: Machine, sizes: &Sizes, one: &Found) -> io::Result<Sample> {
    let mut best = measure(machine, sizes, one)?;
    for _ in 0..sizes.again {
        if best.stolen <= STOLEN_MAX {
            break;
        }
        say(&format!("  the host took {:.1} % of the machine: once more", best.stolen * 100.0));
        let next = measure(machine, sizes, one)?;
        if next.stolen < best.stolen {
            best = next;
        }
    }
    Ok(best)
}

/// Counts of a bench are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts here stay below 2^53")]
fn as_float(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(0.0, |count| count as f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a list are small and positive"
)]
const fn whole(value: f64) -> usize {
    value as usize
}
