// Simulated networks between a browser and the server; seeded, so that every run is the same.

/** A seeded random generator (mulberry32): numbers from 0 up to 1. @param {number} seed */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A normally distributed number. @param {() => number} random */
export function normalRandom(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * A gamma distributed number of shape 0.7: mostly small, sometimes large, like queueing delay
 * (Marsaglia and Tsang, with their step for shapes below one).
 * @param {() => number} random
 * @param {number} scale
 */
export function queueDelay(random, scale) {
  const d = 1.7 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalRandom(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return d * v * Math.pow(1 - random(), 1 / 0.7) * scale;
    }
  }
}

/**
 * A kind of network: minimum one-way delays, mean queueing delays, and the chance and size of
 * stutters; times in ms.
 * @typedef {{up: number, down: number, upQueue: number, downQueue: number,
 *   stutterChance: number, stutterMax: number}} NetworkKind
 */

/** @type {Record<string, NetworkKind>} */
export const NETWORKS = {
  fibre: { up: 4, down: 4, upQueue: 0.6, downQueue: 0.5, stutterChance: 0.01, stutterMax: 15 },
  wifi: { up: 8, down: 6, upQueue: 4, downQueue: 3, stutterChance: 0.05, stutterMax: 80 },
  lte: { up: 28, down: 18, upQueue: 12, downQueue: 6, stutterChance: 0.05, stutterMax: 200 },
  slanted: { up: 60, down: 20, upQueue: 30, downQueue: 8, stutterChance: 0.08, stutterMax: 400 },
  satellite: { up: 300, down: 290, upQueue: 15, downQueue: 10, stutterChance: 0.03, stutterMax: 150 },
  bloated: { up: 12, down: 10, upQueue: 60, downQueue: 20, stutterChance: 0.1, stutterMax: 500 },
};

/** The room time at which these browsers connect. */
export const START = 1_790_000_000_000;

/** A browser on such a network, with a clock that is off and drifts. */
export class SimulatedBrowser {
  /**
   * @param {NetworkKind} kind
   * @param {() => number} random
   */
  constructor(kind, random) {
    this.kind = kind;
    this.roll = random;
    this.off = (random() - 0.5) * 1e5;
    this.drift = normalRandom(random) * 20e-6;
  }

  /** The browser's clock at a room time. @param {number} room */
  localTime(room) {
    return (room - START) * (1 + this.drift) + this.off;
  }

  /** A ping sent at a room time: the four instants of an exchange. @param {number} room */
  ping(room) {
    const { kind, roll: random } = this;
    const stutterMax = () => (random() < kind.stutterChance ? random() * kind.stutterMax : 0);
    const up = kind.up + queueDelay(random, kind.upQueue) + stutterMax();
    const down = kind.down + queueDelay(random, kind.downQueue) + stutterMax();
    const t1 = room + up;
    return { t0: this.localTime(room), t1, t2: t1, t3: this.localTime(room + up + down) };
  }
}

/**
 * The value below which this fraction of the values lies.
 * @param {number[]} values
 * @param {number} fraction
 */
export function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * fraction)];
}
