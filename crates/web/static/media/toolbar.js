// The buttons for microphone, camera and raised feather. They state what is on in words; arrow keys
// move between them, as in any toolbar.

import { requireElement, setText } from "../room/page.js";

const SVG = "http://www.w3.org/2000/svg";

/** Icons as paths in a square of 24. @type {Record<string, string>} */
const ICON_PATHS = {
  feather: "M5 20c1-5 4-12 14-16 1 7-3 12-10 12.5M5 20c2-4 5-7.5 9-10M9 16.5c-1-.3-1.7-1.3-1.8-2.5",
};

/** @param {string} name */
export function makeIcon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("ico");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICON_PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * @typedef {{mic: boolean, cam: boolean, raised: boolean, canRaise: boolean}} ToolbarState
 */

export class MediaToolbar {
  #raise = document.createElement("button");

  /** @param {(on: boolean) => void} raise called when the feather is raised or laid down */
  constructor(raise) {
    const row = document.createElement("div");
    row.className = "giving-row";
    row.setAttribute("role", "toolbar");
    row.setAttribute("aria-label", "Your voice and face");
    requireElement("mic").before(row);
    this.#raise.type = "button";
    this.#raise.id = "raise";
    this.#raise.className = "b give";
    this.#raise.append(makeIcon("feather"), document.createElement("span"));
    this.#raise.addEventListener("click", () =>
      raise(this.#raise.getAttribute("aria-pressed") !== "true"));
    const focused = document.activeElement;
    row.append(requireElement("mic"), requireElement("cam"), this.#raise);
    // Moving a button loses a focus it has just been given.
    if (focused instanceof HTMLElement && row.contains(focused)) focused.focus();
    row.addEventListener("keydown", (event) => moveFocus(event, row));
    this.show({ mic: false, cam: false, raised: false, canRaise: false });
  }

  /** @param {ToolbarState} state */
  show({ mic, cam, raised, canRaise }) {
    setPressed(requireElement("mic"), mic, mic ? "Mic on" : "Mic off");
    setPressed(requireElement("cam"), cam, cam ? "Camera on" : "Camera off");
    setPressed(this.#raise, raised, raised ? "Feather raised" : "Raise feather");
    const had = document.activeElement === this.#raise;
    this.#raise.hidden = !canRaise;
    if (had && !canRaise) requireElement("mic").focus();
  }

  /**
   * Opening a device takes the browser a moment; the button shows it.
   * @param {"mic" | "cam"} what
   * @param {boolean} isBusy
   */
  setBusy(what, isBusy) {
    requireElement(what).setAttribute("aria-busy", String(isBusy));
  }
}

/**
 * @param {HTMLElement} button
 * @param {boolean} isOn
 * @param {string} words
 */
function setPressed(button, isOn, words) {
  button.setAttribute("aria-pressed", String(isOn));
  const label = button.querySelector("span");
  if (label) setText(label, words);
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} row
 */
function moveFocus(event, row) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("button:not([hidden])")]);
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at < 0) return;
  event.preventDefault();
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
