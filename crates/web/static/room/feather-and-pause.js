// The feather of a spoken round, and the pause bell that anybody may ring. Loaded only when the sit
// has begun and is not silent.

import { pauseState, listTurnStrikes, describeTurn } from "./feather.js";
import { requireElement, setText } from "./page.js";
import { FeatherView, makeButton } from "./feather-view.js";
import { hasBegun, hasFlag, segmentAt } from "./timeline.js";

/** How long a message from the server is shown. */
const MESSAGE_MS = 9_000;
/** Shown during the silence of a pause bell. */
const PAUSE_WORDS = "A pause. We are silent together for half a minute.";

/**
 * @typedef {{
 *   phases: import("./page.js").PhaseFacts[],
 *   isGuide: boolean,
 *   send: (text: string) => boolean,
 *   redraw: () => void,
 *   setTurnStrikes: (strikes: import("./timeline.js").Strike[]) => void,
 *   listOthers: () => {seat: number, name: string}[],
 * }} FeatherEnv
 */

export class FeatherAndPause {
  #env;
  #view;
  /** @type {import("./feather.js").FeatherFrame | null} */
  #frame = null;
  #strikesKey = "";
  #pauseButton = document.createElement("button");
  #pauseDialog = document.createElement("dialog");
  #status = document.createElement("p");
  #message = "";
  /** @type {any} */
  #timer = null;
  /** @type {any} */
  #changeTimer = null;

  /** @param {FeatherEnv} env */
  constructor(env) {
    this.#env = env;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("feather.css", import.meta.url).href;
    document.head.append(sheet);
    this.#view = new FeatherView((act, to) => this.#act(act, to), env.listOthers);
    this.#pauseButton.type = "button";
    this.#pauseButton.id = "pause";
    this.#pauseButton.className = "b b-3";
    this.#pauseButton.textContent = "Pause bell";
    this.#pauseButton.hidden = true;
    this.#pauseButton.addEventListener("click", () => this.#pauseDialog.showModal());
    document.getElementById("me-too")?.before(this.#pauseButton);
    this.#status.className = "hush";
    this.#status.setAttribute("role", "status");
    document.querySelector(".said")?.append(this.#status);
    this.#buildPauseDialog();
  }

  /** Handles a frame from the server. @param {any} frame */
  receive(frame) {
    if (frame.k === "notnow") {
      this.#showMessage(frame.why);
      return;
    }
    this.#frame = frame;
    this.#env.redraw();
  }

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} now room time
   */
  show(timeline, now) {
    const segment = segmentAt(timeline, now);
    const pause = pauseState(timeline, now);
    const isGoing = segment !== null && hasBegun(timeline, now);
    const isSilent = pause === "silent" && isGoing;
    document.body.classList.toggle("paused", isSilent);
    this.#updateStatus();
    this.#pauseButton.hidden = pause !== "free" || !isGoing || hasFlag(segment, "still");
    const spoken = isGoing ? this.#env.phases[segment.phase ?? -1]?.spoken : undefined;
    const frame = this.#frame?.n === segment?.n ? this.#frame : null;
    if (spoken && frame) {
      this.#view.show(frame, spoken, describeTurn(frame, spoken, this.#env.isGuide), isSilent);
    } else {
      this.#view.hide();
    }
    this.#updateStrikes(spoken ? frame : null);
    clearTimeout(this.#changeTimer);
    const waits = (timeline.pause ?? []).map((at) => at - now).filter((wait) => wait > 0);
    if (waits.length) this.#changeTimer = setTimeout(this.#env.redraw, Math.min(...waits) + 5);
  }

  /**
   * Passes the soft bell of this turn on to be scheduled.
   * @param {import("./feather.js").FeatherFrame | null} frame
   */
  #updateStrikes(frame) {
    const next = listTurnStrikes(frame);
    const key = JSON.stringify(next);
    if (key === this.#strikesKey) return;
    this.#strikesKey = key;
    this.#env.setTurnStrikes(next);
  }

  /**
   * @param {string} act
   * @param {number} [to]
   */
  #act(act, to) {
    const sent = this.#env.send(JSON.stringify({ k: "feather", do: act, to }));
    if (!sent) this.#showMessage("We are trying to reach the room. Once we have, try again.");
  }

  /** Shows a message from the server for a while. @param {string} words */
  #showMessage(words) {
    this.#message = words;
    clearTimeout(this.#timer);
    if (words) this.#timer = setTimeout(() => this.#showMessage(""), MESSAGE_MS);
    this.#updateStatus();
  }

  /** During a pause, shows only that. */
  #updateStatus() {
    const isSilent = document.body.classList.contains("paused");
    setText(this.#status, isSilent ? PAUSE_WORDS : this.#message);
  }

  /** Anybody who asks for a pause confirms it first, because it rings for all. */
  #buildPauseDialog() {
    const dialog = this.#pauseDialog;
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
    const ring = makeButton("Ring the bell", "b b-1", () => {
      dialog.close();
      if (!this.#env.send('{"k":"pause"}')) this.#act("pause");
    });
    row.append(ring, makeButton("Not now", "b b-3", () => dialog.close()));
    stack.append(title, words, row);
    dialog.append(stack);
    requireElement("ring").after(dialog);
  }
}
