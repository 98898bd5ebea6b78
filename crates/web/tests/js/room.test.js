// What the room shows at an instant: phases, text, breath, script lines, and who sits where.

import assert from "node:assert/strict";
import { test } from "node:test";

import { buildKeyframes, nameBreathPart, measureBreath, locateBreath } from "../../static/room/breath.js";
import { findLine, readPrompter, timeToNextLine } from "../../static/room/script-lines.js";
import { DYES, spacePoints, selectFigures, placeSeats } from "../../static/room/circle.js";
import { Presence } from "../../static/room/presence.js";
import {
  hasBegun, hasFlag, isHeld, isLate, nextStrike, nextChangeAt, elapsedIn, measureProgress, segmentAfter, segmentAt,
} from "../../static/room/timeline.js";
import { describeDuration, spellNumber, describeSegment, describeProgress, describePresence } from "../../static/room/phrases.js";

const T = 1_790_000_000_000;
const min = 60_000;

/** @typedef {Pick<import("../../static/room/timeline.js").Segment, "kind" | "flags" | "under">} Kind */
/** A kind in which everybody speaks. @type {Kind} */
const OPEN = { kind: "welcome", flags: ["raise"], under: "A few words to begin with." };
/** @type {Kind} */
const SILENT = { kind: "silence", flags: ["silent", "still"], under: "When it has come round, the bell rings." };

/** @returns {import("../../static/room/timeline.js").Timeline} */
function sit() {
  return {
    seq: 1,
    planned: T,
    begun: T,
    held: null,
    over: T + 30 * min,
    segments: [
      { n: 0, phase: null, ...OPEN, title: "Arriving", from: T - 15 * min, to: T },
      { n: 1, phase: 0, ...OPEN, title: "Welcome", from: T, to: T + 5 * min },
      { n: 2, phase: 1, ...SILENT, title: "Silence", from: T + 5 * min, to: T + 25 * min },
      { n: 3, phase: 2, ...OPEN, title: "Close", from: T + 25 * min, to: T + 30 * min },
    ],
    strikes: [
      { id: "2.0", at: T + 5 * min, bell: "middle" },
      { id: "2.c", at: T + 25 * min, bell: "large" },
    ],
  };
}

test("every instant lies in one segment, from the waiting to the end", () => {
  const timeline = sit();
  const at = (/** @type {number} */ minutes) => segmentAt(timeline, T + minutes * min)?.title;
  assert.deepEqual([-60, -1, 0, 4.99, 5, 25, 29.99].map(at), [
    "Arriving", "Arriving", "Welcome", "Welcome", "Silence", "Close", "Close",
  ]);
  assert.equal(at(30), undefined);
});

test("the next bell is the earliest one after now", () => {
  assert.equal(nextStrike(sit(), T)?.id, "2.0");
  assert.equal(nextStrike(sit(), T + 5 * min)?.id, "2.c");
  assert.equal(nextStrike(sit(), T + 26 * min), null);
});

test("progress goes from 0 to 1", () => {
  const silence = sit().segments[2];
  assert.equal(measureProgress(silence, T + 5 * min), 0);
  assert.equal(measureProgress(silence, T + 15 * min), 0.5);
  assert.equal(measureProgress(silence, T + 26 * min), 1);
});

test("a hold stops progress and undoes none", () => {
  const silence = sit().segments[2];
  const held = { ...silence, to: null, pauses: /** @type {any} */ ([[T + 15 * min, null]]) };
  assert.equal(measureProgress(held, T + 40 * min, 20 * min), 0.5);
  assert.equal(measureProgress(held, T + 40 * min), null);
  const gone = { ...silence, to: T + 35 * min, pauses: /** @type {any} */ ([[T + 15 * min, T + 25 * min]]) };
  assert.equal(measureProgress(gone, T + 25 * min), 0.5);
  assert.equal(elapsedIn(gone, T + 26 * min), 11 * min);
});

test("a quiet page updates when something changes, and not before", () => {
  assert.equal(nextChangeAt(sit(), T + 6 * min), T + 25 * min);
  assert.equal(nextChangeAt(sit(), T + 31 * min), Infinity);
});

test("entering after the beginning counts as late", () => {
  assert.equal(isLate(sit(), T - min), false);
  assert.equal(isLate(sit(), T + 5_000), false);
  assert.equal(isLate(sit(), T + 12 * min), true);
  assert.equal(isLate({ ...sit(), begun: null }, T + 12 * min), false);
});

