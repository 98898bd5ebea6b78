//! Database writes of a living sit: a guide's changes, before they are shown; who came; that the
//! run is over. When somebody left is not stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use sitwith_core::id::{MemberId, RunId};
use sitwith_core::sit::frame;
use sitwith_core::sit::lag::FrameClass;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::{ConnId, Recipients, RoomInput, RoomOutput};
use sitwith_core::sit::run::{RunAction, RunChange, RunChangeNo, check_change};
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, runs};
use tokio::task::JoinSet;

use super::LiveSit;
use super::sit::SitState;
use crate::access::LeadsRun;
use crate::events::Event;
use crate::fail::{Fail, Refused};

/// Minimum interval between writes of who came.
const ATTENDANCE_WRITE_EVERY: Span = Span::from_ms(250);
/// Pause before who came is written again after a database fault.
const ATTENDANCE_RETRY_AFTER: Span = Span::from_secs(5);

/// Maximum number of requested changes considered in one turn. They all ask for the same change:
/// later ones hear the bell of the first.
const ASKED_CHANGES_MAX: usize = 8;

impl LiveSit {
    /// Changes the running order on behalf of a leader. When this returns, the change is stored and
    /// shown. If several people lead, the last change wins.
    ///
    /// It completes even if the caller disconnects meanwhile, since everybody sees what is in the
    /// database.
    pub async fn change(
        self: &Arc<Self>,
        led: &LeadsRun,
        what: RunAction,
    ) -> Result<(), Fail<RunChangeNo>> {
        self.change_as(led_by(led, self.run())?, what).await
    }

    /// As [`LiveSit::change`], for a guide whose permission was checked before.
    pub(super) async fn change_as(
        self: &Arc<Self>,
        guide: MemberId,
        what: RunAction,
    ) -> Result<(), Fail<RunChangeNo>> {
        // Only the home itself begins a sit alone.
        if what == RunAction::BeginAlone {
            return Err(Refused::NotYours.into());
        }
        let sit = Arc::clone(self);
        let kept = tokio::spawn(async move { sit.keep_change(what, Some(guide)).await });
        kept.await.map_err(|error| Broken::new("changing a sit", error.to_string()))?
    }

    async fn keep_change(
        &self,
        what: RunAction,
        by: Option<MemberId>,
    ) -> Result<(), Fail<RunChangeNo>> {
        let _one_at_a_time = self.changing.lock().await;
        // Refuse what does not fit without a database write.
        let (_, place) = self.stamp_change(what)?;
        let run = self.run();
        let kept = self.base.store.write(|mut tx| async move {
            // Stamped inside the transaction, since waiting for the database may take a while.
            let (change, place) = self.stamp_change(what)?;
            runs::append_change(&mut tx, run, place, &change, by).await?;
            Ok::<_, Fail<RunChangeNo>>(tx.done(change))
        });
        match kept.await {
            Ok(change) => {
                self.show_change(change);
                Ok(())
            }
            Err(fail @ (Fail::No(_) | Fail::Refused(_))) => Err(fail),
            Err(Fail::Broken(broken)) => {
                self.reread_changes().await?;
                let (known, place) = (self.state().room.changes().len(), u64::from(place));
                // The connection broke around the commit: what was read back decides.
                let is_kept = u64::try_from(known).is_ok_and(|known| known > place);
                if is_kept { Ok(()) } else { Err(Fail::Broken(broken)) }
            }
        }
    }

    /// Returns the change as it would be made now, and its index among the changes.
    fn stamp_change(&self, what: RunAction) -> Result<(RunChange, u32), Fail<RunChangeNo>> {
        let state = self.state();
        let changes = state.room.changes();
        let latest = changes.last().map(|change| change.at);
        let at = latest.map_or(self.base.clock.now(), |latest| latest.max(self.base.clock.now()));
        let change = RunChange { at, what };
        check_change(state.room.facts(), changes, change).map_err(Fail::No)?;
        Ok((change, u32::try_from(changes.len()).unwrap_or(u32::MAX)))
    }

    fn show_change(&self, change: RunChange) {
        let now = self.base.clock.now();
        self.feed_room(&mut self.state(), RoomInput::RunChanged(change), now);
        self.base.publish(Event::RunChanged { run: self.run() });
    }

    /// Reads the changes from the database and shows those the room does not know.
    async fn reread_changes(&self) -> Result<(), Broken> {
        let mut tx = self.base.store.read().await?;
        let kept = runs::list_changes(&mut tx, self.run()).await?;
        let known = self.state().room.changes().len();
        for change in kept.into_iter().skip(known) {
            self.show_change(change);
        }
        Ok(())
    }

