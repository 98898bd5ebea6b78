//! Forms: fields with their labels, and what a page says when something needs another look.
//!
//! What needs another look is listed at the top, with links, and said beside the field. What was
//! typed is always still there.

use axum::http::StatusCode;
use maud::{Markup, html};
use sitwith_app::zones;

/// One thing that needs another look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field's name, which is its id as well.
    pub field: String,
    /// The field's label.
    pub label: String,
    /// What to do, in plain words.
    pub words: String,
}

/// Everything about a form that needs another look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Nothing yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing, about one field.
    pub fn one(field: &str, label: &str, words: &str) -> Self {
        let mut faults = Self::none();
        faults.add(field, label, words);
        faults
    }

    /// Adds one thing.
    pub fn add(&mut self, field: &str, label: &str, words: &str) {
        self.0.push(Fault {
            field: field.to_owned(),
            label: label.to_owned(),
            words: words.to_owned(),
        });
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is said beside this field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|fault| fault.field == field).map(|fault| fault.words.as_str())
    }

    /// The status a page with this form has.
    pub fn status(&self) -> StatusCode {
        if self.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// The list at the top of the form. It takes the focus, so that nobody has to look for it.
    pub fn summary(&self) -> Markup {
        let count = match self.0.len() {
            1 => "One thing needs another look.".to_owned(),
            count => format!("{} things need another look.", in_words(count)),
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

fn in_words(count: usize) -> &'static str {
    match count {
        2 => "Two",
        3 => "Three",
        4 => "Four",
        5 => "Five",
        _ => "Some",
    }
}

/// The line beside a field that needs another look.
pub fn fault(field: &str, faults: &Faults) -> Markup {
    html! {
        @if let Some(words) = faults.of(field) {
            p class="err" id={ (field) "-e" } {
                svg class="ico" aria-hidden="true" { use href="#i-info" {} }
                span { (words) }
            }
        }
    }
}

/// A field of one line, or of several.
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

/// A field; its name is its id, too.
pub fn field<'a>(name: &'a str, label: &'a str) -> Field<'a> {
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
    /// What stands under the label.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The kind of input: `text`, `email`, `date`, `time`, `number`, `password`, `url`.
    #[must_use]
    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// What was typed, or stands there already.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// What the browser may fill in by itself.
    #[must_use]
    pub fn autocomplete(mut self, what: &'a str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// Which keys a phone shows.
    #[must_use]
    pub fn inputmode(mut self, what: &'a str) -> Self {
        self.inputmode = Some(what);
        self
    }

    /// How many characters fit.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// Several lines to write in.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = Some(rows);
        self
    }

    /// The field as it stands on the page.
    pub fn show(self, faults: &Faults) -> Markup {
        let described = described(self.name, self.hint.is_some(), faults);
        let invalid = faults.of(self.name).map(|_| "true");
        html! {
            div class="field" {
                label for=(self.name) { (self.label) }
                @if let Some(hint) = self.hint {
                    span class="hint" id={ (self.name) "-h" } { (hint) }
                }
                (fault(self.name, faults))
                @if let Some(rows) = self.rows {
                    textarea id=(self.name) name=(self.name) rows=(rows) maxlength=[self.max]
                        aria-invalid=[invalid] aria-describedby=[described]
                        // A first empty line would be eaten by the parser.
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

fn described(name: &str, has_hint: bool, faults: &Faults) -> Option<String> {
    let hint = has_hint.then(|| format!("{name}-h"));
    let fault = faults.of(name).map(|_| format!("{name}-e"));
    let ids: Vec<_> = hint.into_iter().chain(fault).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// One choice of a list: what is sent, and what is read.
pub type Choice<'a> = (&'a str, &'a str);

/// A list to choose one from.
pub fn choose(
    name: &str,
    label: &str,
    hint: Option<&str>,
    choices: &[Choice<'_>],
    chosen: &str,
    faults: &Faults,
) -> Markup {
    let described = described(name, hint.is_some(), faults);
    html! {
        div class="field" {
            label for=(name) { (label) }
            @if let Some(hint) = hint { span class="hint" id={ (name) "-h" } { (hint) } }
            (fault(name, faults))
            select id=(name) name=(name) aria-invalid=[faults.of(name).map(|_| "true")]
                aria-describedby=[described] {
                @for (value, words) in choices {
                    option value=(value) selected[*value == chosen] { (words) }
                }
            }
        }
    }
}

/// A zone to choose, by its place. The one that is set stands in the list, too, when it is an old
/// name that nobody would look for: otherwise the first place of the list would take its turn.
pub fn choose_zone(
    label: &str,
    hint: &str,
    first: Option<Choice<'_>>,
    chosen: &str,
    faults: &Faults,
) -> Markup {
    let zones = zones::all();
    let mut choices: Vec<_> = first.into_iter().collect();
    if !zones.iter().any(|zone| zone == chosen) && !choices.iter().any(|(zone, _)| *zone == chosen)
    {
        choices.push((chosen, chosen));
    }
    choices.extend(zones.iter().map(|zone| (zone.as_str(), zone.as_str())));
    choose("zone", label, Some(hint), &choices, chosen, faults)
}

/// Something to say yes to; not said, it is no.
pub fn check(name: &str, label: &str, small: &str, is_checked: bool) -> Markup {
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

/// Whether a checkbox was sent checked.
pub fn is_yes(value: Option<&String>) -> bool {
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
        let shown = field("email", "Your email")
            .hint("So that we can write.")
            .value("amara.example.org")
            .show(&faults)
            .into_string();
        assert!(shown.contains(r#"aria-describedby="email-h email-e""#), "{shown}");
        assert!(shown.contains(r#"aria-invalid="true""#));
        assert!(shown.contains("amara.example.org"));
    }

    #[test]
    fn a_form_without_faults_says_nothing() {
        let none = Faults::none();
        assert_eq!(none.summary().into_string(), "");
        let shown = field("name", "Name").show(&none).into_string();
        assert!(!shown.contains("aria-"), "{shown}");
    }

    #[test]
    fn a_zone_that_is_set_stays_set_even_when_its_name_is_old() {
        let selected = |chosen| {
            let shown = choose_zone("Zone", "Where?", Some(("", "Any")), chosen, &Faults::none());
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
        let shown = field("name", "Name").value("\"><script>").show(&Faults::none());
        assert!(!shown.into_string().contains("<script>"));
    }
}
