// Drift between the two crystals, estimated from pings.

/** Two crystals differ by no more than this, in ms per ms. */
const DRIFT_MAX = 100e-6;
/** The drift is only used when its pings span at least this long. */
const DRIFT_SPAN_MS = 60_000;
/** Round trips that differ by less count as equal: browsers round their clocks. */
const SAME_RTT_MS = 0.5;

/**
 * Slope of a weighted line through the quarter of pings with the shortest round trips: the drift of
 * the server's clock relative to the local one, in ms per ms. 0 while it cannot be told.
 * @param {import("./clock.js").PingSample[]} samples
 */
export function estimateDrift(samples) {
  const trips = samples.map((sample) => sample.rtt).sort((a, b) => a - b);
  const shortest = trips[0];
  const quarter = trips[Math.min(trips.length - 1, Math.max(3, trips.length >> 2))];
  const fastest = samples.filter((sample) => sample.rtt <= quarter + SAME_RTT_MS);
  const times = fastest.map((sample) => sample.at);
  if (fastest.length < 8 || Math.max(...times) - Math.min(...times) < DRIFT_SPAN_MS) return 0;
  let [weights, meanAt, meanOffset] = [0, 0, 0];
  // Offsets are relative to the first, so that no digits are lost next to 1.8e12.
  const base = (fastest[0].up - fastest[0].down) / 2;
  const points = fastest.map((sample) => {
    const weight = 1 / (sample.rtt - shortest + 1) ** 2;
    const point = { at: sample.at, offset: (sample.up - sample.down) / 2 - base, weight };
    weights += weight;
    meanAt += weight * point.at;
    meanOffset += weight * point.offset;
    return point;
  });
  meanAt /= weights;
  meanOffset /= weights;
  let [covariance, variance] = [0, 0];
  for (const { at, offset, weight } of points) {
    covariance += weight * (at - meanAt) * (offset - meanOffset);
    variance += weight * (at - meanAt) ** 2;
  }
  return variance > 0 ? Math.max(-DRIFT_MAX, Math.min(DRIFT_MAX, covariance / variance)) : 0;
}
