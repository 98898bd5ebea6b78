// Tracks whether this window is visible, whether there is a network, and whether it is the one
// window of this person that has sound and video: the one that claimed them last. Windows of one
// browser tell each other; windows on two devices learn it from the server.

/** How long after a connection ends the server may take to close the room's socket too. */
const GRACE_MS = 2_000;

/**
 * @typedef {{
 *   onTakenOver: () => void, onVisibilityChange: () => void, onOnline: () => void, isSocketOpen: () => boolean,
 * }} WindowCallbacks  `onTakenOver`: another window has claimed sound and video
 */

/** Length of a window's name, in base-32 digits. */
const NAME_LENGTH = 10;

export class ActiveWindow {
  /** A random name, unique among the windows of one person. */
  name = Array.from(crypto.getRandomValues(new Uint8Array(NAME_LENGTH)), (one) => (one & 31).toString(32)).join("");
  /** @type {BroadcastChannel | null} */
  #channel = null;
  #isActive = false;
  #callbacks;
  /** How often the room's socket has opened. */
  #socketOpenings = 0;
  /** @type {any} */
  #timer = null;

  /**
   * @param {string} room channel name shared by the windows
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

  /** Claims sound and video, and tells the other windows. */
  claim() {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#channel?.postMessage(this.name);
  }

  socketOpened() {
    this.#socketOpenings += 1;
  }

  /**
   * The server has ended a connection. If the room's socket stays open, another window of this
   * person has taken over; otherwise the server is restarting.
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
