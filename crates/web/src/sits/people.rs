//! The people of a live sit, for its guides; and removing somebody who does harm in it. Plain
//! forms; a page's module may send the same and accepts JSON.

use axum::extract::{Form, Path, Query, State as With};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::sits::blocks::{
    self, BLOCK_NOTE_CHARS_MAX, BlockNo, BlockRequest, BlockTarget, PeopleInSit,
};
use sitwith_core::id::SitId;

use super::parse_sit_id;
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct PeopleQuery {
    /// Name to search for.
    #[serde(default)]
    name: String,
    /// Set just after somebody was removed.
    #[serde(default)]
    out: Option<String>,
    /// Set just after a new link was made.
    #[serde(default)]
    link: Option<String>,
}

/// The form of a removal. It has no `Debug`: it contains the note.
#[derive(Default, Deserialize)]
pub struct RemovalForm {
    #[serde(default)]
    seat: String,
    /// Number of somebody who has left, in place of the seat.
    #[serde(default)]
    left: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    note: String,
}

const NOTE_LABEL: &str = "A note for the keeper, if you like";

/// `GET /sits/{id}/people`
pub(super) async fn show_people(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<PeopleQuery>,
) -> Result<Markup, PageError> {
    let shown = PeopleView { asked: &asked, removal: &RemovalForm::default(), why: None };
    people_page(&state, &visitor, parse_sit_id(&id)?, &shown).await
}

/// `POST /sits/{id}/removals`
pub(super) async fn remove_person(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(removal): Form<RemovalForm>,
) -> Result<Response, PageError> {
    let id = parse_sit_id(&id)?;
    let chosen = BlockRequest {
        whom: removal.whom(),
        name: &removal.name,
        // Browsers send line ends as CR LF.
        note: &removal.note.replace("\r\n", "\n"),
    };
    let wants_words = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    let no = match blocks::block_person(&state.home, &visitor.person, id, &chosen).await {
        Ok(()) if wants_words => return Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(()) => return Ok(Redirect::to(&format!("/sits/{id}/people?out=1")).into_response()),
        Err(fail) => fail.into_own_refusal()?,
    };
    let (status, why) = match no {
        BlockNo::NotLiving => (StatusCode::CONFLICT, "Nobody is in this sit now."),
        BlockNo::Nobody => (
            StatusCode::CONFLICT,
            "They are not there any more. Look again who is here and who has left; nobody was taken \
             out.",
        ),
        BlockNo::Leads => (
            StatusCode::CONFLICT,
            "Whoever leads this sit is not taken out here. Speak with a keeper; nobody was taken out.",
        ),
        BlockNo::NoteTooLong => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The note can hold 500 characters. Please make it shorter; nobody was taken out yet.",
        ),
    };
    if wants_words {
        let body = serde_json::json!({ "why": why }).to_string();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        return Ok((status, kind, body).into_response());
    }
    let shown = PeopleView { asked: &PeopleQuery::default(), removal: &removal, why: Some(why) };
    Ok((status, people_page(&state, &visitor, id, &shown).await?).into_response())
}

impl RemovalForm {
    fn whom(&self) -> BlockTarget {
        // A malformed number matches nobody.
        let number = |text: &str| text.parse().unwrap_or(u32::MAX);
        if self.left.is_empty() {
            BlockTarget::Seat(number(&self.seat))
        } else {
            BlockTarget::Left(number(&self.left))
        }
    }
}

/// Contents of the page beside the list.
struct PeopleView<'a> {
    asked: &'a PeopleQuery,
    /// A removal that was refused.
    removal: &'a RemovalForm,
    why: Option<&'a str>,
}

