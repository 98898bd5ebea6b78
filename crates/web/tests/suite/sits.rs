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
use sitwith_core::sit::plan::plan_templates;
use sitwith_core::sits::OpenTo;
use sitwith_testkit::sits::{draft_tuesdays, make_as_ana};

/// Tuesdays at half past seven in Toronto, with the plan of an evening, led by Ana.
fn draft() -> SitDraft {
    let plans = plan_templates();
    let evening = plans.into_iter().find(|(name, ..)| *name == "evening");
    SitDraft { open_to: OpenTo::Home, ..draft_tuesdays(evening.expect("there is such a plan").2) }
}

/// What a person reads in a page's main part, a line for each piece.
fn read(body: &str) -> String {
    let main = body.split_once("<main").map_or(body, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut text = String::new();
    let mut rest = main.split_once('>').map_or("", |(_, rest)| rest);
    while let Some((words, tail)) = rest.split_once('<') {
        text.push_str(words);
        let (tag, after) = tail.split_once('>').unwrap_or((tail, ""));
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or("");
        if !matches!(name, "b" | "q" | "svg" | "use" | "path" | "circle") {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
