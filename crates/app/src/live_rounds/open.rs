//! Builds a round's state machine from its rows.

use std::sync::Arc;

use sitwith_core::id::RoundId;
use sitwith_core::round::{self, Round};
use sitwith_store::Broken;
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::shares::{self, ReadAs, ShareRow};

use super::hand::lots;
use super::step_of;
use crate::base::Base;

/// Reads the row of a round and builds its state machine. `None` if there is no such round, or its
/// words have vanished.
pub(super) async fn read_round(
    base: &Base,
    id: RoundId,
) -> Result<Option<(RoundRow, Round)>, Broken> {
    let mut tx = base.store.read().await?;
    let row = rounds::find(&mut tx, id).await?;
    let Some(row) = row.filter(|row| row.vanished_at.is_none()) else {
        return Ok(None);
    };
    let kept = shares::all(&mut tx, id).await?;
    let acted = shares::count(&mut tx, id).await?;
    let themes = rounds::themes(&mut tx, id).await?;
    drop(tx);
    let passed = acted.saturating_sub(u32::try_from(kept.len()).unwrap_or(u32::MAX));
    let kept = round::Kept {
        step: step_of(&row),
        closed_at: row.closed_at,
        shares: kept.into_iter().filter_map(share_of).collect(),
        themes: themes.into_iter().map(theme_of).collect(),
        passed,
    };
    let lots = lots(&base.settings().ticket_key, id);
    let facts = round::Facts { id, reads_first: row.reads_first, lots };
    let now = base.clock.now();
    // Comparing thousands of shares takes a while.
    let machine = tokio::task::spawn_blocking(move || Round::new(facts, kept, now)).await;
    let machine = machine.map_err(|error| Broken::new("opening a round", error.to_string()))?;
    Ok(Some((row, machine)))
}

/// Converts a row to a share. Rows that cannot be read are skipped.
fn share_of(row: ShareRow) -> Option<round::Share> {
    let words = round::Words::new(&row.words?).ok()?;
    let vector = row.vector.as_deref();
    let read = match (row.read_as, vector) {
        (Some(ReadAs::Vector), Some(bytes)) => {
            let vector = sitwith_core::themes::Vector::from_bytes(bytes);
            vector.map_or(round::Read::NotYet, round::Read::Vector)
        }
        (Some(ReadAs::OtherTongue), _) => round::Read::OtherTongue,
        (Some(ReadAs::TooShort), _) => round::Read::TooShort,
        (Some(ReadAs::Vector) | None, _) => round::Read::NotYet,
    };
    Some(round::Share {
        signed: row.signed.map(Arc::from),
        aloud: row.aloud,
        beyond: row.beyond,
        read,
        theme: row.theme,
        aside: row.aside,
        shown_in: row.shown_in,
        ..round::Share::new(row.id, words)
    })
}

fn theme_of(row: rounds::ThemeRow) -> round::KeptTheme {
    round::KeptTheme { number: row.number, dye: row.dye, name: row.name.map(Arc::from) }
}
