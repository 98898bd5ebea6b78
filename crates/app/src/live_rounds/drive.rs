//! The driver task of a living round: it advances the round's time and closes it when due.

use std::sync::Arc;

use sitwith_core::round::RoundInput;
use sitwith_core::time::Span;
use sitwith_store::Broken;

use super::LiveRound;

/// Maximum pause of the driver.
const DRIVE_PAUSE_MAX: Span = Span::from_mins(1);
/// Minimum pause of the driver, so that something that stays due does not keep it busy.
const DRIVE_PAUSE_MIN: Span = Span::from_ms(50);

impl LiveRound {
    /// Spawns the driver and the embedding of shares; both end when the round is released.
    pub(super) fn drive(round: &Arc<Self>) {
        let (driven, read) = (Arc::clone(round), Arc::clone(round));
        tokio::spawn(async move { driven.let_time_pass().await });
        tokio::spawn(async move { read.read_shares().await });
    }

    async fn let_time_pass(self: Arc<Self>) {
        let mut done = None;
        while !self.has_ended() {
            let (due, now) = (self.due_at().await, self.tools.base.clock.now());
            let due = match due {
                Ok(due) => due,
                Err(broken) => return self.break_off(&broken).await,
            };
            let is_due = due.is_some_and(|due| due <= now);
            if is_due && done != due {
                if let Err(broken) = self.tick().await {
                    return self.break_off(&broken).await;
                }
                done = due;
                continue;
            }
            // What is still due after it was handled is handled again a little later, not at once.
            done = None;
            let look_at = due.unwrap_or(now + DRIVE_PAUSE_MAX);
            let look_at = look_at.clamp(now + DRIVE_PAUSE_MIN, now + DRIVE_PAUSE_MAX);
            tokio::select! {
                () = self.tools.base.clock.sleep_until(look_at) => {}
                () = self.wake.notified() => {}
            }
        }
    }

    async fn tick(self: &Arc<Self>) -> Result<(), Broken> {
        let _alone = self.lock_work().await;
        if self.has_ended() {
            return Ok(());
        }
        self.apply_inputs(vec![RoundInput::Tick]).await
    }

    /// Releases the round after a fault; the next request reads it from its rows again.
    async fn break_off(&self, broken: &Broken) {
        self.log(broken, "a round broke off");
        self.release_when_idle().await;
    }

    /// Logs a fault here, since no caller waits for the result.
    pub(crate) fn log(&self, broken: &Broken, what: &'static str) {
        let (round, code) = (self.id(), broken.code());
        tracing::error!(%round, code, "{what}: {}", broken.chain());
    }
}
