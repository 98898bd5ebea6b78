//! Shares: everybody's own words in a round, and that somebody passed. A share knows nobody and
//! no time: it belongs to a hand, a mark that only the home can make again from the round and
//! the person.

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

/// How many shares one statement names at most.
const NAMED_AT_ONCE: usize = 200;

/// A mark that only the home can make again, from the round and the person.
pub type Hand = [u8; 32];

/// What the model read out of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
    /// A vector.
    Vector,
    /// A language it was not made for.
    OtherTongue,
    /// No word to go by.
    TooShort,
}

impl ReadAs {
    /// The word it is kept under.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::OtherTongue => "other tongue",
            Self::TooShort => "too short",
        }
    }

    /// What this word means.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Vector, Self::OtherTongue, Self::TooShort]
            .into_iter()
            .find(|read_as| read_as.word() == word)
    }
}

/// What one hand gave. It has no `Debug`: somebody's words are in it.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareRow {
    /// A name for it, made of chance.
    pub id: ShareId,
    /// The words; none for a pass.
    pub words: Option<String>,
    /// The name it was signed with.
    pub signed: Option<String>,
    /// Whether it may be read aloud.
    pub aloud: bool,
    /// Whether it may be shown with others.
    pub beyond: bool,
    /// Whether the guide has set it aside.
    pub aside: bool,
    /// What the model read, once it has.
    pub read_as: Option<ReadAs>,
    /// The vector, as bytes, when there is one.
    pub vector: Option<Vec<u8>>,
    /// In which theme it was sewn.
    pub theme: Option<u32>,
    /// With which batch it was shown to others.
    pub shown_in: Option<u32>,
}

/// What this hand gave, or that it passed.
pub async fn of_hand(tx: &mut Tx, round: RoundId, hand: &Hand) -> Result<Option<ShareRow>, Broken> {
    let row = tx.fetch_optional(OF_HAND, args![round, hand]).await?;
    row.map(|row| read(&row)).transpose()
}

/// All shares with words, by their ids: an order of chance.
pub async fn all(tx: &mut Tx, round: RoundId) -> Result<Vec<ShareRow>, Broken> {
    let rows = tx.fetch_all(ALL, args![round]).await?;
    rows.iter().map(read).collect()
}

/// How many people have answered or passed.
pub async fn count(tx: &mut Tx, round: RoundId) -> Result<u32, Broken> {
    let row = tx.fetch_one(COUNT, args![round]).await?;
    row.get("count")
}

/// Keeps what a hand gives, in the place of what it gave before. What was read out of the words
/// before is gone with them.
pub async fn put(tx: &mut Tx, round: RoundId, hand: &Hand, share: &ShareRow) -> Result<(), Broken> {
    let values =
        args![share.id, round, hand, &share.words, &share.signed, share.aloud, share.beyond];
    tx.execute(PUT, values).await.map(drop)
}

/// These shares are shown to others, with this batch.
pub async fn shown(tx: &mut Tx, round: RoundId, batch: u32, ids: &[ShareId]) -> Result<(), Broken> {
    each(tx, SHOWN, args![round, batch], ids).await
}

/// Keeps what the model read out of these very words; nothing when they were changed meanwhile.
pub async fn keep_read(
    tx: &mut Tx,
    (round, share): (RoundId, ShareId),
    words: &str,
    read_as: ReadAs,
    vector: Option<Vec<u8>>,
) -> Result<bool, Broken> {
    let values = args![round, share, read_as.word(), vector, words];
    Ok(tx.execute(READ, values).await? > 0)
}

/// Keeps in which theme these shares stand, or that they stand in none.
pub async fn sew(
    tx: &mut Tx,
    round: RoundId,
    theme: Option<u32>,
    ids: &[ShareId],
) -> Result<(), Broken> {
    each(tx, SEWN, args![round, theme], ids).await
}

/// Keeps that these shares are set aside, or are back.
pub async fn set_aside(
    tx: &mut Tx,
    round: RoundId,
    aside: bool,
    ids: &[ShareId],
) -> Result<(), Broken> {
    each(tx, ASIDE, args![round, aside], ids).await
}

/// Notes that a form was taken. False when it had been taken before.
pub async fn take_key(
    tx: &mut Tx,
    round: RoundId,
    hand: &Hand,
    key_hash: [u8; 32],
) -> Result<bool, Broken> {
    Ok(tx.execute(KEY, args![round, hand, key_hash]).await? > 0)
}

/// Whether a form was taken before.
pub async fn knows_key(
    tx: &mut Tx,
    round: RoundId,
    hand: &Hand,
    key_hash: [u8; 32],
) -> Result<bool, Broken> {
    let row = tx.fetch_one(KNOWS_KEY, args![round, hand, key_hash]).await?;
    Ok(row.get::<u32>("count")? > 0)
}

/// How many forms of this hand were taken.
pub async fn keys(tx: &mut Tx, round: RoundId, hand: &Hand) -> Result<u32, Broken> {
    let row = tx.fetch_one(KEYS, args![round, hand]).await?;
    row.get("count")
}

/// Erases everything everybody gave.
pub async fn erase(tx: &mut Tx, round: RoundId) -> Result<(), Broken> {
    tx.execute(ERASE_KEYS, args![round]).await?;
    tx.execute(ERASE, args![round]).await.map(drop)
}

/// Erases all words but those that may be shown with others, and all vectors. Who answered or
/// passed stays noted by their hands.
pub async fn erase_but_beyond(tx: &mut Tx, round: RoundId) -> Result<(), Broken> {
    tx.execute(ERASE_KEYS, args![round]).await?;
    tx.execute(EMPTY_OTHERS, args![round]).await?;
    tx.execute(UNREAD, args![round]).await.map(drop)
}

async fn each(tx: &mut Tx, sql: &'static str, values: Args, ids: &[ShareId]) -> Result<(), Broken> {
    for some in ids.chunks(NAMED_AT_ONCE) {
        let list = some.iter().map(|id| Value::from(*id)).collect();
        tx.execute_in(sql, values.clone(), list).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<ShareRow, Broken> {
    let read_as: Option<String> = row.get("read_as")?;
    Ok(ShareRow {
        id: row.get("id")?,
        words: row.get("words")?,
        signed: row.get("signed")?,
        aloud: row.get("aloud")?,
        beyond: row.get("beyond")?,
        aside: row.get("aside")?,
        read_as: read_as.as_deref().and_then(ReadAs::of_word),
        vector: row.get("vector")?,
        theme: row.get("theme")?,
        shown_in: row.get("shown_in")?,
    })
}
