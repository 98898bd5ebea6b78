//! What a bench hands out: a flat JSON object, a table to read and a picture.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::{Map, Number, Value};

/// The figures of one bench.
pub(crate) struct Report {
    title: String,
    figures: Map<String, Value>,
    rows: Vec<[String; 4]>,
    charts: Vec<Chart>,
}

/// One group of bars.
pub(crate) struct Chart {
    pub(crate) title: String,
    /// What the bars are compared with, drawn as a line.
    pub(crate) target: Option<f64>,
    pub(crate) bars: Vec<Bar>,
}

/// One bar.
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) label: String,
    /// Whether it is the home's own.
    pub(crate) is_ours: bool,
}

/// Prints a line of progress.
pub(crate) fn say(words: &str) {
    // Nobody may be listening; then there is nobody to tell.
    let _written = writeln!(io::stdout(), "{words}").is_ok();
}

impl Report {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), figures: Map::new(), rows: Vec::new(), charts: Vec::new() }
    }

    /// A figure, rounded to what can be read.
    pub(crate) fn number(&mut self, key: &str, value: f64) {
        let rounded = (value * 1_000.0).round() / 1_000.0;
        let number = if rounded.fract() == 0.0 && rounded.abs() < 9e15 {
            format!("{rounded:.0}").parse().ok()
        } else {
            Number::from_f64(rounded)
        };
        self.figures.insert(key.to_owned(), number.map_or(Value::Null, Value::Number));
    }

    pub(crate) fn text(&mut self, key: &str, words: &str) {
        self.figures.insert(key.to_owned(), Value::from(words));
    }

    /// A line of the table: what, how much, the target, beside it.
    pub(crate) fn row(&mut self, cells: [String; 4]) {
        self.rows.push(cells);
    }

    pub(crate) fn chart(&mut self, chart: Chart) {
        self.charts.push(chart);
    }

    pub(crate) fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.figures).unwrap_or_default();
        text.push('\n');
        text
    }

    pub(crate) fn table(&self) -> String {
        let mut widths = [0; 4];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut text = format!("\n{}\n", self.title);
        for row in &self.rows {
            for (width, cell) in widths.iter().zip(row) {
                let _written = write!(text, "{cell:<width$}  ");
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }

    pub(crate) fn svg(&self) -> String {
        let height = HEAD + self.charts.iter().map(chart_height).sum::<f64>() + MARGIN;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
             font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\">\n\
             <title>{title}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fbf9f4\"/>\n\
             <text x=\"{MARGIN}\" y=\"40\" font-size=\"20\" font-weight=\"600\" \
             fill=\"#2b2a33\">{title}</text>\n",
            title = escaped(&self.title),
        );
        let mut top = HEAD;
        for chart in &self.charts {
            draw(&mut svg, chart, top);
            top += chart_height(chart);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

const WIDTH: f64 = 860.0;
const MARGIN: f64 = 28.0;
const HEAD: f64 = 64.0;
const BAR: f64 = 22.0;
const GAP: f64 = 10.0;
/// Where the bars begin: names stand left of it.
const LEFT: f64 = 190.0;
/// How far the longest bar goes: its label stands right of it.
const LONGEST: f64 = 480.0;

fn chart_height(chart: &Chart) -> f64 {
    chart.bars.iter().map(|_| BAR + GAP).sum::<f64>() + 74.0
}

fn draw(svg: &mut String, chart: &Chart, top: f64) {
    let values = chart.bars.iter().map(|bar| bar.value).chain(chart.target);
    let most = values.fold(f64::MIN_POSITIVE, f64::max);
    let across = |value: f64| (value / most * LONGEST).max(1.5);
    let _written = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{:.0}\" font-size=\"15\" font-weight=\"600\" \
         fill=\"#2b2a33\">{}</text>",
        top + 18.0,
        escaped(&chart.title),
    );
    let mut y = top + 34.0;
    let bars_top = y;
    let bars_end = y + chart.bars.iter().map(|_| BAR + GAP).sum::<f64>();
    if let Some(target) = chart.target {
        let x = LEFT + across(target);
        let _written = write!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{bars_top:.0}\" x2=\"{x:.1}\" y2=\"{:.0}\" \
             stroke=\"#9c4a3c\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.0}\" font-size=\"12\" text-anchor=\"middle\" \
             fill=\"#9c4a3c\">target {target}</text>\n",
            bars_end - GAP + 4.0,
            bars_end + 12.0,
        );
    }
    for bar in &chart.bars {
        let fill = if bar.is_ours { "#3d5a80" } else { "#b9b3a4" };
        let weight = if bar.is_ours { "600" } else { "400" };
        let width = across(bar.value);
        let _written = write!(
            svg,
            "<text x=\"{:.0}\" y=\"{text_y:.0}\" font-size=\"14\" text-anchor=\"end\" \
             font-weight=\"{weight}\" fill=\"#2b2a33\">{}</text>\n\
             <rect x=\"{LEFT}\" y=\"{y:.0}\" width=\"{width:.1}\" height=\"{BAR}\" rx=\"3\" \
             fill=\"{fill}\"/>\n\
             <text x=\"{:.0}\" y=\"{text_y:.0}\" font-size=\"14\" font-weight=\"{weight}\" \
             fill=\"#2b2a33\" stroke=\"#fbf9f4\" stroke-width=\"5\" \
             paint-order=\"stroke\">{}</text>\n",
            LEFT - 10.0,
            escaped(&bar.name),
            LEFT + width + 8.0,
            escaped(&bar.label),
            text_y = y + 16.0,
        );
        y += BAR + GAP;
    }
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_one_flat_object_of_rounded_numbers_and_words() {
        let mut report = Report::new("A bench");
        report.number("members", 10_000.0);
        report.number("ratio", 1.230_456);
        report.number("nothing", f64::NAN);
        report.text("peers", "ws");
        let json: Value = serde_json::from_str(&report.json()).unwrap();
        let expected = r#"{"members":10000,"nothing":null,"peers":"ws","ratio":1.23}"#;
        assert_eq!(json, serde_json::from_str::<Value>(expected).unwrap());
        assert!(report.json().contains("\"members\": 10000,"));
    }

    #[test]
    fn the_picture_keeps_every_label_inside() {
        let mut report = Report::new("Names < & > bars");
        let bars = ["ours", "theirs"].map(|name| Bar {
            name: name.to_owned(),
            value: if name == "ours" { 1.0 } else { 1_000.0 },
            label: format!("{name} label"),
            is_ours: name == "ours",
        });
        report.chart(Chart { title: "x".to_owned(), target: Some(2.0), bars: bars.into() });
        let svg = report.svg();
        assert!(svg.contains("Names &lt; &amp; &gt; bars"));
        assert!(svg.contains("theirs label") && svg.contains("target 2"));
        let width = format!("width=\"{LONGEST:.1}\"");
        assert!(svg.contains(&width), "the longest bar is as long as may be");
    }
}
