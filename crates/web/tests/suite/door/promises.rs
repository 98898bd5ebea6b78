//! The sentences of the privacy page, each held by a test here or by the one it names.
//!
//! Letters are emptied once sent, guests erased after thirty days or when they sign out, sessions
//! end when idle, use is noted by the day, leaving erases, and no table has a place for when
//! somebody left: `crates/app/tests/suite/door`. Quiet seats are named to nobody:
//! the room's own tests in `core`. Nothing comes from elsewhere: `pages.rs` and `headers.rs`.
//! The log: `quiet_log.rs`. Rounds: who is told what, `tests/suite/rounds/attack.rs`; the gate, the vanishing,
//! taking back and keepsakes, `crates/app/tests/rounds`; that nothing leaves, `insight` itself, which
//! knows no network. Sound and picture: no message turns on a microphone or a camera, and nothing
//! writes a sound down: here; who may be heard, the room's tests in `core`; what is sealed,
//! `tests/js/media-seal.test.js` and the journeys; taking somebody out, `crates/app/tests/suite/live`.

use sitwith_testkit::{TestHome, people};

use super::{a_sit, letter};
use crate::outline::outline;

#[tokio::test]
async fn the_page_says_what_these_tests_hold() {
    let home = TestHome::new().await;
    let page = home.browser().get("/privacy").await;
    insta::assert_snapshot!("privacy", outline(&page.body, "main"));
}

#[tokio::test]
async fn only_the_cookies_the_page_speaks_of_are_set() {
    let home = TestHome::new().await;
    let (_, link) = a_sit(&home).await;
    let mut browser = home.browser();
    for path in ["/", "/help", "/privacy", "/accessibility", "/sign-in", &format!("/come/{link}")] {
        browser.get(path).await;
    }
    assert!(browser.cookies().is_empty(), "reading sets none");
    browser.post("/sign-in", &[("email", "ben@example.org")]).await;
    let names: Vec<_> = browser.cookies().keys().collect();
    assert_eq!(names, ["__Host-asked"]);
    let (digits, _) = letter(&home).await;
    browser.post("/sign-in/code", &[("digits", &digits)]).await;
    let names: Vec<_> = browser.cookies().keys().collect();
    assert_eq!(names, ["__Host-sit"]);
    browser.post("/sign-out", &[]).await;
    assert!(browser.cookies().is_empty());
}

#[tokio::test]
async fn one_signs_out_anywhere_from_one_s_own_page() {
    let home = TestHome::new().await;
    let mut here = home.browser_of(&people::ben()).await;
    let mut there = home.browser_of(&people::ben()).await;
    let page = here.get("/you").await;
    assert!(page.body.contains("this one"), "{}", page.body);
    let end = page.body.split("action=\"").find(|part| part.starts_with("/you/sessions/0"));
    let end = end.unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(here.post(&end, &[]).await.status, 303);
    assert_eq!(there.get("/you").await.status, 303, "signed out there");
    assert_eq!(here.get("/you").await.status, 200, "and not here");
}

#[tokio::test]
async fn leaving_the_home_erases_and_signs_out() {
    let home = TestHome::new().await;
    let mut ben = home.browser_of(&people::ben()).await;
    let page = ben.get("/you/leaving").await;
    assert!(page.body.contains("Erase what is mine, and leave"));
    assert_eq!(ben.post("/you/leaving", &[]).await.status, 303);
    assert!(ben.cookies().is_empty());
    assert_eq!(ben.get("/you").await.status, 303);
}

/// No message of the protocol and no form turns on a microphone or a camera: what a guide may ask
/// for is in one list, and none of it is that.
#[test]
fn nobody_but_oneself_turns_a_microphone_or_a_camera_on() {
    use sitwith_core::sit::frame::parse_message;
    let lead =
        |what: &str| parse_message(&format!(r#"{{"k":"lead","do":"{what}","to":3}}"#)).is_ok();
    assert!(lead("ask-mute") && lead("give"), "the list is the one that is read");
    for what in
        ["unmute", "ask-unmute", "mic", "cam", "mic-on", "cam-on", "on", "mine", "record", "mute"]
    {
        assert!(!lead(what), "{what}");
    }
    // What somebody gives is said of one's own seat alone: another's seat is not even read.
    let mine = parse_message(r#"{"k":"mine","mic":true,"cam":false}"#).unwrap();
    let other = parse_message(r#"{"k":"mine","mic":true,"cam":false,"to":3,"seat":3}"#);
    assert_eq!(other.ok(), Some(mine));
}

/// The crate that forwards sound and picture can write nothing down: it opens no file and knows no
/// database; nor does any page of ours ask a browser for a recorder.
#[test]
fn there_is_no_part_that_could_record() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut looked_at = 0;
    for (folder, forbidden) in [
        (
            "media/src",
            &["std::fs", "tokio::fs", "File::create", "OpenOptions", "sitwith_store"][..],
        ),
        ("web/static", &["MediaRecorder", "showSaveFilePicker"][..]),
    ] {
        let mut waiting = vec![crates.join(folder)];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                let inside = std::fs::read_dir(&path).unwrap();
                waiting.extend(inside.map(|entry| entry.unwrap().path()));
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            looked_at += 1;
            for word in forbidden {
                assert!(!text.contains(word), "{}: {word}", path.display());
            }
        }
    }
    assert!(looked_at > 50, "the files are where they were");
}
