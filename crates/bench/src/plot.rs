//! Bar charts of a benchmark's document, as one SVG file.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::document::{Chart, Document, Row, log_line};

const WIDTH: f64 = 860.0;
const MARGIN: f64 = 28.0;
const HEADER_HEIGHT: f64 = 64.0;
const BAR_HEIGHT: f64 = 22.0;
const BAR_GAP: f64 = 10.0;
/// Left edge of the bars; their names stand to the left of it.
const BARS_LEFT: f64 = 190.0;
/// Length of the longest bar; its value stands to the right of it.
const BAR_LENGTH_MAX: f64 = 480.0;
/// A chart's title above the bars and the target's label below them.
const CHART_FRAME_HEIGHT: f64 = 74.0;

struct Bar {
    name: String,
    value: f64,
    label: String,
    is_own: bool,
}

/// Draws each document to `folder/NAME.svg`.
pub(crate) fn plot_files(files: &[PathBuf], folder: &Path) -> io::Result<()> {
    for file in files {
        let document = Document::read(file)?;
        let svg = folder.join(format!("{}.svg", document.name));
        fs::write(&svg, draw_document(&document))?;
        log_line(&format!("Drawn: {}", svg.display()));
    }
    Ok(())
}

fn draw_document(document: &Document) -> String {
    let charts: Vec<(&Chart, Vec<Bar>)> =
        document.charts.iter().map(|chart| (chart, select_bars(document, chart))).collect();
    let heights = charts.iter().map(|(_, bars)| bars_height(bars) + CHART_FRAME_HEIGHT);
    let height = HEADER_HEIGHT + heights.sum::<f64>() + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
         font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\">\n\
         <title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fbf9f4\"/>\n\
         <text x=\"{MARGIN}\" y=\"40\" font-size=\"20\" font-weight=\"600\" \
         fill=\"#2b2a33\">{title}</text>\n",
        title = escape_xml(&document.title),
    );
    let mut top = HEADER_HEIGHT;
    for (chart, bars) in &charts {
        draw_chart(&mut svg, chart, bars, top);
        top += bars_height(bars) + CHART_FRAME_HEIGHT;
    }
    svg.push_str("</svg>\n");
    svg
}

fn bars_height(bars: &[Bar]) -> f64 {
    bars.iter().map(|_| BAR_HEIGHT + BAR_GAP).sum()
}

fn select_bars(document: &Document, chart: &Chart) -> Vec<Bar> {
    let rows = document.rows.iter().filter(|row| {
        row.metric == chart.metric
            && chart.case.as_ref().is_none_or(|case| *case == row.case)
            && (chart.servers.is_empty() || chart.servers.contains(&row.server))
    });
    let mut bars: Vec<Bar> = rows.filter_map(|row| make_bar(row, chart)).collect();
    if chart.case.is_some() {
        bars.sort_by(|a, b| a.value.total_cmp(&b.value));
    }
    bars
}

fn make_bar(row: &Row, chart: &Chart) -> Option<Bar> {
    let (value, label) = match &chart.ratio_to {
        Some(to) if *to == row.server => (1.0, "1.00 ×".to_owned()),
        Some(to) => {
            let ratio = row.ratios.iter().find(|ratio| ratio.to == *to)?;
            (ratio.value, format!("{:.2} ×", ratio.value))
        }
        None => (row.median, format_value(row)),
    };
    let name = match chart.case {
        Some(_) => row.server.clone(),
        None => format!("{}, {}", row.server, row.case),
    };
    let note = if row.note.is_empty() { String::new() } else { format!(", {}", row.note) };
    Some(Bar { name, value: value.max(0.0), label: label + &note, is_own: row.is_own() })
}

fn format_value(row: &Row) -> String {
    match row.unit.as_str() {
        "" => format!("{:.3}", row.median),
        unit if row.median >= 10.0 => format!("{:.1} {unit}", row.median),
        unit => format!("{:.2} {unit}", row.median),
    }
}

fn draw_chart(svg: &mut String, chart: &Chart, bars: &[Bar], top: f64) {
    let values = bars.iter().map(|bar| bar.value).chain(chart.target);
    let max = values.fold(f64::MIN_POSITIVE, f64::max);
    let length_of = |value: f64| (value / max * BAR_LENGTH_MAX).max(1.5);
    let _written = writeln!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{:.0}\" font-size=\"15\" font-weight=\"600\" \
         fill=\"#2b2a33\">{}</text>",
        top + 18.0,
        escape_xml(&chart.title),
    );
    let bars_top = top + 34.0;
    if let Some(target) = chart.target {
        let x = BARS_LEFT + length_of(target);
        draw_target(svg, target, x, (bars_top, bars_top + bars_height(bars)));
    }
    let mut y = bars_top;
    for bar in bars {
        draw_bar(svg, bar, y, length_of(bar.value));
        y += BAR_HEIGHT + BAR_GAP;
    }
}

fn draw_target(svg: &mut String, target: f64, x: f64, (top, bottom): (f64, f64)) {
    let _written = write!(
        svg,
        "<line x1=\"{x:.1}\" y1=\"{top:.0}\" x2=\"{x:.1}\" y2=\"{:.0}\" \
         stroke=\"#9c4a3c\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>\n\
         <text x=\"{x:.1}\" y=\"{:.0}\" font-size=\"12\" text-anchor=\"middle\" \
         fill=\"#9c4a3c\">target {target}</text>\n",
        bottom - BAR_GAP + 4.0,
        bottom + 12.0,
    );
}

fn draw_bar(svg: &mut String, bar: &Bar, y: f64, length: f64) {
    let (fill, weight) = if bar.is_own { ("#3d5a80", "600") } else { ("#b9b3a4", "400") };
    let _written = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{text_y:.0}\" font-size=\"14\" text-anchor=\"end\" \
         font-weight=\"{weight}\" fill=\"#2b2a33\">{}</text>\n\
         <rect x=\"{BARS_LEFT}\" y=\"{y:.0}\" width=\"{length:.1}\" height=\"{BAR_HEIGHT}\" \
         rx=\"3\" fill=\"{fill}\"/>\n\
         <text x=\"{:.0}\" y=\"{text_y:.0}\" font-size=\"14\" font-weight=\"{weight}\" \
         fill=\"#2b2a33\" stroke=\"#fbf9f4\" stroke-width=\"5\" \
         paint-order=\"stroke\">{}</text>\n",
        BARS_LEFT - 10.0,
        escape_xml(&bar.name),
        BARS_LEFT + length + 8.0,
        escape_xml(&bar.label),
        text_y = y + 16.0,
    );
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::sample_document;

    #[test]
    fn bars_are_sorted_and_fit_beside_their_labels() {
        let document = sample_document();
        let bars = select_bars(&document, &document.charts[0]);
        let names: Vec<&str> = bars.iter().map(|bar| bar.name.as_str()).collect();
        assert_eq!(names, ["floor", "sitwith", "peer-b", "peer-a"]);
        let svg = draw_document(&document);
        assert!(svg.contains("Names &lt; &amp; &gt; bars"), "{svg}");
        assert!(svg.contains("target 1.25") && svg.contains("3.00 ×"), "{svg}");
        assert!(svg.contains(&format!("width=\"{BAR_LENGTH_MAX:.1}\"")), "{svg}");
    }
}
