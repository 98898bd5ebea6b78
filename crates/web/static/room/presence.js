// Who is in the room, from the server's frames: a snapshot, then changes. A change that does not
// follow the last one is rejected, and a snapshot is requested instead.

/**
 * @typedef {[seat: number, name: string, dye: number]} SeatEntry
 * @typedef {{k?: string, v?: number, n: number, quiet: number, all?: SeatEntry[], in?: SeatEntry[],
 *   out?: number[], circle?: SeatEntry[], guides?: SeatEntry[]}} PresenceFrame
 */

export class Presence {
  /** Number of people present, unnamed ones included. */
  n = 1;
  /** Number of people who sit unnamed. */
  quiet = 0;
  /** @type {Map<number, {name: string, dye: number}>} */
  seats = new Map();
  /** Whether only the nearest neighbours are named, as in a room of more than two hundred. */
  isCircle = false;
  #version = -1;
  /** @type {Set<number>} the seats of guides who are named beside the circle */
  #guides = new Set();

  /**
   * Applies a frame. Returns false when one is missing in between: then request a snapshot.
   * @param {PresenceFrame} frame
   */
  apply(frame) {
    if (frame.all) {
      this.#replaceAll(frame, frame.all, false);
    } else if (frame.circle) {
      this.#replaceAll(frame, frame.circle, true);
      this.#nameGuides(frame.guides ?? []);
    } else if (frame.v !== undefined) {
      if (frame.v <= this.#version) return true;
      if (frame.v !== this.#version + 1) return false;
      for (const seat of frame.out ?? []) this.seats.delete(seat);
      this.#addSeats(frame.in ?? []);
      this.#version = frame.v;
    } else if (frame.guides && this.isCircle) {
      for (const seat of this.#guides) this.seats.delete(seat);
      this.#nameGuides(frame.guides);
    }
    this.n = frame.n;
    this.quiet = frame.quiet;
    return true;
  }

  /** After reconnecting, the first frame is a snapshot, whatever its version. */
  reset() {
    this.#version = -1;
  }

  /** All seats in order of their numbers. */
  bySeat() {
    return [...this.seats].sort(([a], [b]) => a - b).map(([seat, who]) => ({ seat, ...who }));
  }

  /**
   * @param {PresenceFrame} frame
   * @param {SeatEntry[]} seats
   * @param {boolean} isCircle
   */
  #replaceAll(frame, seats, isCircle) {
    this.seats.clear();
    this.#addSeats(seats);
    this.isCircle = isCircle;
    this.#version = frame.v ?? -1;
  }

  /**
   * Guides are named wherever they sit; one who is a neighbour is named there already.
   * @param {SeatEntry[]} guides
   */
  #nameGuides(guides) {
    const others = guides.filter(([seat]) => !this.seats.has(seat));
    this.#guides = new Set(others.map(([seat]) => seat));
    this.#addSeats(others);
  }

  /** @param {SeatEntry[]} seats */
  #addSeats(seats) {
    for (const [seat, name, dye] of seats) this.seats.set(seat, { name, dye });
  }
}
