//! `sitwith doctor`: checks that the machine meets the requirements of a home, and prints what to
//! do where it does not. Read-only.

mod database;
mod machine;
mod model;
mod reach;
mod sound;

use std::process::ExitCode;

use crate::config::Config;
use crate::terminal;

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    /// A home works, with a restriction.
    Careful,
    /// A home does not work.
    Bad,
}

/// One checked subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    subject: &'static str,
    verdict: Verdict,
    detail: String,
}

impl Finding {
    fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { subject: what, verdict: Verdict::Good, detail: words.into() }
    }

    fn careful(what: &'static str, words: impl Into<String>) -> Self {
        Self { subject: what, verdict: Verdict::Careful, detail: words.into() }
    }

    fn bad(what: &'static str, words: impl Into<String>) -> Self {
        Self { subject: what, verdict: Verdict::Bad, detail: words.into() }
    }

    fn text_line(&self) -> String {
        let mark = match self.verdict {
            Verdict::Good => "good   ",
            Verdict::Careful => "careful",
            Verdict::Bad => "BAD    ",
        };
        format!("{mark}  {:<10}  {}", self.subject, self.detail)
    }
}

/// Runs all checks and prints their findings. Returns a failure when one is [`Verdict::Bad`].
pub(crate) async fn run_doctor(config: &Config) -> ExitCode {
    let mut findings = vec![machine::check_folder(config), machine::check_disk(config)];
    findings.extend(database::check_database(config).await);
    findings.extend([
        machine::check_open_files(config),
        machine::check_clock().await,
        machine::check_zones(),
        model::check_model(config).await,
        machine::check_formats(config),
        reach::check_port(config),
        reach::check_address(config),
        sound::check_media_port(config),
    ]);
    findings.extend(sound::check_media_addrs(config));
    findings.extend(sound::check_turn(config).await);
    for finding in &findings {
        terminal::print_line(&finding.text_line());
    }
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count();
    if bad == 0 {
        terminal::print_line("\nA home can live here.");
        return ExitCode::SUCCESS;
    }
    terminal::print_line(&format!("\nA home cannot live here yet: {bad} to be mended."));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests;
