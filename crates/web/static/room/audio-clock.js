// From our clock to the sound card's: when in audio time a sample has to start, so that it leaves
// the loudspeaker at a given instant. The two run at their own pace, so they are compared often.

/** How many comparisons count; their median is taken. */
const SAMPLES_MAX = 5;

export class AudioClock {
  #context;
  #now;
  /** @type {number[]} audio time minus our time, in seconds */
  #offsets = [];
  /** @type {{at: number, audioAt: number} | null} */
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
  sampleClocks() {
    if (!this.isOpen) return;
    const { at, audioAt } = this.#outputTimestamp();
    this.#offsets.push(audioAt - at / 1_000);
    if (this.#offsets.length > SAMPLES_MAX) this.#offsets.shift();
    this.#first ??= { at, audioAt };
    const since = (at - this.#first.at) / 1_000;
    if (since > 2) this.#rate = (audioAt - this.#first.audioAt) / since;
  }

  /** Sound was closed in between: what was compared before says nothing. */
  reset() {
    this.#offsets = [];
    this.#first = null;
  }

  /**
   * The audio time at which a sample has to start to be heard at this instant of ours; null while
   * nothing is known.
   * @param {number} at our time, in ms
   */
  toAudioTime(at) {
    const offset = this.#medianOffset();
    return offset === null ? null : (at - this.delay) / 1_000 + offset;
  }

  /**
   * When, on our clock, a sample that starts at this audio time is heard.
   * @param {number} audioAt
   */
  toLocalTime(audioAt) {
    const offset = this.#medianOffset();
    return offset === null ? null : (audioAt - offset) * 1_000 + this.delay;
  }

  #medianOffset() {
    if (this.#offsets.length === 0) this.sampleClocks();
    if (this.#offsets.length === 0) return null;
    const sorted = [...this.#offsets].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** The audio time that leaves the loudspeaker now: from the browser, or reckoned. */
  #outputTimestamp() {
    const context = this.#context;
    const stamp = context.getOutputTimestamp?.();
    if (stamp?.contextTime && stamp.performanceTime) {
      return { at: stamp.performanceTime, audioAt: stamp.contextTime };
    }
    const latency = context.outputLatency || context.baseLatency || 0;
    return { at: this.#now(), audioAt: context.currentTime - latency };
  }
}
