//! A part of a page as plain text, for snapshots: what people read, and what its links, forms and
//! fields hold. Ids and tokens are replaced: they are others in every run.

use std::fmt::Write;

use scraper::{ElementRef, Html, Node, Selector};

/// Elements that stand inside of a line.
const INLINE: [&str; 9] = ["abbr", "b", "bdi", "em", "i", "q", "span", "strong", "time"];
/// Elements without words for people.
const SILENT: [&str; 3] = ["script", "style", "svg"];
/// Attributes of fields that matter without a value.
const FLAGS: [&str; 4] = ["checked", "hidden", "readonly", "required"];

/// The first element that the selector finds, line by line.
pub(crate) fn outline(body: &str, selector: &str) -> String {
    let page = Html::parse_document(body);
    let selector = Selector::parse(selector).unwrap();
    let part = page.select(&selector).next().expect("the page has this part");
    let mut outline = Outline::default();
    outline.add_children(part);
    outline.end_line();
    without_ids(&outline.lines)
}

#[derive(Default)]
struct Outline {
    lines: String,
    line: String,
    depth: usize,
}

impl Outline {
    fn add_children(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            if let Node::Text(text) = child.value() {
                // Pages have line ends only where somebody typed them.
                let mut typed = text.split('\n');
                self.line.push_str(typed.next().unwrap_or_default());
                for line in typed {
                    self.end_line();
                    self.line.push_str(line);
                }
            } else if let Some(child) = ElementRef::wrap(child) {
                self.add(child);
            }
        }
    }

    fn add(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        let attribute = |name| element.attr(name).unwrap_or_default();
        match name {
            _ if SILENT.contains(&name) => {}
            _ if INLINE.contains(&name) => self.add_children(element),
            // The parser takes what is in it for one text, as a browser with scripts does.
            "noscript" => {
                self.add_line("without script");
                let inner = Html::parse_fragment(&element.text().collect::<String>());
                self.add_indented(inner.root_element());
            }
            "br" => self.end_line(),
            "a" => self.add_line(&format!("[{}]({})", words(element), attribute("href"))),
            "form" => {
                self.add_line(&format!("form {} {}", attribute("method"), attribute("action")));
                self.add_indented(element);
            }
            "input" => self.add_line(&field(element, attribute("value"))),
            "textarea" => {
                let text = element.text().collect::<String>();
                self.add_line(&field(element, &text.replace('\n', "⏎")));
            }
            "button" => {
                let sends = field(element, attribute("value"));
                self.add_line(&format!("{sends} \"{}\"", words(element)));
            }
            "select" => {
                let selected = Selector::parse("option[selected]").unwrap();
                let chosen = element.select(&selected).next();
                let chosen = chosen.and_then(|option| option.attr("value"));
                self.add_line(&field(element, chosen.unwrap_or_default()));
            }
            "h1" | "h2" | "h3" => {
                let level = "#".repeat(usize::from(name.as_bytes()[1] - b'0'));
                self.add_line(&format!("{level} {}", words(element)));
            }
            _ if element.attr("hidden").is_some() => {
                self.add_line("hidden");
                self.add_indented(element);
            }
            _ => {
                self.end_line();
                self.add_children(element);
                self.end_line();
            }
        }
    }

    fn add_indented(&mut self, element: ElementRef<'_>) {
        self.depth += 1;
        self.add_children(element);
        self.end_line();
        self.depth -= 1;
    }

    fn add_line(&mut self, line: &str) {
        self.end_line();
        line.clone_into(&mut self.line);
        self.end_line();
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            writeln!(self.lines, "{:1$}{line}", "", 2 * self.depth).unwrap();
        }
    }
}

fn words(element: ElementRef<'_>) -> String {
    let text = element.text().collect::<String>();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A field or button: its type, what it sends, and its flags.
fn field(element: ElementRef<'_>, value: &str) -> String {
    let kind = element.attr("type").unwrap_or(element.value().name());
    let mut line = kind.to_owned();
    if let Some(name) = element.attr("name") {
        write!(line, " {name}={value}").unwrap();
    }
    for flag in FLAGS.into_iter().filter(|flag| element.attr(flag).is_some()) {
        write!(line, " {flag}").unwrap();
    }
    line
}

fn without_ids(text: &str) -> String {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    let mut rest = text;
    let mut clean = String::new();
    while !rest.is_empty() {
        let end = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        clean.push_str(replaced(part));
        let sign = after.chars().next();
        clean.extend(sign);
        rest = &after[sign.map_or(0, char::len_utf8)..];
    }
    clean
}

/// `{id}` for an id, `{token}` for a token, and everything else as it is.
fn replaced(part: &str) -> &str {
    let has = |is: fn(char) -> bool| part.chars().any(is);
    match (part.len(), has(|sign| sign.is_ascii_digit())) {
        (26, true) if !has(|sign| sign.is_ascii_lowercase()) => "{id}",
        (20.., true) => "{token}",
        _ => part,
    }
}
