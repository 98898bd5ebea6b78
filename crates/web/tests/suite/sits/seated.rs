//! Somebody who sits in a sit by an open line, for tests of its pages.

use std::sync::Arc;

use sitwith_app::live::{EnterOptions, EnteredSit, SitSocket, TrySendOutcome};
use sitwith_app::sits::open_run;
use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_core::sit::plan::Plan;
use sitwith_core::time::Span;
use sitwith_testkit::proofs::seal_ticket;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestBrowser, TestHome, people};

/// A line that takes what it is offered.
struct Still;

impl SitSocket for Still {
    fn try_send(&self, _frame: &bytes::Bytes) -> TrySendOutcome {
        TrySendOutcome::Accepted
    }

    fn close(&self, _code: u16, _why: &'static str) {}
}

/// Somebody sits down in the sit by an open line. The close code, when they are not let in.
pub(crate) async fn sits_down(home: &TestHome, who: &Person, sit: SitId) -> Result<(), u16> {
    enters(home, who, sit, false).await.map(drop)
}

/// The same, quietly or by name, and the sit with the line.
pub(crate) async fn enters(
    home: &TestHome,
    who: &Person,
    sit: SitId,
    quiet: bool,
) -> Result<EnteredSit, u16> {
    let ana = Person::Member(people::ana());
    let opened = open_run(&home.home, &ana, sit).await.expect("the door is open");
    let ticket = seal_ticket(home, who, opened.run.id, quiet).await;
    let line = Arc::new(Still);
    let coming = EnterOptions::default();
    let entered = home.home.live.enter(&ticket, line, coming).await;
    entered.map_err(|no| no.close_reason().0)
}

/// A home at the open door of a sit with a link, and its guide's browser.
pub(crate) async fn at_the_door(plan: Plan) -> (TestHome, SitId, TestBrowser) {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft_tuesdays(plan)).await;
    home.advance(Span::from_mins(20));
    let ana = home.browser_of(&people::ana()).await;
    (home, sit, ana)
}
