// What the room says about sound and picture, in words. Pure; no blame, and nothing said twice.

import { inWords } from "../room/words.js";

/** @typedef {import("./room-state.js").One} One */
/** @typedef {import("./room-state.js").Frame} Frame */

/** Why a microphone or a camera did not come on. @type {Record<string, Record<string, string>>} */
const WHY = {
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
 * @param {string} word as the engine says it
 */
export function whyNot(what, word) {
  return WHY[what][word] ?? "That did not work just now. Nothing is wrong with you; try once more.";
}

/** A device that was pulled out, and no other took its place. */
export const GONE = {
  audio: "Your microphone went away, and is off now. One tap turns it on again.",
  video: "Your camera went away, and is off now. One tap turns it on again.",
};

/** When somebody will be heard again. */
const LATER = "You will be heard again afterwards.";
const IN_ROUND = "You will be heard again in the round.";
const HOLDING = "You will be heard when you hold the feather.";

/** Somebody who sits quietly wants to be heard or seen. */
export const QUIET =
  "You sit quietly now. To be heard or seen, show your name again under Sound and more.";

/**
 * Names, joined as people say them.
 * @param {string[]} names
 */
export function joined(names) {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** @param {One[]} all */
function guidesOf(all) {
  const names = all.filter((one) => one.isGuide && !one.isYou).map((one) => one.name);
  return names.length ? joined(names) : "the guide";
}

/** @param {string} names */
const isOrAre = (names) => (/ and /.test(names) ? "are" : "is");

/**
 * What somebody reads whose microphone is on and who is not heard now; else nothing.
 * @param {Frame} frame
 * @param {One[]} all
 * @param {{mic: boolean, kind: string, hasRound: boolean, isSpoken: boolean}} how `hasRound`: a
 *   round is still to come; `isSpoken`: one goes on, and guides wait for the feather, too
 */
export function heldBack(frame, all, { mic, kind, hasRound, isSpoken }) {
  const you = all.find((one) => one.isYou);
  if (!mic || !you || frame.heard === "all" || you.holds) return "";
  const again = isSpoken ? HOLDING : hasRound ? IN_ROUND : LATER;
  if (frame.heard === "nobody") return `Nobody is heard just now. ${again}`;
  if (you.isGuide && !(isSpoken && frame.heard === "feather")) return "";
  if (frame.heard === "feather") {
    const holder = all.find((one) => one.holds)?.name || "who holds the feather";
    return `Only ${holder} is heard now. ${isSpoken ? again : LATER}`;
  }
  const guides = guidesOf(all);
  if (kind === "silence") return `In silence only ${guides} ${isOrAre(guides)} heard.`;
  return `Only ${guides} ${isOrAre(guides)} heard now. ${again}`;
}

/**
 * What is said while faces rest, where it is not the silence that says it.
 * @param {Frame} frame
 * @param {One[]} all
 */
export function dimmed(frame, all) {
  if (frame.heard === "guides") return `The room is dimmed. Faces rest; sound stays with ${guidesOf(all)}.`;
  return "The room is dimmed. Faces rest; sound goes on.";
}

/**
 * What stands on somebody's tile, what of it gives way on a small one, and what is read out beside it.
 * @param {One} one
 * @returns {[name: string, state: string, more: string]}
 */
export function nameOn(one) {
  const more = [one.hasCam ? "" : "camera off", one.holds ? "holds the feather" : ""];
  const beside = more.filter(Boolean).map((words) => `, ${words}`).join("");
  if (one.speaks) return one.isYou ? ["You", " are speaking", beside] : [one.name, " is speaking", beside];
  return [one.isYou ? `${one.name || "You"}${one.name ? " (you)" : ""}` : one.name, "", beside];
}

/** How many more are here than fit. @param {number} count */
export function andMore(count) {
  return count > 0 ? `and ${inWords(count)} more` : "";
}

/** A line that cannot carry all: said once. @type {Record<string, string>} */
export const POOR = {
  sound: "The line is thin just now, so faces rest. Sound comes first.",
  some: "The line is thin just now, so some faces rest. Sound comes first.",
};

/**
 * Whom this browser cannot hear, because the key does not fit.
 * @param {string[]} names
 */
export function unread(names) {
  const whom = names.length ? joined(names) : "somebody here";
  return `We cannot hear ${whom}: the key does not fit. Coming in again by the whole link may help.`;
}

/** @param {boolean} isSealed */
export function sealing(isSealed) {
  return isSealed
    ? "This sit is sealed: only the people in it can hear and see one another. This home passes on what it cannot read."
    : "This sit is not sealed: sound and picture are locked on their way and pass through this home, which keeps nothing.";
}

/** Who asked, if there is one guide by name. @param {One[]} all */
export function askedToMute(all) {
  const guides = guidesOf(all);
  const who = / and /.test(guides) ? "A guide" : guides.replace(/^the guide$/, "Your guide");
  return `${who} asks you to turn your microphone off. Only you see this.`;
}

/** @param {One[]} all */
export function askedForCalm(all) {
  const guides = guidesOf(all);
  const who = / and /.test(guides) ? "A guide" : guides.replace(/^the guide$/, "Your guide");
  return `${who} asks everybody to be quiet for a while.`;
}
