//! A sit as an iCalendar file.

use axum::extract::{Path, State as With};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sitwith_app::sits::find_shown_sit;
use sitwith_core::calendar::ical::{self, CalendarEvent};
use sitwith_core::calendar::is_zone;

use super::parse_sit_id;
use crate::fail::PageError;
use crate::session::Visitor;
use crate::state::WebState;

/// Description of the event, the same for everyone: a calendar may be read on a lock screen.
const WORDS: &str = "Come as you are. You can leave any time.";

/// `GET /sits/{id}/calendar.ics`
pub(super) async fn show_calendar(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let sit = find_shown_sit(&state.home, &visitor.person, parse_sit_id(&id)?).await?;
    let settings = state.home.settings();
    let host = settings.address.split("://").last().unwrap_or("sitwith");
    debug_assert!(is_zone(&sit.rule.zone), "a sit's zone is checked when it is made");
    let text = ical::write_calendar(
        &CalendarEvent {
            uid: &format!("{}@{}", sit.id, host.split('/').next().unwrap_or(host)),
            title: &sit.title,
            description: WORDS,
            page_url: &format!("{}/sits/{}", settings.address, sit.id),
            rule: &sit.rule,
            duration: sit.plan.length(),
            sequence: sit.sequence,
            changed_at: sit.changed_at,
            is_ended: sit.ended_at.is_some(),
        },
        state.home.clock.now(),
    );
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sit.ics\""),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    Ok((headers, text).into_response())
}
