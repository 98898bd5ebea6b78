//! Links from the landing page to the rounds of the sit, and when their words vanish.

use maud::{Markup, html};
use sitwith_app::fail::{Denied, Refused};
use sitwith_app::rounds::{self, OwnPart};
use sitwith_core::id::RoundId;
use sitwith_core::round::RoundStep;
use sitwith_core::sits::Run;
use sitwith_core::time::Instant;

use super::round_text;
use crate::fail::PageError;
use crate::session::Visitor;
use crate::state::WebState;

/// Maximum number of rounds linked.
const ROUNDS_MAX: usize = 6;

/// A round of the sit that was left.
pub struct LandingRound {
    id: RoundId,
    prompt: String,
    step: RoundStep,
    vanishes_at: Option<Instant>,
    has_shared: bool,
    is_kept_quilt: bool,
}

/// Returns the rounds of a run whose words still exist.
pub async fn rounds_of_run(
    state: &WebState,
    visitor: &Visitor,
    run: &Run,
) -> Result<Vec<LandingRound>, PageError> {
    let briefs = rounds::list_rounds(&state.home, &visitor.person, run.sit).await?;
    let of_run = briefs.iter().filter(|brief| brief.at.is_some_and(|(of, _)| of == run.id));
    let mut found = Vec::new();
    for brief in of_run.take(ROUNDS_MAX) {
        let seen = match rounds::view_round(&state.home, &visitor.person, brief.id).await {
            Ok(seen) => seen,
            Err(Denied::Refused(Refused::Gone | Refused::Missing)) => continue,
            Err(denied) => return Err(denied.into()),
        };
        found.push(LandingRound {
            id: brief.id,
            prompt: seen.facts.prompt,
            step: seen.step,
            vanishes_at: seen.vanishes_at,
            has_shared: matches!(seen.own_part, OwnPart::Shared(_)),
            is_kept_quilt: seen.is_kept_quilt,
        });
    }
    Ok(found)
}

/// Renders the links.
pub fn render_quilt_links(state: &WebState, visitor: &Visitor, quilts: &[LandingRound]) -> Markup {
    html! {
        @if !quilts.is_empty() {
            section class="stack near" aria-labelledby="quilts" {
                h2 class="t2" id="quilts" { "What was said" }
                @for quilt in quilts {
                    p class="v t1" dir="auto" { (quilt.prompt) }
                    p class="row" {
                        a class="b b-2" href={ "/rounds/" (quilt.id) } {
                            @if quilt.step == RoundStep::Opened { "See the quilt" }
                            @else { "See the round" }
                        }
                        @if quilt.step == RoundStep::Opened {
                            a class="b b-3" href={ "/rounds/" (quilt.id) "/keepsake" } {
                                "Keep what is yours"
                            }
                        }
                    }
                    (retention_text(state, visitor, quilt))
                }
            }
        }
    }
}

fn retention_text(state: &WebState, visitor: &Visitor, quilt: &LandingRound) -> Markup {
    let whose = if quilt.has_shared { "Your words" } else { "The words" };
    html! {
        @match quilt.vanishes_at {
            Some(at) => p class="soft" { (whose) " go at "
            (round_text::moment_text(state, visitor, at)) "." },
            None if quilt.is_kept_quilt => p class="soft" {
                "What stayed: answers whose authors said that they may be shown with others."
            },
            None => p class="soft" { (whose) " go a quarter of an hour after the sit is over." },
        }
    }
}
