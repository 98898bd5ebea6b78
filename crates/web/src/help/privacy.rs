//! The privacy page. Every sentence on it is a promise, and each has a test.

use axum::extract::State as With;
use maud::{Markup, html};

use crate::account::plain_page;
use crate::session::Visitor;
use crate::state::WebState;

/// `GET /privacy`
pub(super) async fn show_privacy(With(state): With<WebState>, visitor: Visitor) -> Markup {
    plain_page(&state, &visitor, "How we keep things private").render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "How we keep things private" }
                p class="lead" {
                    "This home runs on one machine, looked after by its keeper. Nothing on these \
                     pages is fetched from anywhere else."
                }
            }
            (sit_section())
            (round_section())
            (retention_section())
            (cookies_section())
            (rights_section())
        }
    })
}

fn sit_section() -> Markup {
    html! {
        h2 class="side" { "In a sit" }
        ul class="plain-list stack" {
            li { "There is no recording, and no part of this home that could make one." }
            li {
                "Your microphone and camera are off when you come in. Only you turn them on, here in \
                  your browser; no guide and no keeper can."
            }
            li {
                "Who hears and sees you: the people in the sit, while it may be heard and seen there. \
                  Sound and pictures go through this home's own machine, which passes them on, \
                  locked on the way, and keeps none of them."
            }
            li {
                "In a sealed sit they are locked in your browser and opened in the others': the home \
                  passes on what it cannot open. It still knows who is there and who speaks when."
            }
            li {
                "Captions of your own words are off until you turn them on. Then the maker of your \
                  browser may hear what you say, and the people in the sit read it. In a sealed \
                  sit there are none."
            }
            li {
                "When a guide takes somebody out of a sit, that is kept with the guide's note, for the \
                  keeper alone, until a keeper lets them in again or they are erased."
            }
            li {
                "When you leave, nobody is told, and when you left is not written down. Coming \
                  back is the same step as coming."
            }
            li {
                "In a quiet seat you are counted and not named: your name is not sent to anybody."
            }
            li { "How it is in you, and what you note afterwards, is shown to you alone." }
        }
    }
}

fn round_section() -> Markup {
    html! {
        h2 class="side" { "In a round" }
        ul class="plain-list stack" {
            li {
                "What you write is unsigned unless you sign it, and no page and no message tells \
                  others, not even the guide, whose an unsigned answer is."
            }
            li { "Nobody is shown what others wrote before having answered or passed." }
            li { "Answers are read and sorted on this machine. Nothing of them leaves it." }
            li {
                "The words are erased, with all that was made of them, a quarter of an hour after \
                  the sit is over, or a day after a round between sits was opened. Only when a \
                  guide has said before that the quilt is kept, the answers stay whose authors \
                  let them be shown with others."
            }
            li { "You can take your words back at any time: they are gone at once, everywhere." }
            li {
                "What you keep of a round for yourself is seen by nobody else, until you erase it."
            }
        }
    }
}

fn retention_section() -> Markup {
    html! {
        h2 class="side" { "What is kept, and how long" }
        ul class="plain-list stack" {
            li { "Of a guest: the name you typed and which sit you came to. Both are erased thirty \
                  days after you came, or at once when you sign out." }
            li {
                "Of a member: name, email address, time zone if you chose one, your roles, which \
                  sits you sat in, and your own notes, until you leave."
            }
            li {
                "A browser that is signed in: what kind it is and the day it was last used. It \
                  ends after thirty days without you."
            }
            li { "Emails to you: the words are erased once the email is sent or given up." }
            li { "The log of the machine names no person, no address and nothing anybody wrote." }
        }
    }
}

fn cookies_section() -> Markup {
    html! {
        h2 class="side" { "In your browser" }
        ul class="plain-list stack" {
            li { "One cookie knows you again while you are signed in or a guest." }
            li { "One cookie holds your time zone, so that times are right where you are." }
            li {
                "While you wait for an email, one cookie ties it to this browser, for ten minutes."
            }
            li { "None of them counts or follows you, and none goes to anybody else." }
            li { "The help page sets no cookie, looks nobody up and is written down nowhere." }
        }
    }
}

fn rights_section() -> Markup {
    html! {
        h2 class="side" { "What you can do" }
        ul class="plain-list stack" {
            li { "See and change what is yours, and sign out anywhere, on your own page." }
            li { "Let others see that you usually come, or not. It is off until you turn it on." }
            li {
                "Leave for good: what is yours alone is erased at once. Copies made for safety are \
                  the keeper's to look after; ask how long they are kept."
            }
        }
    }
}
