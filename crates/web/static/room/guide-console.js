// The guide's console. Its forms also work without JavaScript; with it they are sent in the
// background, so that the guide's page never reloads in the middle of a silence.

import { readPrompter } from "./script-lines.js";
import { setText } from "./page.js";
import { hasBegun, isHeld, elapsedIn, segmentAfter, segmentAt } from "./timeline.js";
import { describeDuration } from "./phrases.js";

/** How long a result from the server is shown. */
const RESULT_MS = 8_000;

export class GuideConsole {
  #root;
  #phases;
  /** @type {any} */
  #timer = null;
  /** Whether it was closed when the sit began, so that the guide can practise too. */
  #isFolded = false;

  /**
   * @param {HTMLElement} root
   * @param {import("./page.js").PhaseFacts[]} phases
   * @param {() => void} onToggle called when it is opened or closed
   */
  constructor(root, phases, onToggle) {
    this.#root = root;
    this.#phases = phases;
    root.addEventListener("toggle", () => onToggle());
    for (const form of root.querySelectorAll("form")) {
      form.addEventListener("submit", (event) => void this.#submit(event, form));
    }
  }

  /**
   * Shows the guide's view of this instant.
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} now room time
   */
  show(timeline, now) {
    const segment = segmentAt(timeline, now);
    const isGoing = segment !== null && hasBegun(timeline, now);
    const root = /** @type {HTMLDetailsElement} */ (this.#root);
    if (isGoing && !this.#isFolded) {
      this.#isFolded = true;
      root.open = false;
    }
    if (!root.open) return;
    this.#toggle("before", segment !== null && !isGoing);
    this.#toggle("during", isGoing);
    this.#toggle("going", isGoing && !isHeld(timeline, now));
    this.#toggle("held", isGoing && isHeld(timeline, now));
    this.#toggle("round", isGoing && this.#phases[segment.phase ?? -1]?.written === true);
    const next = segment && segmentAfter(timeline, segment);
    const left = segment?.to ? `${describeDuration(segment.to - now)} more` : "until you go on";
    this.#setText("now", segment ? `Now: ${segment.title}, ${left}.` : "The sit is over.");
    this.#setText("next", next ? `Then: ${next.title}.` : "");
    const script = this.#phases[segment?.phase ?? -1]?.script ?? [];
    const line = readPrompter(script, segment ? elapsedIn(segment, now) : 0);
    this.#setText("said-before", line.before);
    this.#setText("said-now", line.now);
    this.#setText("said-next", line.next);
    const until = line.until === null ? "" : `in ${Math.ceil(line.until / 1_000)} s`;
    this.#setText("said-until", line.next ? until : "");
  }

  /**
   * Shows how accurately the last bell reached the others.
   * @param {{heard: number, in_15: number, in_50: number}} bells
   */
  showBellReport({ heard, in_15, in_50 }) {
    if (heard === 0) return;
    const near = in_50 > in_15 ? `, ${in_50} within 50 ms` : "";
    this.#setText("bells", `The last bell reached ${heard}: ${in_15} within 15 ms${near}.`);
  }

  /**
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  async #submit(event, form) {
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) body.set(name, String(value));
    const headers = { Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
    if (response?.ok) return this.#showResult("Done.");
    const line = await response?.json().then((json) => json.why).catch(() => null);
    this.#showResult(line ?? "That did not reach the home. The sit goes on as it was. Try once more.");
  }

  /** @param {string} line */
  #showResult(line) {
    this.#setText("answer", line);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#setText("answer", ""), RESULT_MS);
  }

  /**
   * @param {string} name
   * @param {string} line
   */
  #setText(name, line) {
    const element = this.#findPart(name);
    if (element) setText(element, line);
  }

  /**
   * @param {string} name
   * @param {boolean} isShown
   */
  #toggle(name, isShown) {
    const element = this.#findPart(name);
    if (element) element.hidden = !isShown;
  }

  /** @param {string} name */
  #findPart(name) {
    return /** @type {HTMLElement | null} */ (this.#root.querySelector(`[data-guide="${name}"]`));
  }
}
