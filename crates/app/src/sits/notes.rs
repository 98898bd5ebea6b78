//! A member's private notes around a sit. When a page says that a note is kept, it is on disk.
//! Nobody else can read them: every function here takes the person and reads only that person's
//! rows.

use sitwith_core::id::RunId;
use sitwith_core::member::Person;
use sitwith_core::note::{After, Came, LINE_MAX, Note};
use sitwith_store::{Broken, notes, runs};

use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;

/// Maximum number of notes shown back at once.
const OWN_MAX: u32 = 60;

/// Refusals of [`note_after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteNo {
    /// The note is longer than [`LINE_MAX`] characters.
    TooLong,
}

/// Result of storing a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Stored on disk.
    Yes,
    /// The person is a guest: nothing is stored about guests.
    Guest,
}

/// Stores how a member felt on arriving.
pub async fn check_in(
    home: &Home,
    who: &Person,
    run: RunId,
    came: Option<Came>,
) -> Result<Kept, Denied> {
    let Some(member) = who.member() else {
        return Ok(Kept::Guest);
    };
    let (member, now) = (member.id, home.clock.now());
    home.store
        .write(|mut tx| async move {
            runs::find(&mut tx, run).await?.ok_or(Refused::Missing)?;
            notes::keep_came(&mut tx, (run, member), came, now).await?;
            Ok(tx.done(Kept::Yes))
        })
        .await
}

/// Stores how a member felt on leaving, and a note to themselves exactly as written.
pub async fn note_after(
    home: &Home,
    who: &Person,
    run: RunId,
    after: Option<After>,
    line: Option<&str>,
) -> Result<Kept, Fail<NoteNo>> {
    let line = line.filter(|line| !line.trim().is_empty());
    if line.is_some_and(|line| line.chars().count() > LINE_MAX) {
        return Err(Fail::No(NoteNo::TooLong));
    }
    let Some(member) = who.member() else {
        return Ok(Kept::Guest);
    };
    let (member, now) = (member.id, home.clock.now());
    home.store
        .write(|mut tx| async move {
            runs::find(&mut tx, run).await?.ok_or(Refused::Missing)?;
            notes::keep_after(&mut tx, (run, member), after, line, now).await?;
            Ok(tx.done(Kept::Yes))
        })
        .await
}

/// Returns a member's own note around one run.
pub async fn own_note(home: &Home, who: &Person, run: RunId) -> Result<Option<Note>, Broken> {
    let Some(member) = who.member() else {
        return Ok(None);
    };
    let mut tx = home.store.read().await?;
    notes::find(&mut tx, run, member.id).await
}

/// Returns a member's own notes, the latest first.
pub async fn own_notes(home: &Home, who: &Person) -> Result<Vec<Note>, Broken> {
    let Some(member) = who.member() else {
        return Ok(Vec::new());
    };
    let mut tx = home.store.read().await?;
    notes::own(&mut tx, member.id, None, OWN_MAX).await
}
