// Slow roads inside this program: TCP in, TCP out, each direction with its own delay, in order.

import { connect, createServer } from "node:net";

/**
 * A road: its shortest way there and back, how much queues add, how often it hiccups.
 * @typedef {{
 *   up: number, down: number, upJitter?: number, downJitter?: number,
 *   hiccups?: number, hiccup?: number, seed?: number,
 * }} Road  all in ms; `hiccups` is a share of one
 */

/**
 * The same chance for every run: a linear congruence is chance enough for queues.
 * @param {number} seed
 */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
}

/**
 * Opens a slow road to a port of this machine.
 * @param {number} to
 * @param {Road} road
 */
export async function openRoad(to, road) {
  const roll = dice(road.seed ?? 1);
  /** @type {Set<import("node:net").Socket>} */
  const lines = new Set();
  let isCut = false;
  /** @param {number} base @param {number} jitter */
  const delay = (base, jitter) => {
    const hiccup = roll() < (road.hiccups ?? 0) ? roll() * (road.hiccup ?? 0) : 0;
    return base - Math.log(roll()) * jitter * 0.7 + hiccup;
  };
  /**
   * @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} into
   * @param {number} base
   * @param {number} jitter
   */
  const carry = (from, into, base, jitter) => {
    let last = 0;
    from.on("data", (piece) => {
      if (isCut) return;
      const now = performance.now();
      last = Math.max(last, now + delay(base, jitter));
      setTimeout(() => into.destroyed || into.write(piece), last - now);
    });
    from.on("close", () => setTimeout(() => into.destroy(), Math.max(0, last - performance.now())));
    from.on("error", () => into.destroy());
  };
  const server = createServer((near) => {
    if (isCut) {
      lines.add(near);
      return void near.on("error", () => lines.delete(near)).pause();
    }
    const far = connect(to, "127.0.0.1");
    for (const line of [near, far]) {
      line.setNoDelay(true);
      lines.add(line);
      line.on("close", () => lines.delete(line));
    }
    carry(near, far, road.up, road.upJitter ?? 0);
    carry(far, near, road.down, road.downJitter ?? 0);
  });
  const port = await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  return {
    /** @type {number} */
    port,
    address: `http://127.0.0.1:${port}`,
    /** Nothing passes any more, and nobody is told: a dead spot. */
    cut() {
      isCut = true;
    },
    /** The road is open again; what was on it is lost. */
    mend() {
      isCut = false;
      for (const line of lines) line.destroy();
    },
    close() {
      for (const line of lines) line.destroy();
      server.close();
    },
  };
}
