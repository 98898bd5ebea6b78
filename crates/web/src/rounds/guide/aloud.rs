//! The view for reading aloud: one theme at a time, in large type, and only words whose authors
//! said that they may be read aloud.

use maud::{Markup, html};
use sitwith_app::rounds::{RoundStep, RoundView};
use sitwith_core::round::{Patch, Picture, Theme, ThemeLabel};

use super::super::paging::escaped_len;
use super::super::quilt::dye_class;
use super::names;
use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Maximum number of answers read per theme: the most central ones.
const EXEMPLARS_MAX: usize = 5;
/// Maximum size of a page's answers, in bytes.
const PAGE_BYTES_MAX: usize = 60_000;
/// From this number on counts are given; a smaller one, which might point to somebody, is "some".
const COUNT_SHOWN_MIN: usize = 3;

/// One step of the reading: a theme, or answers that stand alone.
struct AloudSection<'a> {
    title: Option<String>,
    dye: &'static str,
    read: Vec<&'a Patch>,
    /// Number of its answers that may not be read aloud.
    unread: usize,
}

/// Returns the picture, once the circle sees it, if the guide may see it, too.
pub(super) fn readable_picture(seen: &RoundView) -> Option<&Picture> {
    seen.picture.as_deref().filter(|_| seen.step == RoundStep::Opened)
}

/// Renders the view, beginning with section `from`.
pub(super) fn aloud_page(
    state: &WebState,
    visitor: &Visitor,
    (seen, picture): (&RoundView, &Picture),
    from: usize,
) -> Markup {
    let stretches = aloud_sections(picture);
    let shown = fit_page(stretches.get(from..).unwrap_or_default());
    let next = Some(from + shown.len()).filter(|next| *next < stretches.len());
    let facts = &seen.facts;
    let back = format!("/rounds/{}/guide", facts.id);
    let has_some = stretches.iter().any(|stretch| !stretch.read.is_empty());
    Page::new(state, visitor, "To read aloud")
        .section(Section::Guide)
        .style("round/aloud.css")
        .render(&html! {
            div class="gd aloud" {
                header class="stack" id="t0" tabindex="-1" {
                    p class="soft" { "To read aloud" }
                    h1 { (facts.prompt) }
                    (unread_text(count_unread(picture)))
                    @if !has_some {
                        p class="lead" {
                            "Nobody said yes to being read aloud. That is all right: the circle \
                             can read for itself."
                        }
                    }
                    p class="row" {
                        @if !shown.is_empty() { a class="b b-1" href="#t1" { "Begin" } }
                        a class="b b-3" href=(back) { "Back to the round" }
                    }
                }
                @for (place, stretch) in (1..).zip(shown) {
                    (aloud_section(stretch, place, shown.len()))
                }
                @if let Some(next) = next {
                    p class="row" {
                        a class="b b-1" href={ "?from=" (next) "#t1" } { "Read on" }
                    }
                }
            }
        })
}

fn aloud_section(stretch: &AloudSection<'_>, place: usize, last: usize) -> Markup {
    let name = format!("t{place}-h");
    html! {
        section class=(stretch.dye) id={ "t" (place) } tabindex="-1" aria-labelledby=(name) {
            h2 id=(name) {
                @match &stretch.title {
                    Some(title) => (title),
                    None => "A thought in several voices",
                }
            }
            @if stretch.read.is_empty() {
                p class="lead" { "The words of this one are not for reading aloud." }
            } @else {
                ul {
                    @for patch in &stretch.read {
                        li {
                            blockquote dir="auto" { (patch.words) }
                            @if let Some(name) = &patch.signed_by { p class="soft" { (name) } }
                        }
                    }
                }
                (unread_text(stretch.unread))
            }
            p class="row" {
                @if place < last {
                    a class="b b-1" href={ "#t" (place + 1) } { "Next" }
                }
                a class="b b-3" href={ "#t" (place - 1) } { "Before" }
            }
        }
    }
}

/// Says that some answers may not be read; with their number only where it points to nobody.
fn unread_text(kept: usize) -> Markup {
    html! {
        @if kept >= COUNT_SHOWN_MIN {
            p class="soft" {
                (phrases::capitalize_first(&phrases::number_in_words(kept)))
                " are not for reading aloud."
            }
        } @else if kept > 0 {
            p class="soft" { "Some are not for reading aloud." }
        }
    }
}

/// Returns the themes, then the answers that stand alone. A theme without readable answers stays:
/// that several people said it is part of what was said.
fn aloud_sections(picture: &Picture) -> Vec<AloudSection<'_>> {
    let themes = picture.themes.iter().map(|theme| {
        let title = aloud_title(theme);
        let may: Vec<_> = theme.patches.iter().filter(|patch| patch.may_read_aloud).collect();
        let kept = theme.patches.len() - may.len();
        // An answer that is the title is not read a second time.
        let read = may.into_iter().filter(|patch| title.as_deref() != Some(&*patch.words));
        AloudSection {
            read: read.take(EXEMPLARS_MAX).collect(),
            dye: dye_class(theme.dye),
            title,
            unread: kept,
        }
    });
    let alone: Vec<_> = picture.alone.iter().filter(|patch| patch.may_read_aloud).collect();
    let alone = alone.chunks(EXEMPLARS_MAX).map(|read| AloudSection {
        title: Some("And beside these".to_owned()),
        dye: "d-plain",
        read: read.to_vec(),
        unread: 0,
    });
    themes.chain(alone).collect()
}

/// Returns the number of all answers that may not be read aloud.
fn count_unread(picture: &Picture) -> usize {
    let themes = picture.themes.iter().flat_map(|theme| &theme.patches);
    let kept = themes.chain(&picture.alone).filter(|patch| !patch.may_read_aloud);
    kept.count()
}

/// Returns a title that may be read aloud: a quote only if its own author said so.
fn aloud_title(theme: &Theme) -> Option<String> {
    match &theme.label {
        ThemeLabel::NamedByGuide(name) => Some(name.to_string()),
        ThemeLabel::SharedWords(words) => Some(words.join(", ")),
        ThemeLabel::Quote(_) => {
            let quoted = names::quoted_share(theme).filter(|patch| patch.may_read_aloud)?;
            Some(quoted.words.to_string())
        }
        ThemeLabel::Wordless => None,
    }
}

/// Returns the sections that fit on a page; at least one.
fn fit_page<'a, 'p>(stretches: &'a [AloudSection<'p>]) -> &'a [AloudSection<'p>] {
    let mut bytes = 0;
    let fits = stretches.iter().take_while(|stretch| {
        let words = stretch.read.iter().map(|patch| escaped_len(&patch.words) + 200);
        bytes += words.sum::<usize>() + 700;
        bytes <= PAGE_BYTES_MAX
    });
    let fits = fits.count().max(1).min(stretches.len());
    stretches.get(..fits).unwrap_or_default()
}
