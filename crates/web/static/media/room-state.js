// Who is heard and seen in the room, as the home's frames tell it. Pure: the same frame always
// gives the same people, in the same order.

/** What somebody gives, as the bits of a `media` frame say it. */
export const MIC = 1;
export const CAM = 2;

/**
 * How it stands with sound and picture in the room.
 * @typedef {{k: string, v: number,
 *   on: [seat: number, name: string, dye: number, bits: number, guide?: number][],
 *   voices: (number | null)[], faces: (number | null)[],
 *   heard: "all" | "guides" | "feather" | "nobody", feather: number | null, rest: boolean,
 *   spotlight: number | null, raised: number[], calm: number}} Frame
 *
 * @typedef {{seat: number, name: string, dye: number, isYou: boolean, isGuide: boolean,
 *   hasMic: boolean, hasCam: boolean, speaks: boolean, raised: boolean, holds: boolean}} One
 *
 * @typedef {{seat: number, name: string, dye: number, quiet: boolean, guide: boolean}} You
 */

/** Before the first frame: nobody gives anything. @type {Frame} */
export const NOTHING = {
  k: "media", v: -1, on: [], voices: [], faces: [], heard: "all", feather: null, rest: false,
  spotlight: null, raised: [], calm: 0,
};

/**
 * Everybody who may be named, by the order of their seats, you at the end: nearest to yourself.
 * @param {Frame} frame
 * @param {{seat: number, name: string, dye: number}[]} here who is in the room by name
 * @param {You} you
 * @param {number[]} speaking
 * @returns {One[]}
 */
export function everybody(frame, here, you, speaking) {
  const on = new Map(frame.on.map((one) => [one[0], one]));
  /** @type {Map<number, {seat: number, name: string, dye: number}>} */
  const seats = new Map(here.map((who) => [who.seat, who]));
  for (const [seat, name, dye] of frame.on) seats.set(seat, { seat, name, dye });
  seats.set(you.seat, { seat: you.seat, name: you.name, dye: you.dye });
  const all = [...seats.values()].map((who) => {
    const bits = on.get(who.seat)?.[3] ?? 0;
    const isYou = who.seat === you.seat;
    return {
      ...who,
      isYou,
      isGuide: isYou ? you.guide : on.get(who.seat)?.[4] === 1,
      hasMic: (bits & MIC) !== 0,
      hasCam: (bits & CAM) !== 0,
      speaks: speaking.includes(who.seat),
      raised: frame.raised.includes(who.seat),
      holds: frame.feather === who.seat,
    };
  });
  return all.sort((a, b) => Number(a.isYou) - Number(b.isYou) || a.seat - b.seat);
}

/**
 * Whether there is a face to show: somebody else's, or your own if you like to see it.
 * @param {One[]} all
 * @param {{showsSelf: boolean}} how
 */
export function hasFaces(all, { showsSelf }) {
  return all.some((one) => one.hasCam && (!one.isYou || showsSelf));
}
