//! What the program can be told to do.

use clap::{Args, Parser, Subcommand};

use crate::config::Flags;

/// A home on the web for people who practise mindfulness and self-compassion together.
#[derive(Clone, Debug, Parser)]
#[command(name = "sitwith", version)]
pub(crate) struct Given {
    /// Settings given as flags.
    #[command(flatten)]
    pub(crate) flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Open the home and serve it until it is stopped
    Serve(Ways),
    /// Open a home full of made-up life, to look around in
    Demo(Ways),
    /// Bring the database to the form this program wants, while no home is served
    Migrate,
    /// Look whether the machine has what a home needs; reads only, also beside a running home
    Doctor,
    /// The settings of the machine
    Config {
        /// What about them.
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

/// What about the settings.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what every setting is for and how it stands now, as a settings file; reads only
    Explain,
}

/// Ways of serving that no settings file should hold.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Ways {
    /// For tests: POST /clock with `ms` moves the clock ahead; begins so many ms ahead
    #[arg(
        long,
        value_name = "MS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "0"
    )]
    pub(crate) test_clock: Option<u32>,
}
