// Who is heard and seen in the room, from the server's frames. Pure: the same frame always gives
// the same people in the same order.

/** Bits of a `media` frame: microphone on, camera on. */
export const MIC = 1;
export const CAM = 2;

/**
 * State of sound and video in the room.
 * @typedef {{k: string, v: number,
 *   on: [seat: number, name: string, dye: number, bits: number, guide?: number][],
 *   voices: (number | null)[], faces: (number | null)[],
 *   heard: "all" | "guides" | "feather" | "nobody", feather: number | null, rest: boolean,
 *   spotlight: number | null, raised: number[], calm: number}} MediaFrame
 *
 * @typedef {{seat: number, name: string, dye: number, isYou: boolean, isGuide: boolean,
 *   hasMic: boolean, hasCam: boolean, speaks: boolean, raised: boolean, holds: boolean}} Person
 *
 * @typedef {{seat: number, name: string, dye: number, quiet: boolean, guide: boolean}} SelfFacts
 */

/** Used before the first frame: everything is off. @type {MediaFrame} */
export const EMPTY_FRAME = {
  k: "media", v: -1, on: [], voices: [], faces: [], heard: "all", feather: null, rest: false,
  spotlight: null, raised: [], calm: 0,
};

/**
 * Everybody who may be named, in order of seats, with you at the end.
 * @param {MediaFrame} frame
 * @param {{seat: number, name: string, dye: number}[]} here named people in the room
 * @param {SelfFacts} you
 * @param {number[]} speaking
 * @returns {Person[]}
 */
export function listPeople(frame, here, you, speaking) {
  const on = new Map(frame.on.map((person) => [person[0], person]));
  /** @type {Map<number, {seat: number, name: string, dye: number}>} */
  const seats = new Map(here.map((who) => [who.seat, who]));
  for (const [seat, name, dye] of frame.on) seats.set(seat, { seat, name, dye });
  seats.set(you.seat, { seat: you.seat, name: you.name, dye: you.dye });
  const people = [...seats.values()].map((who) => {
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
  return people.sort((a, b) => Number(a.isYou) - Number(b.isYou) || a.seat - b.seat);
}

/**
 * Whether there is a face to show: somebody else's, or your own if you want to see it.
 * @param {Person[]} people
 * @param {{showsSelf: boolean}} how
 */
export function hasFaces(people, { showsSelf }) {
  return people.some((person) => person.hasCam && (!person.isYou || showsSelf));
}
