//! A member's private notes around a sit. When a page says that a note is kept, it is on disk.
//! Nobody else can read them: every function here takes the person and reads only that person's
//! rows.

use sitwith_core::id::RunId;
use sitwith_core::member::Person;
use sitwith_core::note::{AfterNote, CheckIn, NOTE_CHARS_MAX, Note};
use sitwith_store::{Broken, notes, runs};

use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};

/// Maximum number of notes shown back at once.
const OWN_NOTES_MAX: u32 = 60;

/// What notes hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "notes",
    tables: &["note"],
    job: None,
    forget: None,
    erase: Erase::ByKeys,
    export: Export::Rows(&[("notes", notes::EXPORT)]),
};

/// Refusals of [`keep_note_after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteNo {
    /// The note is longer than [`NOTE_CHARS_MAX`] characters.
    TooLong,
}

/// Result of storing a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKept {
    /// Stored on disk.
    Yes,
    /// The person is a guest: nothing is stored about guests.
    Guest,
}

/// Stores how a member felt on arriving.
pub async fn keep_check_in(
    home: &Home,
    who: &Person,
    run: RunId,
    came: Option<CheckIn>,
) -> Result<NoteKept, Denied> {
    let Some(member) = who.member() else {
        return Ok(NoteKept::Guest);
    };
    let (member, now) = (member.id, home.clock.now());
    home.store
        .write(|mut tx| async move {
            runs::find_run(&mut tx, run).await?.ok_or(Refused::Missing)?;
            notes::save_check_in(&mut tx, (run, member), came, now).await?;
            Ok(tx.done(NoteKept::Yes))
        })
        .await
}

/// Stores how a member felt on leaving, and a note to themselves exactly as written.
pub async fn keep_note_after(
    home: &Home,
    who: &Person,
    run: RunId,
    after: Option<AfterNote>,
    line: Option<&str>,
) -> Result<NoteKept, Fail<NoteNo>> {
    let line = line.filter(|line| !line.trim().is_empty());
    if line.is_some_and(|line| line.chars().count() > NOTE_CHARS_MAX) {
        return Err(Fail::No(NoteNo::TooLong));
    }
    let Some(member) = who.member() else {
        return Ok(NoteKept::Guest);
    };
    let (member, now) = (member.id, home.clock.now());
    home.store
        .write(|mut tx| async move {
            runs::find_run(&mut tx, run).await?.ok_or(Refused::Missing)?;
            notes::save_afterthought(&mut tx, (run, member), after, line, now).await?;
            Ok(tx.done(NoteKept::Yes))
        })
        .await
}

/// Returns a member's own note around one run.
pub async fn find_own_note(home: &Home, who: &Person, run: RunId) -> Result<Option<Note>, Broken> {
    let Some(member) = who.member() else {
        return Ok(None);
    };
    let mut tx = home.store.read().await?;
    notes::find_note(&mut tx, run, member.id).await
}

/// Returns a member's own notes, the latest first.
pub async fn list_own_notes(home: &Home, who: &Person) -> Result<Vec<Note>, Broken> {
    let Some(member) = who.member() else {
        return Ok(Vec::new());
    };
    let mut tx = home.store.read().await?;
    notes::list_notes(&mut tx, member.id, None, OWN_NOTES_MAX).await
}
