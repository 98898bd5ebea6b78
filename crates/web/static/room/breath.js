// The breath everybody shares: where it is depends on room time alone, so two browsers whose
// clocks agree breathe together without a word between them.

/** How small the rings are when the breath is out, each ring its own. */
export const SCALES_EMPTY = [0.7, 0.66, 0.72, 0.79, 0.88];
/** How faint each is then. */
const OPACITIES_EMPTY = [0.75, 0.22, 0.4, 0.65, 0.9];
/** Slow in, slow out. */
const EASE = "cubic-bezier(0.37, 0, 0.25, 1)";
/** A shown breath further off than this is set right, in ms. */
const RESYNC_MS = 40;

/**
 * How long one breath lasts, in ms.
 * @param {number[]} lengths in, hold, out, rest
 */
export function measureBreath(lengths) {
  return Math.max(1, lengths.reduce((sum, ms) => sum + ms, 0));
}

/**
 * Where in the breath it is: ms since the last breathing in began.
 * @param {number[]} lengths
 * @param {number} from when breathing began, in room time
 * @param {number} now room time
 */
export function locateBreath(lengths, from, now) {
  const length = measureBreath(lengths);
  return (((now - from) % length) + length) % length;
}

/**
 * The part of the breath, in words.
 * @param {number[]} lengths
 * @param {number} position ms into the breath
 */
export function nameBreathPart(lengths, position) {
  const words = ["breathing in", "holding", "breathing out", "resting"];
  let into = position;
  for (const [index, ms] of lengths.entries()) {
    if (into < ms) return words[index];
    into -= ms;
  }
  return words[0];
}

/**
 * The movement of one ring over a whole breath, as key frames.
 * @param {number[]} lengths
 * @param {number} ring
 */
export function buildKeyframes(lengths, ring) {
  const length = measureBreath(lengths);
  const [inMs, hold, out] = lengths;
  const small = { transform: `scale(${SCALES_EMPTY[ring]})`, opacity: OPACITIES_EMPTY[ring] };
  const full = { transform: "scale(1)", opacity: 1 };
  return [
    { ...small, offset: 0, easing: EASE },
    { ...full, offset: inMs / length, easing: "linear" },
    { ...full, offset: (inMs + hold) / length, easing: EASE },
    { ...small, offset: Math.min(1, (inMs + hold + out) / length), easing: "linear" },
    { ...small, offset: 1 },
  ];
}

/** The rings on a page, breathing. */
export class BreathView {
  #drawings;
  #label;
  /** @type {Animation[]} */
  #animations = [];
  /** @type {number[] | null} */
  #lengths = null;
  #from = 0;

  /**
   * @param {Element[][]} drawings the rings of each drawing, from the outermost in
   * @param {HTMLElement} label where the part is said in words
   */
  constructor(drawings, label) {
    this.#drawings = drawings;
    this.#label = label;
  }

  /**
   * Breathes to this pattern from this instant on; null: stays still.
   * @param {number[] | null} lengths
   * @param {number} from
   * @param {boolean} isAnimated whether the rings may move, too
   */
  start(lengths, from, isAnimated) {
    for (const animation of this.#animations) animation.cancel();
    this.#animations = [];
    this.#lengths = lengths;
    this.#from = from;
    this.#label.textContent = "";
    if (lengths === null || !isAnimated) return;
    const duration = measureBreath(lengths);
    for (const rings of this.#drawings) {
      for (const [index, ring] of rings.entries()) {
        const frames = buildKeyframes(lengths, index % SCALES_EMPTY.length);
        this.#animations.push(ring.animate(frames, { duration, iterations: Infinity }));
      }
    }
  }

  /**
   * Brings what is shown to where the breath is. Returns ms until the next part begins.
   * @param {number} roomTime room time
   */
  update(roomTime) {
    if (this.#lengths === null) return Infinity;
    const position = locateBreath(this.#lengths, this.#from, roomTime);
    const label = nameBreathPart(this.#lengths, position);
    if (this.#label.textContent !== label) this.#label.textContent = label;
    for (const animation of this.#animations) {
      const shown = Number(animation.currentTime ?? 0) % measureBreath(this.#lengths);
      if (Math.abs(shown - position) > RESYNC_MS) animation.currentTime = position;
    }
    return this.#timeToNextPart(position);
  }

  /** @param {number} position */
  #timeToNextPart(position) {
    let end = 0;
    for (const ms of this.#lengths ?? []) {
      end += ms;
      if (position < end) return end - position;
    }
    return Infinity;
  }
}
