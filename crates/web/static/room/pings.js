// When to ask the home for the time: eight quick pings on coming in, then ever more rarely; often
// again shortly before a bell, and anew whenever something about the line may have changed.

/** How many quick pings open a burst, and how far apart they are in ms. */
export const BURST_PINGS = 8;
const BURST_GAP_MS = 125;
/** Before a bell of which less than this is left, the time is asked for each second, in ms. */
const BEFORE_BELL_MS = 15_000;
/** No second burst within this time, in ms. */
const BURST_REST_MS = 5_000;
/** A ping that is not answered in this time means that the line is dead, in ms. */
const TIMEOUT_MS = 8_000;

/**
 * How long to wait before the next ping, in ms.
 * @param {{sent: number, since: number, isJittery: boolean, timeToBell: number}} facts
 *   `sent` pings in this burst, `since` the first ping of this line, ms until the next bell
 */
export function nextPingDelay({ sent, since, isJittery, timeToBell }) {
  if (sent < BURST_PINGS) return BURST_GAP_MS;
  const base = since < 10_000 ? 1_000 : since < 60_000 ? 2_500 : 5_000;
  const interval = isJittery ? base / 2 : base;
  if (timeToBell > BEFORE_BELL_MS) return Math.min(interval, Math.max(1_000, timeToBell - BEFORE_BELL_MS));
  return timeToBell > 0 ? Math.min(interval, 1_000) : interval;
}

/**
 * @typedef {{
 *   clock: import("./clock.js").RoomClock,
 *   now: () => number,
 *   wall: () => number,
 *   send: (text: string) => boolean,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   timeToBell: () => number,
 *   timedOut: () => void,
 * }} PingEnv
 */

/** Asks for the time over one line. */
export class Pings {
  #env;
  /** @type {unknown} */
  #timer = null;
  #sent = 0;
  #startedAt = 0;
  #burstAt = -Infinity;
  /** @type {number | null} */
  #awaitedSince = null;

  /** @param {PingEnv} env */
  constructor(env) {
    this.#env = env;
  }

  /** The line is open: ask. */
  socketOpened() {
    this.#startedAt = this.#env.now();
    this.#awaitedSince = null;
    this.#startBurst();
  }

  /** The line is gone. */
  socketClosed() {
    this.#env.clearTimer(this.#timer);
    this.#timer = null;
    this.#awaitedSince = null;
  }

  /** Something may have changed (the page came back, the network did): ask quickly again. */
  burst() {
    if (this.#timer !== null && this.#env.now() - this.#burstAt >= BURST_REST_MS) this.#startBurst();
  }

  /**
   * A pong came. Returns whether the home's clock was set anew.
   * @param {{t0: number, t1: number, t2: number}} pong
   */
  addPong({ t0, t1, t2 }) {
    const { clock, now } = this.#env;
    this.#awaitedSince = null;
    const rttBefore = clock.isSynced ? clock.rtt : null;
    const wasReset = clock.addExchange({ t0, t1, t2, t3: now() });
    if (wasReset) this.#startBurst();
    if (rttBefore !== null && this.#sent >= BURST_PINGS && clock.rtt < rttBefore * 0.9 - 2) this.burst();
    return wasReset;
  }

  #startBurst() {
    this.#burstAt = this.#env.now();
    this.#sent = 0;
    this.#env.clearTimer(this.#timer);
    this.#ping();
  }

  #ping() {
    const { clock, now, wall, send, setTimer, timeToBell, timedOut } = this.#env;
    if (clock.detectSleep(now(), wall())) this.#sent = 0;
    if (this.#awaitedSince !== null && now() - this.#awaitedSince > TIMEOUT_MS) {
      this.socketClosed();
      timedOut();
      return;
    }
    if (send(JSON.stringify({ k: "ping", t0: now() }))) {
      this.#sent += 1;
      this.#awaitedSince ??= now();
    }
    const since = now() - this.#startedAt;
    const facts = { sent: this.#sent, since, isJittery: clock.isJittery, timeToBell: timeToBell() };
    this.#timer = setTimer(() => this.#ping(), nextPingDelay(facts));
  }
}
