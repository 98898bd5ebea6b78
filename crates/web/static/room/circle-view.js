// Draws the circle: one figure per person. Figures are moved rather than recreated, so that nothing
// flickers and a screen reader keeps its position.

import { DYES, FIGURES_MAX, NAMES_TALL, NAMES_WIDE, YOU, selectFigures, placeSeats } from "./circle.js";
import { setText } from "./page.js";
import { describePresence } from "./phrases.js";

const SVG = "http://www.w3.org/2000/svg";
/** More stitches than this cannot be told apart. */
const STITCHES_MAX = 300;

/** @typedef {{seat: number, name: string, dye: number}} Sitter */

export class CircleView {
  #ring;
  #here;
  #count;
  #names;
  /**
   * Keyed by person, not by seat: after a server restart a seat may be somebody else's.
   * @type {Map<string, HTMLLIElement>}
   */
  #figures = new Map();
  #isFirst = true;

  /** @param {{ring: HTMLElement, here: HTMLElement, count: HTMLElement, names: HTMLElement}} parts */
  constructor({ ring, here, count, names }) {
    this.#ring = ring;
    this.#here = here;
    this.#count = count;
    this.#names = names;
    here.replaceChildren();
    here.classList.add("placed");
  }

  /**
   * Shows who is here.
   * @param {import("./presence.js").Presence} presence
   * @param {Sitter & {quiet: boolean}} you
   */
  show(presence, you) {
    const { n, quiet, isCircle } = presence;
    const seats = presence.bySeat();
    const { figures, stitches } = selectFigures({ n, quiet, isCircle, seats }, you);
    const positions = placeSeats(figures.length);
    const gone = new Set(this.#figures.keys());
    for (const [index, sitter] of figures.entries()) {
      const key = index === 0 ? "you" : `${sitter.seat} ${sitter.dye} ${sitter.name}`;
      gone.delete(key);
      const figure = this.#figures.get(key) ?? this.#make(sitter, key);
      this.#place(figure, positions[index]);
      if (this.#here.children[index] !== figure) {
        this.#here.insertBefore(figure, this.#here.children[index] ?? null);
      }
    }
    for (const key of gone) {
      this.#figures.get(key)?.remove();
      this.#figures.delete(key);
    }
    this.#here.classList.toggle("many", figures.length > NAMES_TALL);
    this.#here.classList.toggle("crowd", figures.length > NAMES_WIDE);
    this.#stitch(stitches);
    this.#list(presence, you, seats);
    this.#isFirst = false;
  }

  /**
   * @param {Sitter} sitter
   * @param {string} key
   */
  #make(sitter, key) {
    const figure = document.createElement("li");
    figure.dataset.seat = String(sitter.seat);
    if (DYES[sitter.dye]) figure.classList.add(`d-${DYES[sitter.dye]}`);
    if (sitter.seat === YOU) figure.classList.add("you");
    if (!sitter.name) {
      figure.classList.add("unnamed");
      figure.setAttribute("aria-hidden", "true");
    }
    if (!this.#isFirst) figure.classList.add("new");
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 37 46");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", "#pp");
    svg.append(use);
    const name = document.createElement("span");
    name.textContent = sitter.name;
    name.hidden = !sitter.name;
    figure.append(svg, name);
    this.#figures.set(key, figure);
    return figure;
  }

  /**
   * @param {HTMLElement} figure
   * @param {ReturnType<typeof placeSeats>[number]} position
   */
  #place(figure, position) {
    for (const [name, value] of Object.entries(position)) {
      figure.style.setProperty(`--${name}`, value.toFixed(3));
    }
    // Nearer figures are drawn over those further away.
    figure.style.zIndex = String(Math.round((position.s + 1) * 50));
  }

  /** @param {number} count stitches in the thread; 0 for a plain thread */
  #stitch(count) {
    const shown = Math.min(STITCHES_MAX, count);
    this.#ring.classList.toggle("stitched", shown > FIGURES_MAX);
    for (const thread of this.#ring.querySelectorAll(".base, .sewing")) {
      if (shown > FIGURES_MAX) thread.setAttribute("pathLength", String(shown));
      else thread.removeAttribute("pathLength");
    }
  }

  /**
   * The same as text: for screen readers, and for "Who is here".
   * @param {import("./presence.js").Presence} presence
   * @param {Sitter & {quiet: boolean}} you
   * @param {Sitter[]} seats
   */
  #list(presence, you, seats) {
    setText(this.#count, describePresence(presence.n, presence.quiet));
    this.#here.setAttribute("aria-label", describePresence(presence.n, presence.quiet));
    const named = seats.filter((sitter) => sitter.seat !== you.seat).map((sitter) => sitter.name);
    const items = ["You", ...named].map((name) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    });
    this.#names.replaceChildren(...items);
  }
}
