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
use sitwith_app::you::{self, ChangeNo, LeaveNo, Wishes};
use sitwith_core::id::SessionId;
use sitwith_core::member::{Member, NAME_MAX, Person};
use sitwith_core::note::{After, Note};

use super::name_words;
use super::plain_page;
use crate::fail::Fail;
use crate::forms::{self, Faults, check, choose_zone, field};
use crate::page::Section;
use crate::session::{self, Visitor};
use crate::state::State;
use crate::words;

const NAME: &str = "How we may call you";
const ZONE: &str = "Time zone";

struct Typed {
    name: String,
    zone: String,
    shows_usually: bool,
}

/// `GET /you`
pub(super) async fn show(With(state): With<State>, visitor: Visitor) -> Result<Response, Fail> {
    let member = visitor.member()?;
    let typed = Typed {
        name: member.name.clone(),
        zone: member.zone.clone().unwrap_or_default(),
        shows_usually: member.shows_usually,
    };
    page(&state, &visitor, &typed, &Faults::none()).await
}

/// `POST /you`
pub(super) async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Fail> {
    let member = visitor.member()?;
    let typed = Typed {
        name: form.get("name").cloned().unwrap_or_default(),
        zone: form.get("zone").cloned().unwrap_or_default(),
        shows_usually: forms::is_yes(form.get("shows_usually")),
    };
    let wishes =
        Wishes { name: &typed.name, zone: &typed.zone, shows_usually: typed.shows_usually };
    let faults = match you::change(&state.home, member, &wishes).await {
        Ok(()) => return Ok(Redirect::to("/you").into_response()),
        Err(AppFail::No(ChangeNo::Name(no))) => Faults::one("name", NAME, &name_words(no)),
        Err(AppFail::No(ChangeNo::NoSuchZone)) => {
            Faults::one("zone", ZONE, "Choose one from the list.")
        }
        Err(AppFail::Refused(refused)) => return Err(refused.into()),
        Err(AppFail::Broken(broken)) => return Err(broken.into()),
    };
    page(&state, &visitor, &typed, &faults).await
}

/// `POST /you/sessions/{id}/end`
pub(super) async fn end_session(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let member = visitor.member()?;
    let id: SessionId = id.parse().map_err(|_no| Fail::Missing)?;
    sessions::end_one(&state.home, member, id).await?;
    let to = if visitor.session == Some(id) { "/" } else { "/you" };
    Ok(Redirect::to(to).into_response())
}

/// `POST /you/sessions/end`: all but this one.
pub(super) async fn end_others(
    With(state): With<State>,
    visitor: Visitor,
) -> Result<Response, Fail> {
    let member = visitor.member()?;
    let own = visitor.session.ok_or(Fail::Missing)?;
    sessions::end_others(&state.home, member, own).await?;
    Ok(Redirect::to("/you").into_response())
}

/// `POST /sign-out`: for guests, too, whose row is erased at once.
pub(super) async fn sign_out(With(state): With<State>, visitor: Visitor) -> Result<Response, Fail> {
    if let Person::Guest(guest) = &visitor.person {
        guests::erase(&state.home, guest).await?;
    } else if let Some(session) = visitor.session {
        sessions::end(&state.home, session).await?;
    }
    Ok(([(SET_COOKIE, session::end(&visitor))], Redirect::to("/")).into_response())
}

/// `GET /you/leaving`
pub(super) async fn leaving(With(state): With<State>, visitor: Visitor) -> Result<Markup, Fail> {
    visitor.member()?;
    let home = &state.home.settings().name;
    let page = plain_page(&state, &visitor, "Leaving the home").section(Section::You);
    Ok(page.show(&html! {
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
pub(super) async fn leave(With(state): With<State>, visitor: Visitor) -> Result<Response, Fail> {
    let member = visitor.member()?;
    you::leave(&state.home, member).await?;
    Ok(([(SET_COOKIE, session::end(&visitor))], Redirect::to("/")).into_response())
}

impl From<LeaveNo> for Fail {
    fn from(no: LeaveNo) -> Self {
        match no {
            LeaveNo::LastKeeper => Self::words(
                StatusCode::CONFLICT,
                "Nobody else looks after this home yet.",
                "Nothing was erased. Make somebody else a keeper first, then you can go.",
            ),
            LeaveNo::LeadsSits => Self::words(
                StatusCode::CONFLICT,
                "You lead sits that go on.",
                "Nothing was erased. End them on the guide page first, so that nobody waits \
                 there in vain.",
            ),
        }
    }
}

async fn page(
    state: &State,
    visitor: &Visitor,
    typed: &Typed,
    faults: &Faults,
) -> Result<Response, Fail> {
    let member = visitor.member()?;
    let sessions = sessions::list(&state.home, member).await?;
    let notes = notes::own_notes(&state.home, &visitor.person).await?;
    let page = plain_page(state, visitor, "You").section(Section::You).show(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "You" }
                p class="lead" { "What this home knows of you, and what you let others see." }
            }
            h2 class="side" id="how" { "Your place" }
            (place(member, typed, faults))
            h2 class="side" id="notes" { "After earlier sits" }
            (own_notes(visitor, &notes))
            h2 class="side" id="browsers" { "Where you are signed in" }
            (browsers(visitor, &sessions))
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

fn place(member: &Member, typed: &Typed, faults: &Faults) -> Markup {
    html! {
        form class="stack far" method="post" action="/you" novalidate aria-labelledby="how" {
            (faults.summary())
            (field("name", NAME)
                .hint("Any name. It need not be your own.")
                .autocomplete("given-name")
                .max(NAME_MAX)
                .value(&typed.name)
                .show(faults))
            (choose_zone(ZONE, "Times are shown as they are there.",
                Some(("", "The one of this device")), &typed.zone, faults))
            (check(
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
    let day = words::day(&words::in_zone(note.planned_at, &visitor.zone));
    html! {
        li {
            @if let Some(line) = &note.line { p class="v" { (line) } }
            p class="soft small" {
                (day)
                @if let Some(came) = note.came { ". You came " (came.words()) }
                @match note.after {
                    Some(After::Comfort) => { ". It comforted you" }
                    Some(After::Insight) => { ". Something became clear" }
                    Some(After::Hard) => { ". It was hard" }
                    Some(After::Neither) | None => {}
                }
                "."
            }
        }
    }
}

fn browsers(visitor: &Visitor, sessions: &[Session]) -> Markup {
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
                                (words::day(&words::in_zone(session.seen_at, &visitor.zone)))
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
