// The circle while people are heard in it: whoever speaks is lit and said so, a raised feather
// stands beside its cushion.

import { part } from "../room/page.js";
import { icon } from "./bar.js";

/** @typedef {import("./room-state.js").One} One */

export class CircleMarks {
  /** @type {One[]} */
  #all = [];

  constructor() {
    // Figures come and go: the marks stay with their people.
    new MutationObserver(() => this.show(this.#all)).observe(part("here"), { childList: true });
  }

  /** @param {One[]} all */
  show(all) {
    this.#all = all;
    const marked = new Map(all.map((one) => [one.isYou ? "you" : String(one.seat), one]));
    for (const figure of /** @type {NodeListOf<HTMLElement>} */ (part("here").querySelectorAll("li"))) {
      const key = figure.classList.contains("you") ? "you" : figure.dataset.seat ?? "";
      const one = marked.get(key);
      figure.classList.toggle("speaks", one?.speaks === true);
      figure.classList.toggle("with-mic", one?.hasMic === true);
      raise(figure, one?.raised === true);
    }
  }
}

/**
 * @param {HTMLElement} figure
 * @param {boolean} isRaised
 */
function raise(figure, isRaised) {
  const up = figure.querySelector(".up");
  if (!isRaised) return up?.remove();
  if (up) return;
  const made = document.createElement("i");
  made.className = "up";
  const words = document.createElement("b");
  words.className = "vh";
  words.textContent = "Feather raised";
  made.append(icon("feather"), words);
  figure.append(made);
}
