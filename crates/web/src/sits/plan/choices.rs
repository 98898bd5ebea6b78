//! The page on which a new sit chooses what to start from.

use maud::{Markup, html};
use sitwith_app::sits::SitView;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::templates::plan_templates;

use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// `GET /sits/new` without a start: the ready-made plans, and those of other sits.
pub(super) fn new_sit_page(state: &WebState, visitor: &Visitor, upcoming: &[SitView]) -> Markup {
    Page::new(state, visitor, "A new sit")
        .section(Section::Guide)
        .style("guide/guide.css")
        .style("guide/plan.css")
        .render(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { "A new sit" }
                    p class="lead" { "Start from one of these. Everything can be changed." }
                }
                h2 class="vh" { "Plans to start from" }
                ul class="seg" {
                    @for (name, title, plan) in plan_templates() {
                        (plan_choice(name, title, &plan))
                    }
                    @for seen in upcoming {
                        (plan_choice(&seen.sit.id.to_string(), &seen.sit.title, &seen.sit.plan))
                    }
                }
            }
        })
}

fn plan_choice(from: &str, title: &str, plan: &Plan) -> Markup {
    let mut parts: Vec<&str> = plan.phases.iter().map(|phase| phase.kind().row().short).collect();
    parts.dedup();
    html! {
        li class="d-lichen" {
            div {
                h3 { (title) }
                p {
                    (phrases::capitalize_first(&phrases::length_in_words(plan.length()))) ". "
                    (parts.join(", ")) "."
                }
            }
            div class="acts" {
                a class="b b-2" href={ "/sits/new?from=" (from) }
                    aria-label={ "Start from this: " (title) } { "Start from this" }
            }
        }
    }
}
