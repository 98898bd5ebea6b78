//! Accepting an invitation.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::invitations::{self, TakeInvitationNo};
use sitwith_app::door::sign_in::{self, SignInRequest, SignInRequestNo};
use sitwith_app::fail::Fail as AppFail;
use sitwith_core::member::{NAME_CHARS_MAX, Role};
use sitwith_core::name::parse_name;

use super::sign_in::{NOT_AN_ADDRESS, redirect_to_waiting};
use super::{name_refusal_text, pending_sign_in_secret, plain_page};
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::session::Visitor;
use crate::state::WebState;

/// The form of the invitation page.
#[derive(Default, Deserialize)]
pub struct TakeInvitationForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

const NAME: &str = "How we may call you";
const EMAIL: &str = "Your email";

/// `GET /invitations/{token}`: shows the invitation without using it up.
pub(super) async fn show_invitation(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let invitation = invitations::find_invitation(&state.home, &token)
        .await?
        .ok_or(TakeInvitationNo::NotOpen)?;
    if visitor.person.member().is_some() {
        return Ok(member_page(&state, &visitor, &token, invitation.role).into_response());
    }
    let form = TakeInvitationForm::default();
    let asked = (token.as_str(), invitation.role);
    Ok(invitation_page(&state, &visitor, asked, &form, &Faults::none()).into_response())
}

/// `POST /invitations/{token}`
pub(super) async fn take_invitation(
    With(state): With<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(form): Form<TakeInvitationForm>,
) -> Result<Response, PageError> {
    if let Some(member) = visitor.person.member() {
        invitations::take_invitation(&state.home, member, &token).await?;
        return Ok(Redirect::to("/you").into_response());
    }
    let invitation = invitations::find_invitation(&state.home, &token)
        .await?
        .ok_or(TakeInvitationNo::NotOpen)?;
    let asked = (token.as_str(), invitation.role);
    let mut faults = Faults::none();
    let name =
        parse_name(&form.name).map_err(|no| faults.add("name", NAME, &name_refusal_text(no)));
    if !sign_in::looks_like_email(form.email.trim()) {
        faults.add("email", EMAIL, NOT_AN_ADDRESS);
    }
    let (Ok(name), true) = (name, faults.is_empty()) else {
        return Ok(invitation_page(&state, &visitor, asked, &form, &faults).into_response());
    };
    let asking = SignInRequest {
        email: &form.email,
        browser_token: pending_sign_in_secret(&visitor, &headers),
        return_path: "/",
        peer_addr: &visitor.peer_addr,
        invited: Some((&name, &token)),
    };
    match sign_in::request_sign_in(&state.home, &asking).await {
        Ok(secret) => Ok(redirect_to_waiting(&visitor, &secret)),
        Err(AppFail::No(SignInRequestNo::NotAnAddress)) => {
            let faults = Faults::one("email", EMAIL, NOT_AN_ADDRESS);
            Ok(invitation_page(&state, &visitor, asked, &form, &faults).into_response())
        }
        Err(AppFail::No(SignInRequestNo::NoInvitation)) => Err(TakeInvitationNo::NotOpen.into()),
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

impl From<TakeInvitationNo> for PageError {
    fn from(TakeInvitationNo::NotOpen: TakeInvitationNo) -> Self {
        Self::refusal(
            StatusCode::GONE,
            "This invitation has been used or is too old.",
            "Nothing is wrong with you or your device. Ask whoever invited you for a new one.",
        )
    }
}

/// Describes the role in one sentence.
pub(crate) const fn describe_role(role: Role) -> &'static str {
    match role {
        Role::Member => "You come and sit with the others, and keep your own notes.",
        Role::Listener => "You are trained to be with one person who asks to be met.",
        Role::Guide => "You make sits and lead them.",
        Role::Keeper => "You look after this home: its people and its settings.",
    }
}

fn invitation_page(
    state: &WebState,
    visitor: &Visitor,
    (token, role): (&str, Role),
    form: &TakeInvitationForm,
    faults: &Faults,
) -> (StatusCode, Markup) {
    let home = &state.home.settings().name;
    let page = plain_page(state, visitor, "You are invited").render(&html! {
        form class="door stack far" method="post" action={ "/invitations/" (token) } novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "You are invited to " (home) "." }
                p class="lead" { "As a " (role.word()) ". " (describe_role(role)) }
            }
            (new_field("name", NAME)
                .hint("Any name. It need not be your own. You can change it later.")
                .autocomplete("given-name")
                .max(NAME_CHARS_MAX)
                .value(&form.name)
                .render(faults))
            (new_field("email", EMAIL)
                .hint("We email you six digits, now and whenever you sign in. Nobody here sees \
                       this address but whoever looks after the home.")
                .kind("email")
                .autocomplete("email")
                .value(&form.email)
                .render(faults))
            p class="row" {
                button class="b b-1" { "Take my place" }
                a class="b b-3" href="/" { "Not now" }
            }
        }
    });
    (faults.status(), page)
}

fn member_page(state: &WebState, visitor: &Visitor, token: &str, role: Role) -> Markup {
    let name = visitor.person.name().unwrap_or_default();
    plain_page(state, visitor, "You are invited").render(&html! {
        form class="door stack far" method="post" action={ "/invitations/" (token) } {
            div class="stack" {
                h1 { "You are invited to be a " (role.word()) ", " (name) "." }
                p class="lead" { (describe_role(role)) }
            }
            p class="row" {
                button class="b b-1" { "Yes, gladly" }
                a class="b b-3" href="/" { "Not now" }
            }
        }
    })
}
