//! A member's own place, and leaving.

use sitwith_app::door::sessions::authenticate_token;
use sitwith_app::door::sign_in::sign_in_as;
use sitwith_app::fail::Fail;
use sitwith_app::sits::make::end_sit;
use sitwith_app::you::{LeaveHomeNo, ProfileChange, ProfileNo, change_profile, leave_home};
use sitwith_core::member::Member;
use sitwith_core::name::NameNo;
use sitwith_core::sits::OpenTo;
use sitwith_store::members;
use sitwith_testkit::proofs::leads_sit;
use sitwith_testkit::{TestHome, people};

use super::{a_sit, browser, count, rows, run};

async fn ben_now(home: &TestHome) -> Member {
    let mut tx = home.home.store.read().await.unwrap();
    members::find_member(&mut tx, people::ben().id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_member_chooses_their_name_and_zone_and_what_others_see() {
    let home = TestHome::new().await;
    assert!(!ben_now(&home).await.shows_usually, "off until it is turned on");
    let wishes = ProfileChange { name: " Benno ", zone: "Asia/Tokyo", shows_usually: true };
    change_profile(&home.home, &people::ben(), &wishes).await.unwrap();
    let ben = ben_now(&home).await;
    assert_eq!((ben.name.as_str(), ben.zone.as_deref()), ("Benno", Some("Asia/Tokyo")));
    assert!(ben.shows_usually);
    let wishes = ProfileChange { name: "Benno", zone: "", shows_usually: false };
    change_profile(&home.home, &ben, &wishes).await.unwrap();
    let ben = ben_now(&home).await;
    assert_eq!((ben.zone, ben.shows_usually), (None, false));
}

#[tokio::test]
async fn a_name_nobody_can_read_and_a_zone_that_is_none_are_not_taken() {
    let home = TestHome::new().await;
    let no = |wishes: ProfileChange<'static>| {
        let home = home.home.clone();
        async move { change_profile(&home, &people::ben(), &wishes).await }
    };
    let empty = no(ProfileChange { name: " ", zone: "", shows_usually: true }).await;
    assert!(matches!(empty, Err(Fail::No(ProfileNo::Name(NameNo::Nothing)))), "{empty:?}");
    let zone = no(ProfileChange { name: "Ben", zone: "Mars/Base", shows_usually: true }).await;
    assert!(matches!(zone, Err(Fail::No(ProfileNo::NoSuchZone))), "{zone:?}");
    assert_eq!(ben_now(&home).await, people::ben());
}

#[tokio::test]
async fn leaving_erases_what_is_theirs_alone_and_ends_every_session() {
    let home = TestHome::new().await;
    let ben = people::ben();
    let sit = a_sit(&home, OpenTo::Home).await;
    let token = sign_in_as(&home.home, &ben, &browser()).await.unwrap();
    run(
        &home,
        "INSERT INTO run (id, sit_id, planned_ms, plan, came_count, led, begins_itself) \
        SELECT '01K9ZZZZZZZZZZZZZZZZZZZZZZ', id, 1, plan, 1, 1, 0 FROM sit",
    )
    .await;
    run(
        &home,
        "INSERT INTO sat (run_id, member_id, quiet) \
        SELECT run.id, member.id, 0 FROM run, member WHERE member.name = 'Ben'",
    )
    .await;
    run(
        &home,
        "INSERT INTO note (run_id, member_id, line, noted_ms) \
        SELECT run.id, member.id, 'mine', 1 FROM run, member WHERE member.name = 'Ben'",
    )
    .await;
    leave_home(&home.home, &ben).await.unwrap();
    assert!(authenticate_token(&home.home, &token).await.unwrap().is_none());
    for sql in [
        "SELECT COUNT(*) AS rows FROM member WHERE name = 'Ben'",
        "SELECT COUNT(*) AS rows FROM session",
        "SELECT COUNT(*) AS rows FROM sat",
        "SELECT COUNT(*) AS rows FROM note",
    ] {
        assert_eq!(count(&home, sql).await, 0, "{sql}");
    }
    assert_eq!(
        count(&home, "SELECT COUNT(*) AS rows FROM run").await,
        1,
        "the sit's own rows stay"
    );
    drop(sit);
}

#[tokio::test]
async fn a_guide_goes_once_their_sits_are_ended_and_the_keeper_keeps_the_rows() {
    let home = TestHome::new().await;
    let ana = people::ana();
    let sit = a_sit(&home, OpenTo::Home).await;
    let no = leave_home(&home.home, &ana).await;
    assert!(matches!(no, Err(Fail::No(LeaveHomeNo::LeadsSits))), "{no:?}");
    end_sit(&home.home, &leads_sit(&home, sit.id).await).await.unwrap();
    leave_home(&home.home, &ana).await.unwrap();
    let row = rows(&home, "SELECT guide_id FROM sit").await.remove(0);
    assert_eq!(row.get::<String>("guide_id").unwrap(), people::kim().id.to_string());
}

#[tokio::test]
async fn the_last_keeper_stays() {
    let home = TestHome::new().await;
    let no = leave_home(&home.home, &people::kim()).await;
    assert!(matches!(no, Err(Fail::No(LeaveHomeNo::LastKeeper))), "{no:?}");
    assert_eq!(count(&home, "SELECT COUNT(*) AS rows FROM member").await, 5);
}

#[tokio::test]
async fn no_table_has_a_place_for_when_somebody_left_or_how_long_they_stayed() {
    let home = TestHome::new().await;
    let sql = "SELECT m.name || '.' || p.name AS place FROM sqlite_master AS m \
        JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' ORDER BY m.name, p.name";
    let rows = rows(&home, sql).await;
    let places: Vec<String> = rows.iter().map(|row| row.get("place").unwrap()).collect();
    assert!(places.iter().any(|place| place == "member.name"), "{places:?}");
    for place in &places {
        for word in ["left", "stayed", "streak", "score", "level", "badge", "recording", "duration"]
        {
            assert!(!place.contains(word), "{place}");
        }
    }
}
