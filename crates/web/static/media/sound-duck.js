// A guide's microphone, lowered while a bell rings in the guide's own room: everybody's own browser
// rings it in time, and nobody should hear it a second time through the microphone.

/** How far it is lowered, and how fast it goes down and comes back, in seconds. */
const LOW = 0.04;
const FALL = 0.02;
const RISE = 0.25;

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
   * Lowers the microphone around a strike.
   * @param {number} at on the page's steady clock, in ms
   * @param {number} ms for how long
   */
  lower(at, ms) {
    const begin = this.#context.currentTime + Math.max(0, at - performance.now()) / 1_000;
    this.#gain.gain.setTargetAtTime(LOW, Math.max(0, begin - 3 * FALL), FALL);
    this.#gain.gain.setTargetAtTime(1, begin + ms / 1_000, RISE);
  }

  close() {
    this.#context.onstatechange = null;
    this.#source.disconnect();
    void this.#context.close().catch(() => undefined);
  }
}
