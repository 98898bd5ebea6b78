// Which line of the connection carries whom. A slot that was given to somebody else still shows
// the last picture of whoever had it before, so a face is only shown once a new picture has come.

/** How often we look whether a picture has come, in ms: so many times at first, then rarely. */
const POLL_MS = 120;
const FAST_POLLS = 40;
const SLOW_POLL_MS = 600;

/**
 * @typedef {{
 *   countDecoded: (slot: number) => Promise<number | null>,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   changed: () => void,
 * }} FaceSlotOptions  `decoded`: how many pictures of this slot were ever decoded, null when nobody knows
 */

/**
 * A slot for a face: who has it, how many pictures had been decoded when it was given, and
 * whether one has come since.
 * @typedef {{seat: number | null, since: number | null, isShown: boolean}} FaceSlot
 */

export class FaceSlots {
  #options;
  /** @type {FaceSlot[]} */
  #slots = [];
  /** @type {any} */
  #timer = null;
  #pollId = 0;

  /** @param {FaceSlotOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {(number | null)[]} seats who has which slot now */
  setSeats(seats) {
    this.#slots = seats.map((seat, index) => {
      const before = this.#slots[index];
      if (before && before.seat === seat) return before;
      return { seat, since: null, isShown: false };
    });
    void this.#poll();
  }

  /** Other lines carry the slots now: nothing has come yet. */
  reset() {
    for (const slot of this.#slots) Object.assign(slot, { since: null, isShown: false });
    void this.#poll();
  }

  /** The slot in which this seat is seen; null until a picture has come. @param {number} seat */
  slotOf(seat) {
    const index = this.#slots.findIndex((slot) => slot.seat === seat && slot.isShown);
    return index < 0 ? null : index;
  }

  /** @param {number} round how often in a row: who does not come soon is looked for more rarely */
  async #poll(round = 0) {
    this.#options.clearTimer(this.#timer);
    const waiting = () => this.#slots.filter((slot) => slot.seat !== null && !slot.isShown);
    const pollId = (this.#pollId += 1);
    let hasChanged = false;
    for (const slot of waiting()) {
      const decoded = await this.#options.countDecoded(this.#slots.indexOf(slot)).catch(() => null);
      if (decoded === null) continue;
      if (slot.since === null) slot.since = decoded;
      if (decoded > slot.since) hasChanged = slot.isShown = true;
    }
    if (hasChanged) this.#options.changed();
    // While we looked, others may have been given slots, and somebody looks already.
    if (pollId !== this.#pollId || waiting().length === 0) return;
    this.#timer = this.#options.setTimer(() => void this.#poll(round + 1), round < FAST_POLLS ? POLL_MS : SLOW_POLL_MS);
  }

  close() {
    this.#slots = [];
    this.#pollId += 1;
    this.#options.clearTimer(this.#timer);
  }
}
