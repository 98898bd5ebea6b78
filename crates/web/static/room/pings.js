// When to ask the home for the time: eight quick pings on coming in, then ever more rarely; often
// again shortly before a bell, and anew whenever something about the line may have changed.

/** How many quick pings open a burst, and how far apart they are in ms. */
export const BURST = 8;
const BURST_GAP = 125;
/** Before a bell of which less than this is left, the time is asked for each second, in ms. */
const BEFORE_BELL = 15_000;
/** No second burst within this time, in ms. */
const BURST_REST = 5_000;
/** A ping that is not answered in this time means that the line is dead, in ms. */
const DEAD = 8_000;

/**
 * How long to wait before the next ping, in ms.
 * @param {{sent: number, since: number, isRestless: boolean, untilBell: number}} facts
 *   `sent` pings in this burst, `since` the first ping of this line, ms until the next bell
 */
export function pause({ sent, since, isRestless, untilBell }) {
  if (sent < BURST) return BURST_GAP;
  const calm = since < 10_000 ? 1_000 : since < 60_000 ? 2_500 : 5_000;
  const usual = isRestless ? calm / 2 : calm;
  if (untilBell > BEFORE_BELL) return Math.min(usual, Math.max(1_000, untilBell - BEFORE_BELL));
  return untilBell > 0 ? Math.min(usual, 1_000) : usual;
}

/**
 * @typedef {{
 *   clock: import("./clock.js").RoomClock,
 *   now: () => number,
 *   wall: () => number,
 *   send: (text: string) => boolean,
 *   later: (act: () => void, ms: number) => unknown,
 *   cancel: (timer: any) => void,
 *   untilBell: () => number,
 *   dead: () => void,
 * }} World
 */

/** Asks for the time over one line. */
export class Pings {
  #world;
  /** @type {unknown} */
  #timer = null;
  #sent = 0;
  #startedAt = 0;
  #burstAt = -Infinity;
  /** @type {number | null} */
  #awaitedSince = null;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
  }

  /** The line is open: ask. */
  start() {
    this.#startedAt = this.#world.now();
    this.#awaitedSince = null;
    this.#burst();
  }

  /** The line is gone. */
  stop() {
    this.#world.cancel(this.#timer);
    this.#timer = null;
    this.#awaitedSince = null;
  }

  /** Something may have changed (the page came back, the network did): ask quickly again. */
  again() {
    if (this.#timer !== null && this.#world.now() - this.#burstAt >= BURST_REST) this.#burst();
  }

  /**
   * A pong came. Returns whether the home's clock was set anew.
   * @param {{t0: number, t1: number, t2: number}} pong
   */
  heard({ t0, t1, t2 }) {
    const { clock, now } = this.#world;
    this.#awaitedSince = null;
    const before = clock.isSet ? clock.trip : null;
    const isAnew = clock.heard({ t0, t1, t2, t3: now() });
    if (isAnew) this.#burst();
    if (before !== null && this.#sent >= BURST && clock.trip < before * 0.9 - 2) this.again();
    return isAnew;
  }

  #burst() {
    this.#burstAt = this.#world.now();
    this.#sent = 0;
    this.#world.cancel(this.#timer);
    this.#ping();
  }

  #ping() {
    const { clock, now, wall, send, later, untilBell, dead } = this.#world;
    if (clock.compare(now(), wall())) this.#sent = 0;
    if (this.#awaitedSince !== null && now() - this.#awaitedSince > DEAD) {
      this.stop();
      dead();
      return;
    }
    if (send(JSON.stringify({ k: "ping", t0: now() }))) {
      this.#sent += 1;
      this.#awaitedSince ??= now();
    }
    const since = now() - this.#startedAt;
    const facts = { sent: this.#sent, since, isRestless: clock.isRestless, untilBell: untilBell() };
    this.#timer = later(() => this.#ping(), pause(facts));
  }
}
