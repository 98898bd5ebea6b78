//! Access proofs for the people in tests.

use sitwith_app::access::{AsGuide, AsKeeper, LeadsRound, LeadsRun, LeadsSit};
use sitwith_app::live::ticket::Ticket;
use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::member::Person;

use crate::{TestHome, people};

/// Returns the proof that Ana is a guide.
pub fn as_guide(home: &TestHome) -> AsGuide {
    home.home.access(&ana_person()).guide().expect("Ana is a guide")
}

/// Returns the proof that Kim is a keeper.
pub fn as_keeper(home: &TestHome) -> AsKeeper {
    let kim = Person::Member(people::kim());
    home.home.access(&kim).keeper().expect("Kim is a keeper")
}

/// Returns the proof that Ana leads this sit.
pub async fn leads_sit(home: &TestHome, sit: SitId) -> LeadsSit {
    home.home.access(&ana_person()).led_sit(sit).await.expect("Ana leads it")
}

/// Returns the proof that Ana leads this run.
pub async fn leads_run(home: &TestHome, run: RunId) -> LeadsRun {
    home.home.access(&ana_person()).led_run(run).await.expect("Ana leads it")
}

/// Returns the proof that Ana leads this round.
pub async fn leads_round(home: &TestHome, round: RoundId) -> LeadsRound {
    home.home.access(&ana_person()).led_round(round).await.expect("Ana leads it")
}

/// Returns a sealed ticket to this run; for someone who leads it, a leader's.
///
/// # Panics
/// For a stranger.
pub async fn seal_ticket(home: &TestHome, who: &Person, run: RunId, quiet: bool) -> String {
    let ticket = Ticket::new(who, run, quiet, home.home.clock.now()).expect("no stranger");
    let led = home.home.access(who).led_run(run).await.ok();
    ticket.with_lead_proof(led.as_ref()).seal(&home.home.settings().ticket_key)
}

fn ana_person() -> Person {
    Person::Member(people::ana())
}
