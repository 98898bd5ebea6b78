// One line of words about sound and picture, with at most one button: what matters most is said,
// the rest waits. It has its place on the page whether something is said or not.

import { say } from "../room/page.js";

/** What may be said, the most urgent first. */
const ORDER = /** @type {const} */ ([
  "asked", "elsewhere", "touch", "feather", "why", "gone", "home", "sealed", "calm", "dim", "held", "lost", "poor",
]);

/** @typedef {typeof ORDER[number]} About */
/** @typedef {{words: string, button?: [words: string, act: () => void]}} Note */

export class Notes {
  #root = document.createElement("div");
  #words = document.createElement("p");
  #button = document.createElement("button");
  /** @type {Map<About, Note>} */
  #now = new Map();
  /** @type {Map<About, any>} */
  #timers = new Map();
  #act = () => {};

  /** @param {HTMLElement} before what stands after it on the page */
  constructor(before) {
    this.#root.className = "media-says";
    this.#words.setAttribute("role", "status");
    this.#button.type = "button";
    this.#button.className = "b b-2";
    this.#button.hidden = true;
    this.#button.addEventListener("click", () => this.#act());
    this.#root.append(this.#words, this.#button);
    before.before(this.#root);
  }

  /**
   * @param {About} about
   * @param {Note | null} note null or without words: nothing to say
   */
  set(about, note) {
    clearTimeout(this.#timers.get(about));
    if (note?.words) this.#now.set(about, note);
    else this.#now.delete(about);
    this.#show();
  }

  /**
   * As {@link set}, for a while.
   * @param {About} about
   * @param {Note} note
   * @param {number} ms
   */
  setFor(about, note, ms) {
    this.set(about, note);
    this.#timers.set(about, setTimeout(() => this.set(about, null), ms));
  }

  #show() {
    const about = ORDER.find((one) => this.#now.has(one));
    const note = about ? this.#now.get(about) : undefined;
    say(this.#words, note?.words ?? "");
    const had = document.activeElement === this.#button;
    const [words, act] = note?.button ?? ["", () => {}];
    say(this.#button, words);
    this.#act = act;
    this.#button.hidden = words === "";
    if (!had || words) return;
    // Whoever walks by keyboard stays where the button was.
    this.#words.tabIndex = -1;
    this.#words.focus({ preventScroll: true });
  }
}
