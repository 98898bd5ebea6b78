//! The first run: a one-time link that makes the first keeper.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::keeper::{self, FirstWishes, SetUpNo, Wishes};
use sitwith_core::member::NAME_MAX;

use super::{Typed, as_typed, faults, home_fields, link_gone, text, wishes};
use crate::account::{browser, name_words, on_with, plain_page};
use crate::fail::Fail;
use crate::forms::{Faults, field};
use crate::session::Visitor;
use crate::state::State;

const NAME: &str = "How we may call you";
const EMAIL: &str = "Your email";

/// `GET /setup/{token}`
pub(super) async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    if !keeper::set_up_is_open(&state.home, &token).await? {
        return Err(link_gone());
    }
    let typed = FirstWishes {
        home: Wishes { zone: visitor.zone.clone(), ..as_typed(&state.home.settings()) },
        ..FirstWishes::default()
    };
    Ok(page(&state, &visitor, &token, &typed, &Faults::none()).into_response())
}

/// `POST /setup/{token}`
pub(super) async fn set_up(
    With(state): With<State>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(form): Form<Typed>,
) -> Result<Response, Fail> {
    let typed = FirstWishes {
        home: Wishes { mail_from: String::new(), ..wishes(&form) },
        name: text(&form, "name"),
        email: text(&form, "email"),
    };
    match keeper::set_up(&state.home, &token, &typed, &browser(&visitor)).await {
        Ok(session) => Ok(on_with(&visitor, &session, "/keeper")),
        Err(AppFail::No(SetUpNo::NotOpen)) => Err(link_gone()),
        Err(AppFail::No(SetUpNo::Wishes { home, name, email })) => {
            let mut faults = faults(&home);
            if let Some(no) = name {
                faults.add("name", NAME, &name_words(no));
            }
            if email {
                faults.add("email", EMAIL, "This needs an @, like marit@example.org.");
            }
            Ok(page(&state, &visitor, &token, &typed, &faults).into_response())
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

fn page(
    state: &State,
    visitor: &Visitor,
    token: &str,
    typed: &FirstWishes,
    faults: &Faults,
) -> (StatusCode, Markup) {
    let page = plain_page(state, visitor, "A new home").show(&html! {
        form class="door stack far" method="post" action={ "/setup/" (token) } novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "A new home." }
                p class="lead" {
                    "Five things, and people can come. All of them can be changed later, and \
                     email and help lines are set on the next page."
                }
            }
            (home_fields(&typed.home, faults))
            (field("name", NAME)
                .hint("Any name. You will be the first keeper, and a guide.")
                .autocomplete("given-name")
                .max(NAME_MAX)
                .value(&typed.name)
                .show(faults))
            (field("email", EMAIL)
                .hint("To sign in with, from the next time on.")
                .kind("email")
                .autocomplete("email")
                .value(&typed.email)
                .show(faults))
            p { button class="b b-1" { "Open the home" } }
        }
    });
    (faults.status(), page)
}
