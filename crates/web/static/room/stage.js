// What the room shows at an instant: the phase in words, the progress of the thread, the breath,
// the lines of a practice. It is given the time and returns when it wants to be called again.

import { findLine, timeToNextLine } from "./script-lines.js";
import { requireElement, setText } from "./page.js";
import { hasBegun, hasFlag, nextChangeAt, elapsedIn, measureProgress, segmentAfter, segmentAt } from "./timeline.js";
import { describeSegment } from "./phrases.js";

/** How long a large bell and a soft one stay visible. */
const BELL_SHOWN_MS = 9_000;
const SOFT_SHOWN_MS = 6_000;
/** The shortest and longest interval at which the thread is updated. */
const SEW_MIN_MS = 1_000;
const SEW_MAX_MS = 10_000;
/** The font of the breath's label. */
const BREATH_FONT = "italic 430 1em Vollkorn";

/**
 * @typedef {{body: HTMLElement, title: HTMLElement, under: HTMLElement, line: HTMLElement,
 *   course: HTMLElement, meToo: HTMLElement, masks: Element[],
 *   drawings: Element[]}} StageElements
 */

/**
 * Finds the elements that the stage updates.
 * @param {Element[]} drawings the drawings of the breath
 * @returns {StageElements}
 */
export function findStageElements(drawings) {
  return {
    body: document.body,
    title: requireElement("phase"),
    under: requireElement("under"),
    line: requireElement("line"),
    course: requireElement("course"),
    meToo: requireElement("me-too"),
    masks: [...document.querySelectorAll(".ringbox mask path")],
    drawings,
  };
}

export class Stage {
  #elements;
  #phases;
  #breathView;
  /** @type {string} */
  #breathKey = "";
  #bellUntil = -Infinity;
  #isAnimated = true;

  /**
   * @param {StageElements} elements
   * @param {import("./page.js").PhaseFacts[]} phases
   * @param {import("./breath.js").BreathView} breathView
   */
  constructor(elements, phases, breathView) {
    this.#elements = elements;
    this.#phases = phases;
    this.#breathView = breathView;
  }

  /** @param {boolean} isAnimated whether the breath's rings may move */
  set isAnimated(isAnimated) {
    this.#isAnimated = isAnimated;
    this.#breathKey = "";
  }

  /**
   * Shows that a bell rings now.
   * @param {string} bell
   * @param {number} now room time
   */
  showBell(bell, now) {
    const isSoft = bell === "soft";
    const { body, title, under } = this.#elements;
    body.classList.remove("bell", "chime");
    void body.offsetWidth; // the rings begin again, even if the last ones still widen
    body.classList.add(isSoft ? "chime" : "bell");
    this.#bellUntil = now + (isSoft ? SOFT_SHOWN_MS : BELL_SHOWN_MS);
    if (isSoft) return;
    setText(title, "The bell");
    setText(under, "Take your time. Listen until you cannot hear it any more.");
  }

  /**
   * Shows this instant. Returns ms until the next update.
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} now room time
   */
  update(timeline, now) {
    const { body, title, under, line, course, meToo, masks, drawings } = this.#elements;
    const segment = segmentAt(timeline, now);
    const phase = segment?.phase === null ? null : this.#phases[segment?.phase ?? -1];
    const isBell = body.classList.contains("bell");
    if (now >= this.#bellUntil) body.classList.remove("bell", "chime");
    if (!isBell || now >= this.#bellUntil) {
      setText(title, segment?.title ?? "The sit is over");
      setText(under, describeSegment(timeline, segment, phase?.words ?? "", now));
    }
    body.dataset.kind = segment?.kind ?? "over";
    body.dataset.flags = segment?.flags.join(" ") ?? "";
    course.hidden = hasBegun(timeline, now);
    meToo.hidden = segment === null || hasFlag(segment, "still");
    const progressNow = segment === null ? 1 : this.#progressOf(timeline, segment, phase?.length ?? null, now);
    for (const mask of masks) mask.setAttribute("stroke-dasharray", `${(progressNow * 100).toFixed(2)} 200`);
    const untilLine = segment ? this.#showLine(line, segment, phase?.script ?? [], now) : Infinity;
    const breath = segment?.breath ?? null;
    // Loads the font one phase early, so that it does not change during the first breath.
    if (segment && segmentAfter(timeline, segment)?.breath) void document.fonts?.load(BREATH_FONT);
    for (const drawing of drawings) drawing.classList.toggle("resting", breath === null);
    const untilBreath = this.#updateBreath(segment, breath, now);
    const untilBell = this.#bellUntil > now ? this.#bellUntil - now : Infinity;
    const sewEvery = segment?.to ? (segment.to - segment.from) / 400 : SEW_MAX_MS;
    const untilSewn = Math.max(SEW_MIN_MS, Math.min(SEW_MAX_MS, sewEvery));
    return Math.max(20, Math.min(untilSewn, untilLine, untilBreath, untilBell, nextChangeAt(timeline, now) - now));
  }

  /**
   * Progress of the thread from 0 to 1: nothing before the beginning, and a hold undoes nothing.
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("./timeline.js").Segment} segment
   * @param {number | null} planned
   * @param {number} now
   */
  #progressOf(timeline, segment, planned, now) {
    return hasBegun(timeline, now) ? (measureProgress(segment, now, planned) ?? 0) : 0;
  }

  /**
   * @param {HTMLElement} element
   * @param {import("./timeline.js").Segment} segment
   * @param {import("./script-lines.js").ScriptLine[]} script
   * @param {number} now
   */
  #showLine(element, segment, script, now) {
    const elapsedMs = elapsedIn(segment, now);
    const words = script[findLine(script, elapsedMs)]?.[1] ?? "";
    setText(element, words);
    this.#elements.body.classList.toggle("speaking", words !== "");
    return timeToNextLine(script, elapsedMs);
  }

  /**
   * @param {import("./timeline.js").Segment | null} segment
   * @param {number[] | null} breath
   * @param {number} now
   */
  #updateBreath(segment, breath, now) {
    const key = `${segment?.from} ${breath} ${this.#isAnimated}`;
    if (key !== this.#breathKey) {
      this.#breathKey = key;
      this.#breathView.start(breath, segment?.from ?? 0, this.#isAnimated);
    }
    return this.#breathView.update(now);
  }
}
