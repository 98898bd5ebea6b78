//! The guide's page of one round, in each of its states: open, closed for the guide to read, and
//! opened to the circle.

use std::collections::BTreeSet;

use maud::{Markup, html};
use sitwith_app::rounds::{
    Keeps, LONE_ROUND_WORDS_KEPT, RUN_WORDS_KEPT, RoundFacts, RoundStep, RoundView,
};
use sitwith_core::id::ShareId;
use sitwith_core::round::Picture;
use sitwith_core::time::Span;

use super::super::round_text;
use super::paging;
use super::sew::SewingTable;
use crate::forms::Faults;
use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Reload interval while answers are being grouped.
const REFRESH_AFTER: Span = Span::from_secs(5);

/// Contents of the page.
pub(super) struct RoundDesk<'a> {
    pub state: &'a WebState,
    pub visitor: &'a Visitor,
    pub seen: &'a RoundView,
    /// Index of the page's first answer.
    pub from: usize,
    /// Message about the last command.
    pub message: Option<GuideMessage>,
    pub unsaved: UnsavedInput<'a>,
    /// Answers ticked in a form that was refused.
    pub ticked: &'a BTreeSet<ShareId>,
    pub faults: &'a Faults,
}

/// A message about the last command.
#[derive(Clone, Copy)]
pub(super) struct GuideMessage {
    pub words: &'static str,
    /// True for a refusal.
    pub is_no: bool,
    /// Number of the theme beside which it is shown; at the top of the page if there is none.
    pub theme: Option<u32>,
}

impl GuideMessage {
    /// Returns its class.
    pub(super) const fn class(self) -> &'static str {
        if self.is_no { "say care" } else { "say" }
    }
}

/// Typed text of a form that was refused.
#[derive(Clone, Copy, Default)]
pub(super) struct UnsavedInput<'a> {
    /// Number and name of a theme.
    pub name: Option<(u32, &'a str)>,
    /// A second question and its help line.
    pub again: (&'a str, &'a str),
}

