//! The link of a sit, and replacing it. A sealed sit's key is in the fragment of the link: it is
//! generated in the guide's browser and never sent to this home.

use axum::extract::{Form, Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::sits::make;
use sitwith_core::sits::Sit;

use super::find_editable_sit;
use crate::fail::PageError;
use crate::session::Visitor;
use crate::state::WebState;

/// The form that asks for a new link; it says which page to return to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RenewLinkForm {
    #[serde(default)]
    from: String,
}

/// `POST /sits/{id}/link`: replaces the link; the old one stops working at once.
pub(super) async fn renew_link(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(asked): Form<RenewLinkForm>,
) -> Result<Response, PageError> {
    let led = find_editable_sit(&state, &visitor, &id).await?.led;
    if let Err(fail) = make::renew_link(&state.home, &led).await {
        fail.into_own_refusal()?;
        return Err(PageError::Missing);
    }
    let to = if asked.from == "people" { "people?link=new#link" } else { "plan?kept=1#link" };
    Ok(Redirect::to(&format!("/sits/{}/{to}", led.sit().id)).into_response())
}

/// Renders the link beside the editor: for guests, or, for a sealed sit of the home, for members.
pub(super) fn render_link(state: &WebState, sit: &Sit) -> Markup {
    let home = &state.home.settings().address;
    let is_for_guests = sit.is_by_link();
    let (title, address) = if is_for_guests {
        ("The link for guests", format!("{home}/come/{}", sit.link))
    } else {
        ("The link for members", format!("{home}/sits/{}/arrive", sit.id))
    };
    html! {
        section class="stack near" aria-labelledby="link" {
            h2 class="t2" id="link" { (title) }
            @if is_for_guests {
                p class="soft" { "Whoever has it can come to this sit, with any name." }
            }
            div class="field" {
                label class="vh" for="guest-link" { (title) }
                input id="guest-link" readonly value=(address)
                    data-sealed=[sit.plan.sealed.then_some(sit.id)];
            }
            @if sit.plan.sealed { (sealed_key_hint()) }
            p { a class="alone-link" href=(address) { "Try this link" } }
            @if is_for_guests { (renew_link_form(sit)) }
        }
    }
}

/// Explains where the key is. The script swaps the two paragraphs once the key is in the link.
fn sealed_key_hint() -> Markup {
    html! {
        p class="soft" data-whole hidden {
            "This sit is sealed. Behind the # stands its key, made in this browser: give on the \
             whole link, to the last letter, and only to people you trust. Whoever comes without \
             it is handed the key in the room by a guide's page."
        }
        p class="soft" data-whole {
            "This sit is sealed. With JavaScript, this page puts a key to the link, which this home \
             never has. Without it, the key is handed over in the room by a guide's page."
        }
    }
}

fn renew_link_form(sit: &Sit) -> Markup {
    html! {
        details {
            summary { "Make a new link" }
            form class="stack near" method="post" action={ "/sits/" (sit.id) "/link" } {
                p {
                    "The old link lets nobody in any more, in emails and calendars too. Guests who \
                     came by it keep their place."
                }
                button class="b b-2" { "Make a new link" }
            }
        }
    }
}
