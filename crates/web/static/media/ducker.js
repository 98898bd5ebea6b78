// Lowers a guide's microphone while a bell rings in the guide's own room: every browser rings the
// bell in time, and nobody should hear it again through the microphone.

/** The lowered gain, and the time constants of fall and rise. */
const GAIN_LOW = 0.04;
const FALL_S = 0.02;
const RISE_S = 0.25;

/**
 * The intervals in which the gain is lowered, overlapping ones merged.
 * @param {number[]} strikes instant of each strike, in ms
 * @param {number} duration in ms
 * @returns {[from: number, to: number][]}
 */
export function mergeSpans(strikes, duration) {
  /** @type {[from: number, to: number][]} */
  const spans = [];
  for (const at of [...strikes].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && at <= last[1]) last[1] = at + duration;
    else spans.push([at, at + duration]);
  }
  return spans;
}

export class Ducker {
  #context;
  #gain;
  #source;
  #output;
  #microphone;
  #onTrackChange;

  /**
   * @param {MediaStreamTrack} microphone
   * @param {number} channels
   * @param {(track: MediaStreamTrack) => void} onTrackChange called with the track to send: while
   *   the browser blocks our audio context, it is the microphone itself
   */
  constructor(microphone, channels, onTrackChange) {
    this.#microphone = microphone;
    this.#onTrackChange = onTrackChange;
    this.#context = new AudioContext({ latencyHint: "interactive" });
    this.#gain = this.#context.createGain();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([microphone]));
    this.#output = this.#context.createMediaStreamDestination();
    this.#output.channelCount = channels;
    this.#source.connect(this.#gain).connect(this.#output);
    this.#context.onstatechange = () => {
      if (this.#context.state !== "running") void this.#context.resume().catch(() => undefined);
      this.#onTrackChange(this.track);
    };
  }

  get track() {
    return this.#context.state === "running" ? this.#output.stream.getAudioTracks()[0] : this.#microphone;
  }

  /**
   * Lowers the gain around these strikes and no others.
   * @param {number[]} strikes on the page's monotonic clock, in ms
   * @param {number} ms how long after each strike
   */
  duckAround(strikes, ms) {
    const { currentTime: now } = this.#context;
    const { gain } = this.#gain;
    const toContextTime = (/** @type {number} */ at) => now + (at - performance.now()) / 1_000;
    const spans = mergeSpans(strikes, ms)
      .map(([from, to]) => [toContextTime(from) - 3 * FALL_S, toContextTime(to)])
      .filter(([, to]) => to > now);
    gain.cancelScheduledValues(now);
    // A bell may have been moved while the gain was low.
    if (spans.length === 0 || spans[0][0] > now) gain.setTargetAtTime(1, now, RISE_S);
    for (const [from, to] of spans) {
      gain.setTargetAtTime(GAIN_LOW, Math.max(now, from), FALL_S);
      gain.setTargetAtTime(1, to, RISE_S);
    }
  }

  close() {
    this.#context.onstatechange = null;
    this.#source.disconnect();
    void this.#context.close().catch(() => undefined);
  }
}
