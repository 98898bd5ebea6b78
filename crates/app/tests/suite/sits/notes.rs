//! Notes to oneself: kept as they were written, on the disk before anybody is told so, and read
//! by nobody else.

use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::sits::notes::{Kept, NoteNo, check_in, note_after, own_note, own_notes};
use sitwith_core::id::RunId;
use sitwith_core::member::Person;
use sitwith_core::note::{After, Came, LINE_MAX};
use sitwith_testkit::{TestHome, people};

use super::{ben, draft, guide, made, sat};

const LINE: &str = "  It's raining — \"and\" I sat.\n<b>Twice</b>; 🌧 ";

#[tokio::test]
async fn a_line_comes_back_letter_by_letter_and_only_to_oneself() {
    let home = TestHome::new().await;
    let sit = made(&home, draft()).await;
    let run = sat(&home, sit, 1, &[(people::ben(), false)]).await;
    check_in(&home.home, &ben(), run, Some(Came::StirredUp)).await.unwrap();
    let kept = note_after(&home.home, &ben(), run, Some(After::Hard), Some(LINE)).await.unwrap();
    assert_eq!(kept, Kept::Yes);
    let note = own_note(&home.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(note.came, Some(Came::StirredUp));
    assert_eq!(note.after, Some(After::Hard));
    assert_eq!(note.line.as_deref(), Some(LINE));
    for (name, who) in people::every_role(sit) {
        let notes = own_notes(&home.home, &who).await.unwrap();
        assert_eq!(notes.len(), usize::from(name == "member"), "{name}");
        let note = own_note(&home.home, &who, run).await.unwrap();
        assert_eq!(note.is_some(), name == "member", "{name}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_program_was_ended_at_once() {
    let home = TestHome::new().await;
    let sit = made(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    note_after(&home.home, &ben(), run, Some(After::Comfort), Some(LINE)).await.unwrap();
    let again = home.restarted().await;
    let note = own_note(&again.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(note.line.as_deref(), Some(LINE));
}

#[tokio::test]
async fn a_note_can_be_written_anew_and_taken_back() {
    let home = TestHome::new().await;
    let sit = made(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    note_after(&home.home, &ben(), run, Some(After::Hard), Some("One")).await.unwrap();
    note_after(&home.home, &ben(), run, Some(After::Insight), Some("Two")).await.unwrap();
    let note = own_note(&home.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!((note.after, note.line.as_deref()), (Some(After::Insight), Some("Two")));
    note_after(&home.home, &ben(), run, None, Some("  ")).await.unwrap();
    assert!(own_notes(&home.home, &ben()).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_kept_about_a_guest() {
    let home = TestHome::new().await;
    let sit = made(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    let gil = Person::Guest(people::guest("Gil", sit));
    let kept = check_in(&home.home, &gil, run, Some(Came::Heavy)).await.unwrap();
    assert_eq!(kept, Kept::Guest);
    let kept = note_after(&home.home, &gil, run, Some(After::Comfort), Some(LINE)).await.unwrap();
    assert_eq!(kept, Kept::Guest);
    assert!(own_notes(&home.home, &gil).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_line_too_long_is_refused_and_what_was_kept_stays() {
    let home = TestHome::new().await;
    let sit = made(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    note_after(&home.home, &ben(), run, None, Some("Short.")).await.unwrap();
    let long = "é".repeat(LINE_MAX + 1);
    let refused = note_after(&home.home, &ben(), run, None, Some(&long)).await;
    assert!(matches!(refused, Err(Fail::No(NoteNo::TooLong))));
    let note = own_note(&home.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(note.line.as_deref(), Some("Short."));
    let none = RunId::new(people::BEGIN, [8; 10]);
    let refused = check_in(&home.home, &guide(), none, Some(Came::Light)).await;
    assert!(matches!(refused, Err(Denied::Refused(Refused::Missing))));
}
