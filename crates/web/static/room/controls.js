// The controls of the room, and how this device remembers them.

import { savePreference, readPreference } from "./preferences.js";
import { requireElement, setText } from "./page.js";

/** How long the answer to "Where are we?" is shown. */
const ANSWER_MS = 9_000;

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
 * }} RoomActions
 */

/**
 * @param {string} button
 * @param {string} dialog
 */
function openDialogOn(button, dialog) {
  const panel = /** @type {HTMLDialogElement} */ (requireElement(dialog));
  requireElement(button).addEventListener("click", () => panel.showModal());
}

/**
 * A toggle button that states its action in words.
 * @param {string} id
 * @param {string[]} words while on, while off
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} act
 */
function makeToggle(id, [whileOn, whileOff], isOn, act) {
  const button = requireElement(id);
  const show = () => setText(button, isOn ? whileOn : whileOff);
  button.addEventListener("click", () => {
    isOn = !isOn;
    show();
    act(isOn);
  });
  show();
}

/**
 * Connects every control and applies what this device remembers.
 * @param {RoomActions} actions
 * @param {{isQuiet: boolean}} start
 */
export function wireControls(actions, { isQuiet }) {
  openDialogOn("ease", "ease-off");
  openDialogOn("more", "room-panel");
  requireElement("leaving").addEventListener("submit", () => actions.leave());
  requireElement("ease-leaving").addEventListener("submit", () => actions.leave());
  requireElement("me-too").addEventListener("click", () => actions.meToo());
  requireElement("try-bell").addEventListener("click", () => actions.tryBell());

  const where = requireElement("where");
  /** @type {any} */
  let timer = null;
  requireElement("ask-where").addEventListener("click", () => {
    setText(where, actions.whereAreWe());
    clearTimeout(timer);
    timer = setTimeout(() => setText(where, ""), ANSWER_MS);
  });

  const hasSound = readPreference("sound") !== "off";
  makeToggle("turn-sound", ["Turn the bell off", "Turn the bell on"], hasSound, (isOn) => {
    savePreference("sound", isOn ? "on" : "off");
    actions.sound(isOn);
  });
  actions.sound(hasSound);

  const hasBreath = readPreference("breath") !== "off";
  makeToggle("turn-breath", ["Hide the breath", "Show the breath"], hasBreath, (isOn) => {
    savePreference("breath", isOn ? "on" : "off");
    actions.breath(isOn);
  });
  actions.breath(hasBreath);

  makeToggle("turn-quiet", ["Show my name again", "Sit quietly, unnamed"], isQuiet, actions.quiet);

  const delay = /** @type {HTMLInputElement} */ (requireElement("delay"));
  const shown = requireElement("delay-words");
  const showDelay = () => setText(shown, describeDelay(Number(delay.value)));
  delay.value = readPreference("delay") ?? "0";
  delay.addEventListener("input", () => {
    savePreference("delay", delay.value);
    showDelay();
    actions.delay(Number(delay.value));
  });
  showDelay();
  actions.delay(Number(delay.value));
}

/** @param {number} ms */
export function describeDelay(ms) {
  return ms === 0 ? "No correction" : `The bell starts ${ms} ms earlier on this device`;
}
