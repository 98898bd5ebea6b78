//! Background jobs: sending mails, erasing words whose time is over, and deleting expired rows.
//!
//! One loop: it does everything that is due, then waits on the home's clock until something is due
//! again or any process of the home announces work. Retention is a promise: each kind of data has
//! its period here or beside the rule it belongs to.

use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, guests, invitations, mails, rounds as round_rows, sessions, sign_ins};

use crate::door::sessions::SESSION_IDLE_MAX;
use crate::door::{guests as guest_rules, sign_in};
use crate::events::WORK_TOPIC;
use crate::home::Home;
use crate::mail::{self, MailRoute};
use crate::rounds;

/// Interval between deletions of expired rows.
const FORGET_EVERY: Span = Span::from_mins(60);
/// Pause after a job failed.
const FAILED_JOB_PAUSE: Span = Span::from_mins(1);
/// Retention of an invitation's row after its end, so that the keeper sees what became of it.
const ENDED_INVITATION_KEPT: Span = Span::from_days(30);
/// Retention of the emptied row of a mail.
const EMPTY_MAIL_ROW_KEPT: Span = Span::from_days(7);

/// Numbers of deleted rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Guests who came [`guest_rules::LASTS`] ago or earlier.
    pub guests: u64,
    /// Expired sign-in requests.
    pub sign_ins: u64,
    /// Ended sessions.
    pub sessions: u64,
    /// Invitations that ended long ago.
    pub invitations: u64,
    /// Emptied rows of mails.
    pub mails: u64,
    /// Emptied rows of rounds whose words vanished long ago.
    pub rounds: u64,
}

/// Runs all jobs until the future is dropped.
pub async fn run_jobs(home: &Home) {
    let mut way = MailRoute::default();
    let mut forget_at = home.clock.now();
    // Subscribe before looking, so that work announced meanwhile is not missed.
    let mut work = home.subscribe(WORK_TOPIC);
    loop {
        // One pass handles all work announced until now.
        work.skip_waiting();
        let next_at = match run_due_jobs(home, &mut way, &mut forget_at).await {
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
pub async fn run_due_jobs(
    home: &Home,
    way: &mut MailRoute,
    forget_at: &mut Instant,
) -> Result<Instant, Broken> {
    let now = home.clock.now();
    if now >= *forget_at {
        forget_expired(home).await?;
        *forget_at = now + FORGET_EVERY;
    }
    let words_at = rounds::vanish_due(home).await?;
    let mail_at = mail::send_due(home, way).await?;
    let next = [Some(*forget_at), words_at, mail_at].into_iter().flatten().min();
    Ok(next.unwrap_or(*forget_at))
}

/// Deletes all rows whose retention is over.
pub async fn forget_expired(home: &Home) -> Result<Forgotten, Broken> {
    home.rate_limits.prune();
    let now = home.clock.now();
    let forgotten = home
        .store
        .write(|mut tx| async move {
            let forgotten = Forgotten {
                guests: guests::forget_guests(&mut tx, now - guest_rules::GUEST_KEPT).await?,
                sign_ins: sign_ins::forget_sign_ins(&mut tx, now - sign_in::SIGN_IN_LASTS).await?,
                sessions: sessions::forget_sessions(&mut tx, now, now - SESSION_IDLE_MAX).await?,
                invitations: invitations::forget_invitations(&mut tx, now - ENDED_INVITATION_KEPT)
                    .await?,
                mails: mails::forget_mails(&mut tx, now - EMPTY_MAIL_ROW_KEPT).await?,
                rounds: round_rows::forget_rounds(&mut tx, now - rounds::EMPTIED_ROUND_KEPT)
                    .await?,
            };
            Ok::<_, Broken>(tx.done(forgotten))
        })
        .await?;
    // This also removes from the file what people have erased themselves since the last run.
    home.store.checkpoint().await?;
    if forgotten != Forgotten::default() {
        tracing::debug!(?forgotten, "the home forgot");
    }
    Ok(forgotten)
}
