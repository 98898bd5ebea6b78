//! Proofs of what the people of a test may do.

use sitwith_app::access::{AsGuide, AsKeeper, LeadsRound, LeadsRun, LeadsSit};
use sitwith_app::live::ticket::Ticket;
use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::member::Person;

use crate::{TestHome, people};

/// Ana, shown to be a guide.
pub fn as_guide(home: &TestHome) -> AsGuide {
    home.home.access(&ana()).guide().expect("Ana is a guide")
}

/// Kim, shown to be a keeper.
pub fn as_keeper(home: &TestHome) -> AsKeeper {
    let kim = Person::Member(people::kim());
    home.home.access(&kim).keeper().expect("Kim is a keeper")
}

/// Ana, shown to lead this sit.
pub async fn leads(home: &TestHome, sit: SitId) -> LeadsSit {
    home.home.access(&ana()).led_sit(sit).await.expect("Ana leads it")
}

/// Ana, shown to lead this run.
pub async fn leads_run(home: &TestHome, run: RunId) -> LeadsRun {
    home.home.access(&ana()).led_run(run).await.expect("Ana leads it")
}

/// Ana, shown to lead this round.
pub async fn leads_round(home: &TestHome, round: RoundId) -> LeadsRound {
    home.home.access(&ana()).led_round(round).await.expect("Ana leads it")
}

/// A sealed ticket to this run for somebody who is no stranger: as one who leads it, if they do.
pub async fn ticket(home: &TestHome, who: &Person, run: RunId, quiet: bool) -> String {
    let ticket = Ticket::new(who, run, quiet, home.home.clock.now()).expect("no stranger");
    let led = home.home.access(who).led_run(run).await.ok();
    ticket.led(led.as_ref()).seal(&home.home.settings().ticket_key)
}

fn ana() -> Person {
    Person::Member(people::ana())
}
