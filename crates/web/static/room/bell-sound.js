// The bell's audio output: unlocked by a touch, kept alive by an inaudible tone, resumed whenever
// the browser suspends it.

import { BOWLS, renderBowls } from "./bowl.js";
import { AudioClock } from "./audio-clock.js";

/**
 * Gain of the room tone: loud enough for the browser to count the page as playing, too quiet to
 * hear.
 */
const ROOM_TONE_GAIN = 0.0012;
/** Fade time when the sound is turned on or off, in seconds. */
const FADE_S = 0.15;

/**
 * @typedef {{
 *   context: AudioContext,
 *   now: () => number,
 *   onStateChange: (isOpen: boolean) => void,
 * }} SoundEnv
 */

export class BellSound {
  #context;
  #audioClock;
  #onStateChange;
  #master;
  /** @type {Map<string, AudioBuffer>} */
  #bowls = new Map();
  #isOn = true;

  /** @param {SoundEnv} env */
  constructor({ context, now, onStateChange }) {
    this.#context = context;
    this.#audioClock = new AudioClock(context, now);
    this.#onStateChange = onStateChange;
    this.#master = context.createGain();
    this.#master.connect(context.destination);
    context.addEventListener("statechange", () => this.#contextChanged());
  }

  /** Renders the bowls and starts the room tone. */
  async prepare() {
    this.#startRoomTone();
    this.#bowls = await renderBowls(this.#context.sampleRate, OfflineAudioContext);
  }

  /** Whether the browser allows sound and the bowls are rendered. */
  get isOpen() {
    return this.#context.state === "running" && this.#bowls.size > 0;
  }

  /** Whether this person wants to hear the bell. */
  get isOn() {
    return this.#isOn;
  }

  /** Rate of the sound card's clock relative to the page's. */
  get rate() {
    return this.#audioClock.rate;
  }

  /** @param {number} ms output latency the device does not report */
  set delay(ms) {
    this.#audioClock.delay = ms;
  }

  /** Asks the browser to allow sound; it may refuse until somebody touches the page. */
  async open() {
    if (this.#context.state === "running" || this.#context.state === "closed") return;
    await this.#context.resume().catch(() => undefined);
  }

  /** @param {boolean} isOn */
  setOn(isOn) {
    this.#isOn = isOn;
    this.#master.gain.setTargetAtTime(isOn ? 1 : 0, this.#context.currentTime, FADE_S / 3);
  }

  sampleClocks() {
    this.#audioClock.sampleClocks();
  }

  /** @param {number} at */
  toAudioTime(at) {
    return this.#audioClock.toAudioTime(at);
  }

  /** @param {number} audioAt */
  toLocalTime(audioAt) {
    return this.#audioClock.toLocalTime(audioAt);
  }

  /**
   * Plays a bowl. Returns a function that stops it.
   * @param {string} bell
   * @param {number} audioAt start, in audio time
   * @param {number} skip seconds of the sample to leave out
   * @param {number} rise fade-in, in seconds
   */
  play(bell, audioAt, skip, rise) {
    const source = this.#context.createBufferSource();
    const gain = this.#context.createGain();
    source.buffer = this.#bowls.get(bell in BOWLS ? bell : "middle") ?? null;
    const start = Math.max(audioAt, this.#context.currentTime);
    if (rise > 0) {
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(1, start + rise);
    }
    source.connect(gain).connect(this.#master);
    source.start(start, skip);
    source.onended = () => gain.disconnect();
    return () => {
      source.onended = null;
      source.stop();
      gain.disconnect();
    };
  }

  /** Rings one bell now, to check the volume. */
  ringOnce() {
    if (this.isOpen) this.play("middle", this.#context.currentTime, 0, 0);
  }

  /** Loops four seconds of quiet brown noise. */
  #startRoomTone() {
    const context = this.#context;
    const buffer = context.createBuffer(1, context.sampleRate * 4, context.sampleRate);
    const samples = buffer.getChannelData(0);
    let sample = 0;
    for (let index = 0; index < samples.length; index += 1) {
      sample = sample * 0.98 + (Math.random() - 0.5) * 0.4;
      samples[index] = sample;
    }
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    const gain = context.createGain();
    gain.gain.value = ROOM_TONE_GAIN;
    source.connect(gain).connect(context.destination);
    source.start();
  }

  #contextChanged() {
    this.#audioClock.reset();
    this.#onStateChange(this.isOpen);
    // Safari reports "interrupted" after a call or an alarm; resuming is enough.
    if (this.#context.state !== "running") void this.open();
  }
}
