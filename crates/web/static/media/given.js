// What one gives: the devices that are on, and the tracks that go up from them.

import { askFor, isGranted } from "./devices.js";
import { channelsOf, pictureWanted, soundWanted } from "./preset.js";
import { Duck } from "./sound-duck.js";

/** @typedef {"audio" | "video"} Kind */
/** @typedef {import("./devices.js").Word} Word */

/**
 * @typedef {{
 *   up: import("./up.js").Up,
 *   isGuide: boolean,
 *   tell: () => void,
 *   found: () => void,
 *   changed: () => void,
 * }} Ways  `tell` says on the room's line what is on; `found`: the browser names devices now
 */

export class Given {
  #ways;
  /** What the devices give. @type {Record<Kind, MediaStreamTrack | null>} */
  #tracks = { audio: null, video: null };
  /** One thing after the other, for each kind. @type {Record<Kind, Promise<any>>} */
  #queues = { audio: Promise.resolve(), video: Promise.resolve() };
  /** @type {string | undefined} */
  #microphone;
  /** @type {Duck | null} */
  #duck = null;
  /** Around which strikes it is lowered. @type {{strikes: number[], ms: number}} */
  #strikes = { strikes: [], ms: 0 };
  /** @type {import("./preset.js").Preset} */
  preset = "voice";
  /** What was pulled out or taken away, and is off since. @type {Kind | null} */
  gone = null;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
  }

  /** @param {Kind} kind */
  isOn(kind) {
    return this.#tracks[kind] !== null;
  }

  get picture() {
    return this.#tracks.video;
  }

  /**
   * Turns a device on or off, or on with another device.
   * @param {Kind} kind
   * @param {boolean} isOn
   * @param {string} [deviceId]
   * @returns {Promise<Word>}
   */
  turn(kind, isOn, deviceId) {
    if (this.gone === kind) this.gone = null;
    return this.#next(kind, () => (isOn ? this.#on(kind, deviceId) : this.#off(kind)));
  }

  /** How the sound is made. @param {import("./preset.js").Preset} preset */
  shape(preset) {
    return this.#next("audio", async () => {
      if (preset === this.preset) return;
      this.preset = preset;
      const isOn = this.isOn("audio");
      // Not all browsers change a microphone that is on: asked for anew, it is as it should be.
      if (isOn) await this.#on("audio", this.#microphone);
      await this.#ways.up.shape(preset);
      this.#ways.changed();
    });
  }

  /**
   * A microphone that is turned on, or made otherwise, in between is lowered all the same.
   * @param {number[]} strikes
   * @param {number} ms
   */
  duck(strikes, ms) {
    this.#strikes = { strikes, ms };
    this.#duck?.lower(strikes, ms);
  }

  /** Everything off, without telling the home: it gives to another window. */
  rest() {
    this.#release("audio");
    this.#release("video");
  }

  close() {
    this.rest();
  }

  /**
   * @template T
   * @param {Kind} kind
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #next(kind, act) {
    const done = this.#queues[kind].then(act);
    this.#queues[kind] = done.catch(() => undefined);
    return done;
  }

  /**
   * @param {Kind} kind
   * @param {string} [deviceId]
   * @returns {Promise<Word>}
   */
  async #on(kind, deviceId) {
    const wanted = kind === "audio"
      ? (/** @type {string | undefined} */ id) => soundWanted(this.preset, id)
      : pictureWanted;
    // Some devices give to one asker only, and some browsers give the same track twice.
    const before = this.#tracks[kind];
    if (before) before.onended = null;
    before?.stop();
    const { track, word } = await askFor(kind, wanted, deviceId);
    if (track === null) {
      if (before) await this.#off(kind);
      return word;
    }
    this.#ways.found();
    return this.#give(kind, track, deviceId);
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   * @param {string} [deviceId]
   * @returns {Promise<Word>}
   */
  async #give(kind, track, deviceId) {
    this.#release(kind);
    this.#tracks[kind] = track;
    track.onended = () => void this.#next(kind, () => this.#ended(kind, track));
    if (kind === "audio") this.#microphone = deviceId;
    if (kind === "video") track.contentHint = "motion";
    if (kind === "audio" && this.preset === "bowl") track.contentHint = "music";
    const isTaken = await this.#ways.up.put(kind, this.#gives(kind, track));
    if (!isTaken) {
      await this.#off(kind);
      return "held";
    }
    this.#ways.tell();
    this.#ways.changed();
    return "on";
  }

  /** A guide's microphone goes through a gain, so that it can be lowered around a bell.
   * @param {Kind} kind @param {MediaStreamTrack} track */
  #gives(kind, track) {
    if (kind === "video" || !this.#ways.isGuide) return track;
    const duck = new Duck(track, channelsOf(this.preset), (other) => {
      if (this.#duck === duck) void this.#ways.up.put("audio", other);
    });
    this.#duck = duck;
    duck.lower(this.#strikes.strikes, this.#strikes.ms);
    return duck.track;
  }

  /** @param {Kind} kind @returns {Promise<Word>} */
  async #off(kind) {
    this.#release(kind);
    // The home first: it forwards nothing more, whatever becomes of the rest.
    this.#ways.tell();
    await this.#ways.up.put(kind, null);
    this.#ways.changed();
    return "off";
  }

  /** Lets a device go, so that no light burns. @param {Kind} kind */
  #release(kind) {
    const track = this.#tracks[kind];
    this.#tracks[kind] = null;
    if (track) track.onended = null;
    track?.stop();
    if (kind === "audio") this.#duck?.close();
    if (kind === "audio") this.#duck = null;
  }

  /**
   * The device was pulled out, or the browser took it away: another of its kind, if there is one.
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   */
  async #ended(kind, track) {
    if (this.#tracks[kind] !== track) return;
    // Nobody is asked anything who has not tapped.
    const isAllowed = await isGranted(kind);
    if (isAllowed && (await this.#on(kind)) === "on") return;
    this.gone = kind;
    await this.#off(kind);
  }
}
