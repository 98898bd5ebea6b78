//! The door: who comes in, as what, for how long. Each use case with a whole home around it.

mod arrive;
mod engines;
mod gone;
mod guests;
mod invitations;
mod keeper;
mod mail;
mod sessions;
mod you;

use sitwith_app::door::sessions::Browser;
use sitwith_app::sits::make::SitDraft;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::{OpenTo, Sit};
use sitwith_store::{Broken, Row, args, sits};
use sitwith_testkit::TestHome;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};

/// A place to ask from.
const HERE: &str = "192.0.2.7";

fn browser() -> Browser {
    Browser { kind: "A test".to_owned(), session: None }
}

/// A sit that Ana leads on the evening of the test.
async fn a_sit(home: &TestHome, open_to: OpenTo) -> Sit {
    let draft =
        SitDraft { open_to, is_shown: true, ..draft_tuesdays(plan_templates().remove(0).2) };
    let id = make_as_ana(home, draft).await;
    let mut tx = home.home.store.read().await.unwrap();
    sits::find_sit(&mut tx, id).await.unwrap().unwrap()
}

/// How many rows a table has.
async fn count(home: &TestHome, sql: &'static str) -> i64 {
    let mut tx = home.home.store.read().await.unwrap();
    tx.fetch_one(sql, args![]).await.unwrap().get("rows").unwrap()
}

/// All rows of a statement.
async fn rows(home: &TestHome, sql: &'static str) -> Vec<Row> {
    let mut tx = home.home.store.read().await.unwrap();
    tx.fetch_all(sql, args![]).await.unwrap()
}

/// Runs one statement, to bring about what cannot be waited for.
async fn run(home: &TestHome, sql: &'static str) {
    let ran: Result<(), Broken> = home
        .home
        .store
        .write(|mut tx| async move {
            tx.execute(sql, args![]).await?;
            Ok(tx.done(()))
        })
        .await;
    ran.unwrap();
}
