//! The first page: the next sit, its outline, and the other sits.

use axum::extract::State as With;
use maud::{Markup, PreEscaped, html};
use sitwith_app::sits::unsure::{self, Expected};
use sitwith_app::sits::{self, Seen};
use sitwith_core::member::{Person, Role};

use crate::fail::Fail;
use crate::page::{Page, Section};
use crate::route::routes;
use crate::session::Visitor;
use crate::sits::pieces;
use crate::state::State;
use crate::words;

routes! {
    get "/", Everyone: 200 => show;
}

/// Drawing of six people and one thread.
const FRIEZE: &str = include_str!("welcome/frieze.svg");
/// Maximum number of cushions drawn.
const SEATS_MAX: usize = 11;

/// People who usually come to the next sit, as far as this visitor may know.
struct Circle {
    expected: Expected,
    usually: Vec<String>,
}

/// `GET /`
async fn show(With(state): With<State>, visitor: Visitor) -> Result<Markup, Fail> {
    let upcoming = sits::upcoming(&state.home, &visitor.person).await?;
    let circle = match (upcoming.first(), &visitor.person) {
        (Some(first), Person::Member(_)) => {
            let found = unsure::unsure(&state.home, &visitor.person, first.sit.id).await?;
            Some(Circle { expected: found.expected, usually: found.usually })
        }
        _ => None,
    };
    Ok(page(&state, &visitor, &upcoming, circle.as_ref()))
}

fn page(state: &State, visitor: &Visitor, upcoming: &[Seen], circle: Option<&Circle>) -> Markup {
    Page::new(state, visitor, "Sits").section(Section::Sits).style("welcome/welcome.css").show(
        &html! {
            (hero())
            @match upcoming.split_first() {
                Some((first, others)) => {
                    (next(state, visitor, first, circle))
                    @if !others.is_empty() { (other_sits(state, visitor, others)) }
                }
                None => (nothing(visitor)),
            }
            @if visitor.person == Person::Stranger { (for_strangers()) }
        },
    )
}

fn hero() -> Markup {
    html! {
        div class="hero" {
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

fn next(state: &State, visitor: &Visitor, seen: &Seen, circle: Option<&Circle>) -> Markup {
    let sit = &seen.sit;
    html! {
        section class="next" aria-labelledby="ns" {
            div class="leaf" {
                h2 class="side" id="ns" { "The next sit" }
                div class="two" {
                    div class="stack" {
                        @if let Some(next) = &seen.next {
                            p class="when" {
                                (pieces::when(state, visitor, next))
                                " " span { (sit.title) } " "
                                span { (pieces::details(state, visitor, sit, next)) }
                            }
                        }
                        (pieces::doors(state, visitor, seen))
                        p class="soft measure" {
                            "Your camera and microphone are off when you arrive. You can leave \
                             any time, without a word."
                        }
                        @if let Some(circle) = circle { (who(circle)) }
                    }
                    div class="stack near" {
                        h3 { "How it goes" }
                        (pieces::how_it_goes(sit))
                    }
                }
            }
        }
    }
}

fn who(circle: &Circle) -> Markup {
    let said = match circle.expected {
        Expected::Unknown => return html! {},
        Expected::AFew => "A few people usually come.".to_owned(),
        Expected::About(count) => {
            format!("About {} people usually come.", words::number(count))
        }
    };
    html! {
        div class="row on-cloth" {
            @if !circle.usually.is_empty() { (pieces::seats(&circle.usually, SEATS_MAX)) }
            span class="soft" { (said) }
        }
    }
}

fn other_sits(state: &State, visitor: &Visitor, others: &[Seen]) -> Markup {
    html! {
        section class="leaf" aria-labelledby="os" {
            h2 class="side" id="os" { "Other sits" }
            ul class="sits" { @for seen in others { (other_sit(state, visitor, seen)) } }
        }
    }
}

fn other_sit(state: &State, visitor: &Visitor, seen: &Seen) -> Markup {
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
                    p { (pieces::when(state, visitor, next)) "." }
                    p class="soft small" { (pieces::details(state, visitor, sit, next)) }
                }
            }
            p class="row" { a class="b b-2" href=(path) { (name) } }
        }
    }
}

fn nothing(visitor: &Visitor) -> Markup {
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

fn for_strangers() -> Markup {
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
