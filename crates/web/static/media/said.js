// How it stands with sound and picture here, and what the room's line is told of it: what one gives,
// and what one wants to see.

/**
 * How it stands. `down`: `elsewhere` when another window of this person has the sound. `touch`:
 * the browser wants a touch of the page before it lets sound out. `why`: the home's words when it
 * could not take what we give. `unheard`: seats whose sound and picture cannot be opened.
 * @typedef {{
 *   mic: boolean, cam: boolean, preset: import("./preset.js").Preset,
 *   up: "none" | "opening" | "open" | "lost",
 *   down: "none" | "opening" | "open" | "lost" | "elsewhere",
 *   poor: "sound" | "some" | "all",
 *   sealed: import("./seal.js").Sealed, unheard: number[],
 *   speaking: number[], captions: boolean, touch: boolean, why: string | null,
 * }} State
 */

export class Said {
  #send;
  #given;
  #see = "faces";
  #tall = 180;

  /**
   * @param {(text: string) => boolean} send puts a text on the room's line
   * @param {() => {mic: boolean, cam: boolean}} given what is on
   */
  constructor(send, given) {
    this.#send = send;
    this.#given = given;
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
    this.#send(JSON.stringify({ k: "mine", ...this.#given() }));
  }

  /** @param {string} text */
  caption(text) {
    this.#send(JSON.stringify({ k: "caption", text }));
  }
}
