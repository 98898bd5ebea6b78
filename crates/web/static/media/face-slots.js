// Which transceiver carries whose face. A slot that was reassigned still shows the last frame of
// its previous face, so a face is shown only once a new frame was decoded.

/** Poll interval at first, number of such polls, and poll interval afterwards. */
const POLL_MS = 120;
const FAST_POLLS = 40;
const SLOW_POLL_MS = 600;

/**
 * @typedef {{
 *   countDecoded: (slot: number) => Promise<number | null>,
 *   setTimer: (act: () => void, ms: number) => unknown,
 *   clearTimer: (timer: any) => void,
 *   changed: () => void,
 * }} FaceSlotOptions  `countDecoded`: frames decoded in this slot so far, null when unknown
 */

/**
 * A slot: whose face it has, how many frames were decoded when it was assigned, and whether one was
 * decoded since.
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

  /** @param {(number | null)[]} seats the seat in each slot */
  setSeats(seats) {
    this.#slots = seats.map((seat, index) => {
      const before = this.#slots[index];
      if (before && before.seat === seat) return before;
      return { seat, since: null, isShown: false };
    });
    void this.#poll();
  }

  /** The slots have moved to other transceivers: nothing was decoded yet. */
  reset() {
    for (const slot of this.#slots) Object.assign(slot, { since: null, isShown: false });
    void this.#poll();
  }

  /** The slot that shows this seat; null until a new frame was decoded. @param {number} seat */
  slotOf(seat) {
    const index = this.#slots.findIndex((slot) => slot.seat === seat && slot.isShown);
    return index < 0 ? null : index;
  }

  /** @param {number} round polls so far in this run */
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
    // Slots may have been reassigned meanwhile; then another poll is already running.
    if (pollId !== this.#pollId || waiting().length === 0) return;
    this.#timer = this.#options.setTimer(() => void this.#poll(round + 1), round < FAST_POLLS ? POLL_MS : SLOW_POLL_MS);
  }

  close() {
    this.#slots = [];
    this.#pollId += 1;
    this.#options.clearTimer(this.#timer);
  }
}
