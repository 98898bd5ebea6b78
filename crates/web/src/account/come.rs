//! Guests: a sit's link and a name are enough to come in.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::guests::{self, AdmitGuestNo};
use sitwith_app::fail::Fail as AppFail;
use sitwith_core::member::{NAME_CHARS_MAX, Person};
use sitwith_core::sits::Sit;

use super::{browser_of, name_refusal_text, plain_page, redirect_signed_in};
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::session::Visitor;
use crate::sits::pieces;
use crate::state::WebState;

/// The form of the guest page.
#[derive(Deserialize)]
pub struct GuestNameForm {
    #[serde(default)]
    name: String,
}

const NAME: &str = "How we may call you";

/// `GET /come/{link}`
pub(super) async fn show_guest_form(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(link): Path<String>,
) -> Result<Response, PageError> {
    let sit = guests::find_by_guest_link(&state.home, &link).await?.ok_or(PageError::Missing)?;
    if is_known_here(&visitor.person, &sit) {
        return Ok(Redirect::to(&arrive_path(&sit)).into_response());
    }
    if !sit.is_by_link() {
        return Err(PageError::SignIn(Some(arrive_path(&sit))));
    }
    Ok(guest_form_page(
        &state,
        &visitor,
        &GuestFormView { link: &link, sit: &sit, name: "" },
        &Faults::none(),
    )
    .into_response())
}

/// `POST /come/{link}`
pub(super) async fn come_as_guest(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(link): Path<String>,
    Form(GuestNameForm { name }): Form<GuestNameForm>,
) -> Result<Response, PageError> {
    let sit = guests::find_by_guest_link(&state.home, &link).await?.ok_or(PageError::Missing)?;
    if is_known_here(&visitor.person, &sit) {
        return Ok(Redirect::to(&arrive_path(&sit)).into_response());
    }
    let browser = browser_of(&visitor);
    match guests::admit_guest(&state.home, &link, &name, &visitor.peer_addr, &browser).await {
        Ok(came) => Ok(redirect_signed_in(&visitor, &came.token, &arrive_path(&sit))),
        Err(AppFail::No(AdmitGuestNo::Name(no))) => {
            let faults = Faults::one("name", NAME, &name_refusal_text(no));
            let come = GuestFormView { link: &link, sit: &sit, name: &name };
            Ok(guest_form_page(&state, &visitor, &come, &faults).into_response())
        }
        Err(AppFail::No(AdmitGuestNo::MembersOnly)) => {
            Err(PageError::SignIn(Some(arrive_path(&sit))))
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// Returns true for members, and for guests of this very sit: they have a name already.
fn is_known_here(person: &Person, sit: &Sit) -> bool {
    match person {
        Person::Member(_) => true,
        Person::Guest(guest) => guest.sit == sit.id,
        Person::Stranger => false,
    }
}

fn arrive_path(sit: &Sit) -> String {
    format!("/sits/{}/arrive", sit.id)
}

struct GuestFormView<'a> {
    link: &'a str,
    sit: &'a Sit,
    name: &'a str,
}

fn guest_form_page(
    state: &WebState,
    visitor: &Visitor,
    come: &GuestFormView<'_>,
    faults: &Faults,
) -> (StatusCode, Markup) {
    let page = plain_page(state, visitor, "Come and sit with us");
    let page = page.script_if(come.sit.plan.sealed, pieces::SEALED_KEY_SCRIPT);
    let page = page.render(&html! {
        form class="door stack far" method="post" action={ "/come/" (come.link) } novalidate {
            (faults.summary())
            div class="stack" {
                h1 { (come.sit.title) }
                p class="lead" {
                    @if come.sit.is_led { "With " (come.sit.guide_name) ". " }
                    "You need no account, no experience and nothing to give. A name is enough."
                }
            }
            (new_field("name", NAME)
                .hint("Any name. It need not be your own.")
                .autocomplete("given-name")
                .max(NAME_CHARS_MAX)
                .value(come.name)
                .render(faults))
            (pieces::sealed_text(come.sit.id, &come.sit.plan))
            div class="stack" {
                p class="row" {
                    button class="b b-1" { "Come in" }
                    a class="b b-3" href="/" { "Not today" }
                }
                p class="measure" {
                    b { "You can leave any time. " }
                    span class="soft" {
                        "Nobody is told, nothing is marked, and you can come back in. Your name \
                         is erased after thirty days."
                    }
                }
                p class="soft measure" {
                    "You have a place in this home already? "
                    a href={ "/sign-in?to=/sits/" (come.sit.id) "/arrive" } { "Sign in" }
                }
            }
        }
    });
    (faults.status(), page)
}
