//! Notes: members' private notes about a run. No page shows them to anyone else.

use sitwith_core::id::{MemberId, RunId, SitId};
use sitwith_core::note::{AfterNote, CheckIn, Note};
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

const CAME: &str = "INSERT INTO note (run_id, member_id, came, noted_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (run_id, member_id) DO UPDATE SET came = excluded.came";
const AFTER: &str = "INSERT INTO note (run_id, member_id, after, line, noted_ms)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (run_id, member_id)
    DO UPDATE SET after = excluded.after, line = excluded.line, noted_ms = excluded.noted_ms";
const FIND: &str = "SELECT note.*, run.planned_ms FROM note JOIN run ON run.id = note.run_id
    WHERE note.run_id = $1 AND note.member_id = $2";
const OWN: &str = "SELECT note.*, run.planned_ms FROM note JOIN run ON run.id = note.run_id
    WHERE note.member_id = $1
    AND (CAST($2 AS TEXT) IS NULL OR run.sit_id = $2)
    AND (note.after IS NOT NULL OR note.line IS NOT NULL OR note.came IS NOT NULL)
    ORDER BY run.planned_ms DESC, note.run_id LIMIT $3";
const ERASE: &str = "DELETE FROM note WHERE run_id = $1 AND member_id = $2";
/// What a member takes with them.
pub const EXPORT: &str =
    "SELECT sit.title AS sit, run.planned_ms, note.came, note.after, note.line,
    note.noted_ms FROM note JOIN run ON run.id = note.run_id JOIN sit ON sit.id = run.sit_id
    WHERE note.member_id = $1 ORDER BY run.planned_ms, note.run_id";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[EXPORT, CAME, AFTER, FIND, OWN, ERASE];

/// Stores a member's check-in.
pub async fn save_check_in(
    tx: &mut Tx,
    (run, member): (RunId, MemberId),
    came: Option<CheckIn>,
    now: Instant,
) -> Result<(), Broken> {
    let values = args![run, member, came.map(CheckIn::words), now];
    tx.execute(CAME, values).await.map(drop)
}

/// Stores how it was for a member afterwards, with an optional line of text.
pub async fn save_afterthought(
    tx: &mut Tx,
    (run, member): (RunId, MemberId),
    after: Option<AfterNote>,
    line: Option<&str>,
    now: Instant,
) -> Result<(), Broken> {
    let values = args![run, member, after.map(AfterNote::word), line, now];
    tx.execute(AFTER, values).await.map(drop)
}

/// Returns a member's note about a run.
pub async fn find_note(tx: &mut Tx, run: RunId, member: MemberId) -> Result<Option<Note>, Broken> {
    tx.fetch_optional(FIND, args![run, member]).await?.map(|row| read_note(&row)).transpose()
}

/// Returns a member's notes, newest first, at most `notes_max`; of one sit, or of all.
pub async fn list_notes(
    tx: &mut Tx,
    member: MemberId,
    sit: Option<SitId>,
    notes_max: u32,
) -> Result<Vec<Note>, Broken> {
    let rows = tx.fetch_all(OWN, args![member, sit, notes_max]).await?;
    rows.iter().map(read_note).collect()
}

/// Erases a member's note about a run.
pub async fn erase_note(tx: &mut Tx, run: RunId, member: MemberId) -> Result<(), Broken> {
    tx.execute(ERASE, args![run, member]).await.map(drop)
}

fn read_note(row: &Row) -> Result<Note, Broken> {
    let came: Option<String> = row.get("came")?;
    let after: Option<String> = row.get("after")?;
    Ok(Note {
        run: row.get("run_id")?,
        planned_at: row.get("planned_ms")?,
        check_in: came.as_deref().and_then(CheckIn::from_words),
        after_note: after.as_deref().and_then(AfterNote::from_word),
        own_words: row.get("line")?,
    })
}
