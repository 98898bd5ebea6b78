//! Accepting an invitation.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::arrive::{self, AskNo, Asking};
use sitwith_app::door::invitations::{self, TakeNo};
use sitwith_app::fail::Fail as AppFail;
use sitwith_core::member::{NAME_MAX, Role};
use sitwith_core::name::name as name_of;

use super::sign_in::{NOT_AN_ADDRESS, waiting_with};
use super::{held, name_words, plain_page};
use crate::fail::Fail;
use crate::forms::{Faults, field};
use crate::session::Visitor;
use crate::state::State;

/// The form of the invitation page.
#[derive(Default, Deserialize)]
pub struct TakeForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

const NAME: &str = "How we may call you";
const EMAIL: &str = "Your email";

/// `GET /invitations/{token}`: shows the invitation without using it up.
pub(super) async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    let invitation = invitations::look(&state.home, &token).await?.ok_or(TakeNo::NotOpen)?;
    if visitor.person.member().is_some() {
        return Ok(member_page(&state, &visitor, &token, invitation.role).into_response());
    }
    let form = TakeForm::default();
    let asked = (token.as_str(), invitation.role);
    Ok(page(&state, &visitor, asked, &form, &Faults::none()).into_response())
}

/// `POST /invitations/{token}`
pub(super) async fn take(
    With(state): With<State>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(form): Form<TakeForm>,
) -> Result<Response, Fail> {
    if let Some(member) = visitor.person.member() {
        invitations::take(&state.home, member, &token).await?;
        return Ok(Redirect::to("/you").into_response());
    }
    let invitation = invitations::look(&state.home, &token).await?.ok_or(TakeNo::NotOpen)?;
    let asked = (token.as_str(), invitation.role);
    let mut faults = Faults::none();
    let name = name_of(&form.name).map_err(|no| faults.add("name", NAME, &name_words(no)));
    if !arrive::looks_like_address(form.email.trim()) {
        faults.add("email", EMAIL, NOT_AN_ADDRESS);
    }
    let (Ok(name), true) = (name, faults.is_empty()) else {
        return Ok(page(&state, &visitor, asked, &form, &faults).into_response());
    };
    let asking = Asking {
        email: &form.email,
        held: held(&visitor, &headers),
        to: "/",
        place: &visitor.place,
        invited: Some((&name, &token)),
    };
    match arrive::ask(&state.home, &asking).await {
        Ok(secret) => Ok(waiting_with(&visitor, &secret)),
        Err(AppFail::No(AskNo::NotAnAddress)) => {
            let faults = Faults::one("email", EMAIL, NOT_AN_ADDRESS);
            Ok(page(&state, &visitor, asked, &form, &faults).into_response())
        }
        Err(AppFail::No(AskNo::NoInvitation)) => Err(TakeNo::NotOpen.into()),
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

impl From<TakeNo> for Fail {
    fn from(TakeNo::NotOpen: TakeNo) -> Self {
        Self::words(
            StatusCode::GONE,
            "This invitation has been used or is too old.",
            "Nothing is wrong with you or your device. Ask whoever invited you for a new one.",
        )
    }
}

/// Describes the role in one sentence.
pub(crate) const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Member => "You come and sit with the others, and keep your own notes.",
        Role::Listener => "You are trained to be with one person who asks to be met.",
        Role::Guide => "You make sits and lead them.",
        Role::Keeper => "You look after this home: its people and its settings.",
    }
}

fn page(
    state: &State,
    visitor: &Visitor,
    (token, role): (&str, Role),
    form: &TakeForm,
    faults: &Faults,
) -> (StatusCode, Markup) {
    let home = &state.home.settings().name;
    let page = plain_page(state, visitor, "You are invited").show(&html! {
        form class="door stack far" method="post" action={ "/invitations/" (token) } novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "You are invited to " (home) "." }
                p class="lead" { "As a " (role.word()) ". " (role_words(role)) }
            }
            (field("name", NAME)
                .hint("Any name. It need not be your own. You can change it later.")
                .autocomplete("given-name")
                .max(NAME_MAX)
                .value(&form.name)
                .show(faults))
            (field("email", EMAIL)
                .hint("We email you six digits, now and whenever you sign in. Nobody here sees \
                       this address but whoever looks after the home.")
                .kind("email")
                .autocomplete("email")
                .value(&form.email)
                .show(faults))
            p class="row" {
                button class="b b-1" { "Take my place" }
                a class="b b-3" href="/" { "Not now" }
            }
        }
    });
    (faults.status(), page)
}

fn member_page(state: &State, visitor: &Visitor, token: &str, role: Role) -> Markup {
    let name = visitor.person.name().unwrap_or_default();
    plain_page(state, visitor, "You are invited").show(&html! {
        form class="door stack far" method="post" action={ "/invitations/" (token) } {
            div class="stack" {
                h1 { "You are invited to be a " (role.word()) ", " (name) "." }
                p class="lead" { (role_words(role)) }
            }
            p class="row" {
                button class="b b-1" { "Yes, gladly" }
                a class="b b-3" href="/" { "Not now" }
            }
        }
    })
}
