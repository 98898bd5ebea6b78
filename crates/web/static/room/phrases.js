// The room's sentences: where we are, who is here. No ticking numbers.

import { hasBegun, isHeld, measureProgress } from "./timeline.js";

const SMALL = [
  "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
  "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** A number in words; digits from 100 on. @param {number} n */
export function spellNumber(n) {
  if (n < 20) return SMALL[Math.max(0, n)];
  if (n > 99) return n.toLocaleString("en");
  const tens = TENS[Math.floor(n / 10)];
  return n % 10 === 0 ? tens : `${tens}-${SMALL[n % 10]}`;
}

/** @param {string} text */
export function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** An approximate duration in words. @param {number} ms */
export function describeDuration(ms) {
  const minutes = Math.round(ms / 60_000);
  if (ms < 40_000) return "less than a minute";
  if (minutes <= 1) return "about a minute";
  return `about ${spellNumber(minutes)} minutes`;
}

/**
 * The answer to "Where are we?".
 * @param {import("./timeline.js").Timeline} timeline
 * @param {import("./timeline.js").Segment | null} segment
 * @param {number} now
 */
export function describeProgress(timeline, segment, now) {
  if (segment === null) return "This sit is over. There is no hurry.";
  if (!hasBegun(timeline, now)) return "We have not begun yet. The bell will say so.";
  if (isHeld(timeline, now)) return "The guide is holding here for a while. There is no hurry.";
  const fraction = measureProgress(segment, now);
  if (fraction === null || segment.to === null) return "This part lasts until the guide goes on.";
  const left = capitalize(describeDuration(segment.to - now));
  return `${describeFraction(fraction)} ${left} more.`;
}

/** @param {number} fraction */
function describeFraction(fraction) {
  if (fraction < 0.12) return "Just begun.";
  if (fraction < 0.38) return "Before the middle.";
  if (fraction < 0.5) return "Nearly in the middle.";
  if (fraction < 0.65) return "A little past the middle.";
  if (fraction < 0.88) return "Past the middle.";
  return "Nearly there.";
}

/** Under the title before the sit begins. */
const BEFORE_WORDS = "Come in as you are. There is nothing to do yet. The bell will begin.";

/**
 * The text under the title.
 * @param {import("./timeline.js").Timeline} timeline
 * @param {import("./timeline.js").Segment | null} segment
 * @param {string} words the plan's own text for this phase
 * @param {number} now
 */
export function describeSegment(timeline, segment, words, now) {
  if (segment === null) return "Thank you for sitting with us.";
  if (!hasBegun(timeline, now)) return BEFORE_WORDS;
  if (isHeld(timeline, now)) return "The guide is holding here for a while. There is no hurry.";
  return words || segment.under;
}

/**
 * Who is here, in a sentence.
 * @param {number} n everybody, you included
 * @param {number} quiet how many of them sit unnamed
 */
export function describePresence(n, quiet) {
  if (n <= 1) return "You are the first. Others may be on their way.";
  const all = `${capitalize(spellNumber(n))} people sit together`;
  if (quiet <= 0) return `${all}.`;
  return `${all}, ${spellNumber(quiet)} of them quietly.`;
}