async fn people_page(
    state: &WebState,
    visitor: &Visitor,
    id: SitId,
    shown: &PeopleView<'_>,
) -> Result<Markup, PageError> {
    let people =
        match blocks::list_people(&state.home, &visitor.person, id, &shown.asked.name).await {
            Ok(people) => Some(people),
            Err(fail) => match fail.into_own_refusal()? {
                BlockNo::NotLiving => None,
                BlockNo::Nobody | BlockNo::Leads | BlockNo::NoteTooLong => {
                    return Err(PageError::Missing);
                }
            },
        };
    let page = Page::new(state, visitor, "Who is here")
        .section(Section::Sits)
        .style("guide/guide.css")
        .style("account/account.css");
    Ok(page.render(&html! {
        div class="gd" {
            div class="stack near" {
                h1 { "Who is here" }
                @if let Some(people) = &people { p class="lead" { (people.sit.title) } }
            }
            @if let Some(why) = shown.why { (removal_refused(why, shown.removal)) }
            @if shown.asked.out.is_some() { (removed_message()) }
            div class="cols" {
                section class="stack" aria-labelledby="here" {
                    @match &people {
                        Some(people) => (people_list(id, people, shown)),
                        None => {
                            h2 id="here" { "Nobody is in this sit now" }
                            p { "Its door is closed." }
                        },
                    }
                    p class="row" {
                        a class="b b-2" href={ "/sits/" (id) "/room" } { "Back to the room" }
                    }
                }
                div class="stack airy" {
                    @if let Some(people) = people.as_ref().filter(|it| is_by_link(it)) {
                        (guest_link_section(state, people, shown.asked))
                    }
                    (removal_explained())
                }
            }
        }
    }))
}

fn is_by_link(people: &PeopleInSit) -> bool {
    people.sit.is_by_link() && people.sit.ended_at.is_none()
}

/// Renders why somebody was not removed, with the note to copy.
fn removal_refused(why: &str, removal: &RemovalForm) -> Markup {
    html! {
        div class="say err" role="alert" tabindex="-1" autofocus {
            div class="stack near" {
                p { b { (why) } }
                @if !removal.note.is_empty() {
                    p { "Your note, to be taken along:" }
                    blockquote class="own-note" dir="auto" { (removal.note) }
                }
            }
        }
    }
}

fn removed_message() -> Markup {
    html! {
        div class="say" role="status" tabindex="-1" autofocus {
            p {
                b { "They are not in this sit any more." }
                " Nothing of them reaches the others, and they cannot come in again. A keeper can \
                 let them in. You may want a quiet moment with the others; you need not explain."
            }
        }
    }
}

fn people_list(id: SitId, people: &PeopleInSit, shown: &PeopleView<'_>) -> Markup {
    let is_looking = !shown.asked.name.trim().is_empty();
    html! {
        h2 id="here" { "People here now" }
        @if people.has_more || is_looking {
            form class="stack near" method="get" action={ "/sits/" (id) "/people" } {
                (new_field("name", "Look for a name")
                    .hint("This is a large sit; not everybody is listed.")
                    .value(&shown.asked.name)
                    .render(&Faults::none()))
                p { button class="b b-2" { "Look" } }
            }
        }
        @if people.named.is_empty() && !people.has_more {
            p {
                @if is_looking { "Nobody of that name is here by name." }
                @else { "Nobody is here by name, beside those who guide." }
            }
        }
        ul class="plain-list stack" {
            @for named in &people.named {
                li { (removal_form(id, BlockTarget::Seat(named.seat), &named.name)) }
            }
        }
        @if people.quiet > 0 {
            p class="soft" { (quiet_text(people.quiet)) }
        }
        @if !people.left.is_empty() { (departed_list(id, people)) }
    }
}

/// Lists people who left: harm may be done on the way out, so they can be kept out, too.
fn departed_list(id: SitId, people: &PeopleInSit) -> Markup {
    html! {
        h2 class="t2" id="left" { "Left a while ago" }
        p class="soft" {
            "People leave as they need to, and this list is no account of it: it is here so that \
             whoever did harm can be kept from coming back. It is forgotten after half an hour."
        }
        ul class="plain-list stack" aria-labelledby="left" {
            @for left in &people.left {
                li { (removal_form(id, BlockTarget::Left(left.n), &left.name)) }
            }
        }
    }
}

