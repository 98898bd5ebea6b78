// From our clock to the sound card's: when in audio time a sample has to start, so that it leaves
// the loudspeaker at a given instant. The two run at their own pace, so they are compared often.

/** How many comparisons count; their median is taken. */
const KEPT = 5;

export class Ears {
  #context;
  #now;
  /** @type {number[]} audio time minus our time, in seconds */
  #gaps = [];
  /** @type {{at: number, audio: number} | null} */
  #first = null;
  #rate = 1;
  /** What this device adds and does not tell (Bluetooth above all), in ms. */
  delay = 0;

  /**
   * @param {AudioContext} context
   * @param {() => number} now our steady clock, in ms
   */
  constructor(context, now) {
    this.#context = context;
    this.#now = now;
  }

  /** Whether sound comes out. */
  get isOpen() {
    return this.#context.state === "running";
  }

  /** How fast the sound card's clock runs against ours: 1 on a healthy machine. */
  get rate() {
    return this.#rate;
  }

  /** Compares the clocks once more. */
  listen() {
    if (!this.isOpen) return;
    const { at, audio } = this.#heardNow();
    this.#gaps.push(audio - at / 1_000);
    if (this.#gaps.length > KEPT) this.#gaps.shift();
    this.#first ??= { at, audio };
    const since = (at - this.#first.at) / 1_000;
    if (since > 2) this.#rate = (audio - this.#first.audio) / since;
  }

  /** Sound was closed in between: what was compared before says nothing. */
  forget() {
    this.#gaps = [];
    this.#first = null;
  }

  /**
   * The audio time at which a sample has to start to be heard at this instant of ours; null while
   * nothing is known.
   * @param {number} at our time, in ms
   */
  when(at) {
    const gap = this.#gap();
    return gap === null ? null : (at - this.delay) / 1_000 + gap;
  }

  /**
   * When, on our clock, a sample that starts at this audio time is heard.
   * @param {number} audio
   */
  heardAt(audio) {
    const gap = this.#gap();
    return gap === null ? null : (audio - gap) * 1_000 + this.delay;
  }

  #gap() {
    if (this.#gaps.length === 0) this.listen();
    if (this.#gaps.length === 0) return null;
    const sorted = [...this.#gaps].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** The audio time that leaves the loudspeaker now: from the browser, or reckoned. */
  #heardNow() {
    const context = this.#context;
    const stamp = context.getOutputTimestamp?.();
    if (stamp?.contextTime && stamp.performanceTime) {
      return { at: stamp.performanceTime, audio: stamp.contextTime };
    }
    const latency = context.outputLatency || context.baseLatency || 0;
    return { at: this.#now(), audio: context.currentTime - latency };
  }
}
