//! The members of the home and their roles.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::keeper::{self, RolesNo};
use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};

use super::{Typed, links};
use crate::account::invited::role_words;
use crate::account::plain_page;
use crate::fail::Fail;
use crate::forms::is_yes;
use crate::page::Section;
use crate::session::Visitor;
use crate::state::State;
use crate::words;

/// Roles that a keeper may grant.
const GIVEN: [Role; 3] = [Role::Listener, Role::Guide, Role::Keeper];

/// `GET /keeper/members`
pub(super) async fn show(With(state): With<State>, visitor: Visitor) -> Result<Markup, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let members = keeper::members(&state.home, &keeper).await?;
    let page = plain_page(&state, &visitor, "People").section(Section::Keeper);
    Ok(page.show(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "People" }
                (links("/keeper/members"))
                p class="soft measure" {
                    "Everybody who has a place here, in the order they came. Who came to which \
                     sit, and for how long, is not on any list."
                }
            }
            @for member in &members { (person(member, member.id == keeper.id)) }
        }
    }))
}

/// `POST /keeper/members/{id}/roles`
pub(super) async fn set_roles(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<Typed>,
) -> Result<Response, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let id: MemberId = id.parse().map_err(|_no| Fail::Missing)?;
    let given = GIVEN.into_iter().filter(|role| is_yes(form.get(role.word())));
    let roles = given.fold(Roles::default(), Roles::and);
    keeper::set_roles(&state.home, &keeper, id, roles).await?;
    Ok(Redirect::to("/keeper/members").into_response())
}

/// `GET /keeper/members/{id}/goodbye`
pub(super) async fn goodbye(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let id: MemberId = id.parse().map_err(|_no| Fail::Missing)?;
    let member = keeper::member(&state.home, &keeper, id).await?;
    let page = plain_page(&state, &visitor, "Saying goodbye").section(Section::Keeper);
    Ok(page.show(&html! {
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
pub(super) async fn say_goodbye(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let id: MemberId = id.parse().map_err(|_no| Fail::Missing)?;
    keeper::say_goodbye(&state.home, &keeper, id).await?;
    Ok(Redirect::to("/keeper/members").into_response())
}

impl From<RolesNo> for Fail {
    fn from(no: RolesNo) -> Self {
        match no {
            RolesNo::Oneself => Self::words(
                StatusCode::CONFLICT,
                "This is your own place.",
                "Nothing was changed. You can leave by your own page.",
            ),
            RolesNo::LastKeeper => Self::words(
                StatusCode::CONFLICT,
                "Nobody else looks after this home yet.",
                "Nothing was changed. Make somebody else a keeper first.",
            ),
        }
    }
}

fn person(member: &Member, is_oneself: bool) -> Markup {
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
                @for role in GIVEN {
                    label class="pick" {
                        input type="checkbox" id={ (role.word()) "-" (member.id) }
                            name=(role.word()) value="yes" checked[has(role)];
                        span { b { (words::sentence(role.word())) } small { (role_words(role)) } }
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
