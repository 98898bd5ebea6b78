// The shared breath: its position depends on room time alone, so two browsers whose clocks agree
// breathe together without exchanging a message.

/** Scale of each ring when the breath is out, from the outermost in. */
export const SCALES_EMPTY = [0.7, 0.66, 0.72, 0.79, 0.88];
/** Opacity of each ring when the breath is out. */
const OPACITIES_EMPTY = [0.75, 0.22, 0.4, 0.65, 0.9];
const EASE = "cubic-bezier(0.37, 0, 0.25, 1)";
/** An animation that is off by more than this is corrected. */
const RESYNC_MS = 40;

/** Length of one breath, in ms. @param {number[]} lengths in, hold, out, rest, in ms */
export function measureBreath(lengths) {
  return Math.max(1, lengths.reduce((sum, ms) => sum + ms, 0));
}

/**
 * Position in the breath: ms since the last in-breath began.
 * @param {number[]} lengths
 * @param {number} from when breathing began, in room time
 * @param {number} now room time
 */
export function locateBreath(lengths, from, now) {
  const length = measureBreath(lengths);
  return (((now - from) % length) + length) % length;
}

/**
 * The name of the part of the breath.
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
 * Keyframes for one ring over a whole breath.
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

/** The animated rings on the page. */
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
   * @param {HTMLElement} label where the part of the breath is named
   */
  constructor(drawings, label) {
    this.#drawings = drawings;
    this.#label = label;
  }

  /**
   * Starts this pattern; null stops the animation.
   * @param {number[] | null} lengths
   * @param {number} from
   * @param {boolean} isAnimated whether the rings may move
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
   * Brings the rings and the label to the current position. Returns ms until the next part.
   * @param {number} roomTime in ms
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
