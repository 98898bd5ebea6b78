// Shows the last words that somebody chose to have captioned, with their name, for a while.

/** How long a caption is shown. */
const SHOWN_MS = 9_000;

export class CaptionView {
  #root = document.createElement("p");
  #who = document.createElement("b");
  #words = document.createElement("span");
  /** @type {any} */
  #timer = null;

  /** @param {HTMLElement} before the element to insert it before */
  constructor(before) {
    this.#root.className = "cap";
    this.#root.hidden = true;
    // Not announced: whoever hears the page hears the voice.
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
