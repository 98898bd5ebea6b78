//! Event handlers of living rounds: a phase began, the running order changed, or a room missed the
//! state of its round.

use std::sync::Arc;

use sitwith_core::id::RunId;
use sitwith_store::{Broken, runs};
use tokio::task::JoinHandle;

use super::{LiveRound, Rounds, read_timeline};
use crate::asks::run_name;
use crate::events::{Event, HeardEvent, ROUND_WISHES, RUNS, next_heard};

impl Rounds {
    /// Spawns the tasks that handle events for living rounds.
    pub(crate) fn subscribe(&self) -> Vec<JoinHandle<()>> {
        let (mut runs, mut wishes) =
            (self.base().subscribe(RUNS), self.base().subscribe(ROUND_WISHES));
        let (hears_runs, hears_wishes) = (self.clone(), self.clone());
        vec![
            tokio::spawn(async move {
                while let Some(heard) = next_heard(&mut runs).await {
                    hears_runs.hear_runs(heard).await;
                }
            }),
            tokio::spawn(async move {
                // Whatever the event: publishing the state once too often does no harm.
                while next_heard(&mut wishes).await.is_some() {
                    hears_wishes.tell_all().await;
                }
            }),
        ]
    }

    async fn hear_runs(&self, heard: HeardEvent) {
        match heard {
            HeardEvent::Here(Event::PhaseBegan { run, phase }) => {
                // The database may be slow: other events must not wait for it.
                let rounds = self.clone();
                drop(tokio::spawn(async move { rounds.pose_begun(run, phase).await }));
            }
            HeardEvent::Here(Event::RunChanged { run })
            | HeardEvent::Elsewhere(Event::RunChanged { run }) => {
                for living in self.all() {
                    if living.run() == Some(run) {
                        living.look_again();
                    }
                }
            }
            // The process in which a run lives poses the rounds of its phases.
            HeardEvent::Here(_) | HeardEvent::Elsewhere(_) => {}
            HeardEvent::Missed => {
                if let Err(broken) = self.read_runs_again().await {
                    let code = broken.code();
                    tracing::error!(code, "runs were not read again: {}", broken.chain());
                }
            }
        }
    }

    /// Poses the round of a phase that has begun, and notifies the room. If that fails, the first
    /// request for its page poses it.
    async fn pose_begun(&self, run: RunId, phase: u16) {
        if let Err(broken) = self.begin(run, phase).await {
            let code = broken.code();
            tracing::error!(%run, code, "a round was not posed: {}", broken.chain());
        }
    }

    /// After missed events: every round checks when it closes, and the current phase of each run
    /// that lives here gets its round.
    async fn read_runs_again(&self) -> Result<(), Broken> {
        for living in self.all() {
            living.look_again();
        }
        let base = self.base();
        let mut tx = base.store.read().await?;
        let going_on = runs::not_over(&mut tx).await?;
        drop(tx);
        for run in going_on {
            if base.bus.is_held_elsewhere(&run_name(run.id)) {
                continue;
            }
            let now = base.clock.now();
            let timeline = read_timeline(base, run.id).await?;
            let timeline = timeline.filter(|timeline| !timeline.is_over(now));
            if let Some(phase) = timeline.and_then(|timeline| timeline.segment(now)?.phase) {
                self.begin(run.id, phase).await?;
            }
        }
        Ok(())
    }

    /// Publishes the state of every living round.
    async fn tell_all(&self) {
        for living in self.all() {
            living.tell_room();
            // Gives the rooms time to keep up.
            tokio::task::yield_now().await;
        }
    }

    fn all(&self) -> Vec<Arc<LiveRound>> {
        self.living().values().filter(|living| !living.has_ended()).cloned().collect()
    }
}
