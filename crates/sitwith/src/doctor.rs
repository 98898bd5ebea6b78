//! `sitwith doctor`: checks that the machine meets the requirements of a home, and prints what to
//! do where it does not. Read-only.

mod database;
mod machine;
mod model;
mod reach;
mod sound;

use std::process::ExitCode;

use crate::config::Config;
use crate::say;

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// A home works, with a restriction.
    Careful,
    /// A home does not work.
    Bad,
}

/// One checked subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    what: &'static str,
    standing: Standing,
    words: String,
}

impl Finding {
    fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, standing: Standing::Good, words: words.into() }
    }

    fn careful(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, standing: Standing::Careful, words: words.into() }
    }

    fn bad(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, standing: Standing::Bad, words: words.into() }
    }

    fn line(&self) -> String {
        let mark = match self.standing {
            Standing::Good => "good   ",
            Standing::Careful => "careful",
            Standing::Bad => "BAD    ",
        };
        format!("{mark}  {:<10}  {}", self.what, self.words)
    }
}

/// Runs all checks and prints their findings. Returns a failure when one is [`Standing::Bad`].
pub(crate) async fn doctor(config: &Config) -> ExitCode {
    let mut findings = vec![machine::folder(config), machine::disk(config)];
    findings.extend(database::database(config).await);
    findings.extend([
        machine::files(config),
        machine::clock().await,
        machine::zones(),
        model::model(config).await,
        machine::formats(config),
        reach::port(config),
        reach::address(config),
        sound::port(config),
    ]);
    findings.extend(sound::addresses(config));
    findings.extend(sound::turn(config).await);
    for finding in &findings {
        say::line(&finding.line());
    }
    let bad = findings.iter().filter(|finding| finding.standing == Standing::Bad).count();
    if bad == 0 {
        say::line("\nA home can live here.");
        return ExitCode::SUCCESS;
    }
    say::line(&format!("\nA home cannot live here yet: {bad} to be mended."));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests;
