// One line about sound and video, with at most one button: the most urgent notice is shown, the
// others wait. Its space is reserved even while it is empty.

import { setText } from "../room/page.js";

/** Topics, the most urgent first. */
const PRIORITY = /** @type {const} */ ([
  "asked", "elsewhere", "touch", "feather", "why", "gone", "home", "sealed", "calm", "dim", "held", "lost", "poor",
]);

/** @typedef {typeof PRIORITY[number]} Topic */
/** @typedef {{words: string, button?: [words: string, act: () => void]}} MediaNotice */

export class MediaNotices {
  #root = document.createElement("div");
  #words = document.createElement("p");
  #button = document.createElement("button");
  /** @type {Map<Topic, MediaNotice>} */
  #active = new Map();
  /** @type {Map<Topic, any>} */
  #timers = new Map();
  #onPress = () => {};

  /** @param {HTMLElement} before the element to insert it before */
  constructor(before) {
    this.#root.className = "media-says";
    this.#words.setAttribute("role", "status");
    this.#button.type = "button";
    this.#button.className = "b b-2";
    this.#button.hidden = true;
    this.#button.addEventListener("click", () => this.#onPress());
    this.#root.append(this.#words, this.#button);
    before.before(this.#root);
  }

  /**
   * @param {Topic} topic
   * @param {MediaNotice | null} note null, or without words, to clear it
   */
  set(topic, note) {
    clearTimeout(this.#timers.get(topic));
    if (note?.words) this.#active.set(topic, note);
    else this.#active.delete(topic);
    this.#show();
  }

  /**
   * Like {@link set}, but clears it after `ms`.
   * @param {Topic} topic
   * @param {MediaNotice} note
   * @param {number} ms
   */
  setFor(topic, note, ms) {
    this.set(topic, note);
    this.#timers.set(topic, setTimeout(() => this.set(topic, null), ms));
  }

  #show() {
    const topic = PRIORITY.find((one) => this.#active.has(one));
    const note = topic ? this.#active.get(topic) : undefined;
    setText(this.#words, note?.words ?? "");
    const hadFocus = document.activeElement === this.#button;
    const [words, onPress] = note?.button ?? ["", () => {}];
    setText(this.#button, words);
    this.#onPress = onPress;
    this.#button.hidden = words === "";
    if (!hadFocus || words) return;
    // Keyboard users stay where the button was.
    this.#words.tabIndex = -1;
    this.#words.focus({ preventScroll: true });
  }
}
