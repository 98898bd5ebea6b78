//! Rounds: prompt, progress, and the names of themes. The shares are in
//! [`shares`](crate::shares).

use sitwith_core::id::{RoundId, RunId, ShareId, SitId};
use sitwith_core::sit::plan::Keeps;
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

const POSE: &str = "INSERT INTO round (id, sit_id, run_id, phase, place, prompt, help, reads_first,
    keeps, posed_ms, closes_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT * FROM round WHERE id = $1";
const OF_PHASE: &str = "SELECT * FROM round WHERE run_id = $1 AND phase = $2
    ORDER BY place DESC LIMIT 1";
const OF_SIT: &str = "SELECT * FROM round WHERE sit_id = $1
    AND (vanished_ms IS NULL OR keeps = 'quilt')
    ORDER BY posed_ms DESC, id LIMIT $2";
const LIVING: &str = "SELECT * FROM round WHERE vanished_ms IS NULL ORDER BY posed_ms, id";
const WITH_WORDS: &str = "SELECT DISTINCT round_id FROM share WHERE words IS NOT NULL
    ORDER BY round_id";
const CLOSED: &str = "UPDATE round SET closed_ms = $2 WHERE id = $1 AND closed_ms IS NULL";
const OPENED: &str = "UPDATE round SET opened_ms = $2 WHERE id = $1 AND opened_ms IS NULL";
const READ_OVER: &str = "UPDATE round SET read_over_ms = $2 WHERE id = $1 AND read_over_ms IS NULL";
const KEEPS: &str = "UPDATE round SET keeps = $2 WHERE id = $1";
const VANISHED: &str = "UPDATE round SET vanished_ms = $2 WHERE id = $1";
const UNASK: &str = "UPDATE round SET prompt = '', help = '' WHERE id = $1";
const FORGET: &str = "DELETE FROM round WHERE keeps = 'nothing' AND vanished_ms <= $1";
const CLEAR_THEMES: &str = "DELETE FROM theme WHERE round_id = $1";
const THEME: &str = "INSERT INTO theme (round_id, number, place, dye, name, quote)
    VALUES ($1, $2, $3, $4, $5, $6)";
const THEMES: &str = "SELECT * FROM theme WHERE round_id = $1 ORDER BY place";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[
    POSE,
    FIND,
    OF_PHASE,
    OF_SIT,
    LIVING,
    WITH_WORDS,
    CLOSED,
    OPENED,
    READ_OVER,
    KEEPS,
    VANISHED,
    UNASK,
    FORGET,
    CLEAR_THEMES,
    THEME,
    THEMES,
];

/// A stored round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundRow {
    pub id: RoundId,
    pub sit: SitId,
    /// Run and phase; none for a round between sits.
    pub at: Option<(RunId, u16)>,
    /// Index of the prompt within its phase.
    pub prompt_index: u16,
    pub prompt: String,
    /// Help text; may be empty.
    pub help: String,
    /// The guide reads the shares before the circle does.
    pub reads_first: bool,
    /// The part that stays when the words are erased.
    pub keeps: Keeps,
    pub posed_at: Instant,
    /// When a round between sits closes by itself.
    pub closes_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    /// When its quilt was opened to the circle.
    pub opened_at: Option<Instant>,
    /// When a guide first changed the themes.
    pub read_over_at: Option<Instant>,
    /// When its words were erased.
    pub vanished_at: Option<Instant>,
}

/// The stored name of a theme.
#[derive(Clone, PartialEq, Eq)]
pub struct ThemeRow {
    /// Number of the theme within the round.
    pub number: u32,
    pub dye: u8,
    /// The guide's own name for it.
    pub name: Option<String>,
    /// The share it is named after, once the vectors are gone.
    pub quote: Option<ShareId>,
}

/// Inserts a round. Returns the existing one when this id, or this prompt of the phase, has a round
/// already.
pub async fn insert_round(tx: &mut Tx, round: &RoundRow) -> Result<RoundRow, Broken> {
    let (run, phase) = round.at.unzip();
    let values = args![
        round.id,
        round.sit,
        run,
        phase,
        round.prompt_index,
        &round.prompt,
        &round.help,
        round.reads_first,
        round.keeps.word(),
        round.posed_at,
        round.closes_at
    ];
    let posed = tx.execute(POSE, values).await?;
    let found = match round.at {
        Some((run, phase)) if posed == 0 => find_phase_round(tx, run, phase).await?,
        _ => find_round(tx, round.id).await?,
    };
    found.ok_or_else(|| Broken::new("posing a round", "it is not there"))
}

pub async fn find_round(tx: &mut Tx, id: RoundId) -> Result<Option<RoundRow>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    row.map(|row| read_round(&row)).transpose()
}

/// Returns the latest round of a phase.
pub async fn find_phase_round(
    tx: &mut Tx,
    run: RunId,
    phase: u16,
) -> Result<Option<RoundRow>, Broken> {
    let row = tx.fetch_optional(OF_PHASE, args![run, phase]).await?;
    row.map(|row| read_round(&row)).transpose()
}

