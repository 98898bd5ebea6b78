//! A guide's acts on a round: pose, close, edit the themes, open, and set what is kept.

use std::sync::Arc;

use sitwith_core::id::{RoundId, SitId};
use sitwith_core::round::{self, Edit, Input, Keeps, Step};
use sitwith_core::sit::plan::{HELP_MAX, PROMPT_MAX};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::rounds::{self as rows, RoundRow};
use sitwith_store::{Broken, shares};

use crate::access::{LeadsRound, LeadsSit};
use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::live_rounds::LiveRound;
use crate::live_rounds::hand::hand;

/// Minimum time a round stands alone, in hours.
pub const HOURS_LEAST: u32 = 1;
/// Maximum time a round stands alone, in hours: a week.
pub const HOURS_MAX: u32 = 7 * 24;
/// Maximum number of living rounds that stand alone in one sit.
const ALONE_MAX: usize = 12;
/// Maximum number of prompts in one phase.
const PROMPTS_MAX: u16 = 12;

/// A round as a guide writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posing {
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
    /// The time is shorter than [`HOURS_LEAST`] or longer than [`HOURS_MAX`].
    Hours,
    /// The sit or phase has its maximum number of rounds.
    Full,
}

/// Refusals of [`open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenRoundNo {
    /// The round still takes shares.
    NotClosed,
}

/// Refusals of [`edit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditNo {
    /// The guide has neither shared nor passed, and so has not seen what others wrote.
    NotSeen,
    /// The edit does not fit the current themes.
    Edit(round::EditNo),
}

/// Refusals of [`set_keeps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepsNo {
    /// People have already written, and were told that nothing is kept.
    TooLate,
}

/// Returns an id for a new round, so that a form sent twice poses it once.
pub fn fresh_id(home: &Home) -> RoundId {
    RoundId::new(home.clock.now(), home.dice.bytes())
}

/// Poses a round that stands alone between sits.
pub async fn pose(home: &Home, led: &LeadsSit, posing: &Posing) -> Result<RoundId, Fail<PoseNo>> {
    pose_as(home, led, fresh_id(home), posing).await
}

/// Poses a round that stands alone under this id; an existing round of this sit is left as it is.
pub async fn pose_as(
    home: &Home,
    led: &LeadsSit,
    id: RoundId,
    posing: &Posing,
) -> Result<RoundId, Fail<PoseNo>> {
    let (sit, mut tx) = (led.sit().id, home.store.read().await?);
    if led.sit().ended_at.is_some() {
        return Err(Fail::No(PoseNo::NotNow));
    }
    check(posing).map_err(Fail::No)?;
    if !(HOURS_LEAST..=HOURS_MAX).contains(&posing.hours) {
        return Err(Fail::No(PoseNo::Hours));
    }
    if let Some(posed) = rows::find(&mut tx, id).await? {
        // The form was sent twice. For an id used elsewhere, reveal nothing about what has it.
        let is_this = posed.sit == sit && posed.at.is_none();
        return Ok(is_this.then_some(id).ok_or(Refused::Missing)?);
    }
    let living = rows::living(&mut tx).await?;
    drop(tx);
    let stands_alone = |row: &&RoundRow| row.sit == sit && row.at.is_none();
    if living.iter().filter(stands_alone).count() >= ALONE_MAX {
        return Err(Fail::No(PoseNo::Full));
    }
    let now = home.clock.now();
    let row = RoundRow {
        id,
        closes_at: Some(now + Span::from_mins(i64::from(posing.hours) * 60)),
        ..row_of(home, sit, posing)
    };
    let posed = home.rounds.keep_posed(&row).await?;
    home.rounds.open(posed.id).await?;
    Ok(posed.id)
}

