//! Event handlers of living sits: the state of rounds, and people who may no longer be in a sit.
//! After missed events the state is read from the database again.

use std::sync::atomic::Ordering;

use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::RoundTold;
use sitwith_core::time::Span;
use sitwith_store::{Broken, guests, members};
use tokio::task::JoinHandle;

use super::{LiveSit, LiveSits};
use crate::events::{BusEvent, Event, PEOPLE_TOPIC, ROUNDS_TOPIC, next_event};

/// Minimum window in which browsers fetch the round again, each at a random moment.
const REFETCH_WITHIN_MIN: Span = Span::from_ms(500);
/// Growth of that window per person, in milliseconds.
const REFETCH_PER_PERSON_MS: i64 = 2;
/// Maximum of that window.
const REFETCH_WITHIN_MAX: Span = Span::from_secs(20);

impl LiveSits {
    /// Spawns the tasks that handle events for living sits.
    pub(crate) fn subscribe(&self) -> Vec<JoinHandle<()>> {
        let (mut people, mut rounds) =
            (self.0.base.subscribe(PEOPLE_TOPIC), self.0.base.subscribe(ROUNDS_TOPIC));
        let (hears_people, hears_rounds) = (self.clone(), self.clone());
        vec![
            tokio::spawn(async move {
                while let Some(heard) = next_event(&mut people).await {
                    hears_people.handle_people_event(heard).await;
                }
            }),
            tokio::spawn(async move {
                while let Some(heard) = next_event(&mut rounds).await {
                    hears_rounds.handle_round_event(heard);
                }
            }),
        ]
    }

    async fn handle_people_event(&self, heard: BusEvent) {
        match heard {
            // Already applied here before it was published.
            BusEvent::Local(_) => {}
            BusEvent::Remote(Event::Removed { sit, who }) => {
                self.remove_sitter_here(sit, who).await;
            }
            BusEvent::Remote(Event::Readmitted { sit, who }) => {
                self.readmit_sitter_here(sit, who).await;
            }
            BusEvent::Remote(Event::Ended { who }) => self.end_sitter_here(who),
            BusEvent::Remote(_) => {}
            BusEvent::Missed => {
                let now_ms = self.0.base.clock.now().ms();
                self.0.tickets_after_ms.store(now_ms, Ordering::Relaxed);
                if let Err(broken) = self.reread_people().await {
                    let code = broken.code();
                    tracing::error!(code, "who may be here was not read: {}", broken.chain());
                }
            }
        }
    }

    fn handle_round_event(&self, heard: BusEvent) {
        match heard {
            BusEvent::Local(Event::RoundTold { run, round, step, v, offered })
            | BusEvent::Remote(Event::RoundTold { run, round, step, v, offered }) => {
                if let Some(sit) = self.find(run) {
                    let within = refetch_window(sit.count().present);
                    sit.show_round(RoundTold {
                        id: round,
                        step,
                        version: v,
                        share_count: offered,
                        fetch_within: within,
                    });
                }
            }
            BusEvent::Local(_) | BusEvent::Remote(_) => {}
            BusEvent::Missed => self.0.base.publish(Event::RoundsAsked),
        }
    }

    /// Checks everybody who sits here against the database, and ends those who were removed or have
    /// left the home.
    async fn reread_people(&self) -> Result<(), Broken> {
        self.reread_removed().await?;
        let here = self.living_sits().into_iter().flat_map(|sit| sit.sitters());
        for who in here.collect::<Vec<_>>() {
            if !self.is_known(who).await? {
                self.end_sitter_here(who);
            }
        }
        Ok(())
    }

    async fn is_known(&self, who: Sitter) -> Result<bool, Broken> {
        let mut tx = self.0.base.store.read().await?;
        match who {
            Sitter::Member(id) => Ok(members::find_member(&mut tx, id).await?.is_some()),
            Sitter::Guest(id) => Ok(guests::find_guest(&mut tx, id).await?.is_some()),
        }
    }
}

impl LiveSit {
    fn sitters(&self) -> Vec<Sitter> {
        self.state().room.sitters().collect()
    }
}

/// Window in which the browsers of `people` people fetch the round again.
fn refetch_window(people: u32) -> Span {
    let grown = Span::from_ms(i64::from(people).saturating_mul(REFETCH_PER_PERSON_MS));
    grown.clamp(REFETCH_WITHIN_MIN, REFETCH_WITHIN_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_room_asks_in_its_own_time() {
        assert_eq!(refetch_window(12), REFETCH_WITHIN_MIN);
        assert_eq!(refetch_window(2_000), Span::from_secs(4));
        assert_eq!(refetch_window(u32::MAX), REFETCH_WITHIN_MAX);
    }
}
