// Lines between a browser and the home, for tests: seeded, so that every run is the same run.

/**
 * A small seeded generator of chance (mulberry32): numbers from 0 up to 1.
 * @param {number} seed
 */
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

/**
 * A number from the normal curve.
 * @param {() => number} random
 */
export function normalRandom(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * A number from the gamma curve of shape 0.7: mostly small, now and then large, as queues are
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
 * One kind of line: the shortest way there and back in ms, how long the queues are, how often it
 * stutters and by how much.
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

/** The room time at which these browsers come in. */
export const START = 1_790_000_000_000;

/**
 * A browser on such a line, with a clock of its own that is off and drifts.
 */
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

  /**
   * The browser's own clock at a room time.
   * @param {number} room
   */
  localTime(room) {
    return (room - START) * (1 + this.drift) + this.off;
  }

  /**
   * A ping sent at a room time: the four instants of an exchange.
   * @param {number} room
   */
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
 * The value below which a share of the values lies.
 * @param {number[]} values
 * @param {number} fraction
 */
export function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * fraction)];
}
