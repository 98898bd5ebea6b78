// This window: whether it is seen, whether there is a network, and whether it is the one of this
// person's windows that has sound and picture, which is whichever took it last. The windows of one
// browser tell each other; those of two devices learn it from the home.

/** How long the home may take after a goodbye to end the room's line, too, in ms. */
const GRACE_MS = 2_000;

/**
 * @typedef {{
 *   onTakenOver: () => void, onVisibilityChange: () => void, onOnline: () => void, isSocketOpen: () => boolean,
 * }} WindowCallbacks  `taken`: another window has taken over; `turned`: this one is seen or hidden now;
 *   `online`: there is a network again; `stands`: whether the room's line is open
 */

/** How long a window's name is, in signs of 32. */
const NAME_LENGTH = 10;

export class ActiveWindow {
  /** What this window is called, among the windows of one person. */
  name = Array.from(crypto.getRandomValues(new Uint8Array(NAME_LENGTH)), (one) => (one & 31).toString(32)).join("");
  /** @type {BroadcastChannel | null} */
  #channel = null;
  #isActive = false;
  #callbacks;
  /** How often the room's line was opened. */
  #socketOpenings = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {string} room what the windows have in common
   * @param {WindowCallbacks} callbacks
   */
  constructor(room, callbacks) {
    this.#callbacks = callbacks;
    document.addEventListener("visibilitychange", callbacks.onVisibilityChange);
    addEventListener("online", callbacks.onOnline);
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(`sitwith ${room}`);
    this.#channel.onmessage = ({ data }) => {
      if (data === this.name) return;
      this.#isActive = false;
      callbacks.onTakenOver();
    };
  }

  /** This window takes over, and tells the others. */
  claim() {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#channel?.postMessage(this.name);
  }

  /** The room's line is open, for the first time or again. */
  socketOpened() {
    this.#socketOpenings += 1;
  }

  /**
   * The home has ended a connection. If the room's line stands all the while, another window of
   * this person has taken over; else the home restarts, and all goes on when it is back.
   */
  connectionEnded() {
    const openingsBefore = this.#socketOpenings;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (openingsBefore !== this.#socketOpenings || !this.#callbacks.isSocketOpen()) return;
      this.#isActive = false;
      this.#callbacks.onTakenOver();
    }, GRACE_MS);
  }

  close() {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#callbacks.onVisibilityChange);
    removeEventListener("online", this.#callbacks.onOnline);
    this.#channel?.close();
  }
}
