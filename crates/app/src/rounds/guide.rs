//! A guide's acts on a round: pose, close, edit the themes, open, and set what is kept.

use std::sync::Arc;

use sitwith_core::id::{RoundId, SitId};
use sitwith_core::round::{self, Keeps, RoundInput, RoundStep, ThemeEdit};
use sitwith_core::sit::plan::{PROMPT_CHARS_MAX, PROMPT_HELP_CHARS_MAX};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::rounds::{self as rows, RoundRow};
use sitwith_store::{Broken, shares};

use crate::access::{LeadsRound, LeadsSit};
use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::live_rounds::LiveRound;
use crate::live_rounds::hand::derive_hand;

/// Minimum time a round stands alone, in hours.
pub const ROUND_HOURS_MIN: u32 = 1;
/// Maximum time a round stands alone, in hours: a week.
pub const ROUND_HOURS_MAX: u32 = 7 * 24;
/// Maximum number of living rounds that stand alone in one sit.
const LONE_ROUNDS_MAX: usize = 12;
/// Maximum number of prompts in one phase.
const PROMPTS_PER_PHASE_MAX: u16 = 12;

/// A round as a guide writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundDraft {
    pub prompt: String,
    /// Help with the prompt; may be empty.
    pub help: String,
    /// True if the guide reads the shares before the circle does.
    pub reads_first: bool,
    /// The part that is kept when the words vanish.
    pub keeps: Keeps,
    /// Hours until it closes, if it stands alone.
    pub hours: u32,
}

/// Refusals of posing a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoseNo {
    /// Its phase is over, or the sit has ended.
    NotNow,
    /// The prompt is empty or too long.
    Prompt,
    /// The help text is too long.
    Help,
    /// The time is shorter than [`ROUND_HOURS_MIN`] or longer than [`ROUND_HOURS_MAX`].
    Hours,
    /// The sit or phase has its maximum number of rounds.
    Full,
}

/// Refusals of [`open_round`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenRoundNo {
    /// The round still takes shares.
    NotClosed,
}

/// Refusals of [`edit_themes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditThemesNo {
    /// The guide has neither shared nor passed, and so has not seen what others wrote.
    NotSeen,
    /// The edit does not fit the current themes.
    Edit(round::ThemeEditNo),
}

/// Refusals of [`set_keeps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKeepsNo {
    /// People have already written, and were told that nothing is kept.
    TooLate,
}

/// Returns an id for a new round, so that a form sent twice poses it once.
pub fn fresh_round_id(home: &Home) -> RoundId {
    RoundId::new(home.clock.now(), home.dice.bytes())
}

/// Poses a round that stands alone between sits.
pub async fn pose_round(
    home: &Home,
    led: &LeadsSit,
    posing: &RoundDraft,
) -> Result<RoundId, Fail<PoseNo>> {
    pose_round_as(home, led, fresh_round_id(home), posing).await
}

/// Poses a round that stands alone under this id; an existing round of this sit is left as it is.
pub async fn pose_round_as(
    home: &Home,
    led: &LeadsSit,
    id: RoundId,
    posing: &RoundDraft,
) -> Result<RoundId, Fail<PoseNo>> {
    let (sit, mut tx) = (led.sit().id, home.store.read().await?);
    if led.sit().ended_at.is_some() {
        return Err(Fail::No(PoseNo::NotNow));
    }
    check_round_draft(posing).map_err(Fail::No)?;
    if !(ROUND_HOURS_MIN..=ROUND_HOURS_MAX).contains(&posing.hours) {
        return Err(Fail::No(PoseNo::Hours));
    }
    if let Some(posed) = rows::find_round(&mut tx, id).await? {
        // The form was sent twice. For an id used elsewhere, reveal nothing about what has it.
        let is_this = posed.sit == sit && posed.at.is_none();
        return Ok(is_this.then_some(id).ok_or(Refused::Missing)?);
    }
    let living = rows::list_living_rounds(&mut tx).await?;
    drop(tx);
    let stands_alone = |row: &&RoundRow| row.sit == sit && row.at.is_none();
    if living.iter().filter(stands_alone).count() >= LONE_ROUNDS_MAX {
        return Err(Fail::No(PoseNo::Full));
    }
    let now = home.clock.now();
    let row = RoundRow {
        id,
        closes_at: Some(now + Span::from_mins(i64::from(posing.hours) * 60)),
        ..draft_round_row(home, sit, posing)
    };
    let posed = home.rounds.keep_posed(&row).await?;
    home.rounds.open(posed.id).await?;
    Ok(posed.id)
}

/// Poses another prompt in the phase of this round, and closes the round if it is still posed.
pub async fn pose_next_prompt(
    home: &Home,
    led: &LeadsRound,
    posing: &RoundDraft,
) -> Result<RoundId, Fail<PoseNo>> {
    let (row, before) = (led.row(), led.id());
    let living = home.rounds.open(before).await?.ok_or(Fail::No(PoseNo::NotNow))?;
    check_round_draft(posing).map_err(Fail::No)?;
    let (run, phase) = row.at.ok_or(Fail::No(PoseNo::NotNow))?;
    let now = home.clock.now();
    let timeline = home.rounds.timeline(run).await?;
    let is_now = timeline
        .filter(|timeline| !timeline.is_over(now))
        .and_then(|timeline| timeline.segment_at(now)?.phase)
        == Some(phase);
    if !is_now {
        return Err(Fail::No(PoseNo::NotNow));
    }
    if row.prompt_index + 1 >= PROMPTS_PER_PHASE_MAX {
        return Err(Fail::No(PoseNo::Full));
    }
    if living.step() == RoundStep::Posed {
        feed_round(home, before, RoundInput::Close).await?;
    }
    let next = RoundRow {
        at: row.at,
        prompt_index: row.prompt_index + 1,
        ..draft_round_row(home, row.sit, posing)
    };
    let posed = home.rounds.keep_posed(&next).await?;
    if posed.id != next.id {
        // Another guide was first, or the form was sent twice.
        return Ok(posed.id);
    }
    if let Some(living) = home.rounds.open(posed.id).await? {
        living.tell_room();
    }
    Ok(posed.id)
}

