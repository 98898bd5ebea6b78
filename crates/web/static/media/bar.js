// The buttons for what somebody gives: microphone, camera, the raised feather. They say their
// state in words; arrow keys go from one to the next, as in any row of tools.

import { part, say } from "../room/page.js";

const SVG = "http://www.w3.org/2000/svg";

/** The drawings this part of the room needs, as paths in a square of 24. @type {Record<string, string>} */
const DRAWN = {
  feather: "M5 20c1-5 4-12 14-16 1 7-3 12-10 12.5M5 20c2-4 5-7.5 9-10M9 16.5c-1-.3-1.7-1.3-1.8-2.5",
};

/** @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("ico");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWN[name]);
  svg.append(path);
  return svg;
}

/**
 * @typedef {{mic: boolean, cam: boolean, raised: boolean, canRaise: boolean}} Shown
 */

export class Bar {
  #raise = document.createElement("button");

  /** @param {(on: boolean) => void} raise the feather is raised, or laid down */
  constructor(raise) {
    const row = document.createElement("div");
    row.className = "giving-row";
    row.setAttribute("role", "toolbar");
    row.setAttribute("aria-label", "Your voice and face");
    part("mic").before(row);
    this.#raise.type = "button";
    this.#raise.id = "raise";
    this.#raise.className = "b give";
    this.#raise.append(icon("feather"), document.createElement("span"));
    this.#raise.addEventListener("click", () =>
      raise(this.#raise.getAttribute("aria-pressed") !== "true"));
    const focused = document.activeElement;
    row.append(part("mic"), part("cam"), this.#raise);
    // A button that is moved loses the focus somebody has just given it.
    if (focused instanceof HTMLElement && row.contains(focused)) focused.focus();
    row.addEventListener("keydown", (event) => walk(event, row));
    this.show({ mic: false, cam: false, raised: false, canRaise: false });
  }

  /** @param {Shown} state */
  show({ mic, cam, raised, canRaise }) {
    turned(part("mic"), mic, mic ? "Mic on" : "Mic off");
    turned(part("cam"), cam, cam ? "Camera on" : "Camera off");
    turned(this.#raise, raised, raised ? "Feather raised" : "Raise feather");
    const had = document.activeElement === this.#raise;
    this.#raise.hidden = !canRaise;
    if (had && !canRaise) part("mic").focus();
  }

  /**
   * A browser takes a moment to open a device: the button waits with it.
   * @param {"mic" | "cam"} what
   * @param {boolean} isBusy
   */
  busy(what, isBusy) {
    part(what).setAttribute("aria-busy", String(isBusy));
  }
}

/**
 * @param {HTMLElement} button
 * @param {boolean} isOn
 * @param {string} words
 */
function turned(button, isOn, words) {
  button.setAttribute("aria-pressed", String(isOn));
  const label = button.querySelector("span");
  if (label) say(label, words);
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} row
 */
function walk(event, row) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const shown = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("button:not([hidden])")]);
  const at = shown.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at < 0) return;
  event.preventDefault();
  shown[(at + step + shown.length) % shown.length].focus();
}
