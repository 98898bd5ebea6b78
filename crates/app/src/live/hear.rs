//! Event handlers of living sits: the state of rounds, and people who may no longer be in a sit.
//! After missed events the state is read from the database again.

use std::sync::atomic::Ordering;

use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::RoundTold;
use sitwith_core::time::Span;
use sitwith_store::{Broken, guests, members};
use tokio::task::JoinHandle;

use super::{Live, LiveSit};
use crate::events::{Event, HeardEvent, PEOPLE, ROUNDS, next_heard};

/// Minimum window in which browsers fetch the round again, each at a random moment.
const ASK_WITHIN_LEAST: Span = Span::from_ms(500);
/// Growth of that window per person, in milliseconds.
const ASK_MS_A_PERSON: i64 = 2;
/// Maximum of that window.
const ASK_WITHIN_MOST: Span = Span::from_secs(20);

impl Live {
    /// Spawns the tasks that handle events for living sits.
    pub(crate) fn subscribe(&self) -> Vec<JoinHandle<()>> {
        let (mut people, mut rounds) =
            (self.0.base.subscribe(PEOPLE), self.0.base.subscribe(ROUNDS));
        let (hears_people, hears_rounds) = (self.clone(), self.clone());
        vec![
            tokio::spawn(async move {
                while let Some(heard) = next_heard(&mut people).await {
                    hears_people.hear_people(heard).await;
                }
            }),
            tokio::spawn(async move {
                while let Some(heard) = next_heard(&mut rounds).await {
                    hears_rounds.hear_rounds(heard);
                }
            }),
        ]
    }

    async fn hear_people(&self, heard: HeardEvent) {
        match heard {
            // Already applied here before it was published.
            HeardEvent::Here(_) => {}
            HeardEvent::Elsewhere(Event::Removed { sit, who }) => self.remove_here(sit, who).await,
            HeardEvent::Elsewhere(Event::Readmitted { sit, who }) => {
                self.let_in_here(sit, who).await;
            }
            HeardEvent::Elsewhere(Event::Ended { who }) => self.let_go_here(who),
            HeardEvent::Elsewhere(_) => {}
            HeardEvent::Missed => {
                let now_ms = self.0.base.clock.now().ms();
                self.0.tickets_after_ms.store(now_ms, Ordering::Relaxed);
                if let Err(broken) = self.read_people_again().await {
                    let code = broken.code();
                    tracing::error!(code, "who may be here was not read: {}", broken.chain());
                }
            }
        }
    }

    fn hear_rounds(&self, heard: HeardEvent) {
        match heard {
            HeardEvent::Here(Event::RoundTold { run, round, step, v, offered })
            | HeardEvent::Elsewhere(Event::RoundTold { run, round, step, v, offered }) => {
                if let Some(sit) = self.find(run) {
                    let within = ask_within(sit.count().n);
                    sit.tell_round(RoundTold { id: round, step, v, offered, within });
                }
            }
            HeardEvent::Here(_) | HeardEvent::Elsewhere(_) => {}
            HeardEvent::Missed => self.0.base.publish(Event::RoundsAsked),
        }
    }

    /// Checks everybody who sits here against the database, and ends those who were removed or have
    /// left the home.
    async fn read_people_again(&self) -> Result<(), Broken> {
        self.read_removed_again().await?;
        let here = self.all().into_iter().flat_map(|sit| sit.sitters());
        for who in here.collect::<Vec<_>>() {
            if !self.has_home(who).await? {
                self.let_go_here(who);
            }
        }
        Ok(())
    }

    async fn has_home(&self, who: Sitter) -> Result<bool, Broken> {
        let mut tx = self.0.base.store.read().await?;
        match who {
            Sitter::Member(id) => Ok(members::find(&mut tx, id).await?.is_some()),
            Sitter::Guest(id) => Ok(guests::find(&mut tx, id).await?.is_some()),
        }
    }
}

impl LiveSit {
    fn sitters(&self) -> Vec<Sitter> {
        self.state().room.sitters().collect()
    }
}

/// Window in which the browsers of `people` people fetch the round again.
fn ask_within(people: u32) -> Span {
    let grown = Span::from_ms(i64::from(people).saturating_mul(ASK_MS_A_PERSON));
    grown.clamp(ASK_WITHIN_LEAST, ASK_WITHIN_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_room_asks_in_its_own_time() {
        assert_eq!(ask_within(12), ASK_WITHIN_LEAST);
        assert_eq!(ask_within(2_000), Span::from_secs(4));
        assert_eq!(ask_within(u32::MAX), ASK_WITHIN_MOST);
    }
}
