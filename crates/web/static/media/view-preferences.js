// Which faces somebody wants to see, and related preferences of this device. Can be chosen before
// anybody is seen, so that nothing crosses a slow link first; loads nothing else.

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
 * View preferences of this device.
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

/** The choice in the room's panel, created when it is first needed. */
export function ensureViewChoices() {
  const existing = document.getElementById("see");
  if (existing) return existing;
  const { see } = readViewPreferences();
  const choices = makeRadioGroup("see", "Sound and picture", VIEW_OPTIONS, see, (value) => savePreference("see", value));
  choices.id = "see";
  requireElement("names").closest("details")?.before(choices);
  return choices;
}
