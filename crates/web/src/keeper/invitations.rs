//! Invitations: creating, listing and revoking them.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::door::invitations::{self, INVITATION_NOTE_CHARS_MAX, Invitation, InviteNo};
use sitwith_app::fail::Fail as AppFail;
use sitwith_core::id::InvitationId;
use sitwith_core::member::Role;
use sitwith_core::time::Instant;

use super::keeper_nav;
use crate::account::invited::describe_role;
use crate::account::plain_page;
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::page::Section;
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

const WORDS: &str = "For whom";

/// The form of a new invitation.
#[derive(Default, Deserialize)]
pub struct InviteForm {
    #[serde(default)]
    role: String,
    #[serde(default)]
    words: String,
}

/// `GET /keeper/invitations`
pub(super) async fn show_invitations(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    render_invitations(&state, &visitor, &InviteForm::default(), &Faults::none(), None).await
}

/// `POST /keeper/invitations`: creates one; its link is shown once and never again.
pub(super) async fn make_invitation(
    With(state): With<WebState>,
    visitor: Visitor,
    Form(form): Form<InviteForm>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let role = Role::from_word(&form.role).unwrap_or(Role::Member);
    match invitations::make_invitation(&state.home, &keeper, role, &form.words).await {
        Ok(token) => {
            let link = format!("{}/invitations/{token}", state.home.settings().address);
            let form = InviteForm::default();
            render_invitations(&state, &visitor, &form, &Faults::none(), Some(&link)).await
        }
        Err(AppFail::No(InviteNo::NoteTooLong)) => {
            let faults = Faults::one("words", WORDS, "A few words are enough: 120 characters.");
            render_invitations(&state, &visitor, &form, &faults, None).await
        }
        Err(fail) => Err(fail.into()),
    }
}

/// `POST /keeper/invitations/{id}/revoke`
pub(super) async fn revoke_invitation(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let id: InvitationId = id.parse().map_err(|_no| PageError::Missing)?;
    invitations::revoke_invitation(&state.home, &keeper, id).await?;
    Ok(Redirect::to("/keeper/invitations").into_response())
}

impl From<InviteNo> for PageError {
    fn from(no: InviteNo) -> Self {
        match no {
            InviteNo::NoteTooLong => Self::refusal(
                StatusCode::UNPROCESSABLE_ENTITY,
                "These are too many words.",
                "Go back: what you wrote is still there. A few are enough.",
            ),
            InviteNo::NotOpen => Self::refusal(
                StatusCode::CONFLICT,
                "This invitation was taken already.",
                "Look among the people: whoever took it is there.",
            ),
        }
    }
}

async fn render_invitations(
    state: &WebState,
    visitor: &Visitor,
    form: &InviteForm,
    faults: &Faults,
    link: Option<&str>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(state).keeper()?;
    let list = invitations::list_invitations(&state.home, &keeper).await?;
    let now = state.home.clock.now();
    let chosen = Role::from_word(&form.role).unwrap_or(Role::Member);
    let page = plain_page(state, visitor, "Invitations").section(Section::Keeper).render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "Invitations" }
                (keeper_nav("/keeper/invitations"))
            }
            h2 class="side" id="new" { "Invite somebody" }
            form class="stack far" method="post" action="/keeper/invitations" novalidate
                aria-labelledby="new" {
                (faults.summary())
                @if let Some(link) = link { (new_link_message(link)) }
                fieldset class="stack" {
                    legend { "As what?" }
                    div class="opts" { @for role in Role::ALL { (role_choice(role, chosen)) } }
                }
                (new_field("words", WORDS)
                    .hint("Only keepers see this, so that you know later whom it was for.")
                    .max(INVITATION_NOTE_CHARS_MAX)
                    .value(&form.words)
                    .render(faults))
                p { button class="b b-1" { "Make the link" } }
            }
            h2 class="side" id="made" { "Made so far" }
            div class="stack" {
                @if list.is_empty() {
                    div class="say" {
                        p { b { "There is nothing here yet." } }
                    }
                }
                ul class="browsers" {
                    @for invitation in &list { (invitation_row(invitation, now, visitor)) }
                }
            }
        }
    });
    Ok((faults.status(), page).into_response())
}

fn new_link_message(link: &str) -> Markup {
    html! {
        div class="say" role="status" tabindex="-1" autofocus {
            div class="stack" {
                p {
                    b { "The link is ready. " }
                    "It works once, for two weeks, and is shown only now: send it the way you \
                     trust."
                }
                label for="link" { "The link" }
                input id="link" value=(link) readonly;
            }
        }
    }
}

fn role_choice(role: Role, chosen: Role) -> Markup {
    html! {
        label class="pick" {
            input type="radio" name="role" id={ "role-" (role.word()) }
                value=(role.word()) checked[role == chosen];
            span { b { (phrases::capitalize_first(role.word())) } small { (describe_role(role)) } }
        }
    }
}

fn invitation_row(invitation: &Invitation, now: Instant, visitor: &Visitor) -> Markup {
    let day = |at| phrases::format_day(&phrases::in_zone(at, &visitor.zone));
    let label = if invitation.words.is_empty() { "Somebody" } else { &invitation.words };
    html! {
        li class="row" {
            span {
                b { (label) } ", as a " (invitation.role.word())
                span class="soft small" {
                    @if let Some(at) = invitation.used_at { " · taken on " (day(at)) }
                    @else if let Some(at) = invitation.revoked_at { " · taken back on " (day(at)) }
                    @else if !invitation.is_open(now) { " · ended on " (day(invitation.ends_at)) }
                    @else { " · can be taken until " (day(invitation.ends_at)) }
                }
            }
            @if invitation.is_open(now) {
                form method="post" action={ "/keeper/invitations/" (invitation.id) "/revoke" } {
                    button class="b b-3" { "Take it back" span class="vh" { ": " (label) } }
                }
            }
        }
    }
}
