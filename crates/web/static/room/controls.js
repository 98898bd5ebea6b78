// The few things a person may do in the room, and how this device remembers them.

import { keep, kept } from "./kept.js";
import { part, say } from "./page.js";

/** How long an answer to "Where are we?" stands, in ms. */
const ANSWER = 9_000;

/**
 * @typedef {{
 *   whereAreWe: () => string,
 *   sound: (isOn: boolean) => void,
 *   tryBell: () => void,
 *   breath: (isOn: boolean) => void,
 *   delay: (ms: number) => void,
 *   quiet: (isOn: boolean) => void,
 *   meToo: () => void,
 *   leave: () => void,
 * }} Acts
 */

/**
 * @param {string} button
 * @param {string} dialog
 */
function opens(button, dialog) {
  const panel = /** @type {HTMLDialogElement} */ (part(dialog));
  part(button).addEventListener("click", () => panel.showModal());
}

/**
 * A button that is on or off, said in its own words.
 * @param {string} id
 * @param {string[]} words while on, while off
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} act
 */
function turns(id, [whileOn, whileOff], isOn, act) {
  const button = part(id);
  const show = () => say(button, isOn ? whileOn : whileOff);
  button.addEventListener("click", () => {
    isOn = !isOn;
    show();
    act(isOn);
  });
  show();
}

/**
 * Wires every control to what it does, and applies what this device remembers.
 * @param {Acts} acts
 * @param {{isQuiet: boolean}} start
 */
export function wire(acts, { isQuiet }) {
  opens("ease", "ease-off");
  opens("more", "room-panel");
  part("leaving").addEventListener("submit", () => acts.leave());
  part("ease-leaving").addEventListener("submit", () => acts.leave());
  part("me-too").addEventListener("click", () => acts.meToo());
  part("try-bell").addEventListener("click", () => acts.tryBell());

  const where = part("where");
  /** @type {any} */
  let timer = null;
  part("ask-where").addEventListener("click", () => {
    say(where, acts.whereAreWe());
    clearTimeout(timer);
    timer = setTimeout(() => say(where, ""), ANSWER);
  });

  const hasSound = kept("sound") !== "off";
  turns("turn-sound", ["Turn the bell off", "Turn the bell on"], hasSound, (isOn) => {
    keep("sound", isOn ? "on" : "off");
    acts.sound(isOn);
  });
  acts.sound(hasSound);

  const hasBreath = kept("breath") !== "off";
  turns("turn-breath", ["Hide the breath", "Show the breath"], hasBreath, (isOn) => {
    keep("breath", isOn ? "on" : "off");
    acts.breath(isOn);
  });
  acts.breath(hasBreath);

  turns("turn-quiet", ["Show my name again", "Sit quietly, unnamed"], isQuiet, acts.quiet);

  const delay = /** @type {HTMLInputElement} */ (part("delay"));
  const shown = part("delay-words");
  const showDelay = () => say(shown, delayWords(Number(delay.value)));
  delay.value = kept("delay") ?? "0";
  delay.addEventListener("input", () => {
    keep("delay", delay.value);
    showDelay();
    acts.delay(Number(delay.value));
  });
  showDelay();
  acts.delay(Number(delay.value));
}

/** @param {number} ms */
export function delayWords(ms) {
  return ms === 0 ? "No correction" : `The bell starts ${ms} ms earlier on this device`;
}
