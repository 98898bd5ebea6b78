// How long the machine stood still: the longest lag of a timer on a thread of its own, so that
// nothing this program does itself is counted.

import { AssertionError } from "node:assert";
import { Worker } from "node:worker_threads";

/** The timer's period, in ms. */
const EVERY = 20;
/** From this lag on, in ms, an assertion on real time may have failed because of it. */
const STOOD_STILL = 100;

/** Runs on the thread: keeps the longest lag so far, in ms. */
const PROBE = `
const { workerData } = require("node:worker_threads");
const longest = new Int32Array(workerData);
let due = performance.now() + ${EVERY};
setInterval(() => {
  const now = performance.now();
  const lag = Math.round(now - due);
  if (lag > Atomics.load(longest, 0)) Atomics.store(longest, 0, lag);
  due = now + ${EVERY};
}, ${EVERY});`;

export class Stalls {
  #longest = new Int32Array(new SharedArrayBuffer(4));
  #worker;

  constructor() {
    this.#worker = new Worker(PROBE, { eval: true, workerData: this.#longest.buffer });
    this.#worker.unref();
  }

  /** The longest stall since the last `reset`, in ms. */
  get longestMs() {
    return Atomics.load(this.#longest, 0);
  }

  reset() {
    Atomics.store(this.#longest, 0, 0);
  }

  /**
   * Runs assertions on real time. When one fails and the machine stood still in the meantime, the
   * test is skipped and says so: nothing was measured.
   * @param {import("node:test").TestContext} t
   * @param {() => void} assertions
   */
  judge(t, assertions) {
    try {
      assertions();
    } catch (error) {
      const stood = this.longestMs;
      if (!(error instanceof AssertionError) || stood < STOOD_STILL) throw error;
      t.skip(`not measured: the machine stood still for ${stood} ms`);
    }
  }

  async close() {
    await this.#worker.terminate();
  }
}
