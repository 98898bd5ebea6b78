//! The rounds of a sit as a list: those asked between sits, and kept quilts.

use maud::{Markup, html};
use sitwith_app::rounds::{RoundBrief, RoundStep};

use super::round_text;
use crate::session::Visitor;
use crate::state::WebState;

/// Maximum number of rounds listed; older ones are found by their own addresses.
const SHOWN_MAX: usize = 12;

/// Returns the rounds asked between sits, and kept quilts.
pub fn rounds_between_sits(briefs: &[RoundBrief]) -> Vec<&RoundBrief> {
    let shown = briefs.iter().filter(|brief| brief.at.is_none() || brief.is_kept_quilt);
    shown.take(SHOWN_MAX).collect()
}

/// Renders the list; for guides with links to their pages.
pub fn render_rounds(
    state: &WebState,
    visitor: &Visitor,
    briefs: &[&RoundBrief],
    is_guide: bool,
) -> Markup {
    html! {
        ul class="seg asked" {
            @for brief in briefs {
                li class="d-madder" {
                    div {
                        h3 {
                            a href={ "/rounds/" (brief.id) } dir="auto" { (brief.prompt) }
                        }
                        p { (round_state_text(state, visitor, brief)) }
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

fn round_state_text(state: &WebState, visitor: &Visitor, brief: &RoundBrief) -> String {
    match (brief.step, brief.closes_at) {
        _ if brief.is_kept_quilt => "A quilt that was kept.".to_owned(),
        (RoundStep::Posed, Some(at)) => {
            format!("Open until {}.", round_text::moment_text(state, visitor, at))
        }
        (RoundStep::Posed, None) => "Open.".to_owned(),
        (RoundStep::Closed, _) => "Closed. It is being read.".to_owned(),
        (RoundStep::Opened, _) => "Everybody can see what was said.".to_owned(),
    }
}
