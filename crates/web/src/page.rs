//! The shell of every page: head, header, footer, and the help dialog.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sitwith_app::settings::{HelpLine, Settings};
use sitwith_core::member::{Person, Role};
use sitwith_core::time::Span;

use crate::assets;
use crate::session::Visitor;
use crate::state::WebState;

/// Shared icons, referred to by `<use href="#…">` from any page.
const DRAWINGS: &str = include_str!("page/drawings.svg");

/// The section of the header's navigation that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The list of sits.
    Sits,
    /// The guide's pages.
    Guide,
    /// The keeper's pages.
    Keeper,
    /// The person's own pages.
    You,
}

/// Builder of one page.
pub struct Page<'a> {
    settings: std::sync::Arc<Settings>,
    visitor: &'a Visitor,
    title: &'a str,
    section: Option<Section>,
    styles: Vec<&'static str>,
    scripts: Vec<&'static str>,
    preload: Option<&'static str>,
    is_minimal: bool,
    refresh_after: Option<Span>,
    has_scripts: bool,
}

impl<'a> Page<'a> {
    /// Starts a page of this home for this visitor.
    pub fn new(state: &WebState, visitor: &'a Visitor, title: &'a str) -> Self {
        Self {
            settings: state.home.settings(),
            visitor,
            title,
            section: None,
            styles: Vec::new(),
            scripts: Vec::new(),
            preload: None,
            is_minimal: false,
            refresh_after: None,
            has_scripts: true,
        }
    }

    /// Marks a link of the header as current.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    /// Adds a style sheet, as in `"room/room.css"`.
    #[must_use]
    pub fn style(mut self, path: &'static str) -> Self {
        self.styles.push(path);
        self
    }

    /// Adds a JavaScript module, as in `"room/room.js"`.
    #[must_use]
    pub fn script(mut self, path: &'static str) -> Self {
        self.scripts.push(path);
        self
    }

    /// Adds a JavaScript module if `is_needed`.
    #[must_use]
    pub fn script_if(self, is_needed: bool, path: &'static str) -> Self {
        if is_needed { self.script(path) } else { self }
    }

    /// Preloads a module and its imports, so that the next page opens at once, on a slow link too.
    #[must_use]
    pub fn preload(mut self, path: &'static str) -> Self {
        self.preload = Some(path);
        self
    }

    /// Leaves out navigation and footer, for the live room: only the home's name, help and the
    /// light switch remain.
    #[must_use]
    pub fn minimal(mut self) -> Self {
        self.is_minimal = true;
        self
    }

    /// Reloads the page after this time, without script: for a door that is about to open.
    #[must_use]
    pub fn refresh_after(mut self, after: Option<Span>) -> Self {
        self.refresh_after = after;
        self
    }

    /// Leaves out all scripts, so that nothing is left in the browser: for the help page.
    #[must_use]
    pub fn without_scripts(mut self) -> Self {
        self.has_scripts = false;
        self
    }

