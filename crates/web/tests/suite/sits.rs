//! The pages of the sits: what stands on them for whom, and what their forms do.

mod calendar;
mod connecting;
mod editor;
mod form;
mod guide;
mod leading;
mod pages;
mod removing;
mod sealed;
mod seated;

use sitwith_app::sits::make::SitDraft;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::OpenTo;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};

use crate::outline::outline;

/// Tuesdays at half past seven in Toronto, with the plan of an evening, led by Ana.
fn draft() -> SitDraft {
    let plans = plan_templates();
    let evening = plans.into_iter().find(|(name, ..)| *name == "evening");
    SitDraft { open_to: OpenTo::Home, ..draft_tuesdays(evening.expect("there is such a plan").2) }
}

/// The page without what is around it.
fn read(body: &str) -> String {
    outline(body, "main")
}
