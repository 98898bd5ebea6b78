// What the room shows at an instant: the part of the sit in words, the thread so far sewn, the
// breath, the lines of a practice. It is told the time and says when it wants to be told again.

import { lineAt, untilNextLine } from "./captions.js";
import { part, say } from "./page.js";
import { hasBegun, nextTurn, passed, progress, segmentAfter, segmentAt } from "./timeline.js";
import { underTitle } from "./words.js";

/** How long the bell fills the page: a large one, and a soft one between, in ms. */
const BELL_SHOWN = 9_000;
const SOFT_SHOWN = 6_000;
/** The thread is sewn on at least this often, in ms, and not more often than that. */
const SEW_LEAST = 1_000;
const SEW_MOST = 10_000;
/** The letters in which the breath is said. */
const LETTERS = "italic 430 1em Vollkorn";
/** In these parts nobody makes a sign to another. */
const STILL = new Set(["silence", "breathe", "practice"]);

/**
 * @typedef {{body: HTMLElement, title: HTMLElement, under: HTMLElement, line: HTMLElement,
 *   course: HTMLElement, meToo: HTMLElement, masks: Element[],
 *   pools: Element[]}} Parts
 */

/**
 * The parts of the page that the stage speaks through.
 * @param {Element[]} pools the breath's drawings
 * @returns {Parts}
 */
export function stageParts(pools) {
  return {
    body: document.body,
    title: part("phase"),
    under: part("under"),
    line: part("line"),
    course: part("course"),
    meToo: part("me-too"),
    masks: [...document.querySelectorAll(".ringbox mask path")],
    pools,
  };
}

export class Stage {
  #parts;
  #phases;
  #pool;
  /** @type {string} */
  #breathing = "";
  #bellUntil = -Infinity;
  #moves = true;

  /**
   * @param {Parts} parts
   * @param {import("./page.js").Phase[]} phases
   * @param {import("./breath.js").Pool} pool
   */
  constructor(parts, phases, pool) {
    this.#parts = parts;
    this.#phases = phases;
    this.#pool = pool;
  }

  /** @param {boolean} moves whether the breath's rings may move */
  set moves(moves) {
    this.#moves = moves;
    this.#breathing = "";
  }

  /**
   * A bell rings now.
   * @param {string} bell
   * @param {number} now room time
   */
  ring(bell, now) {
    const isSoft = bell === "soft";
    const { body, title, under } = this.#parts;
    body.classList.remove("bell", "chime");
    void body.offsetWidth; // the rings begin again, even if the last ones still widen
    body.classList.add(isSoft ? "chime" : "bell");
    this.#bellUntil = now + (isSoft ? SOFT_SHOWN : BELL_SHOWN);
    if (isSoft) return;
    say(title, "The bell");
    say(under, "Take your time. Listen until you cannot hear it any more.");
  }

  /**
   * Shows this instant. Returns in how many ms to show again.
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} now room time
   */
  show(timeline, now) {
    const { body, title, under, line, course, meToo, masks, pools } = this.#parts;
    const segment = segmentAt(timeline, now);
    const phase = segment?.phase === null ? null : this.#phases[segment?.phase ?? -1];
    const isBell = body.classList.contains("bell");
    if (now >= this.#bellUntil) body.classList.remove("bell", "chime");
    if (!isBell || now >= this.#bellUntil) {
      say(title, segment?.title ?? "The sit is over");
      say(under, underTitle(timeline, segment, phase?.words ?? "", now));
    }
    body.dataset.kind = segment?.kind ?? "over";
    course.hidden = hasBegun(timeline, now);
    meToo.hidden = segment === null || STILL.has(segment.kind);
    const done = segment === null ? 1 : this.#done(timeline, segment, phase?.length ?? null, now);
    for (const mask of masks) mask.setAttribute("stroke-dasharray", `${(done * 100).toFixed(2)} 200`);
    const wait = segment ? this.#speak(line, segment, phase?.script ?? [], now) : Infinity;
    const breath = segment?.breath ?? null;
    // A part before they are read, so that the first breath does not change its face.
    if (segment && segmentAfter(timeline, segment)?.breath) void document.fonts?.load(LETTERS);
    for (const pool of pools) pool.classList.toggle("resting", breath === null);
    const turn = this.#breathe(segment, breath, now);
    const bell = this.#bellUntil > now ? this.#bellUntil - now : Infinity;
    const sew = segment?.to ? (segment.to - segment.from) / 400 : SEW_MOST;
    const usual = Math.max(SEW_LEAST, Math.min(SEW_MOST, sew));
    return Math.max(20, Math.min(usual, wait, turn, bell, nextTurn(timeline, now) - now));
  }

  /**
   * How much of the thread is sewn: nothing before the beginning, and nothing undone by a hold.
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("./timeline.js").Segment} segment
   * @param {number | null} planned
   * @param {number} now
   */
  #done(timeline, segment, planned, now) {
    return hasBegun(timeline, now) ? (progress(segment, now, planned) ?? 0) : 0;
  }

  /**
   * @param {HTMLElement} element
   * @param {import("./timeline.js").Segment} segment
   * @param {import("./captions.js").Line[]} script
   * @param {number} now
   */
  #speak(element, segment, script, now) {
    const into = passed(segment, now);
    const words = script[lineAt(script, into)]?.[1] ?? "";
    say(element, words);
    this.#parts.body.classList.toggle("speaking", words !== "");
    return untilNextLine(script, into);
  }

  /**
   * @param {import("./timeline.js").Segment | null} segment
   * @param {number[] | null} breath
   * @param {number} now
   */
  #breathe(segment, breath, now) {
    const wanted = `${segment?.from} ${breath} ${this.#moves}`;
    if (wanted !== this.#breathing) {
      this.#breathing = wanted;
      this.#pool.follow(breath, segment?.from ?? 0, this.#moves);
    }
    return this.#pool.show(now);
  }
}
