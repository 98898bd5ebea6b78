//! Erasure of words. When the time of a round's words is over, they are erased with everything
//! derived from them. A round whose quilt is kept retains the labels of its themes and the shares
//! whose authors allowed them to be shown with others.

use std::collections::BTreeMap;
use std::sync::Arc;

use sitwith_core::round::{Keeps, Patch, Picture, RoundStep, Theme, ThemeLabel};
use sitwith_core::themes::THEME_MIN;
use sitwith_core::time::{Instant, Span};
use sitwith_store::rounds::{self, RoundRow, ThemeRow};
use sitwith_store::{Broken, runs, shares};

use crate::home::Home;
use crate::live_rounds::{ShownRound, course};

/// Time that the emptied row of a round is kept, to say that its words have vanished.
pub(super) const EMPTIED_ROUND_KEPT: Span = Span::from_days(30);
/// Maximum interval between checks while there are words.
const VANISH_CHECK_EVERY: Span = Span::from_mins(1);

/// Erases the words whose time is over, including those that expired while the server was down, and
/// closes rounds that are due. Returns when to check again; `None` if no round has words.
pub async fn vanish_due(home: &Home) -> Result<Option<Instant>, Broken> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let living = rounds::list_living_rounds(&mut tx).await?;
    drop(tx);
    let mut next_at: Option<Instant> = None;
    for row in living {
        let due = find_due_at(home, &row).await?;
        if due.is_some_and(|due| due <= now) {
            vanish_round(home, &row).await?;
            continue;
        }
        if row.closed_at.is_none() {
            // It must close by itself, even if nobody looks at it.
            home.rounds.ensure_driven(row.id).await?;
        }
        let look_at = due.unwrap_or(now + VANISH_CHECK_EVERY).min(now + VANISH_CHECK_EVERY);
        next_at = Some(next_at.map_or(look_at, |at| at.min(look_at)));
    }
    if let Some(fold_at) = fold_if_due(home).await? {
        next_at = Some(next_at.map_or(fold_at, |at| at.min(fold_at)));
    }
    Ok(next_at)
}

/// Compacts the database files after an erasure, so that erased words are on none of their pages.
/// Returns when to try again.
async fn fold_if_due(home: &Home) -> Result<Option<Instant>, Broken> {
    let now = home.clock.now();
    match home.rounds.take_fold_at(now) {
        Some(at) if at <= now => {
            if !home.store.checkpoint().await? {
                // A reader held the files: try again later, not at once.
                home.rounds.fold_soon();
            }
            Ok(None)
        }
        at => Ok(at),
    }
}

/// Returns when the words of this round expire.
async fn find_due_at(home: &Home, row: &RoundRow) -> Result<Option<Instant>, Broken> {
    let Some((run, _)) = row.at else {
        return Ok(course::vanishes_alone(row));
    };
    let mut tx = home.store.read().await?;
    let Some(run) = runs::find_run(&mut tx, run).await? else {
        return Ok(Some(row.posed_at));
    };
    drop(tx);
    let at_last = course::vanishes_at_latest(&run.facts);
    let timeline = home.rounds.timeline(run.id).await?;
    let with_run = timeline.and_then(|timeline| course::vanishes_with_run(&timeline));
    Ok(Some(with_run.map_or(at_last, |at| at.min(at_last))))
}

async fn vanish_round(home: &Home, row: &RoundRow) -> Result<(), Broken> {
    // Locked until the erasure is done.
    let Some(held) = home.rounds.hold(row.id).await? else {
        return Ok(());
    };
    // The last picture knows which share labels a theme; the vectors that determined it are erased.
    let themes = match row.keeps {
        Keeps::Quilt => kept_themes(&held.round.shown()),
        Keeps::Nothing => Vec::new(),
    };
    let (id, keeps, now, themes) = (row.id, row.keeps, home.clock.now(), themes.as_slice());
    // A round that nobody opened was shown to nobody, and stays hidden.
    let stays = keeps == Keeps::Quilt && row.opened_at.is_some();
    let erased = home.store.write(|mut tx| async move {
        rounds::set_themes(&mut tx, id, themes).await?;
        if stays {
            shares::erase_but_beyond(&mut tx, id).await?;
        } else {
            shares::erase_shares(&mut tx, id).await?;
            rounds::set_keeps(&mut tx, id, Keeps::Nothing).await?;
        }
        rounds::mark_vanished(&mut tx, id, now, !stays).await?;
        Ok::<_, Broken>(tx.done(()))
    });
    erased.await?;
    held.round.release();
    home.rounds.fold_soon();
    Ok(())
}

/// Labels of the themes that are kept.
fn kept_themes(shown: &ShownRound) -> Vec<ThemeRow> {
    let themes = shown.picture.themes.iter().filter(|theme| {
        theme.patches.iter().filter(|patch| patch.may_show_beyond).count() >= THEME_MIN
    });
    let rows = themes.map(|theme| {
        let (name, quote) = match &theme.label {
            ThemeLabel::NamedByGuide(name) => (Some(name.to_string()), None),
            ThemeLabel::Quote(id) => (None, Some(*id)),
            ThemeLabel::SharedWords(_) | ThemeLabel::Wordless => (None, None),
        };
        ThemeRow { number: theme.number, dye: theme.dye, name, quote }
    });
    rows.collect()
}

/// Builds the kept quilt of a round from its rows.
pub(super) async fn load_kept_quilt(home: &Home, row: &RoundRow) -> Result<ShownRound, Broken> {
    let mut tx = home.store.read().await?;
    let kept = shares::list_shares(&mut tx, row.id).await?;
    let names = rounds::list_themes(&mut tx, row.id).await?;
    let mut sewn: BTreeMap<Option<u32>, Vec<Patch>> = BTreeMap::new();
    for share in kept {
        let Some(words) = share.words else { continue };
        let theme = share.theme.filter(|theme| names.iter().any(|name| name.number == *theme));
        sewn.entry(theme).or_default().push(Patch {
            id: share.id,
            words: words.into(),
            signed_by: share.signed.map(Arc::from),
            may_read_aloud: share.aloud,
            may_show_beyond: share.beyond,
            is_other_language: share.read_as == Some(shares::EmbeddingOutcome::OtherTongue),
        });
    }
    let mut alone = sewn.remove(&None).unwrap_or_default();
    let mut themes = Vec::new();
    for name in names {
        let patches = sewn.remove(&Some(name.number)).unwrap_or_default();
        if patches.len() < THEME_MIN {
            alone.extend(patches);
            continue;
        }
        themes.push(Theme {
            number: name.number,
            dye: name.dye,
            label: theme_label(&name, &patches),
            patches,
        });
    }
    alone.sort_by_key(|patch| patch.id);
    let count = themes.iter().map(|theme| theme.patches.len()).sum::<usize>() + alone.len();
    let is_sewn = !themes.is_empty();
    Ok(ShownRound {
        step: RoundStep::Opened,
        picture: Arc::new(Picture { version: 1, themes, alone, sewn: is_sewn }),
        share_count: u32::try_from(count).unwrap_or(u32::MAX),
        aside: Arc::default(),
        version: 1,
        closes_at: None,
    })
}

fn theme_label(name: &ThemeRow, patches: &[Patch]) -> ThemeLabel {
    if let Some(named) = &name.name {
        return ThemeLabel::NamedByGuide(named.as_str().into());
    }
    let quote = name.quote.filter(|quote| patches.iter().any(|patch| patch.id == *quote));
    let first = patches.first().map(|patch| patch.id);
    quote.or(first).map_or(ThemeLabel::Wordless, ThemeLabel::Quote)
}
