//! Background jobs: those of the home's [`nouns`], and deleting expired rows.
//!
//! One loop: it does everything that is due, then waits on the home's clock until something is due
//! again or any process of the home announces work. Retention is a promise: each kind of data has
//! its period beside the noun it belongs to.

use std::collections::BTreeMap;

use sitwith_core::time::{Instant, Span};
use sitwith_store::Broken;

use crate::events::WORK_TOPIC;
use crate::home::Home;
use crate::nouns;

/// Interval between deletions of expired rows.
const FORGET_EVERY: Span = Span::from_mins(60);
/// Pause after a job failed.
const FAILED_JOB_PAUSE: Span = Span::from_mins(1);

/// Numbers of deleted rows, by noun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten(BTreeMap<&'static str, u64>);

impl Forgotten {
    /// Number of deleted rows of one noun.
    pub fn of(&self, noun: &str) -> u64 {
        self.0.get(noun).copied().unwrap_or_default()
    }
}

/// Runs all jobs until the future is dropped.
pub async fn run_jobs(home: &Home) {
    let mut forget_at = home.clock.now();
    // Subscribe before looking, so that work announced meanwhile is not missed.
    let mut work = home.subscribe(WORK_TOPIC);
    loop {
        // One pass handles all work announced until now.
        work.skip_waiting();
        let next_at = match run_due_jobs(home, &mut forget_at).await {
            Ok(next_at) => next_at,
            Err(broken) => {
                let code = broken.code();
                tracing::error!(code, "a job stopped: {}", broken.chain());
                home.clock.now() + FAILED_JOB_PAUSE
            }
        };
        tokio::select! {
            () = home.clock.sleep_until(next_at) => {}
            _laid_ready = work.next() => {}
        }
    }
}

/// Does everything that is due and returns when to run again. Tests call this directly.
pub async fn run_due_jobs(home: &Home, forget_at: &mut Instant) -> Result<Instant, Broken> {
    let now = home.clock.now();
    if now >= *forget_at {
        forget_expired(home).await?;
        *forget_at = now + FORGET_EVERY;
    }
    let next_at = nouns::run_due_jobs(home).await?;
    Ok(next_at.map_or(*forget_at, |at| at.min(*forget_at)))
}

/// Deletes all rows whose retention is over.
pub async fn forget_expired(home: &Home) -> Result<Forgotten, Broken> {
    home.rate_limits.prune();
    let now = home.clock.now();
    let forgotten = home
        .store
        .write(|mut tx| async move {
            let rows = nouns::forget_rows(&mut tx, now).await?;
            Ok::<_, Broken>(tx.done(Forgotten(rows)))
        })
        .await?;
    // This also removes from the file what people have erased themselves since the last run.
    home.store.checkpoint().await?;
    if forgotten.0.values().any(|rows| *rows > 0) {
        tracing::debug!(?forgotten, "the home forgot");
    }
    Ok(forgotten)
}
