// The breath everybody shares: where it is depends on room time alone, so two browsers whose
// clocks agree breathe together without a word between them.

/** How small the rings are when the breath is out, each ring its own. */
export const EMPTY = [0.7, 0.66, 0.72, 0.79, 0.88];
/** How faint each is then. */
const FAINT = [0.75, 0.22, 0.4, 0.65, 0.9];
/** Slow in, slow out. */
const EASE = "cubic-bezier(0.37, 0, 0.25, 1)";
/** A shown breath further off than this is set right, in ms. */
const APART = 40;

/**
 * How long one breath lasts, in ms.
 * @param {number[]} lengths in, hold, out, rest
 */
export function period(lengths) {
  return Math.max(1, lengths.reduce((sum, ms) => sum + ms, 0));
}

/**
 * Where in the breath it is: ms since the last breathing in began.
 * @param {number[]} lengths
 * @param {number} from when breathing began, in room time
 * @param {number} now room time
 */
export function phase(lengths, from, now) {
  const whole = period(lengths);
  return (((now - from) % whole) + whole) % whole;
}

/**
 * The part of the breath, in words.
 * @param {number[]} lengths
 * @param {number} at ms into the breath
 */
export function part(lengths, at) {
  const words = ["breathing in", "holding", "breathing out", "resting"];
  let into = at;
  for (const [place, ms] of lengths.entries()) {
    if (into < ms) return words[place];
    into -= ms;
  }
  return words[0];
}

/**
 * The movement of one ring over a whole breath, as key frames.
 * @param {number[]} lengths
 * @param {number} ring
 */
export function keyframes(lengths, ring) {
  const whole = period(lengths);
  const [inMs, hold, out] = lengths;
  const small = { transform: `scale(${EMPTY[ring]})`, opacity: FAINT[ring] };
  const full = { transform: "scale(1)", opacity: 1 };
  return [
    { ...small, offset: 0, easing: EASE },
    { ...full, offset: inMs / whole, easing: "linear" },
    { ...full, offset: (inMs + hold) / whole, easing: EASE },
    { ...small, offset: Math.min(1, (inMs + hold + out) / whole), easing: "linear" },
    { ...small, offset: 1 },
  ];
}

/** The rings on a page, breathing. */
export class Pool {
  #rings;
  #word;
  /** @type {Animation[]} */
  #moving = [];
  /** @type {number[] | null} */
  #lengths = null;
  #from = 0;

  /**
   * @param {Element[][]} pools the rings of each drawing, from the outermost in
   * @param {HTMLElement} word where the part is said in words
   */
  constructor(pools, word) {
    this.#rings = pools;
    this.#word = word;
  }

  /**
   * Breathes to this pattern from this instant on; null: stays still.
   * @param {number[] | null} lengths
   * @param {number} from
   * @param {boolean} moves whether the rings may move, too
   */
  follow(lengths, from, moves) {
    for (const movement of this.#moving) movement.cancel();
    this.#moving = [];
    this.#lengths = lengths;
    this.#from = from;
    this.#word.textContent = "";
    if (lengths === null || !moves) return;
    const duration = period(lengths);
    for (const rings of this.#rings) {
      for (const [place, ring] of rings.entries()) {
        const frames = keyframes(lengths, place % EMPTY.length);
        this.#moving.push(ring.animate(frames, { duration, iterations: Infinity }));
      }
    }
  }

  /**
   * Brings what is shown to where the breath is. Returns ms until the next part begins.
   * @param {number} room room time
   */
  show(room) {
    if (this.#lengths === null) return Infinity;
    const at = phase(this.#lengths, this.#from, room);
    const word = part(this.#lengths, at);
    if (this.#word.textContent !== word) this.#word.textContent = word;
    for (const movement of this.#moving) {
      const shown = Number(movement.currentTime ?? 0) % period(this.#lengths);
      if (Math.abs(shown - at) > APART) movement.currentTime = at;
    }
    return this.#untilNext(at);
  }

  /** @param {number} at */
  #untilNext(at) {
    let end = 0;
    for (const ms of this.#lengths ?? []) {
      end += ms;
      if (at < end) return end - at;
    }
    return Infinity;
  }
}
