// A round in the live room: shown instead of the circle during its phase, and on request
// afterwards. Loaded only when there is a round.

import { parseFragment } from "./fragment.js";
import { Round } from "./round.js";

const SHEETS = ["round.css", "quilt.css", "spans.css", "room.css"];
/** Delay before asking again when the server returned no fragment; multiplied by the attempt. */
const RETRY_MS = 4_000;
const RETRIES_MAX = 5;

/** @typedef {{k: string, id: string, step: string, in: number}} RoundFrame */

export class RoundStage {
  #container = document.createElement("div");
  #status = document.createElement("p");
  #toggle = document.createElement("button");
  /** @type {Round | null} */
  #round = null;
  #isOpen = false;
  /** Whether a written round's phase is on. */
  #isRoundPhase = false;
  #isLoading = false;
  /** The round the server told of last. */
  #latestId = "";
  #attempts = 0;
  /** @type {any} */
  #timer = null;
  #sit;

  /** @param {string} sit path of the sit, as in `/sits/01…` */
  constructor(sit) {
    this.#sit = sit;
    for (const name of SHEETS) {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = new URL(name, import.meta.url).href;
      document.head.append(link);
    }
    this.#container.id = "round-place";
    this.#container.hidden = true;
    this.#status.className = "vh";
    this.#status.setAttribute("role", "status");
    this.#toggle.type = "button";
    this.#toggle.className = "b b-3";
    this.#toggle.id = "round-toggle";
    this.#toggle.hidden = true;
    this.#toggle.addEventListener("click", () => this.#setOpen(!this.#isOpen));
    document.querySelector(".said")?.after(this.#container, this.#status);
    document.querySelector(".quiet")?.prepend(this.#toggle);
  }

  /**
   * Follows the course of the sit.
   * @param {boolean} isRoundPhase whether a written round is on
   * @param {boolean} isStill whether nothing may cover the circle in this phase
   */
  show(isRoundPhase, isStill) {
    if (isRoundPhase === this.#isRoundPhase) {
      if (!isRoundPhase && this.#isOpen && isStill) this.#setOpen(false);
      return;
    }
    this.#isRoundPhase = isRoundPhase;
    this.#attempts = 0;
    if (isRoundPhase) this.#load(`${this.#sit}/round?part=1`);
    else if (isStill) this.#setOpen(false);
    this.#updateToggle();
  }

  /** The server says that the round has changed, or that there is one. @param {RoundFrame} frame */
  receive(frame) {
    const isOther = frame.id !== this.#latestId;
    this.#latestId = frame.id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#round?.id === frame.id) void this.#round.refresh();
      // A second prompt replaces the first, but not while somebody is still writing.
      else if (isOther || !this.#round) this.#load(`/rounds/${frame.id}/part`);
    }, Math.random() * Math.max(0, frame.in));
  }

  /** @param {string} address */
  async #load(address) {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      const html = response.ok ? await response.text() : "";
      const fragment = parseFragment(html);
      if (fragment) this.#showFragment(fragment);
      else if (this.#isRoundPhase && response.status === 404) this.#retryLater(address);
    } catch {
      this.#retryLater(address);
    } finally {
      this.#isLoading = false;
    }
  }

  /** @param {string} address */
  #retryLater(address) {
    if (++this.#attempts <= RETRIES_MAX) setTimeout(() => this.#load(address), RETRY_MS * this.#attempts);
  }

  /** @param {HTMLElement} fragment */
  #showFragment(fragment) {
    this.#container.replaceChildren(fragment);
    // A new container each time drops the listeners of the old one.
    const container = /** @type {HTMLDivElement} */ (this.#container.cloneNode(false));
    container.append(fragment);
    this.#container.replaceWith(container);
    this.#container = container;
    this.#round = new Round(this.#container, this.#status);
    // Links to other pages open in a new tab: nobody loses their seat by reading.
    this.#container.addEventListener("click", ({ target }) => {
      const link = /** @type {Element} */ (target).closest("a");
      if (link && !("part" in link.dataset) && !link.download) link.target = "_blank";
    });
    if (this.#isRoundPhase) this.#setOpen(true);
    this.#updateToggle();
    const question = fragment.querySelector("#r-asked")?.textContent ?? "";
    if (this.#isRoundPhase) this.#status.textContent = question;
  }

  /** @param {boolean} isOpen */
  #setOpen(isOpen) {
    const wasHere = this.#container.contains(document.activeElement);
    this.#isOpen = isOpen && this.#round !== null;
    this.#container.hidden = !this.#isOpen;
    document.body.classList.toggle("in-round", this.#isOpen);
    this.#updateToggle();
    if (wasHere && !this.#isOpen) this.#toggle.focus({ preventScroll: true });
    if (!this.#isOpen) scrollTo(0, 0);
  }

  #updateToggle() {
    this.#toggle.hidden = this.#round === null;
    this.#toggle.textContent = this.#isOpen ? "Back to the circle" : "Look at the round";
  }
}
