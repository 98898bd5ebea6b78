//! The guides of a sit beside its maker: the form that names co-guides and a stand-in, and the
//! sentence that says who they are.

use axum::extract::{Form, Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::sits::leading::{self, CO_GUIDES_MAX, NameGuidesNo, SitLeaders};
use sitwith_core::sits::{Leader, Sit};

use super::find_editable_sit;
use super::form::FormPairs;
use crate::fail::PageError;
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

const TOO_MANY: PageError = PageError::refusal(
    axum::http::StatusCode::UNPROCESSABLE_ENTITY,
    "These are more co-guides than a sit can have.",
    "Nothing was changed. Go back: your ticks should still be there. Twelve are possible.",
);

/// `POST /sits/{id}/guides`
pub(super) async fn name_guides(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, PageError> {
    let led = find_editable_sit(&state, &visitor, &id).await?.led;
    let all = |wanted: &str| {
        let wanted = pairs.iter().filter(move |(name, _)| name == wanted);
        wanted.filter_map(|(_, id)| id.parse().ok()).collect::<Vec<_>>()
    };
    let leading =
        SitLeaders { co_guides: all("guide"), stand_in: all("stand_in").into_iter().next() };
    if let Err(fail) = leading::name_guides(&state.home, &led, &leading).await {
        let NameGuidesNo::TooMany = fail.into_own_refusal()?;
        return Err(TOO_MANY);
    }
    let is_from_page = pairs.iter().any(|(name, from)| name == "from" && from == "guide");
    let to = if is_from_page {
        format!("/guide?led={}", led.sit().id)
    } else {
        format!("/sits/{}/plan?kept=1#guides", led.sit().id)
    };
    Ok(Redirect::to(&to).into_response())
}

/// Renders the section beside the editor.
pub(super) fn render_leaders(sit: &Sit, guides: &[Leader]) -> Markup {
    html! {
        section class="stack near" aria-labelledby="guides" {
            h2 class="t2" id="guides" { "Who leads it" }
            p { (describe_leaders(sit)) }
            (leaders_form(sit, guides, false))
        }
    }
}

/// Renders the form. With `is_on_page`, submitting it returns to the guide's dashboard.
pub(crate) fn leaders_form(sit: &Sit, guides: &[Leader], is_on_page: bool) -> Markup {
    let others: Vec<_> = guides.iter().filter(|guide| guide.id != sit.guide).collect();
    let is_named = |guide: &Leader| sit.co_guides.iter().any(|named| named.id == guide.id);
    let stand_in = format!("stand-in-{}", sit.id);
    html! {
        @if others.is_empty() {
            @if !is_on_page {
                p class="soft" {
                    "There is no other guide in this home yet. A keeper can invite one."
                }
            }
        } @else {
            details {
                summary { "Change who leads it" span class="vh" { ": " (sit.title) } }
                form class="stack near" method="post" action={ "/sits/" (sit.id) "/guides" } {
                    @if is_on_page { input type="hidden" name="from" value="guide"; }
                    fieldset class="stack near" {
                        legend class="lab" { "Co-guides" }
                        @for guide in &others {
                            label class="pick" {
                                input type="checkbox" name="guide" value=(guide.id)
                                    checked[is_named(guide)];
                                span { b { (guide.name) } }
                            }
                        }
                    }
                    p class="soft small" {
                        "They may do all that you may with this sit: its plan, its room, its \
                         questions. "
                        (phrases::capitalize_first(&phrases::number_in_words(CO_GUIDES_MAX)))
                        " at most."
                    }
                    div class="field" {
                        label for=(stand_in) { "Who stands in when none of them can come?" }
                        select id=(stand_in) name="stand_in" {
                            option value="" { "Nobody is named" }
                            @for guide in &others {
                                option value=(guide.id) selected[is_stand_in(sit, guide)] {
                                    (guide.name)
                                }
                            }
                        }
                    }
                    p { button class="b b-2" { "Save who leads it" } }
                }
            }
        }
    }
}

fn is_stand_in(sit: &Sit, guide: &Leader) -> bool {
    sit.stand_in.as_ref().is_some_and(|named| named.id == guide.id)
}

/// Returns a sentence such as "Ana and Kofi lead it. Marit stands in."
pub(crate) fn describe_leaders(sit: &Sit) -> String {
    let names: Vec<_> = std::iter::once(&sit.guide_name)
        .chain(sit.co_guides.iter().map(|guide| &guide.name))
        .cloned()
        .collect();
    let lead = if names.len() == 1 { "leads" } else { "lead" };
    let names = phrases::list_names(&names, names.len());
    match &sit.stand_in {
        Some(stand_in) => format!("{names} {lead} it. {} stands in.", stand_in.name),
        None => format!("{names} {lead} it."),
    }
}
