//! The rounds of a sit in a list: what is asked between the sits, and what was kept.

use maud::{Markup, html};
use sitwith_app::rounds::{Brief, Step};

use super::told;
use crate::session::Visitor;
use crate::state::State;

/// How many rounds a list shows; older ones are found by their own addresses.
const SHOWN_MAX: usize = 12;

/// Those of these rounds that stand between sits, and quilts that were kept.
pub fn between(briefs: &[Brief]) -> Vec<&Brief> {
    let shown = briefs.iter().filter(|brief| brief.at.is_none() || brief.is_kept_quilt);
    shown.take(SHOWN_MAX).collect()
}

/// The rounds, for everybody who may come to them; with the way to her page for whoever guides.
pub fn list(state: &State, visitor: &Visitor, briefs: &[&Brief], is_guide: bool) -> Markup {
    html! {
        ul class="seg asked" {
            @for brief in briefs {
                li class="d-madder" {
                    div {
                        h3 {
                            a href={ "/rounds/" (brief.id) } dir="auto" { (brief.prompt) }
                        }
                        p { (standing(state, visitor, brief)) }
                    }
                    @if is_guide && !brief.is_kept_quilt {
                        div class="acts" {
                            a class="b b-3" href={ "/rounds/" (brief.id) "/guide" }
                                aria-label={ "Guide it: " (brief.prompt) } { "Guide it" }
                        }
                    }
                }
            }
        }
    }
}

fn standing(state: &State, visitor: &Visitor, brief: &Brief) -> String {
    match (brief.step, brief.closes_at) {
        _ if brief.is_kept_quilt => "A quilt that was kept.".to_owned(),
        (Step::Posed, Some(at)) => {
            format!("Open until {}.", told::moment(state, visitor, at))
        }
        (Step::Posed, None) => "Open.".to_owned(),
        (Step::Closed, _) => "Closed. It is being read.".to_owned(),
        (Step::Opened, _) => "Everybody can see what was said.".to_owned(),
    }
}
