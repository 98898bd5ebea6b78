// What people let be written as they speak: the last words, with their name, for a while.

/** How long words stand after they came, in ms. */
const SHOWN_MS = 9_000;

export class CaptionView {
  #root = document.createElement("p");
  #who = document.createElement("b");
  #words = document.createElement("span");
  /** @type {any} */
  #timer = null;

  /** @param {HTMLElement} before what stands after it on the page */
  constructor(before) {
    this.#root.className = "cap";
    this.#root.hidden = true;
    // Not read out: whoever hears the page hears the voice.
    this.#root.append(this.#who, this.#words);
    before.before(this.#root);
  }

  /** @param {{name: string, text: string}} caption */
  show({ name, text }) {
    this.#who.textContent = name;
    this.#words.textContent = text;
    this.#root.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  hide() {
    this.#root.hidden = true;
  }
}
