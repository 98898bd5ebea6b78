// A clock moved by hand, with timers: nothing here waits.

export class FakeTimers {
  now = 0;
  #next = 1;
  /** @type {Map<number, {at: number, act: () => void}>} */
  #timers = new Map();

  /**
   * @param {() => void} act
   * @param {number} ms
   */
  setTimer(act, ms) {
    const id = this.#next++;
    this.#timers.set(id, { at: this.now + Math.max(0, ms), act });
    return id;
  }

  /** @param {unknown} id */
  clearTimer(id) {
    this.#timers.delete(/** @type {number} */ (id));
  }

  /** Number of pending timers. */
  get waiting() {
    return this.#timers.size;
  }

  /** Advances the clock; due timers run in order. @param {number} ms */
  advance(ms) {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end);
      due.sort(([a, first], [b, second]) => first.at - second.at || a - b);
      if (due.length === 0) break;
      const [id, timer] = due[0];
      this.#timers.delete(id);
      this.now = Math.max(this.now, timer.at);
      timer.act();
    }
    this.now = end;
  }

  /** Lets settled promises run on. */
  async flush() {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }
}
