//! The home: its single row of settings, and the help lines.

use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] =
    &[INSERT, FIND, CHANGE, SET_TOKEN, SET_UP, LIST_LINES, DROP_LINES, INSERT_LINE];

const INSERT: &str = "INSERT INTO home (id, name, zone, address, ticket_key) \
    VALUES (1, $1, $2, $3, $4) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT * FROM home WHERE id = 1";
const CHANGE: &str = "UPDATE home SET name = $1, zone = $2, address = $3, mail_from = $4, \
    smtp_host = $5, smtp_port = $6, smtp_security = $7, smtp_login = $8, smtp_password = $9 \
    WHERE id = 1";
const SET_TOKEN: &str = "UPDATE home SET set_up_token_hash = $1 WHERE id = 1";
const SET_UP: &str = "UPDATE home SET set_up_ms = $1, set_up_token_hash = NULL \
    WHERE id = 1 AND set_up_token_hash = $2";
const LIST_LINES: &str = "SELECT country, name, phone, words, verified_on FROM help_line \
    ORDER BY place";
const DROP_LINES: &str = "DELETE FROM help_line";
const INSERT_LINE: &str = "INSERT INTO help_line (place, country, name, phone, words, \
    verified_on) VALUES ($1, $2, $3, $4, $5, $6)";

/// The settings of the home.
#[derive(Clone, PartialEq, Eq)]
pub struct HomeRow {
    pub name: String,
    /// IANA time zone.
    pub zone: String,
    /// Public address.
    pub address: String,
    /// When the keeper finished the set-up.
    pub set_up_at: Option<Instant>,
    /// Hash of the set-up link's token, until it is used.
    pub set_up_token_hash: Option<[u8; 32]>,
    /// Key that signs tickets for live sits.
    pub ticket_key: [u8; 32],
    /// Sender address of mails.
    pub mail_from: Option<String>,
    /// The SMTP server, if there is one.
    pub smtp: Option<SmtpRow>,
}

/// Connection settings of the SMTP server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpRow {
    pub host: String,
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: String,
    /// User name.
    pub login: Option<String>,
    pub password: Option<String>,
}

/// A help line people can call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLineRow {
    pub country: String,
    pub name: String,
    pub phone: String,
    /// Its audience and opening hours.
    pub words: String,
    /// The day it was last checked.
    pub verified_on: String,
}

/// Inserts the home's row if it is missing.
pub async fn insert_home(
    tx: &mut Tx,
    name: &str,
    zone: &str,
    address: &str,
    ticket_key: [u8; 32],
) -> Result<(), Broken> {
    tx.execute(INSERT, args![name, zone, address, ticket_key]).await.map(drop)
}

pub async fn find_home(tx: &mut Tx) -> Result<Option<HomeRow>, Broken> {
    let row = tx.fetch_optional(FIND, args![]).await?;
    row.as_ref().map(read_home).transpose()
}

/// Updates the settings that the keeper may change.
pub async fn update_home(tx: &mut Tx, home: &HomeRow) -> Result<(), Broken> {
    let smtp = home.smtp.as_ref();
    let args = args![
        &home.name,
        &home.zone,
        &home.address,
        &home.mail_from,
        smtp.map(|smtp| smtp.host.as_str()),
        smtp.map(|smtp| smtp.port),
        smtp.map(|smtp| smtp.security.as_str()),
        smtp.and_then(|smtp| smtp.login.as_deref()),
        smtp.and_then(|smtp| smtp.password.as_deref()),
    ];
    tx.execute(CHANGE, args).await.map(drop)
}

/// Sets the token of the set-up link.
pub async fn set_setup_token(tx: &mut Tx, token_hash: [u8; 32]) -> Result<(), Broken> {
    tx.execute(SET_TOKEN, args![token_hash]).await.map(drop)
}

/// Consumes the set-up token. Returns `false` when it differs or was used.
pub async fn complete_setup(
    tx: &mut Tx,
    token_hash: [u8; 32],
    now: Instant,
) -> Result<bool, Broken> {
    Ok(tx.execute(SET_UP, args![now, token_hash]).await? == 1)
}

/// Returns the help lines in display order.
pub async fn list_help_lines(tx: &mut Tx) -> Result<Vec<HelpLineRow>, Broken> {
    tx.fetch_all(LIST_LINES, args![]).await?.iter().map(read_help_line).collect()
}

/// Replaces the help lines.
pub async fn set_help_lines(tx: &mut Tx, lines: &[HelpLineRow]) -> Result<(), Broken> {
    tx.execute(DROP_LINES, args![]).await?;
    for (place, line) in (0_u32..).zip(lines) {
        let args =
            args![place, &line.country, &line.name, &line.phone, &line.words, &line.verified_on,];
        tx.execute(INSERT_LINE, args).await?;
    }
    Ok(())
}

fn read_home(row: &Row) -> Result<HomeRow, Broken> {
    let smtp = match row.get::<Option<String>>("smtp_host")? {
        Some(host) => Some(SmtpRow {
            host,
            port: row.get("smtp_port")?,
            security: row.get("smtp_security")?,
            login: row.get("smtp_login")?,
            password: row.get("smtp_password")?,
        }),
        None => None,
    };
    Ok(HomeRow {
        name: row.get("name")?,
        zone: row.get("zone")?,
        address: row.get("address")?,
        set_up_at: row.get("set_up_ms")?,
        set_up_token_hash: row.get("set_up_token_hash")?,
        ticket_key: row.get("ticket_key")?,
        mail_from: row.get("mail_from")?,
        smtp,
    })
}

fn read_help_line(row: &Row) -> Result<HelpLineRow, Broken> {
    Ok(HelpLineRow {
        country: row.get("country")?,
        name: row.get("name")?,
        phone: row.get("phone")?,
        words: row.get("words")?,
        verified_on: row.get("verified_on")?,
    })
}
