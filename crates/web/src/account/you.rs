//! A member's own page: name, time zone, what others may see, signed-in browsers, notes, leaving.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::door::guests;
use sitwith_app::door::sessions::{self, Session};
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::sits::notes;
use sitwith_app::you::{self, LeaveHomeNo, ProfileChange, ProfileNo};
use sitwith_core::id::SessionId;
use sitwith_core::member::{Member, NAME_CHARS_MAX, Person};
use sitwith_core::note::{AfterNote, Note};

use super::name_refusal_text;
use super::plain_page;
use crate::fail::PageError;
use crate::forms::{self, Faults, new_field, render_checkbox, render_zone_select};
use crate::page::Section;
use crate::phrases;
use crate::session::{self, Visitor};
use crate::state::WebState;

const NAME: &str = "How we may call you";
const ZONE: &str = "Time zone";

struct ProfileForm {
    name: String,
    zone: String,
    shows_usually: bool,
}

/// `GET /you`
pub(super) async fn show_profile(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let member = visitor.member()?;
    let typed = ProfileForm {
        name: member.name.clone(),
        zone: member.zone.clone().unwrap_or_default(),
        shows_usually: member.shows_usually,
    };
    render_profile(&state, &visitor, &typed, &Faults::none()).await
}

/// `POST /you`
pub(super) async fn save_profile(
    With(state): With<WebState>,
    visitor: Visitor,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let member = visitor.member()?;
    let typed = ProfileForm {
        name: form.get("name").cloned().unwrap_or_default(),
        zone: form.get("zone").cloned().unwrap_or_default(),
        shows_usually: forms::is_checked(form.get("shows_usually")),
    };
    let wishes =
        ProfileChange { name: &typed.name, zone: &typed.zone, shows_usually: typed.shows_usually };
    let faults = match you::change_profile(&state.home, member, &wishes).await {
        Ok(()) => return Ok(Redirect::to("/you").into_response()),
        Err(AppFail::No(ProfileNo::Name(no))) => Faults::one("name", NAME, &name_refusal_text(no)),
        Err(AppFail::No(ProfileNo::NoSuchZone)) => {
            Faults::one("zone", ZONE, "Choose one from the list.")
        }
        Err(AppFail::Refused(refused)) => return Err(refused.into()),
        Err(AppFail::Broken(broken)) => return Err(broken.into()),
    };
    render_profile(&state, &visitor, &typed, &faults).await
}

/// `POST /you/sessions/{id}/end`
pub(super) async fn end_session(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let member = visitor.member()?;
    let id: SessionId = id.parse().map_err(|_no| PageError::Missing)?;
    sessions::end_member_session(&state.home, member, id).await?;
    let to = if visitor.session == Some(id) { "/" } else { "/you" };
    Ok(Redirect::to(to).into_response())
}

/// `POST /you/sessions/end`: all but this one.
pub(super) async fn end_other_sessions(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let member = visitor.member()?;
    let own = visitor.session.ok_or(PageError::Missing)?;
    sessions::end_other_sessions(&state.home, member, own).await?;
    Ok(Redirect::to("/you").into_response())
}

/// `POST /sign-out`: for guests, too, whose row is erased at once.
pub(super) async fn sign_out(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    if let Person::Guest(guest) = &visitor.person {
        guests::erase_guest(&state.home, guest).await?;
    } else if let Some(session) = visitor.session {
        sessions::end_session(&state.home, session).await?;
    }
    Ok(([(SET_COOKIE, session::clear_session_cookie(&visitor))], Redirect::to("/")).into_response())
}

