//! Who is in a room and what is on, at the time the page is written.

use sitwith_app::fail::Fail as AppFail;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::sits::OpenedRun;
use sitwith_core::sit::presence::PresenceCount;
use sitwith_core::sit::run::Timeline;

use crate::fail::PageError;
use crate::phrases;
use crate::state::WebState;

/// Maximum number of names written into the page; the socket sends the rest. Further people are
/// drawn as stitches of the thread.
const NAMES_MAX: usize = 40;

/// State of a room.
pub(super) struct RoomSnapshot {
    pub timeline: Timeline,
    pub count: PresenceCount,
    /// True if a guide of the sit is present.
    pub has_guide: bool,
    /// Seat, name and dye of those who are named.
    pub named: Vec<(u32, String, u8)>,
}

/// Returns true if the holder of this ticket can be seated: a sealed sit has few seats.
pub(super) async fn has_seat_for(
    state: &WebState,
    opened: &OpenedRun,
    ticket: &Ticket,
) -> Result<bool, PageError> {
    match state.home.live.find_anywhere(opened.run.id) {
        Some(living) => Ok(living.has_seat_for(ticket.who, ticket.guide).await?),
        None => Ok(true),
    }
}

/// Returns the room of a run; opens it if it is not live yet.
pub(super) async fn load_room_snapshot(
    state: &WebState,
    opened: &OpenedRun,
) -> Result<RoomSnapshot, PageError> {
    let planned = || Timeline::clone(&opened.timeline);
    match state.home.live.open_anywhere(opened.run.id).await {
        Ok(living) => {
            let roll = living.roll(NAMES_MAX).await?;
            let timeline = living.local().map_or_else(planned, |sit| sit.timeline());
            let (count, has_guide) = (roll.count(), roll.has_guide);
            Ok(RoomSnapshot { timeline, count, has_guide, named: roll.named })
        }
        // The run ended just now, or the home is restarting: the page is complete, and the socket
        // will say so.
        Err(AppFail::No(_no)) => Ok(RoomSnapshot {
            timeline: planned(),
            count: PresenceCount::default(),
            has_guide: true,
            named: Vec::new(),
        }),
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// Returns a sentence such as "And two more sit quietly."
pub(super) fn quiet_text(count: PresenceCount, has_named: bool) -> String {
    let quiet = usize::try_from(count.quiet).unwrap_or(usize::MAX);
    let sit = if quiet == 1 { "sits" } else { "sit" };
    let people = if quiet == 1 { "person" } else { "people" };
    if has_named {
        format!("And {} more {sit} quietly.", phrases::number_in_words(quiet))
    } else {
        format!(
            "{} {people} {sit} here quietly.",
            phrases::capitalize_first(&phrases::number_in_words(quiet))
        )
    }
}
