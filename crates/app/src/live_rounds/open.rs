//! Builds a round's state machine from its rows.

use std::sync::Arc;

use sitwith_core::id::RoundId;
use sitwith_core::round::{self, Round};
use sitwith_store::Broken;
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::shares::{self, EmbeddingOutcome, ShareRow};

use super::hand::derive_lots;
use super::step_of_row;
use crate::base::Base;

/// Reads the row of a round and builds its state machine. `None` if there is no such round, or its
/// words have vanished.
pub(super) async fn read_round(
    base: &Base,
    id: RoundId,
) -> Result<Option<(RoundRow, Round)>, Broken> {
    let mut tx = base.store.read().await?;
    let row = rounds::find_round(&mut tx, id).await?;
    let Some(row) = row.filter(|row| row.vanished_at.is_none()) else {
        return Ok(None);
    };
    let kept = shares::list_shares(&mut tx, id).await?;
    let acted = shares::count_shares(&mut tx, id).await?;
    let themes = rounds::list_themes(&mut tx, id).await?;
    drop(tx);
    let passed = acted.saturating_sub(u32::try_from(kept.len()).unwrap_or(u32::MAX));
    let kept = round::StoredRound {
        step: step_of_row(&row),
        closed_at: row.closed_at,
        shares: kept.into_iter().filter_map(share_of).collect(),
        themes: themes.into_iter().map(theme_of).collect(),
        passed,
    };
    let lots = derive_lots(&base.settings().ticket_key, id);
    let facts = round::RoundSettings { id, reads_first: row.reads_first, draw_seed: lots };
    let now = base.clock.now();
    // Comparing thousands of shares takes a while.
    let machine = tokio::task::spawn_blocking(move || Round::new(facts, kept, now)).await;
    let machine = machine.map_err(|error| Broken::new("opening a round", error.to_string()))?;
    Ok(Some((row, machine)))
}

/// Converts a row to a share. Rows that cannot be read are skipped.
fn share_of(row: ShareRow) -> Option<round::Share> {
    let words = round::ShareText::new(&row.words?).ok()?;
    let vector = row.vector.as_deref();
    let read = match (row.read_as, vector) {
        (Some(EmbeddingOutcome::Vector), Some(bytes)) => {
            let vector = sitwith_core::themes::Vector::from_bytes(bytes);
            vector.map_or(round::ShareEmbedding::Pending, round::ShareEmbedding::Vector)
        }
        (Some(EmbeddingOutcome::OtherTongue), _) => round::ShareEmbedding::OtherLanguage,
        (Some(EmbeddingOutcome::TooShort), _) => round::ShareEmbedding::TooShort,
        (Some(EmbeddingOutcome::Vector) | None, _) => round::ShareEmbedding::Pending,
    };
    Some(round::Share {
        signed_by: row.signed.map(Arc::from),
        may_read_aloud: row.aloud,
        may_show_beyond: row.beyond,
        embedding: read,
        theme: row.theme,
        is_set_aside: row.aside,
        shown_in: row.shown_in,
        ..round::Share::new(row.id, words)
    })
}

fn theme_of(row: rounds::ThemeRow) -> round::StoredTheme {
    round::StoredTheme { number: row.number, dye: row.dye, name: row.name.map(Arc::from) }
}