test("a sit with a known start has not begun before it", () => {
  assert.equal(hasBegun(sit(), T - 1), false);
  assert.equal(hasBegun(sit(), T), true);
  assert.equal(isHeld({ ...sit(), held: T + 5 }, T), false);
  assert.equal(segmentAfter(sit(), sit().segments[1])?.title, "Silence");
});

test("progress is described in words, never as a ticking number", () => {
  const timeline = sit();
  const at = (/** @type {number} */ minutes) => {
    const now = T + minutes * min;
    return describeProgress(timeline, segmentAt(timeline, now), now);
  };
  assert.equal(at(-3), "We have not begun yet. The bell will say so.");
  assert.equal(at(5.5), "Just begun. About twenty minutes more.");
  assert.equal(at(16), "A little past the middle. About nine minutes more.");
  assert.equal(at(24.5), "Nearly there. Less than a minute more.");
  assert.equal(at(31), "This sit is over. There is no hurry.");
  for (let minute = -5; minute < 35; minute += 0.25) assert.doesNotMatch(at(minute), /\d/);
});

test("a hold is described kindly", () => {
  const timeline = { ...sit(), held: T + 6 * min };
  const silence = timeline.segments[2];
  assert.match(describeProgress(timeline, silence, T + 7 * min), /no hurry/);
  assert.match(describeSegment(timeline, silence, "", T + 7 * min), /holding here/);
});

test("the plan's own words replace the defaults", () => {
  assert.equal(describeSegment(sit(), sit().segments[1], "Marit greets you.", T), "Marit greets you.");
  assert.match(describeSegment(sit(), sit().segments[2], "", T + 6 * min), /the bell rings/);
});

test("a segment behaves as its flags say, and after the end nothing is set", () => {
  const [, welcome, silence] = sit().segments;
  assert.deepEqual([welcome, silence, null].map((one) => hasFlag(one, "silent")), [false, true, false]);
  assert.deepEqual([welcome, silence, null].map((one) => hasFlag(one, "raise")), [true, false, false]);
});

test("numbers are spelled out", () => {
  assert.deepEqual([0, 1, 12, 20, 21, 99].map(spellNumber), [
    "no", "one", "twelve", "twenty", "twenty-one", "ninety-nine",
  ]);
  assert.equal(spellNumber(3_120), "3,120");
  assert.equal(describeDuration(65_000), "about a minute");
  assert.equal(describeDuration(11 * min), "about eleven minutes");
});

test("presence is described in a sentence, quiet sitters counted and not named", () => {
  assert.equal(describePresence(1, 0), "You are the first. Others may be on their way.");
  assert.equal(describePresence(12, 0), "Twelve people sit together.");
  assert.equal(describePresence(12, 2), "Twelve people sit together, two of them quietly.");
});

test("the breath has the same position for all whose clocks agree", () => {
  const lengths = [4_000, 1_000, 6_000, 0];
  assert.equal(measureBreath(lengths), 11_000);
  assert.equal(locateBreath(lengths, T, T + 11_000 * 1_000 + 250), 250);
  assert.equal(locateBreath(lengths, T, T - 250), 10_750);
  assert.deepEqual([0, 3_999, 4_000, 5_000, 10_999].map((at) => nameBreathPart(lengths, at)), [
    "breathing in", "breathing in", "holding", "breathing out", "breathing out",
  ]);
});

test("a ring is widest while the breath is full", () => {
  const frames = buildKeyframes([4_000, 1_000, 5_000, 0], 1);
  assert.deepEqual(frames.map((frame) => frame.offset), [0, 0.4, 0.5, 1, 1]);
  assert.equal(frames[1].transform, "scale(1)");
  assert.equal(frames[0].transform, frames[4].transform);
});

/** @type {import("../../static/room/script-lines.js").ScriptLine[]} */
const LINES = [[0, "Arrive."], [10_000, "Feel your feet."], [30_000, "Listen."]];

test("a practice's line stands until the next one comes", () => {
  assert.deepEqual([-1, 0, 9_999, 10_000, 90_000].map((at) => findLine(LINES, at)), [-1, 0, 0, 1, 2]);
  assert.equal(timeToNextLine(LINES, 12_000), 18_000);
  assert.equal(timeToNextLine(LINES, 31_000), Infinity);
});

test("the guide reads one line ahead", () => {
  const { before, now, next, later, until } = readPrompter(LINES, 12_000);
  assert.deepEqual([before, now, next, later, until], ["Arrive.", "Feel your feet.", "Listen.", "", 18_000]);
});

