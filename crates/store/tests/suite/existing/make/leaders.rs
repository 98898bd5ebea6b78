//! A cohort with a sit of its own, and a guide who stepped in.

use sitwith_core::cohort::Cohort;
use sitwith_core::id::CohortId;
use sitwith_core::sits::{Leader, Sit};
use sitwith_store::{Broken, Tx, cohorts, runs, sits, step_ins};
use sitwith_testkit::people::{ben, cleo, kim};

use super::{NOW, ago, people, plan, sit};

pub(super) async fn leaders(tx: &mut Tx) -> Result<(), Broken> {
    let id = CohortId::new(ago(20), [61; 10]);
    let cohort = Cohort { id, name: "Winter \u{2744}".to_owned(), made_at: ago(20) };
    cohorts::insert_cohort(tx, &cohort).await?;
    for member in [ben(), cleo()] {
        cohorts::add_member(tx, id, member.id, ago(19)).await?;
    }
    cohorts::remove_member(tx, id, cleo().id).await?;
    cohorts::add_guide(tx, id, people::noor().id).await?;
    let often = Sit { cohort: Some(id), ..plan::all().remove(1) };
    sits::update_sit(tx, &often).await?;
    let stand_in = Some(Leader { id: people::noor().id, name: people::noor().name });
    sits::set_guides(tx, &Sit { co_guides: Vec::new(), stand_in, ..often }).await?;
    let run = runs::find_last_run(tx, sit(1)).await?.expect("it was held");
    step_ins::insert_step_in(tx, run.id, kim().id, NOW).await
}
