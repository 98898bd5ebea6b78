// Which faces somebody wants to see, and what else this device keeps of it. It may be chosen before
// anybody gives anything, so that nothing comes down a thin line first; it fetches nothing else.

import { savePreference, readPreference } from "../room/preferences.js";
import { requireElement } from "../room/page.js";
import { makeRadioGroup } from "./form-elements.js";

/** @type {[value: string, words: string, more: string][]} */
const VIEW_OPTIONS = [
  ["faces", "Show faces", "Uses the most data."],
  ["circle", "Show the circle", "Cushions and names. Sound only."],
  ["speaker", "Show only who speaks", "One face at a time."],
];

/**
 * What this device keeps of it.
 * @typedef {{see: "faces" | "circle" | "speaker", self: boolean, captions: boolean}} ViewPreferences
 */

/** @returns {ViewPreferences} */
export function readViewPreferences() {
  const see = readPreference("see");
  return {
    see: see === "circle" || see === "speaker" ? see : "faces",
    self: readPreference("self") === "on",
    captions: readPreference("captions") !== "off",
  };
}

/** The choice, in the panel of the room; made when it is first asked for. */
export function ensureViewChoices() {
  const existing = document.getElementById("see");
  if (existing) return existing;
  const choices = makeRadioGroup("see", "Sound and picture", VIEW_OPTIONS, readViewPreferences().see, (value) => savePreference("see", value));
  choices.id = "see";
  requireElement("names").closest("details")?.before(choices);
  return choices;
}
