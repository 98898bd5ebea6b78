//! Who is in a room and what is on, at the time the page is written.

use sitwith_app::fail::Fail as AppFail;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::sits::Opened;
use sitwith_core::sit::presence::Count;
use sitwith_core::sit::run::Timeline;

use crate::fail::Fail;
use crate::state::State;
use crate::words;

/// Maximum number of names written into the page; the socket sends the rest. Further people are
/// drawn as stitches of the thread.
const NAMES_MAX: usize = 40;

/// State of a room.
pub(super) struct Here {
    pub timeline: Timeline,
    pub count: Count,
    /// True if a guide of the sit is present.
    pub has_guide: bool,
    /// Seat, name and dye of those who are named.
    pub named: Vec<(u32, String, u8)>,
}

/// Returns true if the holder of this ticket can be seated: a sealed sit has few seats.
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

/// Returns the room of a run; opens it if it is not live yet.
pub(super) async fn look(state: &State, opened: &Opened) -> Result<Here, Fail> {
    let planned = || Timeline::clone(&opened.timeline);
    match state.home.live.reach(opened.run.id).await {
        Ok(living) => {
            let roll = living.roll(NAMES_MAX).await?;
            let timeline = living.local().map_or_else(planned, |sit| sit.timeline());
            let (count, has_guide) = (roll.count(), roll.has_guide);
            Ok(Here { timeline, count, has_guide, named: roll.named })
        }
        // The run ended just now, or the home is restarting: the page is complete, and the socket
        // will say so.
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

/// Returns a sentence such as "And two more sit quietly."
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
