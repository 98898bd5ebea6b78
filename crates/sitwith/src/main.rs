//! Sitwith: a home on the web for people who practise together. This crate is the program: it reads
//! the command line and the settings of the machine, and wires the other crates together.

mod command;
mod config;
mod demo;
mod doctor;
mod files;
mod formats;
mod media;
mod migrate;
mod open;
mod panics;
mod say;
mod serve;
mod stop;
mod temp;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use crate::command::{Command, ConfigCommand, Given};
use crate::config::{Config, LoadedConfig, Wrong};

fn main() -> ExitCode {
    match run(&Given::parse()) {
        Ok(code) => code,
        Err(wrong) => {
            say::sorry(&wrong.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run(given: &Given) -> Result<ExitCode, Wrong> {
    let LoadedConfig { config, warnings } = config::load(&given.flags)?;
    for warning in &warnings {
        say::warning(warning);
    }
    if let Command::Config { command: ConfigCommand::Explain } = &given.command {
        say::line(&config::explain(&config));
        return Ok(ExitCode::SUCCESS);
    }
    log_to_stderr(&config)?;
    panics::keep_words_out();
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Wrong(format!("no threads to run on: {error}")))?;
    runtime.block_on(async {
        match &given.command {
            Command::Serve(ways) => serve::serve(config, *ways).await,
            Command::Demo(ways) => demo::demo(config, given.flags.folder.is_some(), *ways).await,
            Command::Migrate => migrate::migrate(&config).await,
            Command::Doctor => return Ok(doctor::doctor(&config).await),
            Command::Config { .. } => Ok(()),
        }
        .map(|()| ExitCode::SUCCESS)
    })
}

fn log_to_stderr(config: &Config) -> Result<(), Wrong> {
    let log = tracing_subscriber::fmt()
        .with_env_filter(config.log.filter()?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    log.map_err(|error| Wrong(format!("the log does not open: {error}")))
}
