//! Compares runs of one benchmark before and after a change.

use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::document::{Document, Row, align_columns};
use crate::stats::median_of;

/// Figures that are worse by more than this share are marked.
const WORSE_MARK: f64 = 0.10;

/// One figure of Sitwith on both sides.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    figure: String,
    before: f64,
    after: f64,
    /// Share by which it is worse; negative: better.
    worse: f64,
}

/// Prints the medians before and after of each of Sitwith's ratios to the floor or peer of the
/// same run, and of the medians of rows without a ratio.
pub(crate) fn compare_files(before: &[PathBuf], after: &[PathBuf]) -> io::Result<()> {
    let read = |files: &[PathBuf]| -> io::Result<Vec<Document>> {
        files.iter().map(|file| Document::read(file)).collect()
    };
    let (before, after) = (read(before)?, read(after)?);
    let mut all = before.iter().chain(&after);
    let first = all.next().map(|document| (&document.name, &document.parameters));
    if all.any(|document| Some((&document.name, &document.parameters)) != first) {
        return Err(io::Error::other("the runs differ in benchmark or parameters"));
    }
    let changes = find_changes(&before, &after);
    let header = ["figure", "before", "after", "change", ""].map(str::to_owned);
    let lines: Vec<[String; 5]> =
        std::iter::once(header).chain(changes.iter().map(Change::cells)).collect();
    let (runs_before, runs_after) = (before.len(), after.len());
    writeln!(io::stdout(), "Medians of {runs_before} runs before and {runs_after} after:")?;
    io::stdout().write_all(align_columns(&lines).as_bytes())
}

/// The figures that both sides have, in the order of the first document.
fn find_changes(before: &[Document], after: &[Document]) -> Vec<Change> {
    let rows = before.first().into_iter().flat_map(|document| &document.rows);
    let figures = rows.filter(|row| row.is_own()).flat_map(|row| {
        let ratios = row.ratios.iter().map(|ratio| Some(ratio.to.as_str()));
        let absolute = row.ratios.is_empty().then_some(None);
        ratios.chain(absolute).map(move |ratio| (row, ratio))
    });
    figures.filter_map(|(row, ratio)| compare_figure(row, ratio, before, after)).collect()
}

fn compare_figure(
    row: &Row,
    ratio: Option<&str>,
    before: &[Document],
    after: &[Document],
) -> Option<Change> {
    let median_of = |documents: &[Document]| {
        let values: Vec<f64> =
            documents.iter().filter_map(|document| value_of(document, row, ratio)).collect();
        (!values.is_empty()).then(|| median_of(&values))
    };
    let (before, after) = (median_of(before)?, median_of(after)?);
    let growth = if before == after { 0.0 } else { after / before - 1.0 };
    let name = format!("{} {} {}", row.metric, row.case, row.server);
    let name: Vec<&str> = name.split_whitespace().collect();
    let name = name.join(" ");
    Some(Change {
        figure: ratio.map_or_else(|| name.clone(), |to| format!("{name} / {to}")),
        before,
        after,
        worse: if row.higher_is_better { -growth } else { growth },
    })
}

fn value_of(document: &Document, like: &Row, ratio: Option<&str>) -> Option<f64> {
    let row = document.rows.iter().find(|row| {
        row.metric == like.metric && row.case == like.case && row.server == like.server
    })?;
    match ratio {
        None => Some(row.median),
        Some(to) => row.ratios.iter().find(|ratio| ratio.to == to).map(|ratio| ratio.value),
    }
}

impl Change {
    fn cells(&self) -> [String; 5] {
        let percent = self.worse.abs() * 100.0;
        let side = if self.worse > 0.0 { "worse" } else { "better" };
        let change =
            if percent < 0.05 { "0 %".to_owned() } else { format!("{percent:.1} % {side}") };
        let mark = if self.worse > WORSE_MARK { "WORSE BY MORE THAN 10 %" } else { "" };
        [
            self.figure.clone(),
            format!("{:.3}", self.before),
            format!("{:.3}", self.after),
            change,
            mark.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::{CPU, sample_document};

    #[test]
    fn ratios_are_compared_and_more_than_ten_per_cent_is_marked() {
        let with_ratio = |value: f64| {
            let mut document = sample_document();
            document.rows[0].ratios[0].value = value;
            document
        };
        let before = [1.0, 1.2, 5.0].map(with_ratio);
        let after = [1.5, 1.5].map(with_ratio);
        let changes = find_changes(&before, &after);
        let figures: Vec<&str> = changes.iter().map(|change| change.figure.as_str()).collect();
        assert_eq!(figures, ["cpu_s large sitwith / floor", "cpu_s large sitwith / peer"]);
        let cells = changes[0].cells();
        assert_eq!(cells[1..], ["1.200", "1.500", "25.0 % worse", "WORSE BY MORE THAN 10 %"]);
        assert_eq!(changes[1].cells()[3..], ["0 %", ""]);
    }

    #[test]
    fn more_is_better_where_the_row_says_so_and_rows_without_a_ratio_are_compared_by_median() {
        let joins = |value: f64| {
            let mut document = sample_document();
            document.rows.clear();
            let metric = crate::document::Metric { higher_is_better: true, ..CPU };
            document.add_row(metric, "", "sitwith", &[value]);
            document
        };
        let changes = find_changes(&[joins(100.0)], &[joins(80.0)]);
        assert_eq!(changes[0].figure, "cpu_s sitwith");
        assert_eq!(changes[0].cells()[3], "20.0 % worse");
    }
}
