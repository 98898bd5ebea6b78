//! The keeper's notice: the page where it is written, and how it stands on other pages.

use axum::extract::{Form, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::notices::{clear_notice, find_posted_notice, find_shown_notice, post_notice};
use sitwith_core::notice::{NOTICE_CHARS_MAX, Notice, NoticeNo};

use super::keeper_nav;
use crate::account::plain_page;
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::page::Section;
use crate::session::Visitor;
use crate::state::WebState;

const WORDS: &str = "The words";
const LAST_DAY: &str = "The last day it is shown";

/// The form.
#[derive(Default, Deserialize)]
pub(super) struct NoticeForm {
    #[serde(default)]
    words: String,
    #[serde(default)]
    ends_on: String,
    /// `clear` takes the notice down.
    #[serde(default, rename = "do")]
    what: String,
}

/// The notice as it stands on the first page and in the hallway; nothing when there is none.
pub(crate) async fn render_notice(state: &WebState) -> Result<Markup, PageError> {
    let notice = find_shown_notice(&state.home).await?;
    Ok(html! { @if let Some(notice) = &notice { (notice_box(notice)) } })
}

fn notice_box(notice: &Notice) -> Markup {
    html! {
        div class="say" role="status" {
            p { b { "From the home: " } span dir="auto" { (notice.words) } }
        }
    }
}

/// `GET /keeper/notice`
pub(super) async fn show_notice_form(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    notice_page(&state, &visitor, None, &Faults::none()).await
}

/// `POST /keeper/notice`
pub(super) async fn save_notice(
    With(state): With<WebState>,
    visitor: Visitor,
    Form(form): Form<NoticeForm>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let posted = if form.what == "clear" {
        clear_notice(&state.home, &keeper).await.map_err(AppFail::from)
    } else {
        post_notice(&state.home, &keeper, &form.words, &form.ends_on).await
    };
    match posted {
        Ok(()) => Ok(Redirect::to("/keeper/notice").into_response()),
        Err(AppFail::No(nos)) => notice_page(&state, &visitor, Some(&form), &faults_of(&nos)).await,
        Err(AppFail::Refused(refused)) => Err(refused.into()),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

fn faults_of(nos: &[NoticeNo]) -> Faults {
    let mut faults = Faults::none();
    for no in nos {
        let (name, label, words) = match no {
            NoticeNo::NoWords => ("words", WORDS, "A few words are needed."),
            NoticeNo::TooLong => ("words", WORDS, "A few words are enough: 240 characters."),
            NoticeNo::NoDay => ("ends_on", LAST_DAY, "A day is needed, like 2026-11-30."),
            NoticeNo::DayOver => ("ends_on", LAST_DAY, "This day is over. Choose a later one."),
            NoticeNo::DayTooFar => ("ends_on", LAST_DAY, "Choose a day in the next ninety days."),
        };
        faults.add(name, label, words);
    }
    faults
}

async fn notice_page(
    state: &WebState,
    visitor: &Visitor,
    typed: Option<&NoticeForm>,
    faults: &Faults,
) -> Result<Response, PageError> {
    let keeper = visitor.access(state).keeper()?;
    let posted = find_posted_notice(&state.home, &keeper).await?;
    let kept = posted.as_ref().map(|posted| {
        let (words, ends_on) = (posted.notice.words.clone(), posted.notice.ends_on.to_string());
        NoticeForm { words, ends_on, ..NoticeForm::default() }
    });
    let form = typed.or(kept.as_ref());
    let (words, ends_on) = form.map_or(("", ""), |form| (&form.words, &form.ends_on));
    let page = plain_page(state, visitor, "A notice").section(Section::Keeper).render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "A notice" }
                (keeper_nav("/keeper/notice"))
                p class="soft measure" {
                    "A few words for everybody who comes, on the first page and in the hallway of \
                     every sit. Also people who are not signed in can read them. They are erased \
                     after their last day."
                }
            }
            h2 class="side" id="now" { "Shown now" }
            div class="stack" {
                @if let Some(posted) = &posted {
                    (notice_box(&posted.notice))
                    p class="soft small" {
                        "Until " (posted.notice.ends_on.strftime("%A %-d %B")) "; written by "
                        (posted.by_name.as_deref().unwrap_or("a keeper who has left")) "."
                    }
                    form method="post" action="/keeper/notice" {
                        button class="b b-3" name="do" value="clear" { "Take it down" }
                    }
                } @else {
                    p { "Nothing." }
                }
            }
            h2 class="side" id="write" { "Write one" }
            form class="stack far" method="post" action="/keeper/notice" novalidate
                aria-labelledby="write" {
                (faults.summary())
                (new_field("words", WORDS)
                    .hint("One paragraph, 240 characters at most.")
                    .max(NOTICE_CHARS_MAX)
                    .rows(4)
                    .value(words)
                    .render(faults))
                (new_field("ends_on", LAST_DAY)
                    .hint("It ends with this day where the home is.")
                    .kind("date")
                    .value(ends_on)
                    .render(faults))
                p { button class="b b-1" { "Show it to everybody" } }
            }
        }
    });
    Ok((faults.status(), page).into_response())
}