impl RoundDesk<'_> {
    pub(super) fn render(&self) -> Markup {
        let facts = &self.seen.facts;
        Page::new(self.state, self.visitor, "Guide the round")
            .section(Section::Guide)
            .style("round/guide.css")
            .refresh_after(self.is_being_gathered().then_some(REFRESH_AFTER))
            .render(&html! {
                div class="gd" {
                    div class="stack near" {
                        p class="soft" {
                            @if self.seen.step == RoundStep::Posed { "The circle is asked" }
                            @else { "The circle was asked" }
                        }
                        h1 dir="auto" { (facts.prompt) }
                        @if !facts.help.is_empty() {
                            p class="lead" dir="auto" { (facts.help) }
                        }
                    }
                    (self.faults.summary())
                    (self.top_message())
                    @match self.seen.step {
                        _ if self.seen.is_kept_quilt => (self.render_kept_quilt()),
                        RoundStep::Posed => (self.render_posed()),
                        RoundStep::Closed => (self.render_closed()),
                        RoundStep::Opened => (self.render_opened()),
                    }
                    p class="row" {
                        a class="b b-3 flush" href={ "/sits/" (facts.sit) } {
                            "To " (facts.sit_title)
                        }
                    }
                }
            })
    }

    fn top_message(&self) -> Markup {
        let said = self.message.filter(|said| !self.is_theme_on_page(*said));
        html! {
            @if let Some(said) = said {
                div class=(said.class()) role="status" {
                    div class="stack near" {
                        p { (said.words) }
                        @for words in self.unsaved_words() {
                            p { "You had written: " q dir="auto" { (words) } }
                        }
                    }
                }
            }
        }
    }

    /// Returns typed text whose field is not on the page any more, so that it is not lost.
    fn unsaved_words(&self) -> impl Iterator<Item = &str> {
        let name = self.unsaved.name.map(|(_, name)| name);
        let (prompt, help) = self.unsaved.again;
        let again = if self.can_ask_again() { [None; 2] } else { [Some(prompt), Some(help)] };
        let all = [name].into_iter().chain(again).flatten();
        all.filter(|words| !words.trim().is_empty())
    }

    /// Returns true if a second question can be asked.
    pub(super) fn can_ask_again(&self) -> bool {
        self.seen.step == RoundStep::Posed && self.seen.facts.run.is_some()
    }

    /// Returns true if the message's theme is on this page.
    fn is_theme_on_page(&self, said: GuideMessage) -> bool {
        let Some(picture) = &self.seen.picture else {
            return false;
        };
        let leaf = paging::guide_page_from(picture, self.from);
        let mut themes = leaf.blocks.iter().filter_map(|block| block.theme);
        themes.any(|theme| Some(theme.number) == said.theme)
    }

    fn render_closed(&self) -> Markup {
        html! {
            @if self.is_being_gathered() {
                p class="lead" { "The answers are being laid side by side. A moment, please." }
                p class="row" { a class="b b-2" href=(self.action()) { "Look again" } }
            } @else if self.seen.picture.is_none() {
                (self.render_gate())
            } @else {
                section class="stack" aria-label="How it stands" {
                    p class="lead" {
                        "It is closed, and only you can read it now. The circle knows that you \
                         read first."
                    }
                    (self.button("open", "b b-1", "Open it to the circle"))
                }
                (self.render_table())
            }
        }
    }

    /// Renders the gate: a guide has to answer or pass before reading, like everybody.
    fn render_gate(&self) -> Markup {
        html! {
            section class="stack" aria-label="Before you read" {
                p class="lead" {
                    "You have not answered, and the time for it is over. That is all right."
                }
                (self.button("pass", "b b-1", "Read what was said"))
            }
        }
    }

    fn render_opened(&self) -> Markup {
        let seen = self.seen;
        let id = seen.facts.id;
        html! {
            @if seen.picture.is_none() {
                (self.render_gate())
            } @else {
                section class="stack" aria-label="How it stands" {
                    p class="lead" { "The circle sees it. What you change here changes for all." }
                    p class="row" {
                        a class="b b-1" href={ "/rounds/" (id) "/aloud" } { "Read it aloud" }
                        a class="b b-2" href={ "/rounds/" (id) } { "See the quilt" }
                    }
                    (self.retention())
                }
                (self.render_table())
            }
        }
    }

    /// Renders the page when the words have vanished except those of the kept quilt, which cannot
    /// be edited.
    fn render_kept_quilt(&self) -> Markup {
        html! {
            section class="stack" aria-label="How it stands" {
                p class="lead" { "Its words have gone. What was kept is in the quilt." }
                p class="row" {
                    a class="b b-1" href={ "/rounds/" (self.seen.facts.id) } { "See the quilt" }
                }
            }
        }
    }

    fn retention(&self) -> Markup {
        html! {
            p class="measure" {
                (retention_text(&self.seen.facts))
                @if let Some(at) = self.seen.vanishes_at {
                    " That is at " (round_text::moment_text(self.state, self.visitor, at)) "."
                }
            }
        }
    }

    /// Renders this page of the sewing table.
    pub(super) fn render_table(&self) -> Markup {
        let seen = self.seen;
        let Some(picture) = &seen.picture else {
            return html! {};
        };
        let leaf = paging::guide_page_from(picture, self.from);
        let table = SewingTable {
            round: seen.facts.id,
            picture,
            from: self.from,
            is_closed: seen.step != RoundStep::Posed,
            message: self.message,
            unsaved_name: self.unsaved.name,
            ticked: self.ticked,
            faults: self.faults,
        };
        let is_empty = leaf.blocks.is_empty() && seen.aside.is_empty();
        html! {
            section class="sewing" aria-labelledby="table" {
                h2 id="table" { "The words" }
                @if is_empty { p { (empty_table_text(seen.step)) } }
                @else { (self.about_table(picture.sewn)) }
                @if self.from > 0 {
                    p { a class="alone-link" href="?from=0#table" { "From the beginning" } }
                }
                @for block in &leaf.blocks { (table.render_theme_or_alone(block)) }
                @if let Some(next) = leaf.next {
                    p class="row" {
                        a class="b b-2" href={ "?from=" (next) "#table" } { "The next answers" }
                    }
                }
                (table.aside_form(&seen.aside))
            }
        }
    }

    fn about_table(&self, is_sewn: bool) -> Markup {
        html! {
            @if self.seen.step == RoundStep::Posed {
                p class="soft measure" {
                    "What came so far. Putting in order comes when the round is closed; an answer \
                     that hurts somebody can be set aside now."
                }
            } @else {
                p class="soft measure" {
                    "Tick answers to take them out of a group or to set them aside. No word of \
                     them can be changed, by anybody."
                }
                @if !is_sewn {
                    p class="measure" {
                        "Our machine could not compare these. You can make groups yourself."
                    }
                }
                form class="row" method="post" action=(self.action()) {
                    button class="b b-2" name="do" value="gather" { "Gather them anew" }
                    span class="soft small" {
                        "Groups you made or sewed together are made anew, too. Names stay where \
                         their group stays."
                    }
                }
            }
        }
    }

    pub(super) fn button(&self, press: &str, class: &str, words: &str) -> Markup {
        html! {
            form method="post" action=(self.action()) {
                button class=(class) name="do" value=(press) { (words) }
            }
        }
    }

    pub(super) fn action(&self) -> String {
        format!("/rounds/{}/guide", self.seen.facts.id)
    }

    /// Returns true if the round was closed just now and its answers are not grouped yet.
    fn is_being_gathered(&self) -> bool {
        let seen = self.seen;
        let is_empty = |picture: &Picture| picture.themes.is_empty() && picture.alone.is_empty();
        let is_waiting = match &seen.picture {
            Some(picture) => seen.share_count > 0 && seen.aside.is_empty() && is_empty(picture),
            // Without a guide who reads first it opens by itself.
            None => !seen.facts.reads_first,
        };
        seen.step == RoundStep::Closed && is_waiting
    }
}

/// Says what is kept of the round, and when the rest vanishes.
pub(super) fn retention_text(facts: &RoundFacts) -> String {
    let when = match facts.run {
        Some(_) => format!("{} after the sit", phrases::length_in_words(RUN_WORDS_KEPT)),
        None => format!("{} after it is opened", phrases::length_in_words(LONE_ROUND_WORDS_KEPT)),
    };
    match facts.keeps {
        Keeps::Nothing => format!("Every word vanishes {when}. Each may keep their own before."),
        Keeps::Quilt => format!(
            "The quilt stays, of those answers whose authors said yes to it. The others vanish \
             {when}."
        ),
    }
}

const fn empty_table_text(step: RoundStep) -> &'static str {
    match step {
        RoundStep::Posed => "Nothing is shown yet.",
        RoundStep::Closed | RoundStep::Opened => {
            "Nobody wrote this time. The question was there for all."
        }
    }
}
