//! The sewing table: each theme is a form with its answers to tick, its name, and the themes it can
//! be merged with.

use std::collections::BTreeSet;

use maud::{Markup, html};
use sitwith_core::id::{RoundId, ShareId};
use sitwith_core::round::edit::THEME_NAME_CHARS_MAX;
use sitwith_core::round::{Patch, Picture, Theme, ThemeLabel};

use super::super::quilt::dye_class;
use super::super::theme_title;
use super::guide_form::{merge_into_field, name_field};
use super::names;
use super::page::GuideMessage;
use super::paging::{self, GuidePageTheme};
use crate::forms::{Choice, Faults, new_field, render_select};

/// Contents of the table that its forms share.
pub(super) struct SewingTable<'a> {
    pub round: RoundId,
    pub picture: &'a Picture,
    /// Index of the page's first answer.
    pub from: usize,
    /// True if the round is closed: only then can themes be edited.
    pub is_closed: bool,
    /// Message about the last command, shown at its theme.
    pub message: Option<GuideMessage>,
    /// Theme and name that were typed and refused.
    pub unsaved_name: Option<(u32, &'a str)>,
    /// Answers ticked in a form that was refused.
    pub ticked: &'a BTreeSet<ShareId>,
    pub faults: &'a Faults,
}

impl SewingTable<'_> {
    /// Renders a theme, or the answers that stand alone.
    pub(super) fn render_theme_or_alone(&self, block: &GuidePageTheme<'_>) -> Markup {
        match block.theme {
            Some(theme) => self.theme_form(theme, block),
            None => self.alone_form(block),
        }
    }

    fn theme_form(&self, theme: &Theme, block: &GuidePageTheme<'_>) -> Markup {
        let id = format!("t{}", theme.number);
        html! {
            section class={ "sew " (dye_class(theme.dye)) } id=(id) tabindex="-1"
                aria-labelledby={ (id) "-h" } {
                @if let Some(said) = self.message.filter(|said| said.theme == Some(theme.number)) {
                    p class=(said.class()) role="status" { (said.words) }
                }
                form method="post" action=(self.action()) {
                    // Enter in the name's field presses the form's first button.
                    button class="vh" name="do" value="rename" tabindex="-1" aria-hidden="true" {
                        "Rename it"
                    }
                    (self.hidden_fields())
                    input type="hidden" name="theme" value=(theme.number);
                    fieldset class="stack" {
                        legend {
                            h2 id={ (id) "-h" } dir="auto" { (theme_title::plain_title(theme)) }
                        }
                        @if block.goes_on { p class="soft" { "The rest of this group." } }
                        @else if self.is_closed {
                            p class="soft small" { (names::name_origin(theme)) }
                        }
                        (self.share_ticks(block.patches))
                        @if self.is_closed { (self.theme_tools(theme, block.goes_on)) }
                        @else { (set_aside_button()) }
                    }
                }
            }
        }
    }

    fn theme_tools(&self, theme: &Theme, goes_on: bool) -> Markup {
        html! {
            (ticked_buttons())
            div class="tools" {
                // A group is renamed on the page where it begins.
                @if !goes_on { (self.theme_name_field(theme)) }
                (self.merge_field(theme))
            }
        }
    }

    fn theme_name_field(&self, theme: &Theme) -> Markup {
        let own = match &theme.label {
            ThemeLabel::NamedByGuide(name) => name,
            ThemeLabel::Quote(_) | ThemeLabel::SharedWords(_) | ThemeLabel::Wordless => "",
        };
        let typed = self.unsaved_name.filter(|(number, _)| *number == theme.number);
        html! {
            div class="adding" {
                input type="hidden" name="was" value=(own);
                (new_field(&name_field(theme.number), "Name of the group")
                    .value(typed.map_or(own, |(_, name)| name))
                    .max(THEME_NAME_CHARS_MAX).render(self.faults))
                button class="b b-2" name="do" value="rename" { "Rename it" }
            }
        }
    }

    fn merge_field(&self, theme: &Theme) -> Markup {
        let others: Vec<_> = paging::merge_candidates(self.picture, theme)
            .map(|other| (other.number.to_string(), names::short_name(other)))
            .collect();
        let choices: Vec<Choice<'_>> =
            others.iter().map(|(number, name)| (number.as_str(), name.as_str())).collect();
        let into = merge_into_field(theme.number);
        html! {
            @if !choices.is_empty() {
                div class="adding" {
                    (render_select(&into, "Sew it together with", None, &choices, "", self.faults))
                    button class="b b-2" name="do" value="merge" { "Sew together" }
                }
            }
        }
    }

    fn alone_form(&self, block: &GuidePageTheme<'_>) -> Markup {
        html! {
            section class="sew d-plain" id="alone" tabindex="-1" aria-labelledby="alone-h" {
                form method="post" action=(self.action()) {
                    (self.hidden_fields())
                    fieldset class="stack" {
                        legend { h2 id="alone-h" { "With a place of their own" } }
                        p class="soft small" {
                            @if self.picture.sewn {
                                "Each says something that no two others say. "
                            } @else {
                                "Our machine could not compare them. "
                            }
                            "In the quilt each has its own sewn place."
                        }
                        (self.share_ticks(block.patches))
                        @if self.is_closed {
                            (ticked_buttons())
                        } @else { (set_aside_button()) }
                    }
                }
            }
        }
    }

    /// Renders answers that were set aside: they are shown to nobody and stay their authors'.
    pub(super) fn aside_form(&self, aside: &[Patch]) -> Markup {
        html! {
            @if !aside.is_empty() {
                section class="sew d-walnut" id="aside" tabindex="-1" aria-labelledby="aside-h" {
                    form method="post" action=(self.action()) {
                        (self.hidden_fields())
                        fieldset class="stack" {
                            legend { h2 id="aside-h" { "Set aside" } }
                            p class="soft small" {
                                "The circle does not see these. They stay their authors\u{2019} \
                                 own, to keep or to take back."
                            }
                            (self.share_ticks(aside))
                            p class="row" {
                                button class="b b-2" name="do" value="back" {
                                    "Put the ticked ones back"
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Renders answers to tick, in the quilt's order, which reveals nothing about when they came.
    fn share_ticks(&self, patches: &[Patch]) -> Markup {
        html! {
            ul class="said" {
                @for patch in patches {
                    li {
                        label class="pick" {
                            input type="checkbox" name="share" value=(patch.id)
                                checked[self.ticked.contains(&patch.id)];
                            span {
                                b dir="auto" { (patch.words) }
                                @if let Some(said) = consent_text(patch) { small { (said) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn action(&self) -> String {
        format!("/rounds/{}/guide", self.round)
    }

    fn hidden_fields(&self) -> Markup {
        html! { input type="hidden" name="from" value=(self.from); }
    }
}

fn ticked_buttons() -> Markup {
    html! {
        p class="row" {
            button class="b b-2" name="do" value="split" { "Make a group of the ticked ones" }
            button class="b b-3 flush" name="do" value="aside" { "Set the ticked ones aside" }
        }
    }
}

fn set_aside_button() -> Markup {
    html! {
        p { button class="b b-3 flush" name="do" value="aside" { "Set the ticked ones aside" } }
    }
}

/// Says what the author allowed, and whether the answer's language could be compared.
fn consent_text(patch: &Patch) -> Option<String> {
    let signed = patch.signed_by.as_ref().map(|name| format!("Signed {name}."));
    let aloud = patch.may_read_aloud.then(|| "May be read aloud.".to_owned());
    let tongue = patch
        .is_other_language
        .then(|| "In a language our machine does not read, so it was not compared.".to_owned());
    let said: Vec<_> = [signed, aloud, tongue].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}
