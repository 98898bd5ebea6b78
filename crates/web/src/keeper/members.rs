//! The members of the home and their roles.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::keeper::{self, MemberChangeNo};
use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};

use super::{FormFields, keeper_nav};
use crate::account::invited::describe_role;
use crate::account::plain_page;
use crate::fail::PageError;
use crate::forms::is_checked;
use crate::page::Section;
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Roles that a keeper may grant.
const GRANTABLE_ROLES: [Role; 3] = [Role::Listener, Role::Guide, Role::Keeper];

/// `GET /keeper/members`
pub(super) async fn show_members(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Markup, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let members = keeper::list_members(&state.home, &keeper).await?;
    let page = plain_page(&state, &visitor, "People").section(Section::Keeper);
    Ok(page.render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "People" }
                (keeper_nav("/keeper/members"))
                p class="soft measure" {
                    "Everybody who has a place here, in the order they came. Who came to which \
                     sit, and for how long, is not on any list."
                }
            }
            @for member in &members { (member_form(member, member.id == keeper.id)) }
        }
    }))
}

/// `POST /keeper/members/{id}/roles`
pub(super) async fn set_roles(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<FormFields>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let id: MemberId = id.parse().map_err(|_no| PageError::Missing)?;
    let given = GRANTABLE_ROLES.into_iter().filter(|role| is_checked(form.get(role.word())));
    let roles = given.fold(Roles::default(), Roles::with);
    keeper::set_roles(&state.home, &keeper, id, roles).await?;
    Ok(Redirect::to("/keeper/members").into_response())
}

/// `GET /keeper/members/{id}/goodbye`
pub(super) async fn confirm_remove_member(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let id: MemberId = id.parse().map_err(|_no| PageError::Missing)?;
    let member = keeper::find_member(&state.home, &keeper, id).await?;
    let page = plain_page(&state, &visitor, "Saying goodbye").section(Section::Keeper);
    Ok(page.render(&html! {
        form class="door stack far" method="post" action={ "/keeper/members/" (id) "/goodbye" } {
            div class="stack" {
                h1 { "Saying goodbye to " (member.name) "?" }
                p class="lead" {
                    "Their name, their address, their notes and everything else that is theirs \
                     alone are erased at once, and they are signed out everywhere."
                }
                p class="soft measure" {
                    "Sits they led go on in the hands of a keeper. Nobody is told, not even they: \
                     if you can, speak with them first."
                }
            }
            p class="row" {
                button class="b b-care" { "Erase their place" }
                a class="b b-2" href="/keeper/members" { "Let them stay" }
            }
        }
    }))
}

/// `POST /keeper/members/{id}/goodbye`
pub(super) async fn remove_member(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let id: MemberId = id.parse().map_err(|_no| PageError::Missing)?;
    keeper::remove_member(&state.home, &keeper, id).await?;
    Ok(Redirect::to("/keeper/members").into_response())
}

impl From<MemberChangeNo> for PageError {
    fn from(no: MemberChangeNo) -> Self {
        match no {
            MemberChangeNo::Oneself => Self::refusal(
                StatusCode::CONFLICT,
                "This is your own place.",
                "Nothing was changed. You can leave by your own page.",
            ),
            MemberChangeNo::LastKeeper => Self::refusal(
                StatusCode::CONFLICT,
                "Nobody else looks after this home yet.",
                "Nothing was changed. Make somebody else a keeper first.",
            ),
        }
    }
}

fn member_form(member: &Member, is_oneself: bool) -> Markup {
    let has = |role| match role {
        Role::Guide => member.roles.guide,
        role => member.roles.has(role),
    };
    html! {
        h2 class="side" id={ "m-" (member.id) } { (member.name) }
        form class="stack" method="post" action={ "/keeper/members/" (member.id) "/roles" }
            aria-labelledby={ "m-" (member.id) } {
            p class="soft small" { (member.email) }
            div class="opts three" {
                @for role in GRANTABLE_ROLES {
                    label class="pick" {
                        input type="checkbox" id={ (role.word()) "-" (member.id) }
                            name=(role.word()) value="yes" checked[has(role)];
                        span {
                            b { (phrases::capitalize_first(role.word())) }
                            small { (describe_role(role)) }
                        }
                    }
                }
            }
            p class="row" {
                button class="b b-2" { "Save" span class="vh" { " the roles of " (member.name) } }
                @if !is_oneself {
                    a class="b b-3" href={ "/keeper/members/" (member.id) "/goodbye" } {
                        "Say goodbye" span class="vh" { " to " (member.name) }
                    }
                }
            }
        }
    }
}
