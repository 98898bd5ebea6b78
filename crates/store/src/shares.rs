//! Shares: the words of one person in a round, or a pass without words. A share stores neither the
//! person nor the time: it belongs to a hand, a keyed hash of round and person that only this home
//! can compute.

use sitwith_core::id::{RoundId, ShareId};

use crate::{Args, Broken, Row, Tx, Value, args};

const OF_HAND: &str = "SELECT * FROM share WHERE round_id = $1 AND hand = $2";
const ALL: &str = "SELECT * FROM share WHERE round_id = $1 AND words IS NOT NULL ORDER BY id";
const COUNT: &str = "SELECT COUNT(*) AS count FROM share WHERE round_id = $1";
const PUT: &str = "INSERT INTO share (id, round_id, hand, words, signed, aloud, beyond, aside)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
    ON CONFLICT (round_id, hand) DO UPDATE SET id = excluded.id, words = excluded.words,
    signed = excluded.signed, aloud = excluded.aloud, beyond = excluded.beyond, aside = 0,
    read_as = NULL, vector = NULL, theme = NULL, shown_in = NULL";
const SHOWN: &str = "UPDATE share SET shown_in = $2 WHERE round_id = $1 AND id IN ($list)";
const READ: &str = "UPDATE share SET read_as = $3, vector = $4 WHERE round_id = $1 AND id = $2
    AND words = $5";
const SEWN: &str = "UPDATE share SET theme = CAST($2 AS BIGINT)
    WHERE round_id = $1 AND id IN ($list)";
const ASIDE: &str = "UPDATE share SET aside = $2 WHERE round_id = $1 AND id IN ($list)";
const KEY: &str = "INSERT INTO share_key (round_id, hand, key_hash) VALUES ($1, $2, $3)
    ON CONFLICT (round_id, hand, key_hash) DO NOTHING";
const KEYS: &str = "SELECT COUNT(*) AS count FROM share_key WHERE round_id = $1 AND hand = $2";
const KNOWS_KEY: &str = "SELECT COUNT(*) AS count FROM share_key
    WHERE round_id = $1 AND hand = $2 AND key_hash = $3";
const ERASE: &str = "DELETE FROM share WHERE round_id = $1";
const ERASE_KEYS: &str = "DELETE FROM share_key WHERE round_id = $1";
const EMPTY_OTHERS: &str = "UPDATE share SET words = NULL, signed = NULL, aloud = 0, aside = 0,
    theme = NULL, shown_in = NULL
    WHERE round_id = $1 AND words IS NOT NULL AND (beyond = 0 OR aside = 1)";
const UNREAD: &str = "UPDATE share SET vector = NULL WHERE round_id = $1 AND vector IS NOT NULL";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[
    OF_HAND,
    ALL,
    COUNT,
    PUT,
    SHOWN,
    READ,
    SEWN,
    ASIDE,
    KEY,
    KEYS,
    KNOWS_KEY,
    ERASE,
    ERASE_KEYS,
    EMPTY_OTHERS,
    UNREAD,
];

/// Maximum number of share ids in one statement.
const SHARES_PER_STATEMENT: usize = 200;

/// Keyed hash of round and person; only this home can compute it.
pub type Hand = [u8; 32];

/// The outcome of embedding the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbeddingOutcome {
    Vector,
    /// A language the model does not support.
    OtherTongue,
    /// No meaningful word.
    TooShort,
}

impl EmbeddingOutcome {
    /// The stored form.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::OtherTongue => "other tongue",
            Self::TooShort => "too short",
        }
    }

    /// Parses the stored form.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Vector, Self::OtherTongue, Self::TooShort]
            .into_iter()
            .find(|read_as| read_as.word() == word)
    }
}

/// A hand's share. No `Debug`, because it contains private words.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareRow {
    /// A random id.
    pub id: ShareId,
    /// The words; none for a pass.
    pub words: Option<String>,
    /// The name it was signed with.
    pub signed: Option<String>,
    /// The guide may read it aloud.
    pub aloud: bool,
    /// It may stay in a kept quilt.
    pub beyond: bool,
    /// A guide has set it aside.
    pub aside: bool,
    /// The outcome of embedding; none until the model has run.
    pub read_as: Option<EmbeddingOutcome>,
    /// The vector as bytes, if there is one.
    pub vector: Option<Vec<u8>>,
    /// Number of its theme.
    pub theme: Option<u32>,
    /// The batch it was shown with.
    pub shown_in: Option<u32>,
}

/// Returns the share of this hand.
pub async fn find_share(
    tx: &mut Tx,
    round: RoundId,
    hand: &Hand,
) -> Result<Option<ShareRow>, Broken> {
    let row = tx.fetch_optional(OF_HAND, args![round, hand]).await?;
    row.map(|row| read_share(&row)).transpose()
}

