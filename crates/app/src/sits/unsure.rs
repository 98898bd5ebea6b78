//! Help for somebody unsure whether to come: who usually comes, and what she wrote to herself after
//! earlier sits. Also, for a guide, who came last time.
//!
//! Names are shown to members only, and only of those who agreed. A note is shown to nobody but its
//! author.

use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::note::{After, Note};
use sitwith_core::sits::{Next, Sit};
use sitwith_core::time::Instant;
use sitwith_store::{Broken, notes, runs};

use super::next;
use crate::access::AsGuide;
use crate::fail::Denied;
use crate::home::Home;

/// Number of earlier runs that are considered.
const LOOKED_AT: u32 = 4;
/// Minimum number of these runs that somebody who usually comes has come to.
const USUALLY: u32 = 2;
/// Minimum number of people that is stated; fewer are "a few", since a small number says too much
/// about somebody.
const A_FEW: usize = 3;
/// Maximum number of her own notes that are shown.
const OWN_SHOWN: usize = 3;
/// Maximum number of her own notes that are searched for an insight.
const OWN_LOOKED_AT: u32 = 60;

/// The number of people to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Too little is known yet.
    Unknown,
    /// Fewer than are counted.
    AFew,
    /// About this number.
    About(usize),
}

/// Content of the page for somebody unsure whether to come.
#[derive(Clone, Debug)]
pub struct Unsure {
    pub sit: Sit,
    pub next: Option<Next>,
    pub expected: Expected,
    /// Names of those who usually come and agreed to be named; empty for guests.
    pub usually: Vec<String>,
    /// Her own notes after earlier sits, the latest first.
    pub own: Vec<Note>,
    /// A note of hers about an insight, if none of those shown is one.
    pub insight: Option<Note>,
}

/// Returns what is shown to somebody unsure whether to come.
pub async fn unsure(home: &Home, who: &Person, id: SitId) -> Result<Unsure, Denied> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let sit = home.access(who).sit(&mut tx, id).await?.sit().clone();
    let next = next(&mut tx, &sit, now).await?;
    let earlier = runs::earlier(&mut tx, id, now, LOOKED_AT).await?;
    let earlier: Vec<RunId> = earlier
        .iter()
        .map(|run| run.id)
        .filter(|run| next.is_none_or(|next| next.run != Some(*run)))
        .collect();
    let mut usual = runs::sat(&mut tx, &earlier).await?;
    usual.retain(|sat| sat.times >= USUALLY);
    let expected = match usual.len() {
        0 => Expected::Unknown,
        count if count < A_FEW => Expected::AFew,
        count => Expected::About(count),
    };
    let own = match who.member() {
        Some(member) => notes::own(&mut tx, member.id, None, OWN_LOOKED_AT).await?,
        None => Vec::new(),
    };
    let usually = match who.member() {
        Some(member) => usual
            .into_iter()
            .filter(|sat| sat.shows_usually && sat.member != member.id)
            .filter(|sat| sat.times - sat.quiet_times >= USUALLY)
            .map(|sat| sat.name)
            .collect(),
        None => Vec::new(),
    };
    let (own, insight) = told(own);
    Ok(Unsure { sit, next, expected, usually, own, insight })
}

/// Picks the last notes after a sit, and the last insight if it is not among them.
fn told(own: Vec<Note>) -> (Vec<Note>, Option<Note>) {
    let mut after = own.into_iter().filter(|note| note.after.is_some() || note.line.is_some());
    let shown: Vec<Note> = after.by_ref().take(OWN_SHOWN).collect();
    let is_insight = |note: &Note| note.after == Some(After::Insight) && note.line.is_some();
    let insight = if shown.iter().any(is_insight) { None } else { after.find(is_insight) };
    (shown, insight)
}

/// Who came to the last sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    pub title: String,
    pub planned_at: Instant,
    /// Number of people who came, including guests and quiet seats.
    pub count: u32,
    /// Names of the members who did not sit quietly.
    pub names: Vec<String>,
}

/// Returns who came last time to a sit that this guide leads. Guests and quiet seats are counted
/// but not named.
pub async fn who_came(home: &Home, guide: &AsGuide) -> Result<Option<Came>, Broken> {
    let mut tx = home.store.read().await?;
    let Some((run, title)) = runs::last_led(&mut tx, guide.id, guide.roles.keeper).await? else {
        return Ok(None);
    };
    let sat = runs::sat(&mut tx, &[run.id]).await?;
    let names = sat.into_iter().filter(|sat| sat.quiet_times == 0).map(|sat| sat.name).collect();
    Ok(Some(Came { title, planned_at: run.planned_at, count: run.came, names }))
}