/// Poses another prompt in the phase of this round, and closes the round if it is still posed.
pub async fn pose_again(
    home: &Home,
    led: &LeadsRound,
    posing: &Posing,
) -> Result<RoundId, Fail<PoseNo>> {
    let (row, before) = (led.row(), led.id());
    let living = home.rounds.open(before).await?.ok_or(Fail::No(PoseNo::NotNow))?;
    check(posing).map_err(Fail::No)?;
    let (run, phase) = row.at.ok_or(Fail::No(PoseNo::NotNow))?;
    let now = home.clock.now();
    let timeline = home.rounds.timeline(run).await?;
    let is_now = timeline
        .filter(|timeline| !timeline.is_over(now))
        .and_then(|timeline| timeline.segment(now)?.phase)
        == Some(phase);
    if !is_now {
        return Err(Fail::No(PoseNo::NotNow));
    }
    if row.place + 1 >= PROMPTS_MAX {
        return Err(Fail::No(PoseNo::Full));
    }
    if living.step() == Step::Posed {
        turn(home, before, Input::Close).await?;
    }
    let next = RoundRow { at: row.at, place: row.place + 1, ..row_of(home, row.sit, posing) };
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
pub async fn close(home: &Home, led: &LeadsRound) -> Result<(), Denied> {
    match living(home, led).await?.step() {
        Step::Posed => Ok(turn(home, led.id(), Input::Close).await?),
        // Closing twice is the same as once.
        Step::Closed | Step::Opened => Ok(()),
    }
}

/// Opens the quilt after the guide has read it.
pub async fn open(home: &Home, led: &LeadsRound) -> Result<(), Fail<OpenRoundNo>> {
    match living(home, led).await?.step() {
        Step::Posed => Err(Fail::No(OpenRoundNo::NotClosed)),
        Step::Closed => Ok(turn(home, led.id(), Input::Open).await?),
        Step::Opened => Ok(()),
    }
}

/// Edits the themes. A guide who has neither shared nor passed can neither see nor change them.
pub async fn edit(home: &Home, led: &LeadsRound, edit: Edit) -> Result<(), Fail<EditNo>> {
    let (id, living) = (led.id(), living(home, led).await?);
    let sitter = Sitter::Member(led.who().id);
    let hand = hand(&home.settings().ticket_key, id, sitter);
    let mut tx = home.store.read().await?;
    let own = shares::of_hand(&mut tx, id, &hand).await?;
    drop(tx);
    if own.is_none() {
        return Err(Fail::No(EditNo::NotSeen));
    }
    if led.row().reads_first && living.step() == Step::Posed {
        return Err(Fail::No(EditNo::Edit(round::EditNo::TooEarly)));
    }
    let (rounds, store, now) = (home.rounds.clone(), home.store.clone(), home.clock.now());
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let living = held.as_ref().map(|held| &held.round);
        let living = living.ok_or(Refused::Gone)?;
        let may = living.ask(|machine| machine.may_edit(&edit));
        may.map_err(|no| Fail::No(EditNo::Edit(no)))?;
        let read_over = store.write(|mut tx| async move {
            rows::read_over(&mut tx, id, now).await?;
            Ok::<_, Broken>(tx.done(()))
        });
        read_over.await?;
        Ok(living.turn(vec![Input::Edit(edit)]).await?)
    });
    kept.await.map_err(|error| Broken::new("reading over", error.to_string()))?
}

/// Sets what is kept when the words vanish. It can be reduced at any time, but extended only while
/// nobody has written, since people were told before they wrote.
pub async fn set_keeps(home: &Home, led: &LeadsRound, keeps: Keeps) -> Result<(), Fail<KeepsNo>> {
    let id = led.id();
    living(home, led).await?;
    let _held = home.rounds.hold(id).await?;
    home.store
        .write(|mut tx| async move {
            let has_words = !shares::all(&mut tx, id).await?.is_empty();
            if keeps == Keeps::Quilt && has_words {
                return Err(Fail::No(KeepsNo::TooLate));
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
async fn living(home: &Home, led: &LeadsRound) -> Result<Arc<LiveRound>, Denied> {
    Ok(home.rounds.open(led.id()).await?.ok_or(Refused::Gone)?)
}

/// Feeds an input to the round; completes even if the caller disconnects meanwhile.
async fn turn(home: &Home, id: RoundId, input: Input) -> Result<(), Broken> {
    let rounds = home.rounds.clone();
    let turned = tokio::spawn(async move {
        match rounds.hold(id).await? {
            Some(held) => held.round.turn(vec![input]).await,
            None => Ok(()),
        }
    });
    turned.await.map_err(|error| Broken::new("turning a round", error.to_string()))?
}

fn check(posing: &Posing) -> Result<(), PoseNo> {
    let prompt = posing.prompt.trim();
    if prompt.is_empty() || prompt.chars().count() > PROMPT_MAX {
        return Err(PoseNo::Prompt);
    }
    if posing.help.chars().count() > HELP_MAX {
        return Err(PoseNo::Help);
    }
    Ok(())
}

fn row_of(home: &Home, sit: SitId, posing: &Posing) -> RoundRow {
    let now = home.clock.now();
    RoundRow {
        id: RoundId::new(now, home.dice.bytes()),
        sit,
        at: None,
        place: 0,
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
