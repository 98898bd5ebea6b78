//! The help page and other plain pages: privacy, accessibility; and the health check.

pub mod accessibility;
pub mod privacy;

use axum::extract::{Query, Request, State as With};
use axum::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::help::{self, HelpCountry};
use sitwith_core::time::Instant;

use crate::account::plain_page;
use crate::page;
use crate::route::routes;
use crate::session::Visitor;
use crate::state::WebState;

routes! {
    get "/help", Everyone: 200 => show_help;
    get "/privacy", Everyone: 200 => privacy::show_privacy;
    get "/accessibility", Everyone: 200 => accessibility::show_accessibility;
    get "/healthz", Everyone: 200 => check_health;
}

/// Query of the help page: the name of a country.
#[derive(Debug, Default, Deserialize)]
pub struct CountryQuery {
    #[serde(default)]
    country: String,
}

/// `GET /help`: the same for everybody. Nobody's session is looked up, no cookie is set, no
/// script runs and no line is written to the log; the country is the person's own choice.
async fn show_help(
    With(state): With<WebState>,
    Query(chosen): Query<CountryQuery>,
    request: Request,
) -> Markup {
    let (parts, _body) = request.into_parts();
    let visitor = Visitor::unknown(&state, &parts);
    let own = state.home.settings().help_lines.clone();
    let country = help::find_country(&chosen.country);
    let now = state.home.clock.now();
    plain_page(&state, &visitor, "Help now").without_scripts().render(&html! {
        div class="door stack far" {
            div class="stack" {
                h1 { "Help, now." }
                p class="lead" {
                    "If you might not be safe, please call somebody first. The people on these \
                     lines are there for exactly this."
                }
            }
            section class="stack" aria-labelledby="own" {
                h2 id="own" { "Call somebody" }
                (page::help_lines(&own))
                (last_checked(own.iter().map(|line| line.verified_on.as_str()), now))
            }
            @if let Some(country) = country { (country_lines(country, now)) }
            (country_form(country))
            section class="stack" aria-labelledby="ease" {
                h2 id="ease" { "Until somebody answers" }
                ul class="plain-list" {
                    li { "Put both feet on the floor, and feel that it holds." }
                    li { "Look for three things that are blue." }
                    li { "Hold something cold, or something warm." }
                    li { "Go where other people are, if you can." }
                }
            }
            p class="soft small measure" {
                "Opening this page is written down nowhere in this home, and it leaves nothing \
                 in your browser but the usual history."
            }
        }
    })
}

/// Renders a country's help lines, the emergency number first.
fn country_lines(country: &HelpCountry, now: Instant) -> Markup {
    html! {
        section class="stack" aria-labelledby="there" {
            h2 id="there" { (country.name) }
            ul class="lines" {
                (help_line_item(&country.emergency, "", "If there is danger now."))
                @for known in &country.lines {
                    (help_line_item(&known.phone, &known.name, &known.words))
                }
            }
            (last_checked(country.lines.iter().map(|line| line.verified_on.as_str()), now))
        }
    }
}

fn help_line_item(phone: &str, name: &str, words: &str) -> Markup {
    html! {
        li {
            a class="b b-care" href={ "tel:" (page::strip_phone(phone)) } { "Call " (phone) }
            span { @if !name.is_empty() { b { (name) } ". " } (words) }
        }
    }
}

/// Renders the date of the oldest check, with a warning if it is more than a year ago.
fn last_checked<'a>(days: impl Iterator<Item = &'a str>, now: Instant) -> Markup {
    let oldest = days.filter(|day| !day.is_empty()).min();
    html! {
        @if let Some(day) = oldest {
            p class="soft small" {
                "Last checked on " (day) "."
                @if !help::is_fresh(day, now) {
                    " That is more than a year ago: if nobody answers, call the emergency number \
                     of your country."
                }
            }
        }
    }
}

fn country_form(chosen: Option<&HelpCountry>) -> Markup {
    let is_chosen = |country: &HelpCountry| chosen.is_some_and(|known| known.name == country.name);
    html! {
        form class="stack" method="get" action="/help" {
            div class="field" {
                label for="country" { "Lines in another country" }
                select id="country" name="country" {
                    @for country in help::list_countries() {
                        option value=(country.name) selected[is_chosen(country)] { (country.name) }
                    }
                }
            }
            p { button class="b b-2" { "Show these lines" } }
            p class="soft measure" {
                "Your country is not in the list? "
                a href="https://findahelpline.com/" rel="noreferrer" { "findahelpline.com" }
                " knows lines in most of them."
            }
        }
    }
}

/// `GET /healthz`: 200 if the database answers, 503 if not.
async fn check_health(With(state): With<WebState>) -> (StatusCode, &'static str) {
    match state.home.store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(_broken) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