test("you sit at the front, and everybody else in equal steps around", () => {
  const spots = placeSeats(12);
  assert.ok(Math.abs(spots[0].c) < 0.01 && Math.abs(spots[0].s - 1) < 1e-9);
  for (const [shape, rx, ry] of [["tall", 159.1, 205], ["wide", 378.4, 190]]) {
    const points = spacePoints(24, /** @type {"tall" | "wide"} */ (shape));
    const steps = points.map((point, index) => {
      const next = points[(index + 1) % points.length];
      return Math.hypot((point.c - next.c) * Number(rx), (point.s - next.s) * Number(ry));
    });
    assert.ok(Math.max(...steps) / Math.min(...steps) < 1.08, `${shape}`);
  }
  assert.ok(spots.every((spot) => spot.k >= 0.79 && spot.k <= 1.12));
});

const you = { seat: 2, name: "Amara", dye: 3, quiet: false };

/** @param {number} count */
function people(count) {
  return Array.from({ length: count }, (_, index) => ({
    seat: index + 1, name: `N${index}`, dye: index % DYES.length,
  }));
}

test("quiet sitters are drawn without a name, you as You", () => {
  const seats = people(3);
  const { figures, stitches } = selectFigures({ n: 5, quiet: 2, isCircle: false, seats }, you);
  assert.equal(figures.length, 5);
  assert.equal(figures[0].name, "You");
  assert.deepEqual(figures.map((figure) => figure.name).filter((name) => name === ""), ["", ""]);
  assert.equal(stitches, 0);
  const quietly = selectFigures({ n: 5, quiet: 2, isCircle: false, seats }, { ...you, seat: 9, quiet: true });
  assert.equal(quietly.figures.length, 5, "you are one of the two quiet ones");
});

test("seat 0 is somebody else's until the server assigns yours", () => {
  const seats = [{ seat: 0, name: "Marit", dye: 1 }];
  const { figures } = selectFigures({ n: 2, quiet: 0, isCircle: false, seats }, { ...you, seat: -1 });
  assert.deepEqual(figures.map((figure) => figure.name), ["You", "Marit"]);
  assert.notEqual(figures[0].seat, figures[1].seat);
});

test("past forty, people are stitches of the thread; in a crowd, neighbours remain", () => {
  const crowd = selectFigures({ n: 60, quiet: 0, isCircle: false, seats: people(60) }, you);
  assert.deepEqual([crowd.figures.length, crowd.stitches], [1, 60]);
  const circle = selectFigures({ n: 3_120, quiet: 40, isCircle: true, seats: people(24) }, you);
  assert.deepEqual([circle.figures.length, circle.stitches], [24, 3_120]);
});

test("presence follows its frames and detects a missing one", () => {
  const presence = new Presence();
  const first = { v: 7, n: 2, quiet: 0, all: /** @type {any} */ ([[1, "Ana", 0], [2, "Bo", 1]]) };
  assert.equal(presence.apply(first), true);
  assert.equal(presence.apply({ v: 8, n: 3, quiet: 0, in: [[3, "Cy", 2]], out: [] }), true);
  assert.deepEqual(presence.bySeat().map((who) => who.name), ["Ana", "Bo", "Cy"]);
  assert.equal(presence.apply({ v: 10, n: 2, quiet: 0, out: [1] }), false);
  assert.equal(presence.n, 3, "a change that does not fit is not taken");
  assert.equal(presence.apply({ v: 7, n: 9, quiet: 0, out: [1] }), true);
  assert.equal(presence.seats.size, 3, "an old one neither");
  presence.apply({ v: 11, n: 300, quiet: 4, circle: [[5, "Di", 1]], guides: [[1, "Ana", 0]] });
  assert.deepEqual([presence.isCircle, presence.seats.size, presence.n], [true, 2, 300]);
  presence.apply({ n: 320, quiet: 5 });
  assert.deepEqual([presence.n, presence.quiet, presence.seats.size], [320, 5, 2]);
  presence.apply({ n: 321, quiet: 5, guides: [[5, "Di", 1], [8, "Ed", 2]] });
  assert.deepEqual(presence.bySeat().map((who) => who.name), ["Di", "Ed"]);
  presence.apply({ n: 321, quiet: 5, guides: [] });
  assert.deepEqual(presence.bySeat().map((who) => who.name), ["Di"], "the circle stays");
});
