// Maps the page's clock to the sound card's: the audio time at which a sample must start so that it
// leaves the loudspeaker at a given instant. The two clocks drift, so they are compared often.

/** Number of clock comparisons kept; their median is used. */
const SAMPLES_MAX = 5;

export class AudioClock {
  #context;
  #now;
  /** @type {number[]} audio time minus our time, in seconds */
  #offsets = [];
  /** @type {{at: number, audioAt: number} | null} */
  #first = null;
  #rate = 1;
  /** Output latency the device does not report (Bluetooth above all), in ms. */
  delay = 0;

  /**
   * @param {AudioContext} context
   * @param {() => number} now our steady clock, in ms
   */
  constructor(context, now) {
    this.#context = context;
    this.#now = now;
  }

  /** Whether the audio context is running. */
  get isOpen() {
    return this.#context.state === "running";
  }

  /** Rate of the sound card's clock relative to the page's; 1 on a healthy machine. */
  get rate() {
    return this.#rate;
  }

  /** Takes one more comparison of the two clocks. */
  sampleClocks() {
    if (!this.isOpen) return;
    const { at, audioAt } = this.#outputTimestamp();
    this.#offsets.push(audioAt - at / 1_000);
    if (this.#offsets.length > SAMPLES_MAX) this.#offsets.shift();
    this.#first ??= { at, audioAt };
    const since = (at - this.#first.at) / 1_000;
    if (since > 2) this.#rate = (audioAt - this.#first.audioAt) / since;
  }

  /** Drops all comparisons: the context was suspended in between. */
  reset() {
    this.#offsets = [];
    this.#first = null;
  }

  /**
   * The audio time at which a sample must start to be heard at this local time; null while the
   * offset is unknown.
   * @param {number} at local time, in ms
   */
  toAudioTime(at) {
    const offset = this.#medianOffset();
    return offset === null ? null : (at - this.delay) / 1_000 + offset;
  }

  /**
   * The local time, in ms, at which a sample starting at this audio time is heard.
   * @param {number} audioAt in seconds
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

  /**
   * The audio time leaving the loudspeaker now: from the browser's timestamp, or estimated from the
   * reported latency.
   */
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
