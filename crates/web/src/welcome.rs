//! The first page: the next sit, its outline, and the other sits.

use axum::extract::State as With;
use maud::{Markup, PreEscaped, html};
use sitwith_app::sits::unsure::{self, ExpectedCount};
use sitwith_app::sits::{self, SitView};
use sitwith_core::member::{Person, Role};

use crate::fail::PageError;
use crate::keeper::notice::render_notice;
use crate::page::{Page, Section};
use crate::phrases;
use crate::route::routes;
use crate::session::Visitor;
use crate::sits::pieces;
use crate::state::WebState;

routes! {
    get "/", Everyone: 200 => show_welcome;
}

/// Drawing of six people and one thread.
const FRIEZE: &str = include_str!("welcome/frieze.svg");
/// Maximum number of cushions drawn.
const SEATS_MAX: usize = 11;

/// People who usually come to the next sit, as far as this visitor may know.
struct ExpectedCircle {
    expected: ExpectedCount,
    usually: Vec<String>,
}

/// `GET /`
async fn show_welcome(With(state): With<WebState>, visitor: Visitor) -> Result<Markup, PageError> {
    let upcoming = sits::list_upcoming(&state.home, &visitor.person).await?;
    let circle = match (upcoming.first(), &visitor.person) {
        (Some(first), Person::Member(_)) => {
            let found = unsure::load_hesitation(&state.home, &visitor.person, first.sit.id).await?;
            Some(ExpectedCircle { expected: found.expected, usually: found.usual_names })
        }
        _ => None,
    };
    let notice = render_notice(&state).await?;
    Ok(welcome_page(&state, &visitor, &notice, &upcoming, circle.as_ref()))
}

fn welcome_page(
    state: &WebState,
    visitor: &Visitor,
    notice: &Markup,
    upcoming: &[SitView],
    circle: Option<&ExpectedCircle>,
) -> Markup {
    Page::new(state, visitor, "Sits").section(Section::Sits).style("welcome/welcome.css").render(
        &html! {
            (hero_section(notice))
            @match upcoming.split_first() {
                Some((first, others)) => {
                    (next_sit_section(state, visitor, first, circle))
                    @if !others.is_empty() { (other_sits(state, visitor, others)) }
                }
                None => (no_sits_section(visitor)),
            }
            @if visitor.person == Person::Stranger { (way_in_section()) }
        },
    )
}

fn hero_section(notice: &Markup) -> Markup {
    let has_notice = !notice.0.is_empty();
    html! {
        div.hero.stack[has_notice].far[has_notice] {
            (notice)
            div class="open" {
                h1 { "Come and sit with us." }
                p class="lead" {
                    "We practise mindfulness and self-compassion together, online. Come tired, \
                     come sad, come late. You need no experience and nothing to give."
                }
            }
            div class="frieze" { (PreEscaped(FRIEZE)) }
        }
    }
}

fn next_sit_section(
    state: &WebState,
    visitor: &Visitor,
    seen: &SitView,
    circle: Option<&ExpectedCircle>,
) -> Markup {
    let sit = &seen.sit;
    html! {
        section class="next" aria-labelledby="ns" {
            div class="leaf" {
                h2 class="side" id="ns" { "The next sit" }
                div class="two" {
                    div class="stack" {
                        @if let Some(next) = &seen.next {
                            p class="when" {
                                (pieces::start_text(state, visitor, next))
                                " " span { (sit.title) } " "
                                span { (pieces::time_and_length(state, visitor, sit, next)) }
                            }
                        }
                        (pieces::sit_buttons(state, visitor, seen))
                        p class="soft measure" {
                            "Your camera and microphone are off when you arrive. You can leave \
                             any time, without a word."
                        }
                        @if let Some(circle) = circle { (expected_text(circle)) }
                    }
                    div class="stack near" {
                        h3 { "How it goes" }
                        (pieces::sit_outline(sit))
                    }
                }
            }
        }
    }
}

fn expected_text(circle: &ExpectedCircle) -> Markup {
    let said = match circle.expected {
        ExpectedCount::Unknown => return html! {},
        ExpectedCount::AFew => "A few people usually come.".to_owned(),
        ExpectedCount::About(count) => {
            format!("About {} people usually come.", phrases::number_in_words(count))
        }
    };
    html! {
        div class="row on-cloth" {
            @if !circle.usually.is_empty() { (pieces::seat_initials(&circle.usually, SEATS_MAX)) }
            span class="soft" { (said) }
        }
    }
}

fn other_sits(state: &WebState, visitor: &Visitor, others: &[SitView]) -> Markup {
    html! {
        section class="leaf" aria-labelledby="os" {
            h2 class="side" id="os" { "Other sits" }
            ul class="sits" { @for seen in others { (other_sit(state, visitor, seen)) } }
        }
    }
}

fn other_sit(state: &WebState, visitor: &Visitor, seen: &SitView) -> Markup {
    let sit = &seen.sit;
    let (path, name) = pieces::way_in(state, visitor, seen);
    html! {
        li {
            div {
                h3 {
                    @if visitor.person == Person::Stranger { (sit.title) }
                    @else { a href={ "/sits/" (sit.id) } { (sit.title) } }
                }
                @if let Some(next) = &seen.next {
                    p { (pieces::start_text(state, visitor, next)) "." }
                    p class="soft small" { (pieces::time_and_length(state, visitor, sit, next)) }
                }
            }
            p class="row" { a class="b b-2" href=(path) { (name) } }
        }
    }
}

fn no_sits_section(visitor: &Visitor) -> Markup {
    html! {
        section class="leaf" aria-labelledby="ns" {
            h2 class="side" id="ns" { "The next sit" }
            div class="stack" {
                p class="lead" {
                    @if visitor.person == Person::Stranger {
                        "Nothing stands here for everyone just now. Members see their sits when \
                         they have signed in."
                    } @else {
                        "There is no sit planned just now. When there is one, it will stand here."
                    }
                }
                @if visitor.person.has(Role::Guide) {
                    p class="row" { a class="b b-1" href="/sits/new" { "Make a sit" } }
                }
            }
        }
    }
}

fn way_in_section() -> Markup {
    html! {
        section class="leaf" aria-labelledby="wi" {
            h2 class="side" id="wi" { "The way in" }
            div class="stack" {
                p class="measure" {
                    "Did someone send you a link? Open it; it leads straight to the sit, and all \
                     it asks is a name, any name. If you are a member, sign in with your email \
                     address; there is no password."
                }
                p class="row" { a class="b b-2" href="/sign-in" { "Sign in" } }
            }
        }
    }
}
