//! Help for somebody unsure whether to come: who usually comes, and what she wrote to herself after
//! earlier sits. Also, for a guide, who came last time.
//!
//! Names are shown to members only, and only of those who agreed. A note is shown to nobody but its
//! author.

use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::note::{AfterNote, Note};
use sitwith_core::sits::{NextRun, Sit};
use sitwith_core::time::Instant;
use sitwith_store::{Broken, notes, runs};

use super::next_run;
use crate::access::AsGuide;
use crate::fail::Denied;
use crate::home::Home;

/// Number of earlier runs that are considered.
const EARLIER_RUNS_MAX: u32 = 4;
/// Minimum number of these runs that somebody who usually comes has come to.
const USUAL_RUNS_MIN: u32 = 2;
/// Minimum number of people that is stated; fewer are "a few", since a small number says too much
/// about somebody.
const ABOUT_COUNT_MIN: usize = 3;
/// Maximum number of her own notes that are shown.
const OWN_NOTES_SHOWN_MAX: usize = 3;
/// Maximum number of her own notes that are searched for an insight.
const OWN_NOTES_READ_MAX: u32 = 60;

/// The number of people to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedCount {
    /// Too little is known yet.
    Unknown,
    /// Fewer than are counted.
    AFew,
    /// About this number.
    About(usize),
}

/// Content of the page for somebody unsure whether to come.
#[derive(Clone, Debug)]
pub struct Hesitation {
    pub sit: Sit,
    pub next: Option<NextRun>,
    pub expected: ExpectedCount,
    /// Names of those who usually come and agreed to be named; empty for guests.
    pub usual_names: Vec<String>,
    /// Her own notes after earlier sits, the latest first.
    pub own_notes: Vec<Note>,
    /// A note of hers about an insight, if none of those shown is one.
    pub insight: Option<Note>,
}

/// Returns what is shown to somebody unsure whether to come.
pub async fn load_hesitation(home: &Home, who: &Person, id: SitId) -> Result<Hesitation, Denied> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let sit = home.access(who).sit(&mut tx, id).await?.sit().clone();
    let next = next_run(&mut tx, &sit, now).await?;
    let earlier = runs::list_earlier_runs(&mut tx, id, now, EARLIER_RUNS_MAX).await?;
    let earlier: Vec<RunId> = earlier
        .iter()
        .map(|run| run.id)
        .filter(|run| next.is_none_or(|next| next.run != Some(*run)))
        .collect();
    let mut usual = runs::list_attendance(&mut tx, &earlier).await?;
    usual.retain(|sat| sat.run_count >= USUAL_RUNS_MIN);
    let expected = match usual.len() {
        0 => ExpectedCount::Unknown,
        count if count < ABOUT_COUNT_MIN => ExpectedCount::AFew,
        count => ExpectedCount::About(count),
    };
    let own = match who.member() {
        Some(member) => notes::list_notes(&mut tx, member.id, None, OWN_NOTES_READ_MAX).await?,
        None => Vec::new(),
    };
    let usually = match who.member() {
        Some(member) => usual
            .into_iter()
            .filter(|sat| sat.shows_usually && sat.member != member.id)
            .filter(|sat| sat.run_count - sat.quiet_count >= USUAL_RUNS_MIN)
            .map(|sat| sat.name)
            .collect(),
        None => Vec::new(),
    };
    let (own, insight) = pick_shown_notes(own);
    Ok(Hesitation { sit, next, expected, usual_names: usually, own_notes: own, insight })
}

/// Picks the last notes after a sit, and the last insight if it is not among them.
fn pick_shown_notes(own: Vec<Note>) -> (Vec<Note>, Option<Note>) {
    let mut after =
        own.into_iter().filter(|note| note.after_note.is_some() || note.own_words.is_some());
    let shown: Vec<Note> = after.by_ref().take(OWN_NOTES_SHOWN_MAX).collect();
    let is_insight =
        |note: &Note| note.after_note == Some(AfterNote::Insight) && note.own_words.is_some();
    let insight = if shown.iter().any(is_insight) { None } else { after.find(is_insight) };
    (shown, insight)
}

/// Who came to the last sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAttendance {
    pub title: String,
    pub planned_at: Instant,
    /// Number of people who came, including guests and quiet seats.
    pub count: u32,
    /// Names of the members who did not sit quietly.
    pub names: Vec<String>,
}

/// Returns who came last time to a sit that this guide leads. Guests and quiet seats are counted
/// but not named.
pub async fn load_last_attendance(
    home: &Home,
    guide: &AsGuide,
) -> Result<Option<LastAttendance>, Broken> {
    let mut tx = home.store.read().await?;
    let Some((run, title)) = runs::find_last_led_run(&mut tx, guide.id, guide.roles.keeper).await?
    else {
        return Ok(None);
    };
    let sat = runs::list_attendance(&mut tx, &[run.id]).await?;
    let names = sat.into_iter().filter(|sat| sat.quiet_count == 0).map(|sat| sat.name).collect();
    Ok(Some(LastAttendance { title, planned_at: run.planned_at, count: run.came_count, names }))
}
