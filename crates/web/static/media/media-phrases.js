// What the room says about sound and video. Pure; no blame, and nothing said twice.

import { spellNumber } from "../room/phrases.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("./people.js").MediaFrame} MediaFrame */

/**
 * Why a microphone or a camera did not come on, by result.
 * @type {Record<string, Record<string, string>>}
 */
const FAILURES = {
  mic: {
    refused: "Your browser keeps the microphone closed for this page. You can open it beside the address, and try again.",
    none: "We found no microphone on this device. You hear the others all the same.",
    busy: "Something else on this device holds the microphone. Close it there, and try again.",
    held: "That cannot be just now. You hear the others all the same.",
  },
  cam: {
    refused: "Your browser keeps the camera closed for this page. You can open it beside the address, and try again.",
    none: "We found no camera on this device. You see the others all the same.",
    busy: "Something else on this device holds the camera. Close it there, and try again.",
    held: "That cannot be just now. You see the others all the same.",
  },
};

/**
 * Why it did not come on.
 * @param {"mic" | "cam"} what
 * @param {string} result of opening the device
 */
export function describeFailure(what, result) {
  return FAILURES[what][result] ?? "That did not work just now. Nothing is wrong with you; try once more.";
}

/** A device was unplugged, and no other replaced it. */
export const DEVICE_LOST = {
  audio: "Your microphone went away, and is off now. One tap turns it on again.",
  video: "Your camera went away, and is off now. One tap turns it on again.",
};

/** When somebody will be heard again. */
const HEARD_LATER = "You will be heard again afterwards.";
const HEARD_IN_ROUND = "You will be heard again in the round.";
const HEARD_HOLDING = "You will be heard when you hold the feather.";

/** Somebody who sits quietly wants to be heard or seen. */
export const QUIET_SEAT =
  "You sit quietly now. To be heard or seen, show your name again under Sound and more.";

/** Joins names with commas and "and". @param {string[]} names */
export function joinNames(names) {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** @param {Person[]} people */
function nameGuides(people) {
  const names = people.filter((person) => person.isGuide && !person.isYou).map((person) => person.name);
  return names.length ? joinNames(names) : "the guide";
}

/** @param {string} names */
const verbFor = (names) => (/ and /.test(names) ? "are" : "is");

/**
 * The notice for somebody whose microphone is on but who is not heard now; otherwise empty.
 * @param {MediaFrame} frame
 * @param {Person[]} people
 * @param {{mic: boolean, isSilent: boolean, hasRound: boolean, isSpoken: boolean}} how `hasRound`: a
 *   round is still to come; `isSpoken`: one is on, and guides wait for the feather too
 */
export function describeMuted(frame, people, { mic, isSilent, hasRound, isSpoken }) {
  const you = people.find((person) => person.isYou);
  if (!mic || !you || frame.heard === "all" || you.holds) return "";
  const when = isSpoken ? HEARD_HOLDING : hasRound ? HEARD_IN_ROUND : HEARD_LATER;
  if (frame.heard === "nobody") return `Nobody is heard just now. ${when}`;
  if (you.isGuide && !(isSpoken && frame.heard === "feather")) return "";
  if (frame.heard === "feather") {
    const holder = people.find((person) => person.holds)?.name || "who holds the feather";
    return `Only ${holder} is heard now. ${isSpoken ? when : HEARD_LATER}`;
  }
  const guides = nameGuides(people);
  if (isSilent) return `In silence only ${guides} ${verbFor(guides)} heard.`;
  return `Only ${guides} ${verbFor(guides)} heard now. ${when}`;
}

/**
 * Shown while faces are hidden by the guide and not by silence.
 * @param {MediaFrame} frame
 * @param {Person[]} people
 */
export function describeDimmed(frame, people) {
  if (frame.heard === "guides") return `The room is dimmed. Faces rest; sound stays with ${nameGuides(people)}.`;
  return "The room is dimmed. Faces rest; sound goes on.";
}

/**
 * The label of a tile: the name, the state (hidden on small tiles), and text for screen readers.
 * @param {Person} person
 * @returns {[name: string, state: string, more: string]}
 */
export function describeTile(person) {
  const more = [person.hasCam ? "" : "camera off", person.holds ? "holds the feather" : ""];
  const beside = more.filter(Boolean).map((words) => `, ${words}`).join("");
  if (person.speaks) return person.isYou ? ["You", " are speaking", beside] : [person.name, " is speaking", beside];
  return [person.isYou ? `${person.name || "You"}${person.name ? " (you)" : ""}` : person.name, "", beside];
}

/** How many more people there are than fit. @param {number} count */
export function describeOverflow(count) {
  return count > 0 ? `and ${spellNumber(count)} more` : "";
}

/** Said once when the link cannot carry everything. @type {Record<string, string>} */
export const POOR_LINK = {
  sound: "Your connection is slow just now, so faces rest. Sound comes first.",
  some: "Your connection is slow just now, so some faces rest. Sound comes first.",
};

/** Whom this browser cannot hear because the key does not match. @param {string[]} names */
export function describeUnreadable(names) {
  const whom = names.length ? joinNames(names) : "somebody here";
  return `We cannot hear ${whom}: the key does not fit. Coming in again by the whole link may help.`;
}

/** @param {boolean} isSealed */
export function describeSealing(isSealed) {
  return isSealed
    ? "This sit is sealed: only the people in it can hear and see one another. This home passes on what it cannot read."
    : "This sit is not sealed: sound and picture are locked on their way and pass through this home, which keeps nothing.";
}

/** A request to mute; names the guide if there is only one. @param {Person[]} people */
export function describeMuteRequest(people) {
  const guides = nameGuides(people);
  const asker = / and /.test(guides) ? "A guide" : guides.replace(/^the guide$/, "Your guide");
  return `${asker} asks you to turn your microphone off. Only you see this.`;
}

/** @param {Person[]} people */
export function describeCalmRequest(people) {
  const guides = nameGuides(people);
  const asker = / and /.test(guides) ? "A guide" : guides.replace(/^the guide$/, "Your guide");
  return `${asker} asks everybody to be quiet for a while.`;
}
