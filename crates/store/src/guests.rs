//! Guests: a name and the sit they came to. A job erases them when they expire.

use sitwith_core::id::GuestId;
use sitwith_core::member::Guest;
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] = &[INSERT, FIND, DELETE, FORGET];

const INSERT: &str = "INSERT INTO guest (id, name, sit_id, came_ms) VALUES ($1, $2, $3, $4)";
const FIND: &str = "SELECT id, name, sit_id, came_ms FROM guest WHERE id = $1";
const DELETE: &str = "DELETE FROM guest WHERE id = $1";
const FORGET: &str = "DELETE FROM guest WHERE came_ms <= $1";

pub async fn insert_guest(tx: &mut Tx, guest: &Guest) -> Result<(), Broken> {
    let args = args![guest.id, &guest.name, guest.sit, guest.came_at];
    tx.execute(INSERT, args).await.map(drop)
}

pub async fn find_guest(tx: &mut Tx, id: GuestId) -> Result<Option<Guest>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    row.as_ref().map(read_guest).transpose()
}

/// Erases a guest with their session.
pub async fn erase_guest(tx: &mut Tx, id: GuestId) -> Result<(), Broken> {
    tx.execute(DELETE, args![id]).await.map(drop)
}

/// Erases guests who came at or before this instant. Returns the number of rows erased.
pub async fn forget_guests(tx: &mut Tx, came_until: Instant) -> Result<u64, Broken> {
    tx.execute(FORGET, args![came_until]).await
}

fn read_guest(row: &Row) -> Result<Guest, Broken> {
    Ok(Guest {
        id: row.get("id")?,
        name: row.get("name")?,
        sit: row.get("sit_id")?,
        came_at: row.get("came_ms")?,
    })
}
