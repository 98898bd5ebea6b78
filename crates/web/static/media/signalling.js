// What the server is told over the room's socket about sound and video: what this browser sends,
// and what it wants to receive.

/**
 * State of sound and video. `down` is `elsewhere` when another window of this person has them.
 * `touch`: the browser needs a touch before it plays sound. `why`: the server's reason for refusing
 * what we send. `unheard`: seats whose sound and video cannot be opened. `gone`: a device that was
 * unplugged and is off since.
 * @typedef {{
 *   mic: boolean, cam: boolean, preset: import("./preset.js").AudioPreset,
 *   up: "none" | "opening" | "open" | "lost",
 *   down: "none" | "opening" | "open" | "lost" | "elsewhere",
 *   poor: "sound" | "some" | "all",
 *   sealed: import("./seal.js").SealState, unheard: number[],
 *   speaking: number[], captions: boolean, touch: boolean, why: string | null,
 *   gone: "audio" | "video" | null,
 * }} MediaState
 */

/** How long the server may take to show what is on here before it is told again, and how often. */
const SHOWN_WITHIN_MS = 4_000;
const REPEATS_MAX = 5;

export class Signalling {
  #send;
  #readState;
  #env;
  #see = "faces";
  #tileHeight = 180;
  /** What the server shows of us: 1 for a microphone, 2 for a camera. */
  #shownBits = 0;
  #repeats = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {(text: string) => boolean} send sends on the room's socket
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
   * @param {number} tileHeight in device pixels
   */
  setWanted(see, tileHeight) {
    if (see === this.#see && tileHeight === this.#tileHeight) return;
    this.#see = see;
    this.#tileHeight = tileHeight;
    this.sendWanted();
  }

  /** Sends what is wanted; a hidden page wants no video. Returns whether it was sent. */
  sendWanted() {
    const see = document.visibilityState === "hidden" ? "circle" : this.#see;
    return this.#send(JSON.stringify({ k: "want", see, tall: this.#tileHeight }));
  }

  /** Sends what is on. */
  sendState() {
    this.#repeats = 0;
    this.#sendMine();
  }

  /** Takes what the server shows of us. @param {number} bits */
  setShown(bits) {
    this.#shownBits = bits;
    this.#checkShown();
  }

  #sendMine() {
    this.#send(JSON.stringify({ k: "mine", ...this.#readState() }));
    this.#checkShown();
  }

  /**
   * The server may have lost our state, or dropped a message that came too fast: nobody should
   * believe to be heard who is not.
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