/// Closes a round before its time.
pub async fn close_round(home: &Home, led: &LeadsRound) -> Result<(), Denied> {
    match find_living_round(home, led).await?.step() {
        RoundStep::Posed => Ok(feed_round(home, led.id(), RoundInput::Close).await?),
        // Closing twice is the same as once.
        RoundStep::Closed | RoundStep::Opened => Ok(()),
    }
}

/// Opens the quilt after the guide has read it.
pub async fn open_round(home: &Home, led: &LeadsRound) -> Result<(), Fail<OpenRoundNo>> {
    match find_living_round(home, led).await?.step() {
        RoundStep::Posed => Err(Fail::No(OpenRoundNo::NotClosed)),
        RoundStep::Closed => Ok(feed_round(home, led.id(), RoundInput::Open).await?),
        RoundStep::Opened => Ok(()),
    }
}

/// Edits the themes. A guide who has neither shared nor passed can neither see nor change them.
pub async fn edit_themes(
    home: &Home,
    led: &LeadsRound,
    edit: ThemeEdit,
) -> Result<(), Fail<EditThemesNo>> {
    let (id, living) = (led.id(), find_living_round(home, led).await?);
    let sitter = Sitter::Member(led.who().id);
    let hand = derive_hand(&home.settings().ticket_key, id, sitter);
    let mut tx = home.store.read().await?;
    let own = shares::find_share(&mut tx, id, &hand).await?;
    drop(tx);
    if own.is_none() {
        return Err(Fail::No(EditThemesNo::NotSeen));
    }
    if led.row().reads_first && living.step() == RoundStep::Posed {
        return Err(Fail::No(EditThemesNo::Edit(round::ThemeEditNo::NotGathered)));
    }
    let (rounds, store, now) = (home.rounds.clone(), home.store.clone(), home.clock.now());
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let living = held.as_ref().map(|held| &held.round);
        let living = living.ok_or(Refused::Gone)?;
        let may = living.query(|machine| machine.may_edit(&edit));
        may.map_err(|no| Fail::No(EditThemesNo::Edit(no)))?;
        let read_over = store.write(|mut tx| async move {
            rows::mark_read_over(&mut tx, id, now).await?;
            Ok::<_, Broken>(tx.done(()))
        });
        read_over.await?;
        Ok(living.apply_inputs(vec![RoundInput::EditTheme(edit)]).await?)
    });
    kept.await.map_err(|error| Broken::new("reading over", error.to_string()))?
}

/// Sets what is kept when the words vanish. It can be reduced at any time, but extended only while
/// nobody has written, since people were told before they wrote.
pub async fn set_keeps(
    home: &Home,
    led: &LeadsRound,
    keeps: Keeps,
) -> Result<(), Fail<SetKeepsNo>> {
    let id = led.id();
    find_living_round(home, led).await?;
    let _held = home.rounds.hold(id).await?;
    home.store
        .write(|mut tx| async move {
            let has_words = !shares::list_shares(&mut tx, id).await?.is_empty();
            if keeps == Keeps::Quilt && has_words {
                return Err(Fail::No(SetKeepsNo::TooLate));
            }
            rows::set_keeps(&mut tx, id, keeps).await?;
            Ok(tx.done(()))
        })
        .await
}

/// Returns the living round.
///
/// # Errors
/// [`Refused::Gone`] if its words have vanished.
async fn find_living_round(home: &Home, led: &LeadsRound) -> Result<Arc<LiveRound>, Denied> {
    Ok(home.rounds.open(led.id()).await?.ok_or(Refused::Gone)?)
}

/// Feeds an input to the round; completes even if the caller disconnects meanwhile.
async fn feed_round(home: &Home, id: RoundId, input: RoundInput) -> Result<(), Broken> {
    let rounds = home.rounds.clone();
    let turned = tokio::spawn(async move {
        match rounds.hold(id).await? {
            Some(held) => held.round.apply_inputs(vec![input]).await,
            None => Ok(()),
        }
    });
    turned.await.map_err(|error| Broken::new("turning a round", error.to_string()))?
}

fn check_round_draft(posing: &RoundDraft) -> Result<(), PoseNo> {
    let prompt = posing.prompt.trim();
    if prompt.is_empty() || prompt.chars().count() > PROMPT_CHARS_MAX {
        return Err(PoseNo::Prompt);
    }
    if posing.help.chars().count() > PROMPT_HELP_CHARS_MAX {
        return Err(PoseNo::Help);
    }
    Ok(())
}

fn draft_round_row(home: &Home, sit: SitId, posing: &RoundDraft) -> RoundRow {
    let now = home.clock.now();
    RoundRow {
        id: RoundId::new(now, home.dice.bytes()),
        sit,
        at: None,
        prompt_index: 0,
        prompt: posing.prompt.trim().to_owned(),
        help: posing.help.trim().to_owned(),
        reads_first: posing.reads_first,
        keeps: posing.keeps,
        posed_at: now,
        closes_at: None,
        closed_at: None,
        opened_at: None,
        read_over_at: None,
        vanished_at: None,
    }
}
