// The line to the home: opened with a ticket, opened again whenever it breaks, with patience and
// never all at once. What it hears it hands on; what it means is for others to know.

/** The first wait after a broken line, and the longest, in ms. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
/** How long to wait when the home is full, at least and at most, in ms. */
const FULL_WAIT = [10_000, 30_000];
/** A line that is not open after this long never will be, in ms. */
const OPENING_MAX = 10_000;

/** Close codes, as PROTOCOL.md names them. */
const CODE = { left: 1000, restarting: 1012, ticket: 4001, removed: 4003, over: 4004, full: 4029 };

/**
 * How it stands with the line: `opening` for the first time, `open`, `lost` (and trying again),
 * `resting` (the home said it is back in a moment), `full`, `refused`, `removed` (a guide
 * took this person out), `over` or `left`.
 * @typedef {"opening" | "open" | "lost" | "resting" | "full" | "refused" | "removed" | "over" | "left"} State
 */

/**
 * @typedef {{
 *   open: (ticket: string, have: number) => WebSocket,
 *   ticket: string,
 *   freshTicket: () => Promise<string | null>,
 *   have: () => number,
 *   roll: () => number,
 *   later: (act: () => void, ms: number) => unknown,
 *   cancel: (timer: any) => void,
 *   heard: (frame: any) => void,
 *   stands: (state: State) => void,
 * }} World
 */

export class RoomLine {
  #world;
  #ticket;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {unknown} */
  #timer = null;
  #tries = 0;
  /** @type {State} */
  #state = "opening";
  /** @type {[number, number] | null} the range of waits the home asked for */
  #asked = null;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
    this.#ticket = world.ticket;
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /** Opens the line. */
  open() {
    const { cancel, later, open, have } = this.#world;
    cancel(this.#timer);
    const socket = open(this.#ticket, have());
    this.#socket = socket;
    this.#timer = later(() => socket.close(), OPENING_MAX);
    socket.onopen = () => cancel(this.#timer);
    socket.onmessage = (event) => this.#hear(socket, event.data);
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /**
   * Sends a text, if the line is open. Returns whether it went.
   * @param {string} text
   */
  send(text) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(text);
    return true;
  }

  /** The line seems dead: do not wait for the network to notice. */
  dead() {
    const socket = this.#socket;
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
    this.#closed(socket, 1006);
  }

  /** The network is back, or the page is: try at once. */
  hurry() {
    if (this.#state !== "lost" && this.#state !== "full") return;
    this.#tries = 0;
    // One that was opened into a dead network may hang there for long.
    if (this.#socket?.readyState === 0) this.#drop();
    if (this.#socket === null) this.open();
  }

  #drop() {
    if (!this.#socket) return;
    this.#socket.onclose = null;
    this.#socket.onmessage = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** Leaves softly: says so, and does not come back by itself. */
  leave() {
    this.send('{"k":"leave"}');
    this.#world.cancel(this.#timer);
    this.#stand("left");
    if (this.#socket) this.#socket.onclose = null;
    this.#socket?.close(CODE.left);
    this.#socket = null;
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} text
   */
  #hear(socket, text) {
    if (socket !== this.#socket || typeof text !== "string") return;
    const frame = JSON.parse(text);
    if (frame.k === "here") {
      this.#tries = 0;
      this.#asked = null;
      this.#stand("open");
    }
    if (frame.k === "back") this.#asked = frame.in;
    if (frame.k === "over") this.#stand("over");
    this.#world.heard(frame);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#world.cancel(this.#timer);
    this.#socket = null;
    if (this.#state === "over" || this.#state === "left") return;
    if (code === CODE.left) this.#stand("left");
    else if (code === CODE.over) this.#stand("over");
    else if (code === CODE.removed) this.#stand("removed");
    else if (code === CODE.ticket) void this.#askForTicket();
    else if (code === CODE.full) this.#wait("full", this.#between(FULL_WAIT));
    else if (this.#asked) this.#wait("resting", this.#between(this.#asked));
    else if (code === CODE.restarting) this.#wait("resting", this.#between([200, 3_000]));
    // While the home rests, tries that fail are still part of the same rest.
    else this.#wait(this.#state === "resting" ? "resting" : "lost", this.#patience());
  }

  /** Twice as long after each try, and never two browsers alike. */
  #patience() {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries);
    return longest * (0.5 + this.#world.roll() / 2);
  }

  /** @param {number[]} range */
  #between([least, most]) {
    return least + this.#world.roll() * (most - least);
  }

  /**
   * @param {State} state
   * @param {number} ms
   */
  #wait(state, ms) {
    this.#tries += 1;
    this.#asked = null;
    this.#stand(state);
    this.#timer = this.#world.later(() => this.open(), ms);
  }

  /** The ticket was too old: ask the page's own address for another. */
  async #askForTicket() {
    this.#stand("lost");
    const tries = this.#tries;
    const ticket = await this.#world.freshTicket().catch(() => "");
    if (this.#state !== "lost") return;
    if (ticket === null || tries > 5) return this.#stand("refused");
    if (ticket) this.#ticket = ticket;
    this.#wait("lost", ticket && tries === 0 ? 0 : this.#patience());
  }

  /** @param {State} state */
  #stand(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#world.stands(state);
  }
}
