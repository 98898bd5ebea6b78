//! One person's view of a round, and the gate: nobody gets to see what others wrote before
//! having shared or passed. The guide is no exception.

use std::sync::Arc;

use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::round::RoundStep;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::Sit;
use sitwith_core::time::Instant;
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::shares::{self, ShareRow};
use sitwith_store::{Broken, Tx, runs};

use super::{Keeps, OwnPart, OwnShare, RoundFacts, RoundView, SewnBy, vanish};
use crate::fail::{Denied, Refused};
use crate::home::Home;
use crate::live_rounds::hand::derive_hand;
use crate::live_rounds::{ShownRound, course, step_of_row};

/// Maximum number of rounds of a sit listed at once.
const ROUNDS_LISTED_MAX: u32 = 40;

/// A round in a list: its prompt and step. It contains nobody's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundBrief {
    pub id: RoundId,
    pub prompt: String,
    pub step: RoundStep,
    /// Run and phase; `None` if it stands alone.
    pub at: Option<(RunId, u16)>,
    /// Index of the prompt in its phase, from 0.
    pub prompt_index: u16,
    /// When it closes by itself, if it stands alone.
    pub closes_at: Option<Instant>,
    /// True if its phase is the current one, or it stands alone and takes shares.
    pub is_now: bool,
    /// True if the words have vanished and a quilt was kept.
    pub is_kept_quilt: bool,
}

/// Returns a round as this person sees it.
pub async fn view_round(home: &Home, who: &Person, id: RoundId) -> Result<RoundView, Denied> {
    let sees = home.access(who).round(id).await?;
    let (row, sit, is_guide) = (sees.row(), sees.sit_proof().sit(), sees.leads());
    let own = find_own_share(home, who, id).await?;
    let (shown, closes_at, vanishes_at) = if row.vanished_at.is_some() {
        if row.keeps == Keeps::Nothing {
            return Err(Refused::Gone.into());
        }
        (Box::pin(vanish::load_kept_quilt(home, row)).await?, None, None)
    } else {
        let (shown, closes_at) = home.rounds.view(id).await?.ok_or(Refused::Gone)?;
        (shown, closes_at, find_vanishes_at(home, row).await?)
    };
    let mine = own_part(own.as_ref());
    let may = may_look(&shown, row.reads_first, own.is_some(), is_guide);
    Ok(RoundView {
        facts: round_facts(row, sit),
        step: shown.step,
        own_part: mine,
        share_count: shown.share_count,
        closes_at: closes_at.filter(|_| shown.step == RoundStep::Posed),
        vanishes_at,
        is_kept_quilt: row.vanished_at.is_some(),
        aside: if may && is_guide { shown.aside.to_vec() } else { Vec::new() },
        picture: may.then(|| Arc::clone(&shown.picture)),
        sewn_by: if row.read_over_at.is_some() { SewnBy::ReadOver } else { SewnBy::Machine },
        is_guide,
        version: shown.version,
    })
}

/// The gate: whoever has neither shared nor passed sees nothing of others, guides included. A guide
/// who reads first sees the words once the round is closed.
const fn may_look(shown: &ShownRound, reads_first: bool, has_acted: bool, is_guide: bool) -> bool {
    has_acted
        && match shown.step {
            RoundStep::Posed => !reads_first,
            RoundStep::Closed => reads_first && is_guide,
            RoundStep::Opened => true,
        }
}

/// Lists the rounds of a sit that this person may see, the latest first. Poses the round of the
/// current phase if needed.
pub async fn list_rounds(home: &Home, who: &Person, sit: SitId) -> Result<Vec<RoundBrief>, Denied> {
    let now_id = find_current_round(home, who, sit).await?;
    let mut tx = home.store.read().await?;
    let rows = rounds::list_sit_rounds(&mut tx, sit, ROUNDS_LISTED_MAX).await?;
    Ok(rows.iter().map(|row| round_brief(row, now_id, home.clock.now())).collect())
}

