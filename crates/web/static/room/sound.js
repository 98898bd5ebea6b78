// The sound of the room in this browser: opened by a touch, kept open by a tone too soft to hear,
// brought back whenever the browser closes it.

import { BOWLS, renderBowls } from "./bowl.js";
import { Ears } from "./ears.js";

/** The room tone: loud enough for a browser to count the page as sounding, too soft to hear. */
const TONE = 0.0012;
/** How fast the sound is turned off and on, in seconds. */
const FADE = 0.15;

/**
 * @typedef {{
 *   context: AudioContext,
 *   now: () => number,
 *   changed: (isOpen: boolean) => void,
 * }} World
 */

export class Sound {
  #context;
  #ears;
  #changed;
  #all;
  /** @type {Map<string, AudioBuffer>} */
  #bowls = new Map();
  #isOn = true;

  /** @param {World} world */
  constructor({ context, now, changed }) {
    this.#context = context;
    this.#ears = new Ears(context, now);
    this.#changed = changed;
    this.#all = context.createGain();
    this.#all.connect(context.destination);
    context.addEventListener("statechange", () => this.#turned());
  }

  /** Makes the bowls and the room tone. */
  async prepare() {
    this.#hum();
    this.#bowls = await renderBowls(this.#context.sampleRate, OfflineAudioContext);
  }

  /** Whether the browser lets sound out. */
  get isOpen() {
    return this.#context.state === "running" && this.#bowls.size > 0;
  }

  /** Whether this person wants to hear the bell. */
  get isOn() {
    return this.#isOn;
  }

  /** How fast the sound card's clock runs against ours. */
  get rate() {
    return this.#ears.rate;
  }

  /** @param {number} ms what this device adds and does not tell */
  set delay(ms) {
    this.#ears.delay = ms;
  }

  /** Asks the browser to let sound out; it may refuse until somebody touches the page. */
  async open() {
    if (this.#context.state === "running" || this.#context.state === "closed") return;
    await this.#context.resume().catch(() => undefined);
  }

  /** @param {boolean} isOn */
  turn(isOn) {
    this.#isOn = isOn;
    this.#all.gain.setTargetAtTime(isOn ? 1 : 0, this.#context.currentTime, FADE / 3);
  }

  listen() {
    this.#ears.listen();
  }

  /** @param {number} at */
  when(at) {
    return this.#ears.when(at);
  }

  /** @param {number} audio */
  heardAt(audio) {
    return this.#ears.heardAt(audio);
  }

  /**
   * Starts a bowl.
   * @param {string} bell
   * @param {number} audio when, in audio time
   * @param {number} skip how many seconds of it are already past
   * @param {number} rise over how many seconds it rises
   */
  play(bell, audio, skip, rise) {
    const source = this.#context.createBufferSource();
    const gain = this.#context.createGain();
    source.buffer = this.#bowls.get(bell in BOWLS ? bell : "middle") ?? null;
    const start = Math.max(audio, this.#context.currentTime);
    if (rise > 0) {
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(1, start + rise);
    }
    source.connect(gain).connect(this.#all);
    source.start(start, skip);
    source.onended = () => gain.disconnect();
    return () => {
      source.onended = null;
      source.stop();
      gain.disconnect();
    };
  }

  /** One bell now, for somebody who wants to hear how loud it is. */
  try() {
    if (this.isOpen) this.play("middle", this.#context.currentTime, 0, 0);
  }

  /** Four seconds of soft brown noise, over and over. */
  #hum() {
    const context = this.#context;
    const buffer = context.createBuffer(1, context.sampleRate * 4, context.sampleRate);
    const samples = buffer.getChannelData(0);
    let level = 0;
    for (let place = 0; place < samples.length; place += 1) {
      level = level * 0.98 + (Math.random() - 0.5) * 0.4;
      samples[place] = level;
    }
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    const gain = context.createGain();
    gain.gain.value = TONE;
    source.connect(gain).connect(context.destination);
    source.start();
  }

  #turned() {
    this.#ears.forget();
    this.#changed(this.isOpen);
    // Safari says "interrupted" after a call or an alarm; the sound may simply be asked for again.
    if (this.#context.state !== "running") void this.open();
  }
}
