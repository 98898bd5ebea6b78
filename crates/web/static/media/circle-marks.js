// Marks in the circle: lights whoever speaks and labels them, and shows a raised feather next to
// its cushion.

import { requireElement } from "../room/page.js";
import { makeIcon } from "./toolbar.js";

/** @typedef {import("./people.js").Person} Person */

export class CircleMarks {
  /** @type {Person[]} */
  #people = [];

  constructor() {
    // Figures come and go; the marks stay with their people.
    new MutationObserver(() => this.show(this.#people)).observe(requireElement("here"), { childList: true });
  }

  /** @param {Person[]} people */
  show(people) {
    this.#people = people;
    const marked = new Map(people.map((person) => [person.isYou ? "you" : String(person.seat), person]));
    for (const figure of /** @type {NodeListOf<HTMLElement>} */ (requireElement("here").querySelectorAll("li"))) {
      const key = figure.classList.contains("you") ? "you" : figure.dataset.seat ?? "";
      const person = marked.get(key);
      figure.classList.toggle("speaks", person?.speaks === true);
      figure.classList.toggle("with-mic", person?.hasMic === true);
      setRaised(figure, person?.raised === true);
    }
  }
}

/**
 * @param {HTMLElement} figure
 * @param {boolean} isRaised
 */
function setRaised(figure, isRaised) {
  const up = figure.querySelector(".up");
  if (!isRaised) return up?.remove();
  if (up) return;
  const mark = document.createElement("i");
  mark.className = "up";
  const label = document.createElement("b");
  label.className = "vh";
  label.textContent = "Feather raised";
  mark.append(makeIcon("feather"), label);
  figure.append(mark);
}
