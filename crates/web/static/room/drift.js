// How two crystals drift apart, read from pings.

/** Two crystals differ by no more than this. */
const DRIFT_MAX = 100e-6;
/** The drift is only believed when the pings it is read from span this long, in ms. */
const DRIFT_SPAN = 60_000;
/** Trips that differ by less than this are equally short: browsers round their clocks, in ms. */
const SAME_TRIP = 0.5;

/**
 * The slope of a weighted line through the quarter of pings with the shortest trips: how fast the
 * home's clock runs against ours, in parts of one. Nought while nobody can tell.
 * @param {import("./clock.js").Sample[]} samples
 */
export function driftOf(samples) {
  const trips = samples.map((sample) => sample.trip).sort((a, b) => a - b);
  const shortest = trips[0];
  const quarter = trips[Math.min(trips.length - 1, Math.max(3, trips.length >> 2))];
  const kept = samples.filter((sample) => sample.trip <= quarter + SAME_TRIP);
  const times = kept.map((sample) => sample.at);
  if (kept.length < 8 || Math.max(...times) - Math.min(...times) < DRIFT_SPAN) return 0;
  let [weights, meanAt, meanOffset] = [0, 0, 0];
  // Offsets are taken against the first, so that no digits are lost beside 1.8e12.
  const base = (kept[0].there - kept[0].back) / 2;
  const points = kept.map((sample) => {
    const weight = 1 / (sample.trip - shortest + 1) ** 2;
    const point = { at: sample.at, offset: (sample.there - sample.back) / 2 - base, weight };
    weights += weight;
    meanAt += weight * point.at;
    meanOffset += weight * point.offset;
    return point;
  });
  meanAt /= weights;
  meanOffset /= weights;
  let [across, along] = [0, 0];
  for (const { at, offset, weight } of points) {
    across += weight * (at - meanAt) * (offset - meanOffset);
    along += weight * (at - meanAt) ** 2;
  }
  return along > 0 ? Math.max(-DRIFT_MAX, Math.min(DRIFT_MAX, across / along)) : 0;
}
