//! Mails waiting to be sent. Their text is erased once they are sent or given up.

use sitwith_core::id::MailId;
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] =
    &[INSERT, COUNT_WAITING, DUE, CLAIM, SENT, LATER, GIVE_UP, NEXT, COUNT_GIVEN_UP, FORGET];

const INSERT: &str = "INSERT INTO mail (id, to_address, subject, words, asked_ms, next_ms, \
    ends_ms, tries, sent_ms, given_up_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, NULL, $8)";
const COUNT_WAITING: &str =
    "SELECT COUNT(*) AS waiting FROM mail WHERE sent_ms IS NULL AND given_up_ms IS NULL";
const DUE: &str = "SELECT id, to_address, subject, words, asked_ms, next_ms, ends_ms, tries \
    FROM mail WHERE sent_ms IS NULL AND given_up_ms IS NULL AND next_ms <= $1 \
    ORDER BY next_ms, id LIMIT $2";
const CLAIM: &str = "UPDATE mail SET next_ms = $3, tries = tries + 1 \
    WHERE id = $1 AND next_ms = $2 AND sent_ms IS NULL AND given_up_ms IS NULL";
const SENT: &str =
    "UPDATE mail SET sent_ms = $2, to_address = '', subject = '', words = '' WHERE id = $1";
const LATER: &str = "UPDATE mail SET next_ms = $2 WHERE id = $1";
const GIVE_UP: &str =
    "UPDATE mail SET given_up_ms = $2, to_address = '', subject = '', words = '' WHERE id = $1";
const NEXT: &str = "SELECT MIN(next_ms) AS next_ms FROM mail \
    WHERE sent_ms IS NULL AND given_up_ms IS NULL";
const COUNT_GIVEN_UP: &str =
    "SELECT COUNT(*) AS given_up FROM mail WHERE given_up_ms > $1 AND tries > 0";
const FORGET: &str = "DELETE FROM mail WHERE sent_ms <= $1 OR given_up_ms <= $1";

/// A mail waiting to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct MailRow {
    pub id: MailId,
    pub to_address: String,
    pub subject: String,
    pub words: String,
    pub asked_at: Instant,
    /// When to try next.
    pub next_at: Instant,
    /// When it is no longer worth sending.
    pub ends_at: Instant,
    /// Number of attempts so far.
    pub tries: u32,
}

/// Mails contain private text: keep it out of logs.
impl std::fmt::Debug for MailRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailRow({})", self.id)
    }
}

/// Queues a mail.
pub async fn queue_mail(tx: &mut Tx, mail: &MailRow) -> Result<(), Broken> {
    insert_mail(tx, mail, None).await
}

/// Inserts an empty row that is never sent. A sign-in request for an unknown address does this, so
/// that it costs the same work as for a known one.
pub async fn insert_empty_mail(tx: &mut Tx, mail: &MailRow) -> Result<(), Broken> {
    let empty = MailRow {
        to_address: String::new(),
        subject: String::new(),
        words: String::new(),
        ..mail.clone()
    };
    insert_mail(tx, &empty, Some(mail.asked_at)).await
}

async fn insert_mail(
    tx: &mut Tx,
    mail: &MailRow,
    given_up_at: Option<Instant>,
) -> Result<(), Broken> {
    let args = args![
        mail.id,
        &mail.to_address,
        &mail.subject,
        &mail.words,
        mail.asked_at,
        mail.next_at,
        mail.ends_at,
        given_up_at,
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Returns the number of mails waiting.
pub async fn count_waiting(tx: &mut Tx) -> Result<i64, Broken> {
    tx.fetch_one(COUNT_WAITING, args![]).await?.get("waiting")
}

/// Returns the mails due by now, at most `count`, earliest first.
pub async fn list_due_mails(tx: &mut Tx, now: Instant, count: u32) -> Result<Vec<MailRow>, Broken> {
    tx.fetch_all(DUE, args![now, count]).await?.iter().map(read_mail).collect()
}

/// Claims a mail for sending: no other task tries it before `next_at`. Returns `false` when another
/// task has claimed it.
pub async fn claim_mail(tx: &mut Tx, mail: &MailRow, next_at: Instant) -> Result<bool, Broken> {
    Ok(tx.execute(CLAIM, args![mail.id, mail.next_at, next_at]).await? == 1)
}

/// Marks a mail as sent and erases its text.
pub async fn mark_sent(tx: &mut Tx, id: MailId, now: Instant) -> Result<(), Broken> {
    tx.execute(SENT, args![id, now]).await.map(drop)
}

/// Postpones the next attempt of a mail.
pub async fn postpone_mail(tx: &mut Tx, id: MailId, next_at: Instant) -> Result<(), Broken> {
    tx.execute(LATER, args![id, next_at]).await.map(drop)
}

/// Gives up on a mail and erases its text.
pub async fn give_up_mail(tx: &mut Tx, id: MailId, now: Instant) -> Result<(), Broken> {
    tx.execute(GIVE_UP, args![id, now]).await.map(drop)
}

/// Returns when the next mail is due; none when no mail waits.
pub async fn find_next_due(tx: &mut Tx) -> Result<Option<Instant>, Broken> {
    tx.fetch_one(NEXT, args![]).await?.get("next_ms")
}

/// Returns the number of mails given up after this instant that were attempted at least once.
pub async fn count_given_up(tx: &mut Tx, after: Instant) -> Result<i64, Broken> {
    tx.fetch_one(COUNT_GIVEN_UP, args![after]).await?.get("given_up")
}

/// Erases mails that were sent or given up at or before this instant. Returns the number of rows
/// erased.
pub async fn forget_mails(tx: &mut Tx, until: Instant) -> Result<u64, Broken> {
    tx.execute(FORGET, args![until]).await
}

fn read_mail(row: &Row) -> Result<MailRow, Broken> {
    Ok(MailRow {
        id: row.get("id")?,
        to_address: row.get("to_address")?,
        subject: row.get("subject")?,
        words: row.get("words")?,
        asked_at: row.get("asked_ms")?,
        next_at: row.get("next_ms")?,
        ends_at: row.get("ends_ms")?,
        tries: row.get("tries")?,
    })
}