fn quiet_text(quiet: u32) -> String {
    let count = usize::try_from(quiet).unwrap_or(usize::MAX);
    let (sit, they) = if quiet == 1 { ("sits", "That person is") } else { ("sit", "They are") };
    format!(
        "{} {sit} quietly. {they} not heard, not seen, and named to nobody, not even to you.",
        phrases::capitalize_first(&phrases::number_in_words(count))
    )
}

fn removal_form(id: SitId, whom: BlockTarget, name: &str) -> Markup {
    let (kind, number) = match whom {
        BlockTarget::Seat(seat) => ("seat", seat),
        BlockTarget::Left(n) => ("left", n),
    };
    let note = format!("note-{kind}-{number}");
    html! {
        details id={ (kind) "-" (number) } {
            summary { (name) }
            form class="stack near" method="post" action={ "/sits/" (id) "/removals" } {
                input type="hidden" name=(kind) value=(number);
                input type="hidden" name="name" value=(name);
                div class="field" {
                    label for=(note) { (NOTE_LABEL) }
                    span class="hint" id={ (note) "-hint" } {
                        "Only keepers read it. What happened, in a few words."
                    }
                    textarea id=(note) name="note" rows="3" maxlength=(BLOCK_NOTE_CHARS_MAX)
                        aria-describedby={ (note) "-hint" } {}
                }
                p {
                    button class="b b-care" {
                        @match whom {
                            BlockTarget::Seat(_) => { "Take " (name) " out of this sit" }
                            BlockTarget::Left(_) => { "Keep " (name) " out of this sit" }
                        }
                    }
                }
            }
        }
    }
}

fn removal_explained() -> Markup {
    html! {
        section class="stack near" aria-labelledby="does" {
            h2 class="t2" id="does" { "What taking out does" }
            ul class="plain-list stack near" {
                li {
                    "It is for harm, not for being difficult. Often a word is enough: in the room \
                     you can ask somebody privately to mute."
                }
                li {
                    "Their sound and their picture end at once, and they cannot come into this sit \
                     again, today or another day, until a keeper lets them."
                }
                li {
                    "They are told so plainly, on a page that also shows where help is. No reason \
                     is given."
                }
                li { "The others are told nothing. They see an empty seat." }
                li { "Other sits of this home stay open to them." }
            }
        }
    }
}

/// Offers a new link: after a guest was removed, the present one may be in wrong hands.
fn guest_link_section(state: &WebState, people: &PeopleInSit, asked: &PeopleQuery) -> Markup {
    let sit = &people.sit;
    let address = format!("{}/come/{}", state.home.settings().address, sit.link);
    html! {
        section class="stack near" aria-labelledby="link" {
            h2 class="t2" id="link" { "The link for guests" }
            @if asked.link.is_some() {
                p role="status" {
                    b { "This link is new." } " The old one lets nobody in any more."
                }
                div class="field" {
                    label class="vh" for="guest-link" { "The link for guests" }
                    input id="guest-link" readonly value=(address);
                }
                @if sit.plan.sealed {
                    p { "This sit is sealed: give on the whole link, as its plan shows it." }
                    p class="row" {
                        a class="b b-2" href={ "/sits/" (sit.id) "/plan#link" } { "Its plan" }
                    }
                }
            } @else {
                p {
                    "Whoever was taken out and still has the link could come again as somebody \
                     else, in another browser. A new link ends that: the old one lets nobody in \
                     any more. Whoever is here stays."
                }
                form method="post" action={ "/sits/" (sit.id) "/link" } {
                    input type="hidden" name="from" value="people";
                    button class="b b-2" { "Make a new link" }
                }
            }
        }
    }
}