/// Returns the round of the sit's current phase, and poses it if needed.
pub async fn find_current_round(
    home: &Home,
    who: &Person,
    sit: SitId,
) -> Result<Option<RoundId>, Denied> {
    let mut tx = home.store.read().await?;
    home.access(who).sit(&mut tx, sit).await?;
    let Some(run) = runs::find_last_run(&mut tx, sit).await? else {
        return Ok(None);
    };
    drop(tx);
    let now = home.clock.now();
    let timeline = home.rounds.timeline(run.id).await?;
    let Some(timeline) = timeline.filter(|timeline| !timeline.is_over(now)) else {
        return Ok(None);
    };
    let Some(phase) = timeline.segment_at(now).and_then(|segment| segment.phase) else {
        return Ok(None);
    };
    Ok(home.rounds.begin_phase(run.id, phase).await?)
}

/// Lists the rounds of a sit that still contain this person's words, with their prompts, so that
/// they can withdraw them even where they may no longer look.
pub async fn list_own_words(
    home: &Home,
    who: &Person,
    sit: SitId,
) -> Result<Vec<(RoundId, String)>, Broken> {
    let mut tx = home.store.read().await?;
    let rows = rounds::list_sit_rounds(&mut tx, sit, ROUNDS_LISTED_MAX).await?;
    drop(tx);
    let mut standing = Vec::new();
    for row in rows {
        let own = find_own_share(home, who, row.id).await?;
        if own.is_some_and(|own| own.words.is_some()) {
            standing.push((row.id, row.prompt));
        }
    }
    Ok(standing)
}

/// Returns the sit of a round, if the round exists.
pub async fn sit_of_round(home: &Home, id: RoundId) -> Result<Option<SitId>, Broken> {
    let mut tx = home.store.read().await?;
    Ok(rounds::find_round(&mut tx, id).await?.map(|row| row.sit))
}

/// Returns this person's own share or pass in a round.
async fn find_own_share(
    home: &Home,
    who: &Person,
    id: RoundId,
) -> Result<Option<ShareRow>, Broken> {
    let Some(who) = Sitter::from_person(who) else {
        return Ok(None);
    };
    let hand = derive_hand(&home.settings().ticket_key, id, who);
    let mut tx: Tx = home.store.read().await?;
    shares::find_share(&mut tx, id, &hand).await
}

fn own_part(own: Option<&ShareRow>) -> OwnPart {
    let Some(own) = own else {
        return OwnPart::Nothing;
    };
    let Some(words) = own.words.as_deref() else {
        return OwnPart::Passed;
    };
    OwnPart::Shared(OwnShare {
        id: own.id,
        words: words.into(),
        signed: own.signed.is_some(),
        aloud: own.aloud,
        beyond: own.beyond,
        is_shown: own.shown_in.is_some(),
    })
}

fn round_facts(row: &RoundRow, sit: &Sit) -> RoundFacts {
    let (run, phase) = row.at.unzip();
    RoundFacts {
        id: row.id,
        sit: row.sit,
        sit_title: sit.title.clone(),
        guide_name: sit.guide_name.clone(),
        prompt: row.prompt.clone(),
        help: row.help.clone(),
        reads_first: row.reads_first,
        keeps: row.keeps,
        run,
        phase,
        prompt_index: row.prompt_index,
    }
}

fn round_brief(row: &RoundRow, now_id: Option<RoundId>, now: Instant) -> RoundBrief {
    let step = step_of_row(row);
    let stands_open = row.closes_at.is_some_and(|closes_at| closes_at > now);
    RoundBrief {
        id: row.id,
        prompt: row.prompt.clone(),
        step,
        at: row.at,
        prompt_index: row.prompt_index,
        closes_at: row.closes_at,
        is_now: now_id == Some(row.id) || (stands_open && step == RoundStep::Posed),
        is_kept_quilt: row.vanished_at.is_some(),
    }
}

/// Returns when the words of this round vanish, from its rows.
async fn find_vanishes_at(home: &Home, row: &RoundRow) -> Result<Option<Instant>, Broken> {
    match row.at {
        None => Ok(course::vanishes_alone(row)),
        Some((run, _)) => {
            let timeline = home.rounds.timeline(run).await?;
            Ok(timeline.and_then(|timeline| course::vanishes_with_run(&timeline)))
        }
    }
}
