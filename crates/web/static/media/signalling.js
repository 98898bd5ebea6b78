// How it stands with sound and picture here, and what the room's line is told of it: what one gives,
// and what one wants to see.

/**
 * How it stands. `down`: `elsewhere` when another window of this person has the sound. `touch`:
 * the browser wants a touch of the page before it lets sound out. `why`: the home's words when it
 * could not take what we give. `unheard`: seats whose sound and picture cannot be opened. `gone`:
 * a device that was pulled out, and is off since.
 * @typedef {{
 *   mic: boolean, cam: boolean, preset: import("./preset.js").Preset,
 *   up: "none" | "opening" | "open" | "lost",
 *   down: "none" | "opening" | "open" | "lost" | "elsewhere",
 *   poor: "sound" | "some" | "all",
 *   sealed: import("./seal.js").SealState, unheard: number[],
 *   speaking: number[], captions: boolean, touch: boolean, why: string | null,
 *   gone: "audio" | "video" | null,
 * }} MediaState
 */

/** How long the home may take to show what is on here, in ms, before it is told again; how often. */
const SHOWN_WITHIN_MS = 4_000;
const REPEATS_MAX = 5;

export class Signalling {
  #send;
  #readState;
  #env;
  #see = "faces";
  #tileHeight = 180;
  /** What the home shows of us: 1 for a microphone, 2 for a camera. */
  #shownBits = 0;
  #repeats = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {(text: string) => boolean} send puts a text on the room's line
   * @param {() => {mic: boolean, cam: boolean}} readState what is on
   * @param {Pick<import("./reconnect.js").PeerEnv, "setTimer" | "clearTimer">} env
   */
  constructor(send, readState, env) {
    this.#send = send;
    this.#readState = readState;
    this.#env = env;
  }

  /**
   * @param {string} see
   * @param {number} tileHeight how tall the tiles are, in device pixels
   */
  setWanted(see, tileHeight) {
    if (see === this.#see && tileHeight === this.#tileHeight) return;
    this.#see = see;
    this.#tileHeight = tileHeight;
    this.sendWanted();
  }

  /** Says again what is wanted: a page that nobody looks at wants to see nothing. Whether it went. */
  sendWanted() {
    const see = document.visibilityState === "hidden" ? "circle" : this.#see;
    return this.#send(JSON.stringify({ k: "want", see, tall: this.#tileHeight }));
  }

  /** Says what is on. */
  sendState() {
    this.#repeats = 0;
    this.#sendMine();
  }

  /** What the home shows of us. @param {number} bits */
  setShown(bits) {
    this.#shownBits = bits;
    this.#checkShown();
  }

  #sendMine() {
    this.#send(JSON.stringify({ k: "mine", ...this.#readState() }));
    this.#checkShown();
  }

  /**
   * The home may have lost what we give while the line stood, or was told faster than it listens:
   * whoever believes to be heard must not go unheard.
   */
  #checkShown() {
    this.#env.clearTimer(this.#timer);
    const { mic, cam } = this.#readState();
    const isShown = (mic ? this.#shownBits & 1 : 1) && (cam ? this.#shownBits & 2 : 1);
    if (isShown) this.#repeats = 0;
    else if (this.#repeats < REPEATS_MAX) this.#timer = this.#env.setTimer(() => this.#resend(), SHOWN_WITHIN_MS);
  }

  #resend() {
    this.#repeats += 1;
    const { mic, cam } = this.#readState();
    if (mic || cam) this.#sendMine();
  }

  close() {
    this.#env.clearTimer(this.#timer);
  }

  /** @param {string} text */
  sendCaption(text) {
    this.#send(JSON.stringify({ k: "caption", text }));
  }
}
