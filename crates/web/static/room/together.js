// What people do with one another in the room: the feather of a spoken round, and the pause bell
// that anybody may ring. Fetched only when the sit has begun and is not silent.

import { pauseAt, strikes, told } from "./feather.js";
import { part, say } from "./page.js";
import { FeatherView, button } from "./plume.js";
import { hasBegun, segmentAt } from "./timeline.js";

/** How long an answer of the home stands, in ms. */
const ANSWER = 9_000;
/** What is said in the silence of a pause bell. */
const PAUSE = "A pause. We are silent together for half a minute.";
/** In these parts the page asks for nothing. */
const STILL = new Set(["silence", "breathe", "practice", "over"]);

/**
 * @typedef {{
 *   phases: import("./page.js").Phase[],
 *   isGuide: boolean,
 *   send: (text: string) => boolean,
 *   look: () => void,
 *   strikes: (strikes: import("./timeline.js").Strike[]) => void,
 *   others: () => {seat: number, name: string}[],
 * }} World
 */

export class Together {
  #world;
  #view;
  /** @type {import("./feather.js").Frame | null} */
  #frame = null;
  #bell = "";
  #pause = document.createElement("button");
  #asking = document.createElement("dialog");
  #says = document.createElement("p");
  #answered = "";
  /** @type {any} */
  #timer = null;
  /** @type {any} */
  #turning = null;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("feather.css", import.meta.url).href;
    document.head.append(sheet);
    this.#view = new FeatherView((act, to) => this.#does(act, to), world.others);
    this.#pause.type = "button";
    this.#pause.id = "pause";
    this.#pause.className = "b b-3";
    this.#pause.textContent = "Pause bell";
    this.#pause.hidden = true;
    this.#pause.addEventListener("click", () => this.#asking.showModal());
    document.getElementById("me-too")?.before(this.#pause);
    this.#says.className = "hush";
    this.#says.setAttribute("role", "status");
    document.querySelector(".said")?.append(this.#says);
    this.#ask();
  }

  /** What the home says. @param {any} frame */
  heard(frame) {
    if (frame.k === "notnow") {
      this.#answer(frame.why);
      return;
    }
    this.#frame = frame;
    this.#world.look();
  }

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} now room time
   */
  show(timeline, now) {
    const segment = segmentAt(timeline, now);
    const pause = pauseAt(timeline, now);
    const isGoing = segment !== null && hasBegun(timeline, now);
    const isSilent = pause === "silent" && isGoing;
    document.body.classList.toggle("paused", isSilent);
    this.#tell();
    this.#pause.hidden = pause !== "free" || !isGoing || STILL.has(segment.kind);
    const spoken = isGoing ? this.#world.phases[segment.phase ?? -1]?.spoken : undefined;
    const frame = this.#frame?.n === segment?.n ? this.#frame : null;
    if (spoken && frame) {
      this.#view.show(frame, spoken, told(frame, spoken, this.#world.isGuide), isSilent);
    } else {
      this.#view.hide();
    }
    this.#strike(spoken ? frame : null);
    clearTimeout(this.#turning);
    const turns = (timeline.pause ?? []).map((at) => at - now).filter((wait) => wait > 0);
    if (turns.length) this.#turning = setTimeout(this.#world.look, Math.min(...turns) + 5);
  }

  /** Hands the soft bell of this turn to whoever rings. @param {import("./feather.js").Frame | null} frame */
  #strike(frame) {
    const next = strikes(frame);
    const key = JSON.stringify(next);
    if (key === this.#bell) return;
    this.#bell = key;
    this.#world.strikes(next);
  }

  /**
   * @param {string} act
   * @param {number} [to]
   */
  #does(act, to) {
    const sent = this.#world.send(JSON.stringify({ k: "feather", do: act, to }));
    if (!sent) this.#answer("We are trying to reach the room. Once we have, try again.");
  }

  /** An answer of the home, for a while. @param {string} words */
  #answer(words) {
    this.#answered = words;
    clearTimeout(this.#timer);
    if (words) this.#timer = setTimeout(() => this.#answer(""), ANSWER);
    this.#tell();
  }

  /** In a pause only that it is one. */
  #tell() {
    const isSilent = document.body.classList.contains("paused");
    say(this.#says, isSilent ? PAUSE : this.#answered);
  }

  /** Before it rings for all, whoever asks for a pause is asked once. */
  #ask() {
    const dialog = this.#asking;
    dialog.className = "panel";
    dialog.setAttribute("aria-labelledby", "pause-title");
    const stack = document.createElement("div");
    stack.className = "stack";
    const title = document.createElement("h2");
    title.id = "pause-title";
    title.textContent = "A pause for everybody?";
    const words = document.createElement("p");
    words.textContent = "The bell rings, and we are all silent for half a minute. Nobody is told who rang.";
    const row = document.createElement("div");
    row.className = "row";
    const ring = button("Ring the bell", "b b-1", () => {
      dialog.close();
      if (!this.#world.send('{"k":"pause"}')) this.#does("pause");
    });
    row.append(ring, button("Not now", "b b-3", () => dialog.close()));
    stack.append(title, words, row);
    dialog.append(stack);
    part("ring").after(dialog);
  }
}