/// `GET /you/leaving`
pub(super) async fn show_leaving(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Markup, PageError> {
    visitor.member()?;
    let home = &state.home.settings().name;
    let page = plain_page(&state, &visitor, "Leaving the home").section(Section::You);
    Ok(page.render(&html! {
        form class="door stack far" method="post" action="/you/leaving" {
            div class="stack" {
                h1 { "Leaving " (home) "?" }
                p class="lead" {
                    "Your name, your address, your notes and everything else that is yours alone \
                     are erased at once, here and in every browser you came with."
                }
                p class="soft measure" {
                    "Copies made for safety before today are kept by whoever looks after the \
                     home; ask them how long. You are welcome back whenever you like, with a new \
                     invitation."
                }
            }
            p class="row" {
                button class="b b-care" { "Erase what is mine, and leave" }
                a class="b b-2" href="/you" { "Stay" }
            }
        }
    }))
}

/// `POST /you/leaving`
pub(super) async fn leave_home(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let member = visitor.member()?;
    you::leave_home(&state.home, member).await?;
    Ok(([(SET_COOKIE, session::clear_session_cookie(&visitor))], Redirect::to("/")).into_response())
}

impl From<LeaveHomeNo> for PageError {
    fn from(no: LeaveHomeNo) -> Self {
        match no {
            LeaveHomeNo::LastKeeper => Self::refusal(
                StatusCode::CONFLICT,
                "Nobody else looks after this home yet.",
                "Nothing was erased. Make somebody else a keeper first, then you can go.",
            ),
            LeaveHomeNo::LeadsSits => Self::refusal(
                StatusCode::CONFLICT,
                "You lead sits that go on.",
                "Nothing was erased. End them on the guide page first, so that nobody waits \
                 there in vain.",
            ),
        }
    }
}

async fn render_profile(
    state: &WebState,
    visitor: &Visitor,
    typed: &ProfileForm,
    faults: &Faults,
) -> Result<Response, PageError> {
    let member = visitor.member()?;
    let sessions = sessions::list_sessions(&state.home, member).await?;
    let notes = notes::list_own_notes(&state.home, &visitor.person).await?;
    let page = plain_page(state, visitor, "You").section(Section::You).render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "You" }
                p class="lead" { "What this home knows of you, and what you let others see." }
            }
            h2 class="side" id="how" { "Your place" }
            (profile_form(member, typed, faults))
            h2 class="side" id="notes" { "After earlier sits" }
            (own_notes(visitor, &notes))
            h2 class="side" id="browsers" { "Where you are signed in" }
            (render_sessions(visitor, &sessions))
            h2 class="side" id="leave" { "Going" }
            div class="stack" {
                form method="post" action="/sign-out" {
                    button class="b b-2" { "Sign out here" }
                }
                p { a class="alone-link" href="/you/leaving" { "Leave this home for good" } }
            }
        }
    });
    Ok((faults.status(), page).into_response())
}

fn profile_form(member: &Member, typed: &ProfileForm, faults: &Faults) -> Markup {
    html! {
        form class="stack far" method="post" action="/you" novalidate aria-labelledby="how" {
            (faults.summary())
            (new_field("name", NAME)
                .hint("Any name. It need not be your own.")
                .autocomplete("given-name")
                .max(NAME_CHARS_MAX)
                .value(&typed.name)
                .render(faults))
            (render_zone_select(ZONE, "Times are shown as they are there.",
                Some(("", "The one of this device")), &typed.zone, faults))
            (render_checkbox(
                "shows_usually",
                "Others may see that I usually come",
                "On the page for those who hesitate. It says your name, never when you stayed \
                 away. You can take it back here.",
                typed.shows_usually,
            ))
            p class="soft small" { "Emails to you go to " (member.email) "." }
            p { button class="b b-1" { "Save" } }
        }
    }
}

fn own_notes(visitor: &Visitor, notes: &[Note]) -> Markup {
    html! {
        div class="stack" {
            @if notes.is_empty() {
                div class="say" {
                    p { b { "There is nothing here yet. " }
                        "What you note for yourself after a sit will show here. Only you see it." }
                }
            } @else {
                p class="soft" { "What you told yourself, in your own words. Only you see this." }
                ul class="own-notes" {
                    @for note in notes { (own_note(visitor, note)) }
                }
            }
            p { a class="alone-link" href="/keepsakes" { "What you kept from rounds" } }
        }
    }
}

fn own_note(visitor: &Visitor, note: &Note) -> Markup {
    let day = phrases::format_day(&phrases::in_zone(note.planned_at, &visitor.zone));
    html! {
        li {
            @if let Some(line) = &note.own_words { p class="v" { (line) } }
            p class="soft small" {
                (day)
                @if let Some(came) = note.check_in { ". You came " (came.words()) }
                @match note.after_note {
                    Some(AfterNote::Comfort) => { ". It comforted you" }
                    Some(AfterNote::Insight) => { ". Something became clear" }
                    Some(AfterNote::Hard) => { ". It was hard" }
                    Some(AfterNote::Neither) | None => {}
                }
                "."
            }
        }
    }
}

fn render_sessions(visitor: &Visitor, sessions: &[Session]) -> Markup {
    html! {
        div class="stack" {
            ul class="browsers" {
                @for session in sessions {
                    @let is_this = visitor.session == Some(session.id);
                    li class="row" {
                        span {
                            b { (session.browser) }
                            @if is_this { " · this one" }
                            span class="soft small" {
                                " · last used on "
                                (phrases::format_day(
                                    &phrases::in_zone(session.seen_at, &visitor.zone),
                                ))
                            }
                        }
                        @if !is_this {
                            form method="post" action={ "/you/sessions/" (session.id) "/end" } {
                                button class="b b-3" { "Sign out there" }
                            }
                        }
                    }
                }
            }
            @if sessions.len() > 1 {
                form method="post" action="/you/sessions/end" {
                    button class="b b-2" { "Sign out everywhere but here" }
                }
            }
            p class="soft small measure" {
                "Each ends by itself after thirty days without you, and after half a year in any \
                 case."
            }
        }
    }
}
