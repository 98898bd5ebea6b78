//! Notes to oneself: kept as they were written, on the disk before anybody is told so, and read
//! by nobody else.

use sitwith_app::fail::{Denied, Fail, Refused};
use sitwith_app::sits::notes::{
    NoteKept, NoteNo, find_own_note, keep_check_in, keep_note_after, list_own_notes,
};
use sitwith_core::id::RunId;
use sitwith_core::member::Person;
use sitwith_core::note::{AfterNote, CheckIn, NOTE_CHARS_MAX};
use sitwith_testkit::{TestHome, people};

use super::{ben, draft, guide, make_as_ana, sat};

const LINE: &str = "  It's raining — \"and\" I sat.\n<b>Twice</b>; 🌧 ";

#[tokio::test]
async fn a_line_comes_back_letter_by_letter_and_only_to_oneself() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let run = sat(&home, sit, 1, &[(people::ben(), false)]).await;
    keep_check_in(&home.home, &ben(), run, Some(CheckIn::StirredUp)).await.unwrap();
    let kept =
        keep_note_after(&home.home, &ben(), run, Some(AfterNote::Hard), Some(LINE)).await.unwrap();
    assert_eq!(kept, NoteKept::Yes);
    let note = find_own_note(&home.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(note.check_in, Some(CheckIn::StirredUp));
    assert_eq!(note.after_note, Some(AfterNote::Hard));
    assert_eq!(note.own_words.as_deref(), Some(LINE));
    for (name, who) in people::every_role(sit) {
        let notes = list_own_notes(&home.home, &who).await.unwrap();
        assert_eq!(notes.len(), usize::from(name == "member"), "{name}");
        let note = find_own_note(&home.home, &who, run).await.unwrap();
        assert_eq!(note.is_some(), name == "member", "{name}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_program_was_ended_at_once() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    keep_note_after(&home.home, &ben(), run, Some(AfterNote::Comfort), Some(LINE)).await.unwrap();
    let again = home.restarted().await;
    let note = find_own_note(&again.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(note.own_words.as_deref(), Some(LINE));
}

#[tokio::test]
async fn a_note_can_be_written_anew_and_taken_back() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    keep_note_after(&home.home, &ben(), run, Some(AfterNote::Hard), Some("One")).await.unwrap();
    keep_note_after(&home.home, &ben(), run, Some(AfterNote::Insight), Some("Two")).await.unwrap();
    let note = find_own_note(&home.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(
        (note.after_note, note.own_words.as_deref()),
        (Some(AfterNote::Insight), Some("Two"))
    );
    keep_note_after(&home.home, &ben(), run, None, Some("  ")).await.unwrap();
    assert!(list_own_notes(&home.home, &ben()).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_kept_about_a_guest() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    let gil = Person::Guest(people::build_guest("Gil", sit));
    let kept = keep_check_in(&home.home, &gil, run, Some(CheckIn::Heavy)).await.unwrap();
    assert_eq!(kept, NoteKept::Guest);
    let kept =
        keep_note_after(&home.home, &gil, run, Some(AfterNote::Comfort), Some(LINE)).await.unwrap();
    assert_eq!(kept, NoteKept::Guest);
    assert!(list_own_notes(&home.home, &gil).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_line_too_long_is_refused_and_what_was_kept_stays() {
    let home = TestHome::new().await;
    let sit = make_as_ana(&home, draft()).await;
    let run = sat(&home, sit, 1, &[]).await;
    keep_note_after(&home.home, &ben(), run, None, Some("Short.")).await.unwrap();
    let long = "é".repeat(NOTE_CHARS_MAX + 1);
    let refused = keep_note_after(&home.home, &ben(), run, None, Some(&long)).await;
    assert!(matches!(refused, Err(Fail::No(NoteNo::TooLong))));
    let note = find_own_note(&home.home, &ben(), run).await.unwrap().unwrap();
    assert_eq!(note.own_words.as_deref(), Some("Short."));
    let none = RunId::new(people::BEGIN, [8; 10]);
    let refused = keep_check_in(&home.home, &guide(), none, Some(CheckIn::Light)).await;
    assert!(matches!(refused, Err(Denied::Refused(Refused::Missing))));
}
