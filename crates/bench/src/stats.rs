//! Small arithmetic that all benchmarks share.

/// The median; of an even number of values the mean of the middle two, of none 0.
pub(crate) fn median_of(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2);
    let lower = values.get(values.len().saturating_sub(1) / 2);
    upper.zip(lower).map_or(0.0, |(upper, lower)| f64::midpoint(*upper, *lower))
}

/// A count as a float; exact below 2^53, which no count here reaches.
#[expect(clippy::cast_precision_loss, reason = "counts here stay below 2^53")]
pub(crate) fn as_float(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(0.0, |count| count as f64)
}

/// A small non-negative float as an index or count, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "indices and counts here are small and not negative"
)]
pub(crate) const fn as_count(value: f64) -> usize {
    value as usize
}
