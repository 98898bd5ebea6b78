// A round in the live room: its part stands where the circle was while its phase goes on, and can
// be looked at again afterwards. Fetched only when there is a round.

import { partOf } from "./part.js";
import { Round } from "./round.js";

const SHEETS = ["round.css", "quilt.css", "spans.css", "room.css"];
/** In these parts of a sit nothing stands in front of the circle. */
const STILL = new Set(["silence", "breathe", "practice"]);
/** How long to wait before asking again when the home gave no part, in ms. */
const AGAIN = 4_000;
/** At most this many times. */
const TRIES = 5;

/** @typedef {{k: string, id: string, step: string, in: number}} Frame */

export class RoundStage {
  #place = document.createElement("div");
  #says = document.createElement("p");
  #toggle = document.createElement("button");
  /** @type {Round | null} */
  #round = null;
  #isOpen = false;
  /** Whether its phase goes on. */
  #isNow = false;
  #isAsking = false;
  /** The round the home told of last. */
  #told = "";
  #tries = 0;
  /** @type {any} */
  #timer = null;
  #sit;

  /** @param {string} sit the address of the sit, as in `/sits/01…` */
  constructor(sit) {
    this.#sit = sit;
    for (const sheet of SHEETS) {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = new URL(sheet, import.meta.url).href;
      document.head.append(link);
    }
    this.#place.id = "round-place";
    this.#place.hidden = true;
    this.#says.className = "vh";
    this.#says.setAttribute("role", "status");
    this.#toggle.type = "button";
    this.#toggle.className = "b b-3";
    this.#toggle.id = "round-toggle";
    this.#toggle.hidden = true;
    this.#toggle.addEventListener("click", () => this.#turn(!this.#isOpen));
    document.querySelector(".said")?.after(this.#place, this.#says);
    document.querySelector(".quiet")?.prepend(this.#toggle);
  }

  /**
   * Tells what goes on in the sit now.
   * @param {boolean} isNow whether a written round does
   * @param {string} kind the part of the sit
   */
  show(isNow, kind) {
    if (isNow === this.#isNow) {
      if (!isNow && this.#isOpen && STILL.has(kind)) this.#turn(false);
      return;
    }
    this.#isNow = isNow;
    this.#tries = 0;
    if (isNow) this.#ask(`${this.#sit}/round?part=1`);
    else if (STILL.has(kind)) this.#turn(false);
    this.#label();
  }

  /**
   * The home says that what is shown has changed, or that there is a round.
   * @param {Frame} frame
   */
  heard(frame) {
    const isOther = frame.id !== this.#told;
    this.#told = frame.id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#round?.id === frame.id) void this.#round.again();
      // A second prompt takes the place of the first, but not while somebody still writes to it.
      else if (isOther || !this.#round) this.#ask(`/rounds/${frame.id}/part`);
    }, Math.random() * Math.max(0, frame.in));
  }

  /** @param {string} at */
  async #ask(at) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const answer = await fetch(at, { headers: { Accept: "text/html" } });
      const html = answer.ok ? await answer.text() : "";
      const part = partOf(html);
      if (part) this.#take(part);
      else if (this.#isNow && answer.status === 404) this.#later(at);
    } catch {
      this.#later(at);
    } finally {
      this.#isAsking = false;
    }
  }

  /** @param {string} at */
  #later(at) {
    if (++this.#tries <= TRIES) setTimeout(() => this.#ask(at), AGAIN * this.#tries);
  }

  /** @param {HTMLElement} part */
  #take(part) {
    this.#place.replaceChildren(part);
    // A part of its own each time, so that what listens to an old one is gone with it.
    const fresh = /** @type {HTMLDivElement} */ (this.#place.cloneNode(false));
    fresh.append(part);
    this.#place.replaceWith(fresh);
    this.#place = fresh;
    this.#round = new Round(this.#place, this.#says);
    // What leads elsewhere opens beside the room: nobody loses their seat by reading.
    this.#place.addEventListener("click", ({ target }) => {
      const link = /** @type {Element} */ (target).closest("a");
      if (link && !("part" in link.dataset) && !link.download) link.target = "_blank";
    });
    if (this.#isNow) this.#turn(true);
    this.#label();
    const asked = part.querySelector("#r-asked")?.textContent ?? "";
    if (this.#isNow) this.#says.textContent = asked;
  }

  /** @param {boolean} isOpen */
  #turn(isOpen) {
    const wasHere = this.#place.contains(document.activeElement);
    this.#isOpen = isOpen && this.#round !== null;
    this.#place.hidden = !this.#isOpen;
    document.body.classList.toggle("in-round", this.#isOpen);
    this.#label();
    if (wasHere && !this.#isOpen) this.#toggle.focus({ preventScroll: true });
    if (!this.#isOpen) scrollTo(0, 0);
  }

  #label() {
    this.#toggle.hidden = this.#round === null;
    this.#toggle.textContent = this.#isOpen ? "Back to the circle" : "Look at the round";
  }
}
