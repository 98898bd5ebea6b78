//! What the home does by itself: sending letters, letting words vanish, and forgetting.
//!
//! One loop. It looks, does what is due, and waits on the home's clock until something is due
//! again or work was laid ready, by any process of the home. Forgetting is a promise: each kind
//! has its length here or beside the rule it belongs to.

use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, guests, invitations, mails, rounds as round_rows, sessions, sign_ins};

use crate::door::sessions::IDLE_MAX;
use crate::door::{arrive, guests as guest_rules};
use crate::events::WORK;
use crate::home::Home;
use crate::mail::{self, Way};
use crate::rounds;

/// How often the home forgets.
const FORGET_EVERY: Span = Span::from_mins(60);
/// How long to wait after something broke.
const BROKEN_PAUSE: Span = Span::from_mins(1);
/// An invitation's row is kept for so long after its end, so that the keeper sees what became
/// of it.
const INVITATION_KEPT: Span = Span::from_days(30);
/// The emptied row of a letter is kept for so long.
const MAIL_KEPT: Span = Span::from_days(7);

/// How many rows were forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Guests who came thirty days ago or earlier.
    pub guests: u64,
    /// Askings to sign in whose time is over.
    pub sign_ins: u64,
    /// Sessions that have ended.
    pub sessions: u64,
    /// Invitations long over.
    pub invitations: u64,
    /// Empty rows of letters.
    pub mails: u64,
    /// Empty rows of rounds whose words vanished long ago.
    pub rounds: u64,
}

/// Runs for as long as the home is open. Its owner drops it to stop it.
pub async fn run(home: &Home) {
    let mut way = Way::default();
    let mut forget_at = home.clock.now();
    // Subscribed before looking, so that what is laid ready meanwhile is not missed.
    let mut work = home.subscribe(WORK);
    loop {
        // All that was laid ready until now is seen by looking once.
        work.skip_waiting();
        let next_at = match tick(home, &mut way, &mut forget_at).await {
            Ok(next_at) => next_at,
            Err(broken) => {
                let code = broken.code();
                tracing::error!(code, "a job stopped: {}", broken.chain());
                home.clock.now() + BROKEN_PAUSE
            }
        };
        tokio::select! {
            () = home.clock.sleep_until(next_at) => {}
            _laid_ready = work.next() => {}
        }
    }
}

/// Does everything that is due and says when to look again. Tests call this by hand.
pub async fn tick(home: &Home, way: &mut Way, forget_at: &mut Instant) -> Result<Instant, Broken> {
    let now = home.clock.now();
    if now >= *forget_at {
        forget(home).await?;
        *forget_at = now + FORGET_EVERY;
    }
    let words_at = rounds::vanish_due(home).await?;
    let mail_at = mail::send_due(home, way).await?;
    let next = [Some(*forget_at), words_at, mail_at].into_iter().flatten().min();
    Ok(next.unwrap_or(*forget_at))
}

/// Forgets what has had its time.
pub async fn forget(home: &Home) -> Result<Forgotten, Broken> {
    home.gates.forget();
    let now = home.clock.now();
    let forgotten = home
        .store
        .write(|mut tx| async move {
            let forgotten = Forgotten {
                guests: guests::forget(&mut tx, now - guest_rules::LASTS).await?,
                sign_ins: sign_ins::forget(&mut tx, now - arrive::LASTS).await?,
                sessions: sessions::forget(&mut tx, now, now - IDLE_MAX).await?,
                invitations: invitations::forget(&mut tx, now - INVITATION_KEPT).await?,
                mails: mails::forget(&mut tx, now - MAIL_KEPT).await?,
                rounds: round_rows::forget(&mut tx, now - rounds::EMPTIED_KEPT).await?,
            };
            Ok::<_, Broken>(tx.done(forgotten))
        })
        .await?;
    // Also what people have erased themselves since is gone from the file then.
    home.store.fold().await?;
    if forgotten != Forgotten::default() {
        tracing::debug!(?forgotten, "the home forgot");
    }
    Ok(forgotten)
}
