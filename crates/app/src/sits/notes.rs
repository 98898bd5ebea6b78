//! What a member keeps for herself around a sit. When a page says that it is kept, it is on the
//! disk. Nobody else reads it: every function here takes the person and reads that person's rows.

use sitwith_core::id::RunId;
use sitwith_core::member::Person;
use sitwith_core::note::{After, Came, LINE_MAX, Note};
use sitwith_store::{Broken, notes, runs};

use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;

/// How many of her notes are shown back at once.
const OWN_MAX: u32 = 60;

/// Why a note is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteNo {
    /// The line is longer than we can keep.
    TooLong,
}

/// Whether something was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is on the disk.
    Yes,
    /// This is a guest: nothing is kept about guests.
    Guest,
}

/// Keeps how it is in a member on coming.
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

/// Keeps how it was on going, and a line for oneself exactly as it was written.
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

/// A member's own note around one run.
pub async fn own_note(home: &Home, who: &Person, run: RunId) -> Result<Option<Note>, Broken> {
    let Some(member) = who.member() else {
        return Ok(None);
    };
    let mut tx = home.store.read().await?;
    notes::find(&mut tx, run, member.id).await
}

/// A member's own notes, the latest first.
pub async fn own_notes(home: &Home, who: &Person) -> Result<Vec<Note>, Broken> {
    let Some(member) = who.member() else {
        return Ok(Vec::new());
    };
    let mut tx = home.store.read().await?;
    notes::own(&mut tx, member.id, None, OWN_MAX).await
}
