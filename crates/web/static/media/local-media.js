// What this browser sends: the devices that are on, and their tracks.

import { openDevice, isGranted } from "./devices.js";
import { audioChannels, videoConstraints, audioConstraints } from "./preset.js";
import { Ducker } from "./ducker.js";

/** @typedef {"audio" | "video"} MediaKind */
/** @typedef {import("./devices.js").DeviceResult} Word */

/**
 * @typedef {{
 *   up: import("./up.js").UpConnection,
 *   isGuide: boolean,
 *   report: () => void,
 *   onDevicesNamed: () => void,
 *   changed: () => void,
 * }} LocalMediaOptions  `report` tells the server what is on; `onDevicesNamed`: the browser reveals device names now
 */

export class LocalMedia {
  #options;
  /** Tracks of the open devices. @type {Record<MediaKind, MediaStreamTrack | null>} */
  #tracks = { audio: null, video: null };
  /** Operations of each kind run one after the other. @type {Record<MediaKind, Promise<any>>} */
  #queues = { audio: Promise.resolve(), video: Promise.resolve() };
  /** @type {string | undefined} */
  #microphoneId;
  /** @type {Ducker | null} */
  #ducker = null;
  /** The strikes around which the microphone is lowered. @type {{strikes: number[], ms: number}} */
  #duckedStrikes = { strikes: [], ms: 0 };
  /** @type {import("./preset.js").AudioPreset} */
  preset = "voice";
  /** A device that was unplugged or taken away, and is off since. @type {MediaKind | null} */
  lostDevice = null;

  /** @param {LocalMediaOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {MediaKind} kind */
  isOn(kind) {
    return this.#tracks[kind] !== null;
  }

  get videoTrack() {
    return this.#tracks.video;
  }

  /**
   * Turns a device on or off, or switches to another one.
   * @param {MediaKind} kind
   * @param {boolean} isOn
   * @param {string} [deviceId]
   * @returns {Promise<Word>}
   */
  setOn(kind, isOn, deviceId) {
    if (this.lostDevice === kind) this.lostDevice = null;
    return this.#enqueue(kind, () => (isOn ? this.#turnOn(kind, deviceId) : this.#turnOff(kind)));
  }

  /** Sets the audio preset. @param {import("./preset.js").AudioPreset} preset */
  setPreset(preset) {
    return this.#enqueue("audio", async () => {
      if (preset === this.preset) return;
      this.preset = preset;
      const isOn = this.isOn("audio");
      // Not all browsers can change a microphone that is on: reopen it.
      if (isOn) await this.#turnOn("audio", this.#microphoneId);
      await this.#options.up.setPreset(preset);
      this.#options.changed();
    });
  }

  /**
   * Lowers the microphone around these strikes, also when it is reopened in between.
   * @param {number[]} strikes
   * @param {number} ms
   */
  duck(strikes, ms) {
    this.#duckedStrikes = { strikes, ms };
    this.#ducker?.duckAround(strikes, ms);
  }

  /** Turns everything off without telling the server: another window sends now. */
  releaseAll() {
    this.#release("audio");
    this.#release("video");
  }

  close() {
    this.releaseAll();
  }

  /**
   * @template T
   * @param {MediaKind} kind
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #enqueue(kind, act) {
    const done = this.#queues[kind].then(act);
    this.#queues[kind] = done.catch(() => undefined);
    return done;
  }

  /**
   * @param {MediaKind} kind
   * @param {string} [deviceId]
   * @returns {Promise<Word>}
   */
  async #turnOn(kind, deviceId) {
    const constraintsFor = kind === "audio"
      ? (/** @type {string | undefined} */ id) => audioConstraints(this.preset, id)
      : videoConstraints;
    // Some devices can only be opened once, and some browsers return the same track twice.
    const previous = this.#tracks[kind];
    if (previous) previous.onended = null;
    previous?.stop();
    const { track, word } = await openDevice(kind, constraintsFor, deviceId);
    if (track === null) {
      if (previous) await this.#turnOff(kind);
      return word;
    }
    this.#options.onDevicesNamed();
    return this.#publish(kind, track, deviceId);
  }

  /**
   * @param {MediaKind} kind
   * @param {MediaStreamTrack} track
   * @param {string} [deviceId]
   * @returns {Promise<Word>}
   */
  async #publish(kind, track, deviceId) {
    this.#release(kind);
    this.#tracks[kind] = track;
    track.onended = () => void this.#enqueue(kind, () => this.#onEnded(kind, track));
    if (kind === "audio") this.#microphoneId = deviceId;
    if (kind === "video") track.contentHint = "motion";
    if (kind === "audio" && this.preset === "bowl") track.contentHint = "music";
    const isAccepted = await this.#options.up.setTrack(kind, this.#processed(kind, track));
    if (!isAccepted) {
      await this.#turnOff(kind);
      return "held";
    }
    this.#options.report();
    this.#options.changed();
    return "on";
  }

  /**
   * A guide's microphone passes through a gain node, so that it can be lowered around a bell.
   * @param {MediaKind} kind
   * @param {MediaStreamTrack} track
   */
  #processed(kind, track) {
    if (kind === "video" || !this.#options.isGuide) return track;
    const duck = new Ducker(track, audioChannels(this.preset), (replacement) => {
      if (this.#ducker === duck) void this.#options.up.setTrack("audio", replacement);
    });
    this.#ducker = duck;
    duck.duckAround(this.#duckedStrikes.strikes, this.#duckedStrikes.ms);
    return duck.track;
  }

  /** @param {MediaKind} kind @returns {Promise<Word>} */
  async #turnOff(kind) {
    this.#release(kind);
    // Tell the server first: it then forwards nothing more, whatever happens here.
    this.#options.report();
    await this.#options.up.setTrack(kind, null);
    this.#options.changed();
    return "off";
  }

  /** Releases a device, so that its light goes out. @param {MediaKind} kind */
  #release(kind) {
    const track = this.#tracks[kind];
    this.#tracks[kind] = null;
    if (track) track.onended = null;
    track?.stop();
    if (kind === "audio") this.#ducker?.close();
    if (kind === "audio") this.#ducker = null;
  }

  /**
   * The device was unplugged or taken away: switch to another of its kind, if there is one.
   * @param {MediaKind} kind
   * @param {MediaStreamTrack} track
   */
  async #onEnded(kind, track) {
    if (this.#tracks[kind] !== track) return;
    // Never prompt anybody who has not tapped.
    const isPermitted = await isGranted(kind);
    if (isPermitted && (await this.#turnOn(kind)) === "on") return;
    this.lostDevice = kind;
    await this.#turnOff(kind);
  }
}
