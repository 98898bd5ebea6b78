//! Agreement of two clusterings, corrected for chance.

use std::collections::BTreeMap;

use crate::stats::as_float;

/// 1 is identical, 0 is chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Score {
    /// Adjusted Rand index (Hubert, Arabie 1985).
    pub(super) ari: f64,
    /// Adjusted mutual information, arithmetic normalisation (Vinh, Epps, Bailey 2010).
    pub(super) ami: f64,
}

pub(super) fn score_clusters<A: Ord, B: Ord>(one: &[A], other: &[B]) -> Score {
    let table = Table::of(one, other);
    Score { ari: table.ari(), ami: table.ami() }
}

struct Table {
    both: Vec<(usize, usize, usize)>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    all: usize,
}

/// Cluster index of each item, by first occurrence, and the cluster sizes.
fn number_items<T: Ord>(items: &[T]) -> (Vec<usize>, Vec<usize>) {
    let mut names: BTreeMap<&T, usize> = BTreeMap::new();
    let mut counts: Vec<usize> = Vec::new();
    let numbers = items
        .iter()
        .map(|thing| {
            let fresh = names.len();
            let number = *names.entry(thing).or_insert(fresh);
            if number == counts.len() {
                counts.push(0);
            }
            if let Some(count) = counts.get_mut(number) {
                *count += 1;
            }
            number
        })
        .collect();
    (numbers, counts)
}

fn count_pairs(count: usize) -> f64 {
    as_float(count) * as_float(count.saturating_sub(1)) / 2.0
}

impl Table {
    fn of<A: Ord, B: Ord>(one: &[A], other: &[B]) -> Self {
        let (first, rows) = number_items(one);
        let (second, columns) = number_items(other);
        let mut both: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for pair in first.into_iter().zip(second) {
            *both.entry(pair).or_default() += 1;
        }
        Self {
            both: both.into_iter().map(|((row, column), count)| (row, column, count)).collect(),
            rows,
            columns,
            all: one.len().min(other.len()),
        }
    }

    fn ari(&self) -> f64 {
        let both: f64 = self.both.iter().map(|cell| count_pairs(cell.2)).sum();
        let rows: f64 = self.rows.iter().map(|count| count_pairs(*count)).sum();
        let columns: f64 = self.columns.iter().map(|count| count_pairs(*count)).sum();
        let chance = rows * columns / count_pairs(self.all).max(1.0);
        let most = f64::midpoint(rows, columns);
        if (most - chance).abs() < 1e-12 {
            return 1.0;
        }
        (both - chance) / (most - chance)
    }

    fn ami(&self) -> f64 {
        let is_one = |counts: &[usize]| counts.len() == 1;
        let is_each = |counts: &[usize]| counts.len() == self.all;
        if (is_one(&self.rows) && is_one(&self.columns))
            || (is_each(&self.rows) && is_each(&self.columns))
        {
            return 1.0;
        }
        let all = as_float(self.all);
        let count = |counts: &[usize], at: usize| as_float(counts.get(at).copied().unwrap_or(0));
        let shared: f64 = self
            .both
            .iter()
            .map(|(row, column, both)| {
                let both = as_float(*both);
                let chance = count(&self.rows, *row) * count(&self.columns, *column);
                both / all * (all * both / chance).ln()
            })
            .sum();
        let chance = self.expected();
        let most =
            f64::midpoint(cluster_entropy(&self.rows, all), cluster_entropy(&self.columns, all));
        let room = most - chance;
        // Keeps the sign and avoids division by zero.
        let room = if room < 0.0 { room.min(-f64::EPSILON) } else { room.max(f64::EPSILON) };
        (shared - chance) / room
    }

    /// Expected mutual information of random clusterings with these sizes (hypergeometric).
    fn expected(&self) -> f64 {
        // Logarithms of the factorials.
        let mut logs = vec![0.0];
        let mut log = 0.0;
        for count in 1..=self.all {
            log += as_float(count).ln();
            logs.push(log);
        }
        // Clusters of one size contribute equally, so each size is computed once.
        let mut expected = 0.0;
        for (row, rows) in count_sizes(&self.rows) {
            for (column, columns) in count_sizes(&self.columns) {
                expected += as_float(rows * columns) * self.cell(row, column, &logs);
            }
        }
        expected
    }

    fn cell(&self, row: usize, column: usize, logs: &[f64]) -> f64 {
        let all = as_float(self.all);
        let least = (row + column).saturating_sub(self.all).max(1);
        let mut sum = 0.0;
        for both in least..=row.min(column) {
            let part = as_float(both) / all;
            let gain = (all * as_float(both) / (as_float(row) * as_float(column))).ln();
            let log = |count: usize| logs.get(count).copied().unwrap_or(0.0);
            let likely = log(row) + log(column) + log(self.all - row) + log(self.all - column)
                - log(self.all)
                - log(both)
                - log(row - both)
                - log(column - both)
                - log(self.all + both - row - column);
            sum += part * gain * likely.exp();
        }
        sum
    }
}

fn count_sizes(counts: &[usize]) -> BTreeMap<usize, usize> {
    let mut sizes = BTreeMap::new();
    for count in counts {
        *sizes.entry(*count).or_default() += 1;
    }
    sizes
}

fn cluster_entropy(counts: &[usize], all: f64) -> f64 {
    let parts = counts.iter().map(|count| as_float(*count) / all);
    -parts.map(|part| part * part.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::{Score, score_clusters};

    fn assert_close(one: &[u8], other: &[u8], ari: f64, ami: f64) {
        let Score { ari: found, ami: mutual } = score_clusters(one, other);
        assert!((found - ari).abs() < 1e-6, "{one:?} {other:?}: ARI {found}, not {ari}");
        assert!((mutual - ami).abs() < 1e-6, "{one:?} {other:?}: AMI {mutual}, not {ami}");
        let turned = score_clusters(other, one);
        assert!((turned.ari - found).abs() < 1e-12 && (turned.ami - mutual).abs() < 1e-9);
    }

    #[test]
    fn known_values_are_found() {
        // By scikit-learn 1.9.1.
        assert_close(&[0, 0, 1, 1], &[0, 0, 1, 1], 1.000000000, 1.000000000);
        assert_close(&[0, 0, 1, 1], &[1, 1, 0, 0], 1.000000000, 1.000000000);
        assert_close(&[0, 0, 1, 2], &[0, 0, 1, 1], 0.571428571, 0.571428571);
        assert_close(&[0, 0, 0, 0], &[0, 1, 2, 3], 0.000000000, 0.000000000);
        assert_close(&[0, 0, 1, 1], &[0, 1, 0, 1], -0.500000000, -0.500000000);
        assert_close(
            &[0, 1, 2, 0, 3, 4, 5, 1],
            &[1, 1, 0, 0, 2, 2, 2, 2],
            -0.129032258,
            -0.166666667,
        );
        assert_close(
            &[0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3],
            &[0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3],
            0.395604396,
            0.492069637,
        );
        assert_close(&[0, 0, 0, 0, 0], &[7, 7, 7, 7, 7], 1.000000000, 1.000000000);
    }
}
