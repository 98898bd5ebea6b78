//! Sits of a cohort, until a page can make them.

use sitwith_core::cohort::Cohort;
use sitwith_core::id::{CohortId, MemberId, SitId};
use sitwith_store::{Broken, cohorts, sits};

use crate::{TestHome, people};

/// Creates a cohort with these members and assigns the sit to it. Returns the cohort.
pub async fn assign_to_cohort(home: &TestHome, sit: SitId, members: &[MemberId]) -> CohortId {
    let id = CohortId::new(people::BEGIN, home.home.dice.bytes());
    let cohort = &Cohort { id, name: "Winter".to_owned(), made_at: people::BEGIN };
    let given: Result<(), Broken> = home
        .home
        .store
        .write(|mut tx| async move {
            cohorts::insert_cohort(&mut tx, cohort).await?;
            for member in members {
                cohorts::add_member(&mut tx, id, *member, people::BEGIN).await?;
            }
            let mut sit = sits::find_sit(&mut tx, sit).await?.expect("the sit is there");
            sit.cohort = Some(id);
            sits::update_sit(&mut tx, &sit).await?;
            Ok(tx.done(()))
        })
        .await;
    given.expect("the sit is given to the cohort");
    id
}
