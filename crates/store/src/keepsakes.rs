//! Keepsakes: private copies that members keep of a round. No page shows them to anyone else.

use sitwith_core::id::{KeepsakeId, MemberId, RoundId};
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

const KEEP: &str = "INSERT INTO keepsake (id, member_id, round_id, sit_title, prompt, words,
    themes, kept_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (member_id, round_id) DO UPDATE SET prompt = excluded.prompt,
    words = excluded.words, themes = excluded.themes";
const FIND: &str = "SELECT * FROM keepsake WHERE member_id = $1 AND round_id = $2";
const OWN: &str = "SELECT * FROM keepsake WHERE member_id = $1 ORDER BY kept_ms DESC, id LIMIT $2";
const COUNT: &str = "SELECT COUNT(*) AS count FROM keepsake WHERE member_id = $1";
const ERASE: &str = "DELETE FROM keepsake WHERE id = $1 AND member_id = $2";
/// What a member takes with them.
pub const EXPORT: &str = "SELECT sit_title AS sit, prompt, words, themes, kept_ms
    FROM keepsake WHERE member_id = $1 ORDER BY kept_ms, id";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[EXPORT, KEEP, FIND, OWN, COUNT, ERASE];

/// Separates the names of themes; no name contains it.
const THEME_SEPARATOR: char = '\n';

/// A member's keepsake of a round. No `Debug`, because it contains their words.
#[derive(Clone, PartialEq, Eq)]
pub struct Keepsake {
    pub id: KeepsakeId,
    pub round: RoundId,
    pub sit_title: String,
    pub prompt: String,
    /// The member's own words.
    pub words: String,
    /// Names of the themes.
    pub themes: Vec<String>,
    pub kept_at: Instant,
}

/// Stores a keepsake, replacing an earlier one of the same round.
pub async fn save_keepsake(
    tx: &mut Tx,
    member: MemberId,
    keepsake: &Keepsake,
) -> Result<(), Broken> {
    let themes: Vec<_> =
        keepsake.themes.iter().map(|theme| theme.replace(THEME_SEPARATOR, " ")).collect();
    let values = args![
        keepsake.id,
        member,
        keepsake.round,
        &keepsake.sit_title,
        &keepsake.prompt,
        &keepsake.words,
        themes.join("\n"),
        keepsake.kept_at
    ];
    tx.execute(KEEP, values).await.map(drop)
}

/// Returns a member's keepsake of a round.
pub async fn find_keepsake(
    tx: &mut Tx,
    member: MemberId,
    round: RoundId,
) -> Result<Option<Keepsake>, Broken> {
    let row = tx.fetch_optional(FIND, args![member, round]).await?;
    row.map(|row| read_keepsake(&row)).transpose()
}

/// Returns a member's keepsakes, newest first, at most `keepsakes_max`.
pub async fn list_keepsakes(
    tx: &mut Tx,
    member: MemberId,
    keepsakes_max: u32,
) -> Result<Vec<Keepsake>, Broken> {
    let rows = tx.fetch_all(OWN, args![member, keepsakes_max]).await?;
    rows.iter().map(read_keepsake).collect()
}

/// Returns the number of a member's keepsakes.
pub async fn count_keepsakes(tx: &mut Tx, member: MemberId) -> Result<u32, Broken> {
    let row = tx.fetch_one(COUNT, args![member]).await?;
    row.get("count")
}

/// Erases a keepsake of this member. Returns `false` when there was none.
pub async fn erase_keepsake(tx: &mut Tx, id: KeepsakeId, member: MemberId) -> Result<bool, Broken> {
    Ok(tx.execute(ERASE, args![id, member]).await? > 0)
}

fn read_keepsake(row: &Row) -> Result<Keepsake, Broken> {
    let themes: String = row.get("themes")?;
    Ok(Keepsake {
        id: row.get("id")?,
        round: row.get("round_id")?,
        sit_title: row.get("sit_title")?,
        prompt: row.get("prompt")?,
        words: row.get("words")?,
        themes: themes
            .split(THEME_SEPARATOR)
            .filter(|theme| !theme.is_empty())
            .map(str::to_owned)
            .collect(),
        kept_at: row.get("kept_ms")?,
    })
}
