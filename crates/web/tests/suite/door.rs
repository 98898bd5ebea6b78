//! The door as browsers meet it: who may do what, what pages say, what stays secret.

mod existing;
mod headers;
mod help;
mod keeper;
mod pages;
mod permissions;
mod promises;
mod quiet_log;
mod refusals;
mod sign_in;

use sitwith_app::sits::find_sit;
use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::time::Span;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestHome, people};

/// How long before the first sit the tests begin: its door opens a quarter of an hour before.
const TO_THE_OPEN_DOOR: Span = Span::from_mins(20);

/// A sit of Ana's this evening that guests may come to: its id and its link.
async fn a_sit(home: &TestHome) -> (SitId, String) {
    let id = make_as_ana(home, draft_tuesdays(plan_templates().remove(0).2)).await;
    let ana = Person::Member(people::ana());
    let seen = find_sit(&home.home, &ana, id).await.unwrap();
    (id, seen.sit.link)
}

/// The six digits and the link's token of the one letter that lies ready.
async fn letter(home: &TestHome) -> (String, String) {
    let letters = home.take_mails().await;
    let [sent] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    let words = &sent.mail.text;
    let digits = words.lines().find(|line| line.starts_with("    ")).unwrap().trim();
    let link = words.split("/sign-in/").nth(1).unwrap();
    (digits.to_owned(), link.split_whitespace().next().unwrap().to_owned())
}
