//! Checks of the database, and of the mail settings and help lines in it.

use sitwith_app::help;
use sitwith_store::homes::{self, HelpLineRow, HomeRow};
use sitwith_store::{Broken, DatabaseState, Engine, ServingLease, Store, inspect_database};

use super::Finding;
use crate::config::Config;

const DATABASE: &str = "database";
const SERVED: &str = "served";
const MAIL: &str = "mail";
const HELP: &str = "help lines";

/// Checks the database and, when its migrations are up to date, mail and help lines.
pub(super) async fn check_database(config: &Config) -> Vec<Finding> {
    let file = config.home.folder.join("home.db");
    if config.uses_own_file() && !file.exists() {
        let words = format!("{} is not there yet: `sitwith serve` makes it", file.display());
        return vec![Finding::good(DATABASE, words)];
    }
    let standing = match inspect_database(&config.database_url()).await {
        Ok(standing) => standing,
        Err(broken) => return vec![Finding::bad(DATABASE, broken.chain().to_string())],
    };
    let mut findings = vec![judge_database(&standing), check_served(config).await];
    if standing.applied_count != standing.known_count {
        return findings;
    }
    match read_settings(config).await {
        Ok((home, lines)) => findings.extend([check_mail(home.as_ref()), check_help_lines(&lines)]),
        Err(broken) => findings.push(Finding::bad(DATABASE, broken.chain().to_string())),
    }
    findings
}

/// Reports if a running process serves this home.
async fn check_served(config: &Config) -> Finding {
    match ServingLease::is_held(&config.database_url()).await {
        Ok(true) => Finding::good(SERVED, "a running sitwith; this only reads, beside it"),
        Ok(false) => Finding::good(SERVED, "by nobody now"),
        Err(broken) => Finding::careful(SERVED, broken.chain().to_string()),
    }
}

fn judge_database(standing: &DatabaseState) -> Finding {
    let engine = match standing.engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let DatabaseState { applied_count: steps, known_count: known, .. } = standing;
    if let Some(unsound) = &standing.integrity_error {
        let words = format!("{engine} finds the file damaged: {unsound}; bring back a backup");
        return Finding::bad(DATABASE, words);
    }
    match steps.cmp(known) {
        std::cmp::Ordering::Equal => {
            Finding::good(DATABASE, format!("{engine} answers, at step {steps} of {known}"))
        }
        std::cmp::Ordering::Less => Finding::careful(
            DATABASE,
            format!("{engine} is at step {steps} of {known}: `sitwith migrate` does the rest"),
        ),
        std::cmp::Ordering::Greater => Finding::bad(
            DATABASE,
            format!("{engine} is at step {steps}, this program knows {known}: it is too old"),
        ),
    }
}

/// Reads the keeper's settings (none before the home is opened) and the help lines.
async fn read_settings(config: &Config) -> Result<(Option<HomeRow>, Vec<HelpLineRow>), Broken> {
    let store = Store::open(&config.database_url()).await?;
    let mut tx = store.read().await?;
    let settings = (homes::find_home(&mut tx).await?, homes::list_help_lines(&mut tx).await?);
    drop(tx);
    store.close().await;
    Ok(settings)
}

fn check_mail(home: Option<&HomeRow>) -> Finding {
    match home.and_then(|home| home.smtp.as_ref()) {
        Some(smtp) => Finding::good(MAIL, format!("letters go over {}:{}", smtp.host, smtp.port)),
        None => Finding::careful(
            MAIL,
            "no relay is set: letters stay in the outbox, and nobody can sign in by mail",
        ),
    }
}

fn check_help_lines(lines: &[HelpLineRow]) -> Finding {
    let now = sitwith_wire::clock::Clock::real().now();
    let old = lines.iter().filter(|line| !help::is_fresh(&line.verified_on, now)).count();
    match (lines.len(), old) {
        (0, _) => Finding::good(HELP, "the built-in ones are shown"),
        (all, 0) => Finding::good(HELP, format!("{all} are set")),
        (_, old) => Finding::careful(HELP, format!("{old} were not checked for a long time")),
    }
}
