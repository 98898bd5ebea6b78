// The course of a sit as room time: which part it is now, how far, and which bell is next.
// Pure: the same timeline and the same instant always give the same answer.

/**
 * @typedef {{n: number, phase: number | null, kind: string, title: string, from: number,
 *   to: number | null, breath?: number[]}} Segment
 * @typedef {{id: string, at: number, bell: "soft" | "middle" | "large"}} Strike
 * @typedef {{seq: number, planned: number, begun: number | null, held: number | null,
 *   over: number | null, segments: Segment[], strikes: Strike[]}} Timeline
 */

/**
 * The segment at `now`; before the first one, the first; after the end, null.
 * @param {Timeline} timeline
 * @param {number} now room time, in ms
 */
export function segmentAt(timeline, now) {
  if (timeline.over !== null && now >= timeline.over) return null;
  /** @type {Segment | null} */
  let found = timeline.segments[0] ?? null;
  for (const segment of timeline.segments) {
    if (segment.from <= now) found = segment;
  }
  if (found && found.to !== null && now >= found.to) return null;
  return found;
}

/**
 * The next bell after `now`.
 * @param {Timeline} timeline
 * @param {number} now
 */
export function nextStrike(timeline, now) {
  /** @type {Strike | null} */
  let next = null;
  for (const strike of timeline.strikes) {
    if (strike.at > now && (next === null || strike.at < next.at)) next = strike;
  }
  return next;
}

/**
 * How far a segment is, from 0 to 1; null while nobody knows when it ends.
 * @param {Segment} segment
 * @param {number} now
 */
export function progress(segment, now) {
  if (segment.to === null) return null;
  const length = Math.max(1, segment.to - segment.from);
  return Math.max(0, Math.min(1, (now - segment.from) / length));
}

/**
 * When the next thing changes by itself, so that a quiet page need not look more often.
 * @param {Timeline} timeline
 * @param {number} now
 */
export function nextTurn(timeline, now) {
  const turns = timeline.segments.flatMap((segment) => [segment.from, segment.to ?? Infinity]);
  turns.push(timeline.over ?? Infinity);
  return Math.min(...turns.filter((turn) => turn > now), Infinity);
}

/**
 * The segment after this one.
 * @param {Timeline} timeline
 * @param {Segment} segment
 */
export function segmentAfter(timeline, segment) {
  return timeline.segments.find((other) => other.n > segment.n) ?? null;
}

/**
 * Whether somebody who came in at `came` came after the beginning.
 * @param {Timeline} timeline
 * @param {number} came
 */
export function isLate(timeline, came) {
  return timeline.begun !== null && came > timeline.begun + 20_000;
}
