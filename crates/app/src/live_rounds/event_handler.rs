//! Event handlers of living rounds: a phase began, the running order changed, or a room missed the
//! state of its round.

use std::sync::Arc;

use sitwith_core::id::RunId;
use sitwith_store::{Broken, runs};
use tokio::task::JoinHandle;

use super::{LiveRound, LiveRounds, read_timeline};
use crate::events::{BusEvent, Event, ROUND_REQUESTS_TOPIC, RUNS_TOPIC, next_event};
use crate::requests::run_name;

impl LiveRounds {
    /// Spawns the tasks that handle events for living rounds.
    pub(crate) fn subscribe(&self) -> Vec<JoinHandle<()>> {
        let (mut runs, mut wishes) =
            (self.base().subscribe(RUNS_TOPIC), self.base().subscribe(ROUND_REQUESTS_TOPIC));
        let (hears_runs, hears_wishes) = (self.clone(), self.clone());
        vec![
            tokio::spawn(async move {
                while let Some(heard) = next_event(&mut runs).await {
                    hears_runs.handle_run_event(heard).await;
                }
            }),
            tokio::spawn(async move {
                // Whatever the event: publishing the state once too often does no harm.
                while next_event(&mut wishes).await.is_some() {
                    hears_wishes.tell_all_rooms().await;
                }
            }),
        ]
    }

    async fn handle_run_event(&self, heard: BusEvent) {
        match heard {
            BusEvent::Local(Event::PhaseBegan { run, phase }) => {
                // The database may be slow: other events must not wait for it.
                let rounds = self.clone();
                drop(tokio::spawn(async move { rounds.pose_begun_phase(run, phase).await }));
            }
            BusEvent::Local(Event::RunChanged { run })
            | BusEvent::Remote(Event::RunChanged { run }) => {
                for living in self.living_rounds() {
                    if living.run() == Some(run) {
                        living.wake_driver();
                    }
                }
            }
            // The process in which a run lives poses the rounds of its phases.
            BusEvent::Local(_) | BusEvent::Remote(_) => {}
            BusEvent::Missed => {
                if let Err(broken) = self.reread_runs().await {
                    let code = broken.code();
                    tracing::error!(code, "runs were not read again: {}", broken.chain());
                }
            }
        }
    }

    /// Poses the round of a phase that has begun, and notifies the room. If that fails, the first
    /// request for its page poses it.
    async fn pose_begun_phase(&self, run: RunId, phase: u16) {
        if let Err(broken) = self.begin_phase(run, phase).await {
            let code = broken.code();
            tracing::error!(%run, code, "a round was not posed: {}", broken.chain());
        }
    }

    /// After missed events: every round checks when it closes, and the current phase of each run
    /// that lives here gets its round.
    async fn reread_runs(&self) -> Result<(), Broken> {
        for living in self.living_rounds() {
            living.wake_driver();
        }
        let base = self.base();
        let mut tx = base.store.read().await?;
        let going_on = runs::list_unfinished_runs(&mut tx).await?;
        drop(tx);
        for run in going_on {
            if base.bus.is_held_elsewhere(&run_name(run.id)) {
                continue;
            }
            let now = base.clock.now();
            let timeline = read_timeline(base, run.id).await?;
            let timeline = timeline.filter(|timeline| !timeline.is_over(now));
            if let Some(phase) = timeline.and_then(|timeline| timeline.segment_at(now)?.phase) {
                self.begin_phase(run.id, phase).await?;
            }
        }
        Ok(())
    }

    /// Publishes the state of every living round.
    async fn tell_all_rooms(&self) {
        for living in self.living_rounds() {
            living.tell_room();
            // Gives the rooms time to keep up.
            tokio::task::yield_now().await;
        }
    }

    fn living_rounds(&self) -> Vec<Arc<LiveRound>> {
        self.living().values().filter(|living| !living.has_ended()).cloned().collect()
    }
}
