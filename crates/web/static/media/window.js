// This window: whether it is seen, whether there is a network, and whether it is the one of this
// person's windows that has sound and picture, which is whichever took it last. The windows of one
// browser tell each other; those of two devices learn it from the home.

/** How long the home may take after a goodbye to end the room's line, too, in ms. */
const GOODBYE = 2_000;

/**
 * @typedef {{
 *   taken: () => void, turned: () => void, online: () => void, stands: () => boolean,
 * }} Tells  `taken`: another window has taken over; `turned`: this one is seen or hidden now;
 *   `online`: there is a network again; `stands`: whether the room's line is open
 */

/** How long a window's name is, in signs of 32. */
const NAME = 10;

export class Window {
  /** What this window is called, among the windows of one person. */
  name = Array.from(crypto.getRandomValues(new Uint8Array(NAME)), (one) => (one & 31).toString(32)).join("");
  /** @type {BroadcastChannel | null} */
  #channel = null;
  #has = false;
  #tells;
  /** How often the room's line was opened. */
  #opened = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {string} room what the windows have in common
   * @param {Tells} tells
   */
  constructor(room, tells) {
    this.#tells = tells;
    document.addEventListener("visibilitychange", tells.turned);
    addEventListener("online", tells.online);
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(`sitwith ${room}`);
    this.#channel.onmessage = ({ data }) => {
      if (data === this.name) return;
      this.#has = false;
      tells.taken();
    };
  }

  /** This window takes over, and tells the others. */
  takes() {
    if (this.#has) return;
    this.#has = true;
    this.#channel?.postMessage(this.name);
  }

  /** The room's line is open, for the first time or again. */
  opened() {
    this.#opened += 1;
  }

  /**
   * The home has ended a connection. If the room's line stands all the while, another window of
   * this person has taken over; else the home restarts, and all goes on when it is back.
   */
  goodbye() {
    const before = this.#opened;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (before !== this.#opened || !this.#tells.stands()) return;
      this.#has = false;
      this.#tells.taken();
    }, GOODBYE);
  }

  close() {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#tells.turned);
    removeEventListener("online", this.#tells.online);
    this.#channel?.close();
  }
}
