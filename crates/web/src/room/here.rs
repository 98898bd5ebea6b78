//! Who is in a room and what is on, as its page is written.

use sitwith_app::fail::Fail as AppFail;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::sits::Opened;
use sitwith_core::sit::presence::Count;
use sitwith_core::sit::run::Timeline;

use crate::fail::Fail;
use crate::state::State;
use crate::words;

/// How many names a page is written with; the socket brings the rest. More people than these are
/// drawn as stitches of the thread.
const NAMES_MAX: usize = 40;

/// A room as it stands.
pub(super) struct Here {
    /// Its running order.
    pub timeline: Timeline,
    /// How many are here.
    pub count: Count,
    /// Whether somebody who leads is here.
    pub has_guide: bool,
    /// Those who may be named: seat, name and dye.
    pub named: Vec<(u32, String, u8)>,
}

/// Whether there is a place for whoever has this ticket: a sealed sit holds few people.
pub(super) async fn has_place(
    state: &State,
    opened: &Opened,
    ticket: &Ticket,
) -> Result<bool, Fail> {
    match state.home.live.seek(opened.run.id) {
        Some(living) => Ok(living.has_place_for(ticket.who, ticket.guide).await?),
        None => Ok(true),
    }
}

/// The room of a run, opened if nobody is in it yet.
pub(super) async fn look(state: &State, opened: &Opened) -> Result<Here, Fail> {
    let planned = || Timeline::clone(&opened.timeline);
    match state.home.live.reach(opened.run.id).await {
        Ok(living) => {
            let roll = living.roll(NAMES_MAX).await?;
            let timeline = living.local().map_or_else(planned, |sit| sit.timeline());
            let (count, has_guide) = (roll.count(), roll.has_guide);
            Ok(Here { timeline, count, has_guide, named: roll.named })
        }
        // It ended this moment, or the home restarts: the page is whole, the socket will tell.
        Err(AppFail::No(_no)) => Ok(Here {
            timeline: planned(),
            count: Count::default(),
            has_guide: true,
            named: Vec::new(),
        }),
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// "And two more sit quietly."
pub(super) fn quietly(count: Count, has_named: bool) -> String {
    let quiet = usize::try_from(count.quiet).unwrap_or(usize::MAX);
    let sit = if quiet == 1 { "sits" } else { "sit" };
    let people = if quiet == 1 { "person" } else { "people" };
    if has_named {
        format!("And {} more {sit} quietly.", words::number(quiet))
    } else {
        format!("{} {people} {sit} here quietly.", words::sentence(&words::number(quiet)))
    }
}
