//! Blocks: people who were taken out of a sit, by which guide, and the note for the keeper.

use sitwith_core::id::{BlockId, GuestId, MemberId, SitId};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] =
    &[EXPORT, INSERT, HAS_MEMBER, HAS_GUEST, OF_SIT, OF_MEMBER, FIND, LIST, DELETE];

const INSERT: &str = "INSERT INTO block (id, sit_id, member_id, guest_id, by_id, note, at_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
const HAS_MEMBER: &str = "SELECT id FROM block WHERE sit_id = $1 AND member_id = $2";
const HAS_GUEST: &str = "SELECT id FROM block WHERE sit_id = $1 AND guest_id = $2";
const OF_SIT: &str = "SELECT member_id, guest_id FROM block WHERE sit_id = $1";
const OF_MEMBER: &str = "SELECT sit_id FROM block WHERE member_id = $1";
const FIND: &str = "SELECT sit_id, member_id, guest_id FROM block WHERE id = $1";
const LIST: &str = "SELECT block.id, block.note, block.at_ms, sit.title AS sit_title,
    COALESCE(member.name, guest.name) AS name, guide.name AS guide_name, block.guest_id
    FROM block JOIN sit ON sit.id = block.sit_id
    LEFT JOIN member ON member.id = block.member_id
    LEFT JOIN guest ON guest.id = block.guest_id
    LEFT JOIN member AS guide ON guide.id = block.by_id
    ORDER BY block.at_ms DESC, block.id DESC LIMIT $1";
const DELETE: &str = "DELETE FROM block WHERE id = $1";
/// What a member takes with them: the blocks that concern them, with the notes they wrote. A
/// guide's note about them is for the keeper.
pub const EXPORT: &str = "SELECT sit.title AS sit, block.at_ms,
    CASE WHEN block.member_id = $1 THEN 'taken out' ELSE 'took somebody out' END AS what,
    CASE WHEN block.by_id = $1 THEN block.note END AS note
    FROM block JOIN sit ON sit.id = block.sit_id
    WHERE block.member_id = $1 OR block.by_id = $1 ORDER BY block.at_ms, block.id";

/// A person who may not enter a sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockRow {
    pub id: BlockId,
    pub sit: SitId,
    /// The person taken out.
    pub who: Sitter,
    /// The guide who took them out.
    pub by: MemberId,
    /// The guide's note for the keeper; may be empty.
    pub note: String,
    pub at: Instant,
}

/// A block with the names shown to the keeper.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedBlock {
    pub id: BlockId,
    /// Name of the person.
    pub name: String,
    pub is_guest: bool,
    pub sit_title: String,
    /// Name of the guide; none when they have left the home.
    pub guide_name: Option<String>,
    /// The guide's note for the keeper; may be empty.
    pub note: String,
    pub at: Instant,
}

/// Inserts a block. Returns `false` when there was one already; the first stays.
pub async fn insert_block(tx: &mut Tx, block: &BlockRow) -> Result<bool, Broken> {
    let (member, guest) = sitter_columns(block.who);
    let args = args![block.id, block.sit, member, guest, block.by, &block.note, block.at,];
    Ok(tx.execute(INSERT, args).await? == 1)
}

/// Returns `true` if this person may not enter this sit.
pub async fn is_blocked(tx: &mut Tx, sit: SitId, who: Sitter) -> Result<bool, Broken> {
    let row = match who {
        Sitter::Member(id) => tx.fetch_optional(HAS_MEMBER, args![sit, id]).await?,
        Sitter::Guest(id) => tx.fetch_optional(HAS_GUEST, args![sit, id]).await?,
    };
    Ok(row.is_some())
}

/// Returns everyone who may not enter this sit.
pub async fn list_blocked_sitters(tx: &mut Tx, sit: SitId) -> Result<Vec<Sitter>, Broken> {
    let rows = tx.fetch_all(OF_SIT, args![sit]).await?;
    rows.iter().map(read_sitter).collect()
}

/// Returns the sits this member may not enter.
pub async fn list_blocked_sits(tx: &mut Tx, id: MemberId) -> Result<Vec<SitId>, Broken> {
    let rows = tx.fetch_all(OF_MEMBER, args![id]).await?;
    rows.iter().map(|row| row.get("sit_id")).collect()
}

/// Returns the sit and the person of a block.
pub async fn find_block(tx: &mut Tx, id: BlockId) -> Result<Option<(SitId, Sitter)>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    row.map(|row| Ok((row.get("sit_id")?, read_sitter(&row)?))).transpose()
}

/// Returns the home's latest blocks, at most `most`, newest first.
pub async fn list_blocks(tx: &mut Tx, most: u32) -> Result<Vec<ListedBlock>, Broken> {
    let rows = tx.fetch_all(LIST, args![most]).await?;
    rows.iter().map(read_listed_block).collect()
}

/// Erases a block with its note.
pub async fn erase_block(tx: &mut Tx, id: BlockId) -> Result<(), Broken> {
    tx.execute(DELETE, args![id]).await.map(drop)
}

const fn sitter_columns(who: Sitter) -> (Option<MemberId>, Option<GuestId>) {
    match who {
        Sitter::Member(id) => (Some(id), None),
        Sitter::Guest(id) => (None, Some(id)),
    }
}

fn read_sitter(row: &Row) -> Result<Sitter, Broken> {
    match row.get::<Option<MemberId>>("member_id")? {
        Some(id) => Ok(Sitter::Member(id)),
        None => Ok(Sitter::Guest(row.get("guest_id")?)),
    }
}

fn read_listed_block(row: &Row) -> Result<ListedBlock, Broken> {
    Ok(ListedBlock {
        id: row.get("id")?,
        name: row.get("name")?,
        is_guest: row.get::<Option<GuestId>>("guest_id")?.is_some(),
        sit_title: row.get("sit_title")?,
        guide_name: row.get("guide_name")?,
        note: row.get("note")?,
        at: row.get("at_ms")?,
    })
}
