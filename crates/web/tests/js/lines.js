// Lines between a browser and the home, for tests: seeded, so that every run is the same run.

/**
 * A small seeded generator of chance (mulberry32): numbers from 0 up to 1.
 * @param {number} seed
 */
export function dice(seed) {
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
 * @param {() => number} roll
 */
export function normal(roll) {
  return Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
}

/**
 * A number from the gamma curve of shape 0.7: mostly small, now and then large, as queues are
 * (Marsaglia and Tsang, with their step for shapes below one).
 * @param {() => number} roll
 * @param {number} scale
 */
export function queue(roll, scale) {
  const d = 1.7 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(roll);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - roll()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return d * v * Math.pow(1 - roll(), 1 / 0.7) * scale;
    }
  }
}

/**
 * One kind of line: the shortest way there and back in ms, how long the queues are, how often it
 * stutters and by how much.
 * @typedef {{up: number, down: number, upQueue: number, downQueue: number,
 *   stutters: number, stutter: number}} Kind
 */

/** @type {Record<string, Kind>} */
export const KINDS = {
  fibre: { up: 4, down: 4, upQueue: 0.6, downQueue: 0.5, stutters: 0.01, stutter: 15 },
  wifi: { up: 8, down: 6, upQueue: 4, downQueue: 3, stutters: 0.05, stutter: 80 },
  lte: { up: 28, down: 18, upQueue: 12, downQueue: 6, stutters: 0.05, stutter: 200 },
  slanted: { up: 60, down: 20, upQueue: 30, downQueue: 8, stutters: 0.08, stutter: 400 },
  satellite: { up: 300, down: 290, upQueue: 15, downQueue: 10, stutters: 0.03, stutter: 150 },
  bloated: { up: 12, down: 10, upQueue: 60, downQueue: 20, stutters: 0.1, stutter: 500 },
};

/** The room time at which these browsers come in. */
export const BEGIN = 1_790_000_000_000;

/**
 * A browser on such a line, with a clock of its own that is off and drifts.
 */
export class FarBrowser {
  /**
   * @param {Kind} kind
   * @param {() => number} roll
   */
  constructor(kind, roll) {
    this.kind = kind;
    this.roll = roll;
    this.off = (roll() - 0.5) * 1e5;
    this.drift = normal(roll) * 20e-6;
  }

  /**
   * The browser's own clock at a room time.
   * @param {number} room
   */
  local(room) {
    return (room - BEGIN) * (1 + this.drift) + this.off;
  }

  /**
   * A ping sent at a room time: the four instants of an exchange.
   * @param {number} room
   */
  ping(room) {
    const { kind, roll } = this;
    const stutter = () => (roll() < kind.stutters ? roll() * kind.stutter : 0);
    const up = kind.up + queue(roll, kind.upQueue) + stutter();
    const down = kind.down + queue(roll, kind.downQueue) + stutter();
    const t1 = room + up;
    return { t0: this.local(room), t1, t2: t1, t3: this.local(room + up + down) };
  }
}

/**
 * The value below which a share of the values lies.
 * @param {number[]} values
 * @param {number} share
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)];
}
