// Who sits in the room, as the home's frames tell it. Pure state: a snapshot, then changes; a
// change that does not fit is not taken, and a snapshot is asked for instead.

/**
 * @typedef {[seat: number, name: string, dye: number]} Seat
 * @typedef {{k?: string, v?: number, n: number, quiet: number, all?: Seat[], in?: Seat[],
 *   out?: number[], circle?: Seat[], guides?: Seat[]}} Frame
 */

export class Presence {
  /** Everyone present, the unnamed among them. */
  n = 1;
  /** How many sit unnamed. */
  quiet = 0;
  /** @type {Map<number, {name: string, dye: number}>} */
  seats = new Map();
  /** Whether only a circle of neighbours is named, as in a room of more than two hundred. */
  isCircle = false;
  #v = -1;
  /** @type {Set<number>} the seats of guides who are named beside the circle */
  #guides = new Set();

  /**
   * Takes a frame. Returns false when something is missing in between: then ask for a snapshot.
   * @param {Frame} frame
   */
  take(frame) {
    if (frame.all) {
      this.#snapshot(frame, frame.all, false);
    } else if (frame.circle) {
      this.#snapshot(frame, frame.circle, true);
      this.#beside(frame.guides ?? []);
    } else if (frame.v !== undefined) {
      if (frame.v <= this.#v) return true;
      if (frame.v !== this.#v + 1) return false;
      for (const seat of frame.out ?? []) this.seats.delete(seat);
      this.#sit(frame.in ?? []);
      this.#v = frame.v;
    } else if (frame.guides && this.isCircle) {
      for (const seat of this.#guides) this.seats.delete(seat);
      this.#beside(frame.guides);
    }
    this.n = frame.n;
    this.quiet = frame.quiet;
    return true;
  }

  /** A new line: its first frame is a snapshot, whatever its number. */
  forget() {
    this.#v = -1;
  }

  /** The seats in the order of their numbers. */
  inOrder() {
    return [...this.seats].sort(([a], [b]) => a - b).map(([seat, who]) => ({ seat, ...who }));
  }

  /**
   * @param {Frame} frame
   * @param {Seat[]} seats
   * @param {boolean} isCircle
   */
  #snapshot(frame, seats, isCircle) {
    this.seats.clear();
    this.#sit(seats);
    this.isCircle = isCircle;
    this.#v = frame.v ?? -1;
  }

  /**
   * Guides are named wherever they sit; one who sits in the circle is named there already.
   * @param {Seat[]} guides
   */
  #beside(guides) {
    const others = guides.filter(([seat]) => !this.seats.has(seat));
    this.#guides = new Set(others.map(([seat]) => seat));
    this.#sit(others);
  }

  /** @param {Seat[]} seats */
  #sit(seats) {
    for (const [seat, name, dye] of seats) this.seats.set(seat, { name, dye });
  }
}