/// Returns the latest rounds of a sit, at most `rounds_max`: those whose words are not erased yet
/// and those whose quilt was kept.
pub async fn list_sit_rounds(
    tx: &mut Tx,
    sit: SitId,
    rounds_max: u32,
) -> Result<Vec<RoundRow>, Broken> {
    let rows = tx.fetch_all(OF_SIT, args![sit, rounds_max]).await?;
    rows.iter().map(read_round).collect()
}

/// Returns all rounds whose words are not erased yet.
pub async fn list_living_rounds(tx: &mut Tx) -> Result<Vec<RoundRow>, Broken> {
    let rows = tx.fetch_all(LIVING, args![]).await?;
    rows.iter().map(read_round).collect()
}

/// Returns the ids of all rounds that still have words.
pub async fn list_with_words(tx: &mut Tx) -> Result<Vec<RoundId>, Broken> {
    let rows = tx.fetch_all(WITH_WORDS, args![]).await?;
    rows.iter().map(|row| row.get("round_id")).collect()
}

/// Marks a round as closed: it takes no more shares.
pub async fn mark_closed(tx: &mut Tx, id: RoundId, at: Instant) -> Result<(), Broken> {
    tx.execute(CLOSED, args![id, at]).await.map(drop)
}

/// Marks a round as opened: the circle sees the quilt.
pub async fn mark_opened(tx: &mut Tx, id: RoundId, at: Instant) -> Result<(), Broken> {
    tx.execute(OPENED, args![id, at]).await.map(drop)
}

/// Records that a guide has changed the themes. The first time stays.
pub async fn mark_read_over(tx: &mut Tx, id: RoundId, at: Instant) -> Result<(), Broken> {
    tx.execute(READ_OVER, args![id, at]).await.map(drop)
}

/// Sets the part that stays when the words are erased.
pub async fn set_keeps(tx: &mut Tx, id: RoundId, keeps: Keeps) -> Result<(), Broken> {
    tx.execute(KEEPS, args![id, keeps.word()]).await.map(drop)
}

/// Marks the words as erased, and with `unask` erases the prompt too.
pub async fn mark_vanished(
    tx: &mut Tx,
    id: RoundId,
    at: Instant,
    unask: bool,
) -> Result<(), Broken> {
    if unask {
        tx.execute(UNASK, args![id]).await?;
    }
    tx.execute(VANISHED, args![id, at]).await.map(drop)
}

/// Erases rounds of which nothing is kept and whose words were erased at or before this instant.
/// Returns the number of rows erased.
pub async fn forget_rounds(tx: &mut Tx, vanished_until: Instant) -> Result<u64, Broken> {
    tx.execute(FORGET, args![vanished_until]).await
}

/// Stores the names of the themes, in the order of the quilt.
pub async fn set_themes(tx: &mut Tx, id: RoundId, themes: &[ThemeRow]) -> Result<(), Broken> {
    tx.execute(CLEAR_THEMES, args![id]).await?;
    for (place, theme) in (0_u32..).zip(themes) {
        let quote = theme.quote.map(|quote| quote.to_string());
        let dye = u32::from(theme.dye);
        let values = args![id, theme.number, place, dye, &theme.name, quote];
        tx.execute(THEME, values).await?;
    }
    Ok(())
}

/// Returns the names of the themes, in the order of the quilt.
pub async fn list_themes(tx: &mut Tx, id: RoundId) -> Result<Vec<ThemeRow>, Broken> {
    let rows = tx.fetch_all(THEMES, args![id]).await?;
    let read = rows.iter().map(|row| {
        let quote: Option<String> = row.get("quote")?;
        Ok(ThemeRow {
            number: row.get("number")?,
            dye: u8::try_from(row.get::<u32>("dye")?).unwrap_or(0),
            name: row.get("name")?,
            quote: quote.and_then(|quote| quote.parse().ok()),
        })
    });
    read.collect()
}

fn read_round(row: &Row) -> Result<RoundRow, Broken> {
    let run: Option<RunId> = row.get("run_id")?;
    let phase: Option<u16> = row.get("phase")?;
    Ok(RoundRow {
        id: row.get("id")?,
        sit: row.get("sit_id")?,
        at: run.zip(phase),
        prompt_index: row.get("place")?,
        prompt: row.get("prompt")?,
        help: row.get("help")?,
        reads_first: row.get("reads_first")?,
        keeps: row.parse_column("keeps", Keeps::from_word)?,
        posed_at: row.get("posed_ms")?,
        closes_at: row.get("closes_ms")?,
        closed_at: row.get("closed_ms")?,
        opened_at: row.get("opened_ms")?,
        read_over_at: row.get("read_over_ms")?,
        vanished_at: row.get("vanished_ms")?,
    })
}
