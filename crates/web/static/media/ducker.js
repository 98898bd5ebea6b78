// A guide's microphone, lowered while a bell rings in the guide's own room: everybody's own browser
// rings it in time, and nobody should hear it a second time through the microphone.

/** How far it is lowered, and how fast it goes down and comes back, in seconds. */
const GAIN_LOW = 0.04;
const FALL_S = 0.02;
const RISE_S = 0.25;

/**
 * The times in which it is lowered: one after the other, and those that meet as one.
 * @param {number[]} strikes when each bell is struck
 * @param {number} duration for how long
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
   * @param {MediaStreamTrack} microphone the microphone
   * @param {number} channels
   * @param {(track: MediaStreamTrack) => void} onTrackChange the track to give has changed: while the
   *   browser holds our sound back, it is the microphone itself
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
   * Lowers the microphone around these strikes, and around no others any more.
   * @param {number[]} strikes on the page's steady clock, in ms
   * @param {number} ms for how long
   */
  duckAround(strikes, ms) {
    const { currentTime: now } = this.#context;
    const { gain } = this.#gain;
    const toContextTime = (/** @type {number} */ at) => now + (at - performance.now()) / 1_000;
    const spans = mergeSpans(strikes, ms)
      .map(([from, to]) => [toContextTime(from) - 3 * FALL_S, toContextTime(to)])
      .filter(([, to]) => to > now);
    gain.cancelScheduledValues(now);
    // A bell may have been put off while it was low.
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
