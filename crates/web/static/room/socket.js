// The room's socket: opened with a ticket and reopened whenever it breaks, with backoff and jitter.
// Frames are passed on; what they mean is decided elsewhere.

/** The first delay before reconnecting, and the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Shortest and longest delay when the server is full. */
const FULL_WAIT_MS = [10_000, 30_000];
/** A socket that has not opened within this time is given up. */
const OPENING_MAX_MS = 10_000;

/** Close codes, as PROTOCOL.md names them. */
const CLOSE_CODES = { left: 1000, restarting: 1012, ticket: 4001, removed: 4003, over: 4004, full: 4029 };

/**
 * State of the connection: `opening` for the first time, `open`, `lost` (and reconnecting),
 * `resting` (the server announced a restart), `full`, `refused`, `removed` (a guide removed this
 * person), `over` or `left`.
 * @typedef {"opening" | "open" | "lost" | "resting" | "full" | "refused" | "removed" | "over" | "left"} SocketState
 */

/**
 * @typedef {{
 *   open: (ticket: string, lastSeq: number) => WebSocket,
 *   ticket: string,
 *   freshTicket: () => Promise<string | null>,
 *   lastSeq: () => number,
 *   random: () => number,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   onFrame: (frame: any) => void,
 *   onState: (state: SocketState) => void,
 * }} SocketEnv
 */

export class RoomSocket {
  #env;
  #ticket;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {unknown} */
  #timer = null;
  #attempts = 0;
  /** @type {SocketState} */
  #state = "opening";
  /** @type {[number, number] | null} range of the delay the server asked for, in ms */
  #requestedWait = null;

  /** @param {SocketEnv} env */
  constructor(env) {
    this.#env = env;
    this.#ticket = env.ticket;
  }

  /** @returns {SocketState} */
  get state() {
    return this.#state;
  }

  open() {
    const { clearTimer, setTimer, open, lastSeq } = this.#env;
    clearTimer(this.#timer);
    const socket = open(this.#ticket, lastSeq());
    this.#socket = socket;
    this.#timer = setTimer(() => socket.close(), OPENING_MAX_MS);
    socket.onopen = () => clearTimer(this.#timer);
    socket.onmessage = (event) => this.#receive(socket, event.data);
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /** Sends a text frame. Returns false when the socket is not open. @param {string} text */
  send(text) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(text);
    return true;
  }

  /** Drops a socket that stopped answering, without waiting for the network to notice. */
  timedOut() {
    const socket = this.#socket;
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
    this.#closed(socket, 1006);
  }

  /** Reconnects at once: the network is back, or the page is. */
  retryNow() {
    if (this.#state !== "lost" && this.#state !== "full") return;
    this.#attempts = 0;
    // A socket opened into a dead network may hang for long.
    if (this.#socket?.readyState === 0) this.#abandon();
    if (this.#socket === null) this.open();
  }

  #abandon() {
    if (!this.#socket) return;
    this.#socket.onclose = null;
    this.#socket.onmessage = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** Leaves: tells the server, and does not reconnect. */
  leave() {
    this.send('{"k":"leave"}');
    this.#env.clearTimer(this.#timer);
    this.#setState("left");
    if (this.#socket) this.#socket.onclose = null;
    this.#socket?.close(CLOSE_CODES.left);
    this.#socket = null;
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} text
   */
  #receive(socket, text) {
    if (socket !== this.#socket || typeof text !== "string") return;
    const frame = JSON.parse(text);
    if (frame.k === "here") {
      this.#attempts = 0;
      this.#requestedWait = null;
      this.#setState("open");
    }
    if (frame.k === "back") this.#requestedWait = frame.in;
    if (frame.k === "over") this.#setState("over");
    this.#env.onFrame(frame);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#env.clearTimer(this.#timer);
    this.#socket = null;
    if (this.#state === "over" || this.#state === "left") return;
    if (code === CLOSE_CODES.left) this.#setState("left");
    else if (code === CLOSE_CODES.over) this.#setState("over");
    else if (code === CLOSE_CODES.removed) this.#setState("removed");
    else if (code === CLOSE_CODES.ticket) void this.#renewTicket();
    else if (code === CLOSE_CODES.full) this.#retryAfter("full", this.#randomIn(FULL_WAIT_MS));
    else if (this.#requestedWait) this.#retryAfter("resting", this.#randomIn(this.#requestedWait));
    else if (code === CLOSE_CODES.restarting) this.#retryAfter("resting", this.#randomIn([200, 3_000]));
    // While the server restarts, failed attempts are still part of the same restart.
    else this.#retryAfter(this.#state === "resting" ? "resting" : "lost", this.#backoff());
  }

  /** Delay before the next attempt: doubles each time, with jitter. */
  #backoff() {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    return longest * (0.5 + this.#env.random() / 2);
  }

  /** @param {number[]} range */
  #randomIn([least, most]) {
    return least + this.#env.random() * (most - least);
  }

  /**
   * @param {SocketState} state
   * @param {number} ms
   */
  #retryAfter(state, ms) {
    this.#attempts += 1;
    this.#requestedWait = null;
    this.#setState(state);
    this.#timer = this.#env.setTimer(() => this.open(), ms);
  }

  /** The ticket has expired: fetch another. */
  async #renewTicket() {
    this.#setState("lost");
    const attempts = this.#attempts;
    const ticket = await this.#env.freshTicket().catch(() => "");
    if (this.#state !== "lost") return;
    if (ticket === null || attempts > 5) return this.#setState("refused");
    if (ticket) this.#ticket = ticket;
    this.#retryAfter("lost", ticket && attempts === 0 ? 0 : this.#backoff());
  }

  /** @param {SocketState} state */
  #setState(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#env.onState(state);
  }
}
