//! The first run: a one-time link that makes the first keeper.

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::keeper::{self, SetUpInput, SetUpNo, SettingsInput};
use sitwith_core::member::NAME_CHARS_MAX;

use super::{
    FormFields, field_text, home_fields, settings_as_typed, settings_faults, settings_from_form,
    setup_link_gone,
};
use crate::account::{browser_of, name_refusal_text, plain_page, redirect_signed_in};
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::session::Visitor;
use crate::state::WebState;

const NAME: &str = "How we may call you";
const EMAIL: &str = "Your email";

/// `GET /setup/{token}`
pub(super) async fn show_setup(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    if !keeper::is_set_up_token(&state.home, &token).await? {
        return Err(setup_link_gone());
    }
    let typed = SetUpInput {
        settings: SettingsInput {
            zone: visitor.zone.clone(),
            ..settings_as_typed(&state.home.settings())
        },
        ..SetUpInput::default()
    };
    Ok(setup_page(&state, &visitor, &token, &typed, &Faults::none()).into_response())
}

/// `POST /setup/{token}`
pub(super) async fn set_up(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(form): Form<FormFields>,
) -> Result<Response, PageError> {
    let typed = SetUpInput {
        settings: SettingsInput { mail_from: String::new(), ..settings_from_form(&form) },
        name: field_text(&form, "name"),
        email: field_text(&form, "email"),
    };
    match keeper::set_up(&state.home, &token, &typed, &browser_of(&visitor)).await {
        Ok(session) => Ok(redirect_signed_in(&visitor, &session, "/keeper")),
        Err(AppFail::No(SetUpNo::NotOpen)) => Err(setup_link_gone()),
        Err(AppFail::No(SetUpNo::Invalid { home, name, email })) => {
            let mut faults = settings_faults(&home);
            if let Some(no) = name {
                faults.add("name", NAME, &name_refusal_text(no));
            }
            if email {
                faults.add("email", EMAIL, "This needs an @, like marit@example.org.");
            }
            Ok(setup_page(&state, &visitor, &token, &typed, &faults).into_response())
        }
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

fn setup_page(
    state: &WebState,
    visitor: &Visitor,
    token: &str,
    typed: &SetUpInput,
    faults: &Faults,
) -> (StatusCode, Markup) {
    let page = plain_page(state, visitor, "A new home").render(&html! {
        form class="door stack far" method="post" action={ "/setup/" (token) } novalidate {
            (faults.summary())
            div class="stack" {
                h1 { "A new home." }
                p class="lead" {
                    "Five things, and people can come. All of them can be changed later, and \
                     email and help lines are set on the next page."
                }
            }
            (home_fields(&typed.settings, faults))
            (new_field("name", NAME)
                .hint("Any name. You will be the first keeper, and a guide.")
                .autocomplete("given-name")
                .max(NAME_CHARS_MAX)
                .value(&typed.name)
                .render(faults))
            (new_field("email", EMAIL)
                .hint("To sign in with, from the next time on.")
                .kind("email")
                .autocomplete("email")
                .value(&typed.email)
                .render(faults))
            p { button class="b b-1" { "Open the home" } }
        }
    });
    (faults.status(), page)
}
