//! The command line. The doc comments of arguments and commands are the text of `--help`.

use clap::{Args, Parser, Subcommand};

use crate::config::Flags;

/// A home on the web for people who practise mindfulness and self-compassion together
#[derive(Clone, Debug, Parser)]
#[command(name = "sitwith", version)]
pub(crate) struct CliArgs {
    #[command(flatten)]
    pub(crate) flags: Flags,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Open the home and serve it until stopped
    Serve(ServeFlags),
    /// Open a home full of made-up life, to look around in
    Demo(ServeFlags),
    /// Apply pending database migrations; only while no home is served
    Migrate,
    /// Check that the machine meets a home's requirements; read-only, also beside a running home
    Doctor,
    /// Inspect the settings of the machine
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting with its meaning and current value, as a settings file; read-only
    Explain,
}

/// Options of serving that no settings file should hold.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct ServeFlags {
    /// For tests: POST /clock with `ms` moves the clock ahead; starts with this offset, in ms
    #[arg(
        long,
        value_name = "MS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "0"
    )]
    pub(crate) test_clock: Option<u32>,
}
