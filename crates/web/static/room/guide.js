// The guide's console: forms that also work without script, sent quietly when there is one, so
// that the guide's own page never reloads in the middle of a silence.

import { prompter } from "./captions.js";
import { say } from "./page.js";
import { hasBegun, isHeld, passed, segmentAfter, segmentAt } from "./timeline.js";
import { aboutHowLong } from "./words.js";

/** How long an answer of the home stands, in ms. */
const ANSWER = 8_000;

export class Console {
  #root;
  #phases;
  /** @type {any} */
  #timer = null;
  /** Whether it was folded when the sit began: whoever guides practises, too. */
  #isFolded = false;

  /**
   * @param {HTMLElement} root
   * @param {import("./page.js").Phase[]} phases
   * @param {() => void} opened it was opened or folded: show it anew
   */
  constructor(root, phases, opened) {
    this.#root = root;
    this.#phases = phases;
    root.addEventListener("toggle", () => opened());
    for (const form of root.querySelectorAll("form")) {
      form.addEventListener("submit", (event) => void this.#send(event, form));
    }
  }

  /**
   * Shows what the guide may want to see at this instant.
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
    const left = segment?.to ? `${aboutHowLong(segment.to - now)} more` : "until you go on";
    this.#say("now", segment ? `Now: ${segment.title}, ${left}.` : "The sit is over.");
    this.#say("next", next ? `Then: ${next.title}.` : "");
    const script = this.#phases[segment?.phase ?? -1]?.script ?? [];
    const words = prompter(script, segment ? passed(segment, now) : 0);
    this.#say("said-before", words.before);
    this.#say("said-now", words.now);
    this.#say("said-next", words.next);
    const until = words.until === null ? "" : `in ${Math.ceil(words.until / 1_000)} s`;
    this.#say("said-until", words.next ? until : "");
  }

  /**
   * How a bell reached the others.
   * @param {{heard: number, in_15: number, in_50: number}} bells
   */
  bells({ heard, in_15, in_50 }) {
    if (heard === 0) return;
    const near = in_50 > in_15 ? `, ${in_50} within 50 ms` : "";
    this.#say("bells", `The last bell reached ${heard}: ${in_15} within 15 ms${near}.`);
  }

  /**
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  async #send(event, form) {
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) body.set(name, String(value));
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
    if (answer?.ok) return this.#answer("Done.");
    const words = await answer?.json().then((json) => json.why).catch(() => null);
    this.#answer(words ?? "That did not reach the home. The sit goes on as it was. Try once more.");
  }

  /** @param {string} words */
  #answer(words) {
    this.#say("answer", words);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say("answer", ""), ANSWER);
  }

  /**
   * @param {string} name
   * @param {string} words
   */
  #say(name, words) {
    const element = this.#find(name);
    if (element) say(element, words);
  }

  /**
   * @param {string} name
   * @param {boolean} isShown
   */
  #toggle(name, isShown) {
    const element = this.#find(name);
    if (element) element.hidden = !isShown;
  }

  /** @param {string} name */
  #find(name) {
    return /** @type {HTMLElement | null} */ (this.#root.querySelector(`[data-guide="${name}"]`));
  }
}
