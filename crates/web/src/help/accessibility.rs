//! The accessibility page: what is done, and what has not been tried yet.

use axum::extract::State as With;
use maud::{Markup, html};

use crate::account::plain_page;
use crate::session::Visitor;
use crate::state::WebState;

/// `GET /accessibility`
pub(super) async fn show_accessibility(With(state): With<WebState>, visitor: Visitor) -> Markup {
    plain_page(&state, &visitor, "Accessibility").render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "Accessibility" }
                p class="lead" {
                    "You should be able to come in however you read, hear, see or move."
                }
            }
            h2 class="side" { "What we do" }
            ul class="plain-list stack" {
                li {
                    "Everything can be reached with a keyboard, in the order it stands on the page."
                }
                li {
                    "Every field has a label, and what needs another look is said beside it and \
                  listed at the top."
                }
                li { "The bell is seen and felt as well as heard: rings, words, and a phone that \
                      shakes." }
                li {
                    "Nothing moves by itself when your device asks for less motion, and the breath \
                  can be hidden."
                }
                li { "Colour never says anything alone." }
                li { "No step in a sit waits for you to be quick." }
                li { "Everything but the live room works without script." }
            }
            h2 class="side" { "What we do not know yet" }
            div class="stack" {
                p { "The pages were checked by programs. They were not yet tried by people who use \
                     screen readers every day, nor on very old phones." }
                p { "If something stands in your way, please tell whoever invited you: it is our \
                    fault, not yours." }
            }
        }
    })
}