    /// Renders the whole page around its main part.
    pub fn render(self, main: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                (self.head())
                body class=[self.is_minimal.then_some("still")] {
                    (PreEscaped(DRAWINGS))
                    a class="skip" href="#main" { "Skip to the content" }
                    (self.header())
                    main id="main" tabindex="-1" { (main) }
                    @if !self.is_minimal { (render_footer(&self.settings.help_lines)) }
                    (help_dialog(&self.settings.help_lines))
                    // Last, so that it is fetched after everything this page needs itself.
                    @if let Some(soon) = self.preload {
                        link rel="modulepreload" href=(assets::asset_url(soon));
                        (modules_of(soon))
                    }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(after) = self.refresh_after {
                    meta http-equiv="refresh" content=(after.secs().max(1));
                }
                title { (self.title) " · " (self.settings.name) }
                // Blocking on purpose: the chosen colour scheme must be set before the first paint.
                @if self.has_scripts { script src=(assets::asset_url("base/light.js")) {} }
                link rel="preload" href=(assets::asset_url("base/fonts/vollkorn-latin-430.woff2"))
                    as="font" type="font/woff2" crossorigin;
                link rel="icon" href=(assets::asset_url("base/mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::asset_url(assets::SHARED_SHEET));
                @for style in &self.styles {
                    link rel="stylesheet" href=(assets::asset_url(style));
                }
                @if self.has_scripts {
                    script type="module" src=(assets::asset_url("base/shell.js")) {}
                }
                @for script in &self.scripts {
                    (modules_of(script))
                    script type="module" src=(assets::asset_url(script)) {}
                }
            }
        }
    }

    fn header(&self) -> Markup {
        html! {
            header class="top" {
                a class="home" href="/" {
                    svg class="mark" aria-hidden="true" { use href="#mk" {} }
                    (self.settings.name)
                }
                @if !self.is_minimal {
                    nav aria-label="Main" {
                        @for (section, path, words) in nav_links(&self.visitor.person) {
                            @let is_lit = section.is_some() && self.section == section;
                            a href=(path) aria-current=[is_lit.then_some("page")] { (words) }
                        }
                    }
                }
                a class="bare help" href="/help" { "Help now" }
                button class="bare light" type="button" aria-label="Change the light" hidden {
                    svg aria-hidden="true" viewBox="0 0 24 24" { use href="#i-lamp" {} }
                }
            }
        }
    }
}

/// Preloads all modules that this one imports.
fn modules_of(script: &str) -> Markup {
    html! {
        @for needed in assets::modules_needed_by(script) {
            link rel="modulepreload" href=(assets::asset_url(&needed));
        }
    }
}

/// Returns the header's links: only pages that this person can open.
fn nav_links(person: &Person) -> Vec<(Option<Section>, &'static str, &'static str)> {
    let mut links = vec![(Some(Section::Sits), "/", "Sits")];
    if person.has(Role::Guide) {
        links.push((Some(Section::Guide), "/guide", "Guide"));
    }
    if person.has(Role::Keeper) {
        links.push((Some(Section::Keeper), "/keeper", "Home"));
    }
    match person {
        Person::Member(_) => links.push((Some(Section::You), "/you", "You")),
        Person::Guest(_) | Person::Stranger => links.push((None, "/sign-in", "Sign in")),
    }
    links
}

/// Renders help lines, each with a button that dials it.
pub fn help_lines(lines: &[HelpLine]) -> Markup {
    html! {
        ul class="lines" {
            @for line in lines {
                li {
                    a class="b b-care" href={ "tel:" (strip_phone(&line.phone)) } {
                        "Call " (line.phone)
                    }
                    span { (line.country) ". " (line.words) }
                }
            }
        }
    }
}

/// Number of help lines in the footer; the rest are on the help page.
const FOOTER_LINES_MAX: usize = 3;

/// Returns the help lines shown in the footer.
pub(crate) fn footer_lines(lines: &[HelpLine]) -> &[HelpLine] {
    lines.get(..FOOTER_LINES_MAX).unwrap_or(lines)
}

/// Renders the footer: the same help, in the same place, on every page.
fn render_footer(lines: &[HelpLine]) -> Markup {
    html! {
        footer class="foot" id="help" {
            div {
                div class="stack near" {
                    h2 { "If you need help now" }
                    (help_lines(footer_lines(lines)))
                    p { a class="b b-3 flush" href="/help" { "Lines in other countries" } }
                }
                div class="stack near" {
                    p class="v it" { "Nothing here is sold, scored or recorded." }
                    ul {
                        li { a href="/privacy" { "How we keep things private" } }
                        li { a href="/accessibility" { "Accessibility" } }
                    }
                }
            }
        }
    }
}

/// Renders the same help as a dialog, for pages that should not be left, the live room above all.
fn help_dialog(lines: &[HelpLine]) -> Markup {
    html! {
        dialog id="help-now" aria-labelledby="hn" {
            div class="stack" {
                h2 id="hn" { "Help, now" }
                (help_lines(footer_lines(lines)))
                p class="row" {
                    a class="b b-2" href="/help" target="_blank" rel="noopener" {
                        "Lines in other countries"
                    }
                    button class="b b-3" data-close type="button" { "Close this" }
                }
            }
        }
    }
}

/// Returns a phone number for `tel:` links: digits, and a leading plus.
pub(crate) fn strip_phone(phone: &str) -> String {
    phone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect()
}

/// Percent-encodes a path for use in a query.
pub fn escape_query(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().fold(String::new(), |mut text, byte| {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_being_put_in_a_query() {
        assert_eq!(escape_query("/sits/1?a=b&c"), "/sits/1%3Fa%3Db%26c");
    }

    #[test]
    fn a_number_is_dialled_without_its_spaces() {
        assert_eq!(strip_phone("+44 116 123"), "+44116123");
    }
}
