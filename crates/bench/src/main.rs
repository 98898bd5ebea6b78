//! Measures Sitwith beside other software: `cargo run --release -p bench -- NAME`.
//!
//! Each benchmark writes one JSON document into `target/bench/` and prints a short table of it.
//! `plot` draws documents, `compare` compares runs. Figures are compared within one run only.

mod compare;
mod document;
mod media;
mod os;
mod plot;
mod room;
mod stats;
mod themes;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "Measures Sitwith beside other software")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The live room: memory of an idle sitter, CPU of a broadcast, CPU of a join storm
    Room(RoomArgs),
    /// Themes beside BERTopic: agreement with human labels, and speed
    Themes(ThemesArgs),
    /// Media forwarding beside Janus and a bare floor: CPU per packet, latency, memory
    Media(MediaArgs),
    /// Draws documents of target/bench as SVG
    Plot {
        #[arg(required = true, value_name = "FILE.json")]
        files: Vec<PathBuf>,
        /// The folder the figures go to
        #[arg(long, default_value = "docs/figures")]
        out: PathBuf,
    },
    /// Compares runs: bench compare A.json.. -- B.json..
    Compare {
        /// Documents of runs before the change
        #[arg(required = true, value_name = "A.json")]
        before: Vec<PathBuf>,
        /// Documents of runs after the change
        #[arg(required = true, last = true, value_name = "B.json")]
        after: Vec<PathBuf>,
    },
    /// Writes the vectors of a file's texts, for tests that have no model
    #[command(hide = true)]
    Vectors {
        /// Label, tab, text on each line
        texts: PathBuf,
        out: PathBuf,
    },
    /// The bare WebSocket server; started by `room`
    #[command(hide = true)]
    Floor,
    /// Sitwith's media forwarding; started by `media`
    #[command(hide = true)]
    MediaHome {
        /// The address it listens on
        host: IpAddr,
    },
    /// The bare packet sender; started by `media`
    #[command(hide = true)]
    MediaFloor {
        /// The address it sends from
        host: IpAddr,
    },
    /// A home with one large sit; started by `room`
    #[command(hide = true)]
    Product {
        /// The home's folder
        folder: PathBuf,
        /// The id of the run
        run: String,
        /// Number of sitters admitted
        members: usize,
    },
}

/// Options of every benchmark.
#[derive(Args, Clone, Debug)]
struct Common {
    /// Smaller sizes: under 40 seconds on two busy cores
    #[arg(long)]
    quick: bool,
    /// Print the JSON document instead of the table
    #[arg(long)]
    json: bool,
}

#[derive(Args, Clone, Debug)]
struct RoomArgs {
    #[command(flatten)]
    common: Common,
    /// Sitters in the room
    #[arg(long)]
    members: Option<usize>,
    /// Sitters who join at once
    #[arg(long)]
    storm: Option<usize>,
    /// Passes; the median counts
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

/// The longest sit that is measured, in minutes: a day.
const MINUTES_MAX: u64 = 24 * 60;

#[derive(Args, Clone, Debug)]
struct MediaArgs {
    #[command(flatten)]
    common: Common,
    /// Passes; the median counts
    #[arg(long)]
    passes: Option<usize>,
    /// Seconds measured in each case
    #[arg(long)]
    secs: Option<u64>,
    /// Only these cases, by name: `audio200,video200`
    #[arg(long, value_delimiter = ',')]
    only: Option<Vec<String>>,
    /// Only these servers: `sitwith,paced,janus,floor`
    #[arg(long, value_delimiter = ',')]
    servers: Option<Vec<String>>,
    /// Instead: memory over one sit of 25 people who come and go, in minutes
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    minutes: Option<u64>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Room(args) => room::run_room(&args),
        Command::Themes(args) => themes::run_themes(&args),
        Command::Media(args) => media::run_media(&args),
        Command::Plot { files, out } => plot::plot_files(&files, &out),
        Command::Compare { before, after } => compare::compare_files(&before, &after),
        Command::MediaHome { host } => media::home::serve_media(host),
        Command::MediaFloor { host } => media::floor::serve_floor(host),
        Command::Vectors { texts, out } => themes::vectors::write_vectors(&texts, &out),
        Command::Floor => room::floor::serve_floor(),
        Command::Product { folder, run, members } => {
            room::product::serve_product(&folder, &run, members)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            document::log_line(&format!("Failed: {error}"));
            ExitCode::FAILURE
        }
    }
}
