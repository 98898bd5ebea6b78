//! A sit as an iCalendar file.

use axum::extract::{Path, State as With};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sitwith_app::sits::find_shown;
use sitwith_core::calendar::ical::{self, Entry};
use sitwith_core::calendar::is_zone;

use super::id_of;
use crate::fail::Fail;
use crate::session::Visitor;
use crate::state::State;

/// Description of the event, the same for everyone: a calendar may be read on a lock screen.
const WORDS: &str = "Come as you are. You can leave any time.";

/// `GET /sits/{id}/calendar.ics`
pub(super) async fn calendar(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let sit = find_shown(&state.home, &visitor.person, id_of(&id)?).await?;
    let settings = state.home.settings();
    let host = settings.address.split("://").last().unwrap_or("sitwith");
    debug_assert!(is_zone(&sit.rule.zone), "a sit's zone is checked when it is made");
    let text = ical::write(
        &Entry {
            uid: &format!("{}@{}", sit.id, host.split('/').next().unwrap_or(host)),
            title: &sit.title,
            words: WORDS,
            address: &format!("{}/sits/{}", settings.address, sit.id),
            rule: &sit.rule,
            length: sit.plan.length(),
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
