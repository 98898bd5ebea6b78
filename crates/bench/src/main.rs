//! Measures the home beside other ways to do the same: `cargo run --release -p bench -- NAME`.
//!
//! Each bench prints its progress and a table, and writes its figures as one flat JSON object and
//! a picture. Nothing here judges: figures are read by people, and compared within one run only.

mod media;
mod report;
mod room;
mod themes;
mod watch;

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "Measures the home beside other ways to do the same")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The live room: memory of a quiet sitter, CPU of a message to all, ten thousand at the door
    Room(RoomArgs),
    /// Themes beside BERTopic: how well they agree with people's labels, how long they take
    Themes(ThemesArgs),
    /// Sound and picture beside Janus and a bare floor: CPU of a packet, how late it comes, memory
    Media(MediaArgs),
    /// Writes the vectors of the texts of a file, for tests that have no model
    #[command(hide = true)]
    Vectors {
        /// Label, tab, text
        texts: PathBuf,
        /// Where the numbers go
        out: PathBuf,
    },
    /// The bare server the room is measured against; started by `room`
    #[command(hide = true)]
    Floor,
    /// The home's forwarding of sound and picture; started by `media`
    #[command(hide = true)]
    MediaHome {
        /// The address it listens on
        here: IpAddr,
    },
    /// What forwarding is measured against; started by `media`
    #[command(hide = true)]
    MediaFloor {
        /// The address it sends from
        here: IpAddr,
    },
    /// The home with one big sit; started by `room`
    #[command(hide = true)]
    Product {
        /// Where the home lies
        folder: PathBuf,
        /// The run that is sat
        run: String,
        /// How many may come
        members: usize,
    },
}

/// What every bench can be asked.
#[derive(Args, Clone, Debug)]
struct Common {
    /// Smaller sizes: done within 40 seconds on two busy cores
    #[arg(long)]
    quick: bool,
    /// Write the figures here, as one flat JSON object
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw the picture here
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
struct RoomArgs {
    #[command(flatten)]
    common: Common,
    /// How many people sit in the room
    #[arg(long)]
    members: Option<usize>,
    /// How many come through the door at once
    #[arg(long)]
    storm: Option<usize>,
    /// How often everything is measured; the middle of the figures counts
    #[arg(long)]
    passes: Option<usize>,
    /// Only these peers, by name; `none` for none
    #[arg(long, value_delimiter = ',')]
    peers: Option<Vec<String>>,
}

#[derive(Args, Clone, Debug)]
struct ThemesArgs {
    #[command(flatten)]
    common: Common,
    /// A folder of labelled texts: NAME.tsv, a label, a tab and a text on each line
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// The longest sit that is lived through: a day.
const MINUTES_MAX: u64 = 24 * 60;

#[derive(Args, Clone, Debug)]
struct MediaArgs {
    #[command(flatten)]
    common: Common,
    /// How often everything is measured; the middle of the figures counts
    #[arg(long)]
    passes: Option<usize>,
    /// For how many seconds each is measured
    #[arg(long)]
    secs: Option<u64>,
    /// Only these cases, by name: `audio200,video200`
    #[arg(long, value_delimiter = ',')]
    only: Option<Vec<String>>,
    /// Only these servers: `sitwith,paced,janus,floor`
    #[arg(long, value_delimiter = ',')]
    servers: Option<Vec<String>>,
    /// Instead of all that: one sit of 25 people who come and go, for so many minutes, and the
    /// memory that it takes
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    minutes: Option<u64>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().what {
        What::Room(args) => room::run(&args),
        What::Themes(args) => themes::run(&args),
        What::Media(args) => media::run(&args),
        What::MediaHome { here } => media::home::serve(here),
        What::MediaFloor { here } => media::floor::serve(here),
        What::Vectors { texts, out } => themes::vectors::write(&texts, &out),
        What::Floor => room::floor::serve(),
        What::Product { folder, run, members } => room::product::serve(&folder, &run, members),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&format!("The bench broke off: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes what a bench found where it was asked to.
fn hand_out(common: &Common, found: &report::Report) -> io::Result<()> {
    report::say(&found.table());
    if let Some(file) = &common.json {
        std::fs::write(file, found.json())?;
    }
    if let Some(file) = &common.svg {
        std::fs::write(file, found.svg())?;
    }
    Ok(())
}
