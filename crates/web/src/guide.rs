//! The guide's pages: a dashboard with coming sits and past attendance, and the editor of a sit's
//! plan.
//!
//! The editor is stateless: every button sends the whole form and gets the whole form back, so that
//! no typed word is lost. Only "Save this plan" stores anything.

mod dashboard;

use axum::extract::{Query, State as With};
use maud::Markup;
use serde::Deserialize;
use sitwith_app::sits::{self, leading, unsure};

use crate::fail::PageError;
use crate::route::routes;
use crate::session::Visitor;
use crate::state::WebState;

routes! {
    get "/guide", Guides: 200 => show_dashboard;
}

/// Query of the dashboard.
#[derive(Debug, Default, Deserialize)]
pub struct DashboardQuery {
    /// Id of the sit whose co-guides were named just now.
    #[serde(default)]
    led: Option<String>,
}

/// `GET /guide`
async fn show_dashboard(
    With(state): With<WebState>,
    visitor: Visitor,
    Query(said): Query<DashboardQuery>,
) -> Result<Markup, PageError> {
    let guide = visitor.access(&state).guide()?;
    let upcoming = sits::list_upcoming(&state.home, &visitor.person).await?;
    let came = unsure::load_last_attendance(&state.home, &guide).await?;
    let mut rounds = Vec::new();
    for seen in upcoming.iter().filter(|seen| seen.is_guide) {
        rounds.extend(crate::rounds::rounds_of_sit(&state, &visitor, seen.sit.id).await?);
    }
    let guides = leading::list_home_guides(&state.home, &guide).await?;
    let shown = dashboard::Dashboard {
        name: &guide.name,
        upcoming: &upcoming,
        rounds: &rounds,
        came: came.as_ref(),
        guides: &guides,
        is_led_said: said.led.is_some(),
    };
    Ok(dashboard::render_dashboard(&state, &visitor, &shown))
}
