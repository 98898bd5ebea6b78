//! Form fields with their labels and error messages.
//!
//! Errors are listed at the top of the form, with links, and repeated beside the field. What was
//! typed is always still there.

use axum::http::StatusCode;
use maud::{Markup, html};
use sitwith_app::zones;

/// An error in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Name of the field, which is its id as well.
    pub field: String,
    /// Label of the field.
    pub label: String,
    /// Says what to do, in plain words.
    pub words: String,
}

/// All errors of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Returns an empty list.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns a list with one error.
    pub fn one(field: &str, label: &str, words: &str) -> Self {
        let mut faults = Self::none();
        faults.add(field, label, words);
        faults
    }

    /// Adds an error.
    pub fn add(&mut self, field: &str, label: &str, words: &str) {
        self.0.push(FieldFault {
            field: field.to_owned(),
            label: label.to_owned(),
            words: words.to_owned(),
        });
    }

    /// Returns true if there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the message for this field.
    pub fn message_for(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|fault| fault.field == field).map(|fault| fault.words.as_str())
    }

    /// Returns the status of the page: 422 if there are errors.
    pub fn status(&self) -> StatusCode {
        if self.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// Renders the list at the top of the form. It takes the focus, so that nobody has to look for
    /// it.
    pub fn summary(&self) -> Markup {
        let count = match self.0.len() {
            1 => "One thing needs another look.".to_owned(),
            count => format!("{} things need another look.", count_in_words(count)),
        };
        html! {
            @if !self.is_empty() {
                div class="say care" role="alert" tabindex="-1" autofocus id="faults" {
                    div {
                        p { b { (count) } " What you wrote is still here." }
                        ul {
                            @for fault in &self.0 {
                                li {
                                    a class="alone-link" href={ "#" (fault.field) } {
                                        (fault.label)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn count_in_words(count: usize) -> &'static str {
    match count {
        2 => "Two",
        3 => "Three",
        4 => "Four",
        5 => "Five",
        _ => "Some",
    }
}

/// Renders the message beside a field.
pub fn render_fault(field: &str, faults: &Faults) -> Markup {
    html! {
        @if let Some(words) = faults.message_for(field) {
            p class="err" id={ (field) "-e" } {
                svg class="ico" aria-hidden="true" { use href="#i-info" {} }
                span { (words) }
            }
        }
    }
}

/// A text field, of one line or of several.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    kind: &'a str,
    value: &'a str,
    autocomplete: Option<&'a str>,
    inputmode: Option<&'a str>,
    max: Option<usize>,
    rows: Option<u32>,
}

/// Returns a text field; its name is its id, too.
pub fn new_field<'a>(name: &'a str, label: &'a str) -> Field<'a> {
    Field {
        name,
        label,
        hint: None,
        kind: "text",
        value: "",
        autocomplete: None,
        inputmode: None,
        max: None,
        rows: None,
    }
}

impl<'a> Field<'a> {
    /// Sets the hint under the label.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Sets the input type: `text`, `email`, `date`, `time`, `number`, `password`, `url`.
    #[must_use]
    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// Sets the present value.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// Sets the `autocomplete` attribute.
    #[must_use]
    pub fn autocomplete(mut self, what: &'a str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// Sets the `inputmode` attribute: which keyboard a phone shows.
    #[must_use]
    pub fn inputmode(mut self, what: &'a str) -> Self {
        self.inputmode = Some(what);
        self
    }

    /// Sets the maximum length, in characters.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// Makes it a text area with this number of lines.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = Some(rows);
        self
    }

    /// Renders the field.
    pub fn render(self, faults: &Faults) -> Markup {
        let described = described_by(self.name, self.hint.is_some(), faults);
        let invalid = faults.message_for(self.name).map(|_| "true");
        html! {
            div class="field" {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint {
                    span class="hint" id={ (self.name) "-h" } { (hint) }
                }
                (render_fault(self.name, faults))
                @if let Some(rows) = self.rows {
                    textarea id=(self.name) name=(self.name) rows=(rows) maxlength=[self.max]
                        aria-invalid=[invalid] aria-describedby=[described]
                        // The HTML parser drops a newline right after the tag, so one is added.
                        { "\n" (self.value) }
                } @else {
                    input id=(self.name) name=(self.name) type=(self.kind) value=(self.value)
                        autocomplete=[self.autocomplete] inputmode=[self.inputmode]
                        maxlength=[self.max] aria-invalid=[invalid] aria-describedby=[described];
                }
            }
        }
    }
}

fn described_by(name: &str, has_hint: bool, faults: &Faults) -> Option<String> {
    let hint = has_hint.then(|| format!("{name}-h"));
    let fault = faults.message_for(name).map(|_| format!("{name}-e"));
    let ids: Vec<_> = hint.into_iter().chain(fault).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// An option of a list: its value and its text.
pub type Choice<'a> = (&'a str, &'a str);

/// Renders a list to choose one option from.
pub fn render_select(
    name: &str,
    label: &str,
    hint: Option<&str>,
    choices: &[Choice<'_>],
    chosen: &str,
    faults: &Faults,
) -> Markup {
    let described = described_by(name, hint.is_some(), faults);
    html! {
        div class="field" {
            label for=(name) { (label) }
            @if let Some(hint) = hint { span class="hint" id={ (name) "-h" } { (hint) } }
            (render_fault(name, faults))
            select id=(name) name=(name) aria-invalid=[faults.message_for(name).map(|_| "true")]
                aria-describedby=[described] {
                @for (value, words) in choices {
                    option value=(value) selected[*value == chosen] { (words) }
                }
            }
        }
    }
}

/// Renders a list of time zones. The present one is listed even if it is an obsolete name:
/// otherwise the browser would select the first zone of the list in its stead.
pub fn render_zone_select(
    label: &str,
    hint: &str,
    first: Option<Choice<'_>>,
    chosen: &str,
    faults: &Faults,
) -> Markup {
    let zones = zones::list_zones();
    let mut choices: Vec<_> = first.into_iter().collect();
    if !zones.iter().any(|zone| zone == chosen) && !choices.iter().any(|(zone, _)| *zone == chosen)
    {
        choices.push((chosen, chosen));
    }
    choices.extend(zones.iter().map(|zone| (zone.as_str(), zone.as_str())));
    render_select("zone", label, Some(hint), &choices, chosen, faults)
}

/// Renders a checkbox.
pub fn render_checkbox(name: &str, label: &str, small: &str, is_checked: bool) -> Markup {
    html! {
        label class="pick" {
            input type="checkbox" id=(name) name=(name) value="yes" checked[is_checked];
            span {
                b { (label) }
                @if !small.is_empty() { small { (small) } }
            }
        }
    }
}

/// Returns true if the checkbox was checked.
pub fn is_checked(value: Option<&String>) -> bool {
    value.is_some_and(|value| value == "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_needs_another_look_says_so_at_the_top_and_beside() {
        let faults = Faults::one("email", "Your email", "This needs an @.");
        assert_eq!(faults.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let top = faults.summary().into_string();
        assert!(top.contains("One thing needs another look."));
        assert!(top.contains(r##"href="#email""##));
        let shown = new_field("email", "Your email")
            .hint("So that we can write.")
            .value("amara.example.org")
            .render(&faults)
            .into_string();
        assert!(shown.contains(r#"aria-describedby="email-h email-e""#), "{shown}");
        assert!(shown.contains(r#"aria-invalid="true""#));
        assert!(shown.contains("amara.example.org"));
    }

    #[test]
    fn a_form_without_faults_says_nothing() {
        let none = Faults::none();
        assert_eq!(none.summary().into_string(), "");
        let shown = new_field("name", "Name").render(&none).into_string();
        assert!(!shown.contains("aria-"), "{shown}");
    }

    #[test]
    fn a_zone_that_is_set_stays_set_even_when_its_name_is_old() {
        let selected = |chosen| {
            let shown =
                render_zone_select("Zone", "Where?", Some(("", "Any")), chosen, &Faults::none());
            let shown = shown.into_string();
            let (before, _) = shown.split_once(" selected").unwrap();
            before.rsplit_once('<').unwrap().1.to_owned()
        };
        assert_eq!(selected("Europe/Berlin"), r#"option value="Europe/Berlin""#);
        assert_eq!(selected("Etc/GMT+2"), r#"option value="Etc/GMT+2""#);
        assert_eq!(selected(""), r#"option value="""#);
    }

    #[test]
    fn what_was_typed_cannot_become_part_of_the_page() {
        let shown = new_field("name", "Name").value("\"><script>").render(&Faults::none());
        assert!(!shown.into_string().contains("<script>"));
    }
}
