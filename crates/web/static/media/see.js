// Which faces somebody wants to see, and what else this device keeps of it. It may be chosen before
// anybody gives anything, so that nothing comes down a thin line first; it fetches nothing else.

import { keep, kept } from "../room/kept.js";
import { part } from "../room/page.js";
import { choices } from "./preview-parts.js";

/** @type {[value: string, words: string, more: string][]} */
const SEE = [
  ["faces", "Show faces", "Uses the most data."],
  ["circle", "Show the circle", "Cushions and names. Sound only."],
  ["speaker", "Show only who speaks", "One face at a time."],
];

/**
 * What this device keeps of it.
 * @typedef {{see: "faces" | "circle" | "speaker", self: boolean, captions: boolean}} Liked
 */

/** @returns {Liked} */
export function liked() {
  const see = kept("see");
  return {
    see: see === "circle" || see === "speaker" ? see : "faces",
    self: kept("self") === "on",
    captions: kept("captions") !== "off",
  };
}

/** The choice, in the panel of the room; made when it is first asked for. */
export function seeing() {
  const there = document.getElementById("see");
  if (there) return there;
  const made = choices("see", "Sound and picture", SEE, liked().see, (value) => keep("see", value));
  made.id = "see";
  part("names").closest("details")?.before(made);
  return made;
}
