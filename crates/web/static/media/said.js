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
 *   sealed: import("./seal.js").Sealed, unheard: number[],
 *   speaking: number[], captions: boolean, touch: boolean, why: string | null,
 *   gone: "audio" | "video" | null,
 * }} State
 */

/** How long the home may take to show what is on here, in ms, before it is told again; how often. */
const SHOWN_WITHIN = 4_000;
const TOLD_AGAIN = 5;

export class Said {
  #send;
  #given;
  #world;
  #see = "faces";
  #tall = 180;
  /** What the home shows of us: 1 for a microphone, 2 for a camera. */
  #shown = 0;
  #again = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {(text: string) => boolean} send puts a text on the room's line
   * @param {() => {mic: boolean, cam: boolean}} given what is on
   * @param {Pick<import("./line.js").World, "later" | "cancel">} world
   */
  constructor(send, given, world) {
    this.#send = send;
    this.#given = given;
    this.#world = world;
  }

  /**
   * @param {string} see
   * @param {number} tall how tall the tiles are, in device pixels
   */
  want(see, tall) {
    if (see === this.#see && tall === this.#tall) return;
    this.#see = see;
    this.#tall = tall;
    this.wanted();
  }

  /** Says again what is wanted: a page that nobody looks at wants to see nothing. Whether it went. */
  wanted() {
    const see = document.visibilityState === "hidden" ? "circle" : this.#see;
    return this.#send(JSON.stringify({ k: "want", see, tall: this.#tall }));
  }

  /** Says what is on. */
  mine() {
    this.#again = 0;
    this.#tell();
  }

  /** What the home shows of us. @param {number} bits */
  shown(bits) {
    this.#shown = bits;
    this.#look();
  }

  #tell() {
    this.#send(JSON.stringify({ k: "mine", ...this.#given() }));
    this.#look();
  }

  /**
   * The home may have lost what we give while the line stood, or was told faster than it listens:
   * whoever believes to be heard must not go unheard.
   */
  #look() {
    this.#world.cancel(this.#timer);
    const { mic, cam } = this.#given();
    const isShown = (mic ? this.#shown & 1 : 1) && (cam ? this.#shown & 2 : 1);
    if (isShown) this.#again = 0;
    else if (this.#again < TOLD_AGAIN) this.#timer = this.#world.later(() => this.#repeat(), SHOWN_WITHIN);
  }

  #repeat() {
    this.#again += 1;
    const { mic, cam } = this.#given();
    if (mic || cam) this.#tell();
  }

  close() {
    this.#world.cancel(this.#timer);
  }

  /** @param {string} text */
  caption(text) {
    this.#send(JSON.stringify({ k: "caption", text }));
  }
}