/// Returns all shares with words, ordered by their random ids.
pub async fn list_shares(tx: &mut Tx, round: RoundId) -> Result<Vec<ShareRow>, Broken> {
    let rows = tx.fetch_all(ALL, args![round]).await?;
    rows.iter().map(read_share).collect()
}

/// Returns the number of people who have shared or passed.
pub async fn count_shares(tx: &mut Tx, round: RoundId) -> Result<u32, Broken> {
    let row = tx.fetch_one(COUNT, args![round]).await?;
    row.get("count")
}

/// Stores a hand's share, replacing its previous one together with its vector.
pub async fn put_share(
    tx: &mut Tx,
    round: RoundId,
    hand: &Hand,
    share: &ShareRow,
) -> Result<(), Broken> {
    let values =
        args![share.id, round, hand, &share.words, &share.signed, share.aloud, share.beyond];
    tx.execute(PUT, values).await.map(drop)
}

/// Marks these shares as shown with this batch.
pub async fn mark_shown(
    tx: &mut Tx,
    round: RoundId,
    batch: u32,
    ids: &[ShareId],
) -> Result<(), Broken> {
    execute_for_shares(tx, SHOWN, args![round, batch], ids).await
}

/// Stores the outcome of embedding exactly these words. Returns `false`, and stores nothing, when
/// the words have changed.
pub async fn save_embedding(
    tx: &mut Tx,
    (round, share): (RoundId, ShareId),
    words: &str,
    read_as: EmbeddingOutcome,
    vector: Option<Vec<u8>>,
) -> Result<bool, Broken> {
    let values = args![round, share, read_as.word(), vector, words];
    Ok(tx.execute(READ, values).await? > 0)
}

/// Sets the theme of these shares; none takes them out of any theme.
pub async fn set_theme(
    tx: &mut Tx,
    round: RoundId,
    theme: Option<u32>,
    ids: &[ShareId],
) -> Result<(), Broken> {
    execute_for_shares(tx, SEWN, args![round, theme], ids).await
}

/// Sets these shares aside, or puts them back.
pub async fn set_aside(
    tx: &mut Tx,
    round: RoundId,
    aside: bool,
    ids: &[ShareId],
) -> Result<(), Broken> {
    execute_for_shares(tx, ASIDE, args![round, aside], ids).await
}

/// Records a submitted form's key. Returns `false` when it was recorded before.
pub async fn record_form_key(
    tx: &mut Tx,
    round: RoundId,
    hand: &Hand,
    key_hash: [u8; 32],
) -> Result<bool, Broken> {
    Ok(tx.execute(KEY, args![round, hand, key_hash]).await? > 0)
}

/// Returns `true` if the key of a submitted form was recorded.
pub async fn knows_form_key(
    tx: &mut Tx,
    round: RoundId,
    hand: &Hand,
    key_hash: [u8; 32],
) -> Result<bool, Broken> {
    let row = tx.fetch_one(KNOWS_KEY, args![round, hand, key_hash]).await?;
    Ok(row.get::<u32>("count")? > 0)
}

/// Returns the number of submitted forms recorded for this hand.
pub async fn count_form_keys(tx: &mut Tx, round: RoundId, hand: &Hand) -> Result<u32, Broken> {
    let row = tx.fetch_one(KEYS, args![round, hand]).await?;
    row.get("count")
}

/// Erases all shares of a round.
pub async fn erase_shares(tx: &mut Tx, round: RoundId) -> Result<(), Broken> {
    tx.execute(ERASE_KEYS, args![round]).await?;
    tx.execute(ERASE, args![round]).await.map(drop)
}

/// Erases all vectors, and all words but those that may stay in a kept quilt. The rows stay: they
/// record that a hand shared or passed.
pub async fn erase_but_beyond(tx: &mut Tx, round: RoundId) -> Result<(), Broken> {
    tx.execute(ERASE_KEYS, args![round]).await?;
    tx.execute(EMPTY_OTHERS, args![round]).await?;
    tx.execute(UNREAD, args![round]).await.map(drop)
}

async fn execute_for_shares(
    tx: &mut Tx,
    sql: &'static str,
    values: Args,
    ids: &[ShareId],
) -> Result<(), Broken> {
    for some in ids.chunks(SHARES_PER_STATEMENT) {
        let list = some.iter().map(|id| Value::from(*id)).collect();
        tx.execute_in(sql, values.clone(), list).await?;
    }
    Ok(())
}

fn read_share(row: &Row) -> Result<ShareRow, Broken> {
    let read_as: Option<String> = row.get("read_as")?;
    Ok(ShareRow {
        id: row.get("id")?,
        words: row.get("words")?,
        signed: row.get("signed")?,
        aloud: row.get("aloud")?,
        beyond: row.get("beyond")?,
        aside: row.get("aside")?,
        read_as: read_as.as_deref().and_then(EmbeddingOutcome::of_word),
        vector: row.get("vector")?,
        theme: row.get("theme")?,
        shown_in: row.get("shown_in")?,
    })
}
