// Which line of the connection carries whom. A slot that was given to somebody else still shows
// the last picture of whoever had it before, so a face is only shown once a new picture has come.

/** How often we look whether a picture has come, in ms: so many times at first, then rarely. */
const LOOK = 120;
const SOON = 40;
const RARELY = 600;

/**
 * @typedef {{
 *   decoded: (slot: number) => Promise<number | null>,
 *   later: (act: () => void, ms: number) => unknown,
 *   cancel: (timer: any) => void,
 *   changed: () => void,
 * }} Ways  `decoded`: how many pictures of this slot were ever decoded, null when nobody knows
 */

/**
 * A slot for a face: who has it, how many pictures had been decoded when it was given, and
 * whether one has come since.
 * @typedef {{seat: number | null, since: number | null, isShown: boolean}} Slot
 */

export class Faces {
  #ways;
  /** @type {Slot[]} */
  #slots = [];
  /** @type {any} */
  #timer = null;
  #turn = 0;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
  }

  /** @param {(number | null)[]} seats who has which slot now */
  take(seats) {
    this.#slots = seats.map((seat, place) => {
      const before = this.#slots[place];
      if (before && before.seat === seat) return before;
      return { seat, since: null, isShown: false };
    });
    void this.#look();
  }

  /** Other lines carry the slots now: nothing has come yet. */
  forget() {
    for (const slot of this.#slots) Object.assign(slot, { since: null, isShown: false });
    void this.#look();
  }

  /** The slot in which this seat is seen; null until a picture has come. @param {number} seat */
  slotOf(seat) {
    const place = this.#slots.findIndex((slot) => slot.seat === seat && slot.isShown);
    return place < 0 ? null : place;
  }

  /** @param {number} turn how often in a row: who does not come soon is looked for more rarely */
  async #look(turn = 0) {
    this.#ways.cancel(this.#timer);
    const waiting = () => this.#slots.filter((slot) => slot.seat !== null && !slot.isShown);
    const mine = (this.#turn += 1);
    let hasCome = false;
    for (const slot of waiting()) {
      const decoded = await this.#ways.decoded(this.#slots.indexOf(slot)).catch(() => null);
      if (decoded === null) continue;
      if (slot.since === null) slot.since = decoded;
      if (decoded > slot.since) hasCome = slot.isShown = true;
    }
    if (hasCome) this.#ways.changed();
    // While we looked, others may have been given slots, and somebody looks already.
    if (mine !== this.#turn || waiting().length === 0) return;
    this.#timer = this.#ways.later(() => void this.#look(turn + 1), turn < SOON ? LOOK : RARELY);
  }

  close() {
    this.#slots = [];
    this.#turn += 1;
    this.#ways.cancel(this.#timer);
  }
}
