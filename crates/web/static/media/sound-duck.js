// A guide's microphone, lowered while a bell rings in the guide's own room: everybody's own browser
// rings it in time, and nobody should hear it a second time through the microphone.

/** How far it is lowered, and how fast it goes down and comes back, in seconds. */
const LOW = 0.04;
const FALL = 0.02;
const RISE = 0.25;

/**
 * The times in which it is lowered: one after the other, and those that meet as one.
 * @param {number[]} strikes when each bell is struck
 * @param {number} length for how long
 * @returns {[from: number, to: number][]}
 */
export function spans(strikes, length) {
  /** @type {[from: number, to: number][]} */
  const all = [];
  for (const at of [...strikes].sort((a, b) => a - b)) {
    const last = all.at(-1);
    if (last && at <= last[1]) last[1] = at + length;
    else all.push([at, at + length]);
  }
  return all;
}

export class Duck {
  #context;
  #gain;
  #source;
  #out;
  #raw;
  #turned;

  /**
   * @param {MediaStreamTrack} raw the microphone
   * @param {number} channels
   * @param {(track: MediaStreamTrack) => void} turned the track to give has changed: while the
   *   browser holds our sound back, it is the microphone itself
   */
  constructor(raw, channels, turned) {
    this.#raw = raw;
    this.#turned = turned;
    this.#context = new AudioContext({ latencyHint: "interactive" });
    this.#gain = this.#context.createGain();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([raw]));
    this.#out = this.#context.createMediaStreamDestination();
    this.#out.channelCount = channels;
    this.#source.connect(this.#gain).connect(this.#out);
    this.#context.onstatechange = () => {
      if (this.#context.state !== "running") void this.#context.resume().catch(() => undefined);
      this.#turned(this.track);
    };
  }

  get track() {
    return this.#context.state === "running" ? this.#out.stream.getAudioTracks()[0] : this.#raw;
  }

  /**
   * Lowers the microphone around these strikes, and around no others any more.
   * @param {number[]} strikes on the page's steady clock, in ms
   * @param {number} ms for how long
   */
  lower(strikes, ms) {
    const { currentTime: now } = this.#context;
    const { gain } = this.#gain;
    const then = (/** @type {number} */ at) => now + (at - performance.now()) / 1_000;
    const all = spans(strikes, ms)
      .map(([from, to]) => [then(from) - 3 * FALL, then(to)])
      .filter(([, to]) => to > now);
    gain.cancelScheduledValues(now);
    // A bell may have been put off while it was low.
    if (all.length === 0 || all[0][0] > now) gain.setTargetAtTime(1, now, RISE);
    for (const [from, to] of all) {
      gain.setTargetAtTime(LOW, Math.max(now, from), FALL);
      gain.setTargetAtTime(1, to, RISE);
    }
  }

  close() {
    this.#context.onstatechange = null;
    this.#source.disconnect();
    void this.#context.close().catch(() => undefined);
  }
}
