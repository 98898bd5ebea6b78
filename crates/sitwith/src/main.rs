//! Sitwith: a home on the web for people who practise together. This crate is the program: it reads
//! the command line and the settings of the machine, and wires the other crates together.

mod command;
mod config;
mod demo;
mod doctor;
mod formats;
mod media;
mod migrate;
mod open;
mod open_files;
mod panics;
mod serve;
mod stop;
mod temp;
mod terminal;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use crate::command::{CliArgs, Command, ConfigCommand};
use crate::config::{Config, FatalError, LoadedConfig};

fn main() -> ExitCode {
    match run_command(&CliArgs::parse()) {
        Ok(code) => code,
        Err(wrong) => {
            terminal::print_error(&wrong.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run_command(given: &CliArgs) -> Result<ExitCode, FatalError> {
    let LoadedConfig { config, warnings } = config::load_config(&given.flags)?;
    for warning in &warnings {
        terminal::print_warning(warning);
    }
    if let Command::Config { command: ConfigCommand::Explain } = &given.command {
        terminal::print_line(&config::explain_config(&config));
        return Ok(ExitCode::SUCCESS);
    }
    log_to_stderr(&config)?;
    panics::install_panic_hook();
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| FatalError(format!("no threads to run on: {error}")))?;
    runtime.block_on(async {
        match &given.command {
            Command::Serve(ways) => serve::serve_home(config, *ways).await,
            Command::Demo(ways) => {
                demo::serve_demo(config, given.flags.folder.is_some(), *ways).await
            }
            Command::Migrate => migrate::migrate_database(&config).await,
            Command::Doctor => return Ok(doctor::run_doctor(&config).await),
            Command::Config { .. } => Ok(()),
        }
        .map(|()| ExitCode::SUCCESS)
    })
}

fn log_to_stderr(config: &Config) -> Result<(), FatalError> {
    let log = tracing_subscriber::fmt()
        .with_env_filter(config.log.filter()?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    log.map_err(|error| FatalError(format!("the log does not open: {error}")))
}
