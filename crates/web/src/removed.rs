//! The rest of the page that somebody sees whom a guide removed from a sit: that it concerns this
//! sit alone, where help is, and that their own words stay theirs.

use maud::{Markup, html};
use sitwith_app::{Broken, rounds};
use sitwith_core::id::{RoundId, SitId};

use crate::fail::PageError;
use crate::page;
use crate::session::Visitor;
use crate::state::WebState;

/// Renders the notes under the heading. `path` is the path that was requested.
pub(crate) async fn removed_notes(state: &WebState, visitor: &Visitor, path: &str) -> Markup {
    let own = match own_words_of_path(state, visitor, path).await {
        Ok(own) => own,
        // The error is logged; the page is complete without the list.
        Err(broken) => {
            drop(PageError::from(broken));
            Vec::new()
        }
    };
    let lines = &state.home.settings().help_lines;
    html! {
        p {
            "This is about this one sit. Whatever else was open to you in this home still is, and \
             what you wrote for yourself is still yours."
        }
        p {
            "If you think it was a mistake, speak with the guide, or with whoever looks after this \
             home: they can let you in again."
        }
        @if !own.is_empty() {
            section class="stack near" aria-labelledby="own" {
                h2 class="t2" id="own" { "What you wrote in its rounds" }
                p { "Your words are yours. You can take them back now; then nobody sees them." }
                @for (round, prompt) in &own {
                    form method="post" action={ "/rounds/" (round) "/withdraw" } {
                        p { "To: " q { (prompt) } }
                        button class="b b-2" {
                            "Take my words back" span class="vh" { ": " (prompt) }
                        }
                    }
                }
            }
        }
        section class="stack near" aria-labelledby="helped" {
            h2 class="t2" id="helped" { "If this is hard to read" }
            p { "It can hurt to be sent away. You can call somebody, now:" }
            (page::help_lines(page::footer_lines(lines)))
            p { a class="b b-3 flush help" href="/help" { "Lines in other countries" } }
        }
    }
}

/// Returns the rounds of the requested sit in which the visitor's words still stand, with their
/// prompts.
async fn own_words_of_path(
    state: &WebState,
    visitor: &Visitor,
    path: &str,
) -> Result<Vec<(RoundId, String)>, Broken> {
    let mut parts = path.split('/').skip(1);
    let sit = match (parts.next(), parts.next()) {
        (Some("sits"), Some(id)) => id.parse::<SitId>().ok(),
        (Some("rounds"), Some(id)) => match id.parse() {
            Ok(id) => rounds::sit_of_round(&state.home, id).await?,
            Err(_no) => None,
        },
        _ => None,
    };
    match sit {
        Some(sit) => rounds::list_own_words(&state.home, &visitor.person, sit).await,
        None => Ok(Vec::new()),
    }
}
