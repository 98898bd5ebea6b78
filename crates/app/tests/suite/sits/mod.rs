//! Sits: who may come and when, what a guide may change, what is kept for oneself.

mod cohort;
mod coming;
mod leading;
mod making;
mod notes;
mod plans;
mod requirements;
mod still;
mod unsure;

use sitwith_app::sits::make::SitDraft;
use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Span;
use sitwith_store::{Broken, runs};
use sitwith_testkit::sits::{FIRST_TUESDAY, draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestHome, people};

/// Tuesdays at half past seven in Toronto, ten minutes of silence, led by Ana.
fn draft() -> SitDraft {
    let phases = vec![Phase::new(PhaseKind::Silence, 600)];
    SitDraft {
        title: "Tuesdays".to_owned(),
        open_to: OpenTo::Home,
        ..draft_tuesdays(Plan::new(phases))
    }
}

fn guide() -> Person {
    Person::Member(people::ana())
}

fn ben() -> Person {
    Person::Member(people::ben())
}

/// Writes down that these people sat in a run that was over; quiet ones are marked.
async fn sat(home: &TestHome, sit: SitId, weeks_ago: i64, who: &[(Member, bool)]) -> RunId {
    let at = FIRST_TUESDAY - Span::from_days(7 * weeks_ago);
    let id = RunId::new(at, home.home.dice.bytes());
    let facts = {
        let mut tx = home.home.store.read().await.expect("a snapshot opens");
        let found = sitwith_store::sits::find_sit(&mut tx, sit).await;
        let sit = found.expect("it can be read").expect("the sit is there");
        sit.run_facts(at)
    };
    let run = sitwith_core::sits::Run { id, sit, facts, over_at: None };
    let run = &run;
    let came = who.iter().map(|(member, quiet)| (Sitter::Member(member.id), *quiet));
    let came = &came.collect::<Vec<_>>();
    let kept: Result<RunId, Broken> = home
        .home
        .store
        .write(|mut tx| async move {
            runs::open_run(&mut tx, run).await?;
            runs::record_attendance(&mut tx, run.id, came).await?;
            runs::mark_over(&mut tx, run.id, at + Span::from_mins(10)).await?;
            Ok(tx.done(run.id))
        })
        .await;
    kept.expect("the run is kept")
}
