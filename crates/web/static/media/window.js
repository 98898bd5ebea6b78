// This window: whether it is seen, whether there is a network, and whether it is the one of this
// person's windows that has sound and picture, which is whichever took it last. The windows of one
// browser tell each other; those of two devices learn it from the home.

/**
 * @typedef {{taken: () => void, turned: () => void, online: () => void}} Tells  `taken`: another
 *   window has taken over; `turned`: it is seen or hidden now; `online`: there is a network again
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

  close() {
    document.removeEventListener("visibilitychange", this.#tells.turned);
    removeEventListener("online", this.#tells.online);
    this.#channel?.close();
  }
}