    /// Spawns the pending writes: the change the room wants, changes people requested, the end of
    /// the run, who came. Who came is written at most once per [`ATTENDANCE_WRITE_EVERY`], except
    /// in the last call.
    pub(super) fn keep_pending(self: &Arc<Self>, keeping: &mut JoinSet<()>, last: bool) {
        let (wanted, over, came) = {
            let mut state = self.state();
            let now = self.base.clock.now();
            let is_due = last || state.attendance_due().is_some_and(|due| due <= now);
            let came = if is_due && !state.is_keeping_attendance {
                take_attendance(&mut state.attendance)
            } else {
                Vec::new()
            };
            if !came.is_empty() {
                state.is_keeping_attendance = true;
                state.attendance_from = now + ATTENDANCE_WRITE_EVERY;
            }
            (state.wanted_change.take(), state.over_at.take(), came)
        };
        if let Some(what) = wanted {
            keeping.spawn(Arc::clone(self).keep_wanted(what));
        }
        let asked = std::mem::take(&mut self.state().asked_changes);
        for (line, what) in asked {
            keeping.spawn(Arc::clone(self).keep_asked(line, what));
        }
        if let Some(over_at) = over {
            keeping.spawn(Arc::clone(self).keep_over(over_at));
        }
        if !came.is_empty() {
            keeping.spawn(Arc::clone(self).keep_attendance(came));
        }
    }

    async fn keep_wanted(self: Arc<Self>, what: RunAction) {
        match self.keep_change(what, None).await {
            // A guide made a change meanwhile, or the run is over: the change is no longer wanted.
            Ok(()) | Err(Fail::No(_) | Fail::Refused(_)) => {}
            Err(Fail::Broken(broken)) => {
                self.log(&broken, "the sit could not go on");
            }
        }
    }

    /// Stores a change that somebody in the sit requested, without recording who. A refusal is sent
    /// to their socket only.
    async fn keep_asked(self: Arc<Self>, line: ConnId, what: RunAction) {
        let why = match self.keep_change(what, None).await {
            Ok(()) | Err(Fail::Refused(_)) => return,
            Err(Fail::No(no)) => no.to_string(),
            Err(Fail::Broken(broken)) => {
                self.log(&broken, "a pause could not be kept");
                "That did not reach the home. Try once more.".to_owned()
            }
        };
        let now = self.base.clock.now();
        let mut state = self.state();
        if !state.room.is_silent(now) {
            let (class, to, text) =
                (FrameClass::Momentary, Recipients::One(line), frame::write_not_now(&why));
            state.outbox.push_back(RoomOutput::Send { class, to, text });
            self.wake.notify_one();
        }
    }

    pub(super) async fn keep_over(self: Arc<Self>, over_at: Instant) {
        let run = self.run();
        let kept = self.base.store.write(|mut tx| async move {
            runs::mark_over(&mut tx, run, over_at).await?;
            Ok::<_, Broken>(tx.done(()))
        });
        if let Err(broken) = kept.await {
            self.log(&broken, "that it is over was not kept");
        }
    }

    async fn keep_attendance(self: Arc<Self>, came: Vec<(Sitter, bool)>) {
        let (run, noted) = (self.run(), came.as_slice());
        let kept = self.base.store.write(|mut tx| async move {
            runs::record_attendance(&mut tx, run, noted).await?;
            Ok::<_, Broken>(tx.done(()))
        });
        let kept = kept.await;
        let mut state = self.state();
        state.is_keeping_attendance = false;
        if let Err(broken) = kept {
            self.log(&broken, "who came was not kept");
            state.attendance_from = self.base.clock.now() + ATTENDANCE_RETRY_AFTER;
            for (who, quiet) in came {
                *state.attendance.entry(who).or_default() |= quiet;
            }
        }
    }

    /// Logs a fault here, since no caller waits for the result.
    fn log(&self, broken: &Broken, what: &'static str) {
        let (run, code) = (self.run(), broken.code());
        tracing::error!(%run, code, "{what}: {}", broken.chain());
    }
}

/// Returns who leads this run.
///
/// # Errors
/// [`Refused::NotYours`] if the proof is for another run.
pub(super) fn led_by(proof: &LeadsRun, run: RunId) -> Result<MemberId, Refused> {
    if proof.run() == run { Ok(proof.who()) } else { Err(Refused::NotYours) }
}

fn take_attendance(came: &mut BTreeMap<Sitter, bool>) -> Vec<(Sitter, bool)> {
    std::mem::take(came).into_iter().collect()
}

impl SitState {
    /// Queues a change that somebody in the sit requested.
    pub(super) fn queue_asked_change(&mut self, line: ConnId, what: RunAction) {
        if self.asked_changes.len() < ASKED_CHANGES_MAX {
            self.asked_changes.push_back((line, what));
        }
    }

    /// Time of the next write of who came.
    pub(super) fn attendance_due(&self) -> Option<Instant> {
        (!self.attendance.is_empty() && !self.is_keeping_attendance).then_some(self.attendance_from)
    }
}
