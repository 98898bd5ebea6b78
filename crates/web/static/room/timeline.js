// The course of a sit in room time: the current segment, its progress, the next bell. Pure: the
// same timeline and instant always give the same result.

/**
 * @typedef {"silent" | "still" | "raise" | "round"} Flag how its kind of phase behaves
 * @typedef {{n: number, phase: number | null, kind: string, flags: Flag[], under: string,
 *   title: string, from: number, to: number | null, breath?: number[],
 *   pauses?: [from: number, to: number | null][]}} Segment
 * @typedef {{id: string, at: number, bell: "soft" | "middle" | "large"}} Strike
 * @typedef {{seq: number, planned: number, begun: number | null, held: number | null,
 *   pause?: [from: number, to: number],
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
 * Whether a segment has this flag; after the end nothing has.
 * @param {Segment | null} segment
 * @param {Flag} flag
 */
export function hasFlag(segment, flag) {
  return segment?.flags.includes(flag) ?? false;
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
 * Whether the sit has begun at `now`; a sit that begins by itself knows its time long before.
 * @param {Timeline} timeline
 * @param {number} now
 */
export function hasBegun(timeline, now) {
  return timeline.begun !== null && timeline.begun <= now;
}

/**
 * Whether the guide holds the sit where it is.
 * @param {Timeline} timeline
 * @param {number} now
 */
export function isHeld(timeline, now) {
  return timeline.held !== null && timeline.held <= now;
}

/**
 * Time elapsed within a segment, in ms; holds do not count.
 * @param {Segment} segment
 * @param {number} now
 */
export function elapsedIn(segment, now) {
  let held = 0;
  for (const [from, to] of segment.pauses ?? []) {
    held += Math.max(0, Math.min(to ?? now, now) - from);
  }
  return now - segment.from - held;
}

/**
 * Progress of a segment from 0 to 1; null while its length is unknown.
 * @param {Segment} segment
 * @param {number} now
 * @param {number | null} [planned] the planned length, used while it is held
 */
export function measureProgress(segment, now, planned = null) {
  const pauses = segment.pauses ?? [];
  const held = pauses.reduce((sum, [from, to]) => sum + Math.max(0, (to ?? from) - from), 0);
  const length = segment.to === null ? planned : segment.to - segment.from - held;
  if (length === null) return null;
  return Math.max(0, Math.min(1, elapsedIn(segment, now) / Math.max(1, length)));
}

/**
 * When something next changes by itself, so that a quiet page need not update more often.
 * @param {Timeline} timeline
 * @param {number} now
 */
export function nextChangeAt(timeline, now) {
  const changes = timeline.segments.flatMap((segment) => [segment.from, segment.to ?? Infinity]);
  changes.push(timeline.over ?? Infinity, timeline.begun ?? Infinity, timeline.held ?? Infinity);
  return Math.min(...changes.filter((change) => change > now), Infinity);
}

/**
 * @param {Timeline} timeline
 * @param {Segment} segment
 */
export function segmentAfter(timeline, segment) {
  return timeline.segments.find((other) => other.n > segment.n) ?? null;
}

/**
 * Whether somebody who entered at `enteredAt` came after the beginning.
 * @param {Timeline} timeline
 * @param {number} enteredAt
 */
export function isLate(timeline, enteredAt) {
  return timeline.begun !== null && enteredAt > timeline.begun + 20_000;
}
