//! What somebody is told who is not sure whether to come, and who is named to whom.

use sitwith_app::sits::make::SitDraft;
use sitwith_app::sits::notes::{keep_check_in, keep_note_after};
use sitwith_app::sits::unsure::{ExpectedCount, load_hesitation, load_last_attendance};
use sitwith_core::id::SitId;
use sitwith_core::member::{Member, Person};
use sitwith_core::note::{AfterNote, CheckIn};
use sitwith_core::sits::OpenTo;
use sitwith_store::{Broken, args};
use sitwith_testkit::proofs::as_guide;
use sitwith_testkit::{TestHome, people};

use super::{ben, draft, make_as_ana, sat};

/// Says that this member may be named.
async fn agrees(home: &TestHome, member: &Member) {
    let id = member.id;
    let kept: Result<(), Broken> = home
        .home
        .store
        .write(|mut tx| async move {
            let sql = "UPDATE member SET shows_usually_since_ms = 1 WHERE id = $1";
            tx.execute(sql, args![id]).await?;
            Ok(tx.done(()))
        })
        .await;
    kept.expect("it is kept");
}

async fn home_with_circle() -> (TestHome, SitId) {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, SitDraft { open_to: OpenTo::Link, ..draft() }).await;
    let (ben, cleo, dora) = (people::ben(), people::cleo(), people::dora());
    sat(&home, sit, 3, &[(cleo.clone(), false), (dora.clone(), false)]).await;
    let last = [(ben, false), (cleo, false), (dora, false), (people::kim(), false)];
    sat(&home, sit, 1, &last).await;
    (home, sit)
}

#[tokio::test]
async fn the_first_time_there_is_nothing_to_tell_and_nothing_is_missing() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let told = load_hesitation(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(told.expected, ExpectedCount::Unknown);
    assert!(told.usual_names.is_empty() && told.own_notes.is_empty() && told.insight.is_none());
}

#[tokio::test]
async fn only_those_who_agreed_are_named_and_only_to_members() {
    let (home, sit) = home_with_circle().await;
    let named =
        async |who: Person| load_hesitation(&home.home, &who, sit).await.unwrap().usual_names;
    assert!(named(ben()).await.is_empty(), "nobody agreed yet");
    agrees(&home, &people::cleo()).await;
    // Kim came once: that is not usually.
    agrees(&home, &people::kim()).await;
    assert_eq!(named(ben()).await, ["Cleo"]);
    let gil = Person::Guest(people::build_guest("Gil", sit));
    assert!(named(gil).await.is_empty(), "guests are told no names");
    let cleo = Person::Member(people::cleo());
    assert!(named(cleo).await.is_empty(), "nobody is told about herself");
}

#[tokio::test]
async fn whoever_sits_quietly_is_counted_and_not_named() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    agrees(&home, &people::cleo()).await;
    for weeks_ago in [1, 2] {
        sat(&home, sit, weeks_ago, &[(people::cleo(), true), (people::dora(), false)]).await;
    }
    let told = load_hesitation(&home.home, &ben(), sit).await.unwrap();
    assert_eq!(told.expected, ExpectedCount::AFew);
    assert!(told.usual_names.is_empty());
    let came = load_last_attendance(&home.home, &as_guide(&home)).await.unwrap().unwrap();
    assert_eq!((came.count, came.names), (2, vec!["Dora".to_owned()]));
}

#[tokio::test]
async fn a_small_number_is_said_softly_and_a_larger_one_as_it_is() {
    let (home, sit) = home_with_circle().await;
    assert_eq!(
        load_hesitation(&home.home, &ben(), sit).await.unwrap().expected,
        ExpectedCount::AFew
    );
    sat(&home, sit, 2, &[(people::ben(), false)]).await;
    assert_eq!(
        load_hesitation(&home.home, &ben(), sit).await.unwrap().expected,
        ExpectedCount::About(3)
    );
}

#[tokio::test]
async fn her_own_notes_come_back_in_her_own_words_and_nobody_elses_do() {
    let (home, sit) = home_with_circle().await;
    let words = ["First.", "I thought I'd leave…\nI stayed.", "  third, with blanks  ", "Fourth."];
    let mut runs = Vec::new();
    for (weeks_ago, line) in (4..8).rev().zip(words) {
        let run = sat(&home, sit, weeks_ago, &[(people::ben(), false)]).await;
        let after = if line == "First." { AfterNote::Insight } else { AfterNote::Comfort };
        keep_note_after(&home.home, &ben(), run, Some(after), Some(line)).await.unwrap();
        runs.push(run);
    }
    keep_check_in(&home.home, &ben(), runs[3], Some(CheckIn::Heavy)).await.unwrap();
    let cleo = Person::Member(people::cleo());
    let hers = "Cleo's own line";
    keep_note_after(&home.home, &cleo, runs[3], Some(AfterNote::Insight), Some(hers))
        .await
        .unwrap();

    let told = load_hesitation(&home.home, &ben(), sit).await.unwrap();
    let lines: Vec<_> =
        told.own_notes.iter().filter_map(|note| note.own_words.as_deref()).collect();
    assert_eq!(lines, [words[3], words[2], words[1]]);
    assert_eq!(told.own_notes[0].check_in, Some(CheckIn::Heavy));
    assert_eq!(told.insight.unwrap().own_words.as_deref(), Some("First."));
    assert!(!format!("{:?}", told.own_notes).contains(hers));
}

#[tokio::test]
async fn who_came_is_told_to_those_who_lead_the_sit() {
    let (home, _) = home_with_circle().await;
    let came = load_last_attendance(&home.home, &as_guide(&home)).await.unwrap().unwrap();
    assert_eq!(came.count, 4);
    assert_eq!(came.names, ["Ben", "Cleo", "Dora", "Kim"]);
    let kim = Person::Member(people::kim());
    let kim = home.home.access(&kim).guide().unwrap();
    assert_eq!(
        load_last_attendance(&home.home, &kim).await.unwrap(),
        Some(came),
        "keepers lead every sit"
    );
    let eli = Person::Member(people::eli());
    let eli = home.home.access(&eli).guide().unwrap();
    assert_eq!(
        load_last_attendance(&home.home, &eli).await.unwrap(),
        None,
        "who leads no sit is told nothing"
    );
}
