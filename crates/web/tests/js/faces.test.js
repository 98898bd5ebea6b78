// Who is seen, how tiles are laid out, and what is said about sound and video.

import assert from "node:assert/strict";
import { test } from "node:test";

import { describeHeard, describePerson } from "../../static/media/media-console.js";
import { EMPTY_FRAME, listPeople, hasFaces } from "../../static/media/people.js";
import {
  describeOverflow, describeMuteRequest, describeDimmed, describeMuted, joinNames, describeTile, describeSealing, describeUnreadable, describeFailure,
} from "../../static/media/media-phrases.js";
import { SMALL_TILES_FROM, TILES_MAX, countColumns, layOutTiles } from "../../static/media/tiles-layout.js";

/** @typedef {import("../../static/media/people.js").MediaFrame} Frame */
/** @typedef {import("../../static/media/people.js").Person} One */

/** @param {Partial<Frame>} more @returns {Frame} */
const frame = (more) => ({ ...EMPTY_FRAME, v: 1, ...more });
const amara = { seat: 2, name: "Amara", dye: 1, quiet: false, guide: false };
/** @param {Partial<Frame>} more @param {number[]} [speaking] */
const people = (more, speaking = []) => listPeople(frame(more), [], amara, speaking);
/** Marit is a guide, Leïla is seen and heard, Jun is heard. @type {Frame["on"]} */
const ON = [[9, "Jun", 3, 1], [4, "Marit", 0, 3, 1], [7, "Leïla", 4, 3], [2, "Amara", 1, 1]];
/** @param {number} count @param {Partial<One>} [more] @returns {One[]} */
const crowd = (count, more = {}) => Array.from({ length: count }, (_, seat) => ({
  seat, name: `P${seat}`, dye: seat % 7, isYou: seat === count - 1, isGuide: false, hasMic: false,
  hasCam: false, speaks: false, raised: false, holds: false, ...more,
}));
const DESK = { see: "faces", spotlight: null, largeBefore: null, isWide: true, isPhone: false };
const HAND = { ...DESK, isWide: false, isPhone: true };

test("people are ordered by seat, whoever speaks or raised the feather, with you last", () => {
  const quiet = people({ on: ON }).map((one) => one.name);
  assert.deepEqual(quiet, ["Marit", "Leïla", "Jun", "Amara"]);
  const loud = people({ on: ON, raised: [9], feather: 7 }, [9]);
  assert.deepEqual(loud.map((one) => one.name), quiet, "nothing of that moves anybody");
  assert.deepEqual(loud.filter((one) => one.raised || one.speaks).map((one) => one.name), ["Jun"]);
  assert.equal(loud.find((one) => one.holds)?.name, "Leïla");
});

test("people with nothing on are listed, and people with something on even before presence names them", () => {
  const all = listPeople(frame({ on: [[7, "Leïla", 4, 2]] }), [{ seat: 3, name: "Bo", dye: 2 }], amara, []);
  assert.deepEqual(all.map((one) => [one.name, one.hasCam]), [["Bo", false], ["Leïla", true], ["Amara", false]]);
});

test("there are faces when somebody else has one, or when you want to see your own", () => {
  assert.equal(hasFaces(people({ on: [[2, "Amara", 1, 2]] }), { showsSelf: false }), false);
  assert.equal(hasFaces(people({ on: [[2, "Amara", 1, 2]] }), { showsSelf: true }), true);
  assert.equal(hasFaces(people({ on: ON }), { showsSelf: false }), true);
  assert.equal(hasFaces(people({ on: [[9, "Jun", 3, 1]] }), { showsSelf: true }), false);
});

test("two, six, twelve and twenty-five tiles have the designed number of columns", () => {
  assert.deepEqual([2, 6, 12, 25].map((count) => countColumns(count, true)), [2, 3, 4, 5]);
  assert.deepEqual([2, 6, 12, 25].map((count) => countColumns(count, false)), [1, 2, 3, 5]);
  for (let count = 1; count <= TILES_MAX; count += 1) {
    for (const isWide of [true, false]) {
      const [wide, rows] = [countColumns(count, isWide), Math.ceil(count / countColumns(count, isWide))];
      assert.ok((rows - 1) * wide < count, `${count}: no row is empty`);
    }
  }
});

test("the overflow is described in words; people who are seen or active stay", () => {
  const all = crowd(39);
  for (const seat of [30, 35]) Object.assign(all[seat], { hasCam: true });
  Object.assign(all[33], { raised: true });
  Object.assign(all[37], { holds: true });
  const { shown, more } = layOutTiles(all, DESK);
  assert.equal(shown.length, TILES_MAX);
  assert.equal(more, 14);
  assert.equal(describeOverflow(more), "and fourteen more");
  const seats = shown.map((one) => one.seat);
  for (const seat of [30, 33, 35, 37, 38]) assert.ok(seats.includes(seat), `seat ${seat} is shown`);
  assert.deepEqual(seats, [...seats].sort((a, b) => a - b), "in the order of all");
  assert.equal(describeOverflow(0), "");
});

test("a phone shows many small tiles and one large: the speaker, who stays large in a pause", () => {
  const all = crowd(SMALL_TILES_FROM);
  Object.assign(all[5], { speaks: true });
  const while5 = layOutTiles(all, HAND);
  assert.ok(while5.isSmall);
  assert.equal(while5.shown[0].seat, 5);
  Object.assign(all[5], { speaks: false });
  assert.equal(layOutTiles(all, { ...HAND, largeBefore: while5.first }).shown[0].seat, 5, "nothing jumps in a pause");
  assert.equal(layOutTiles(all, { ...HAND, largeBefore: 5, spotlight: 8 }).shown[0].seat, 8);
  assert.equal(layOutTiles(crowd(SMALL_TILES_FROM - 1), HAND).isSmall, false);
  assert.equal(layOutTiles(all, DESK).isSmall, false);
});

test("your own voice never makes your own tile large", () => {
  const all = crowd(20);
  Object.assign(all[19], { speaks: true });
  Object.assign(all[3], { hasCam: true });
  assert.equal(layOutTiles(all, HAND).first, 3);
});

test("the spotlight is large, unless that person has left", () => {
  const all = crowd(6);
  assert.equal(layOutTiles(all, { ...DESK, spotlight: 4 }).large, 4);
  assert.equal(layOutTiles(all, { ...DESK, spotlight: 99 }).large, null);
  assert.equal(layOutTiles(all, DESK).large, null);
});

test("the speaker view shows one face and no overflow", () => {
  const all = crowd(30);
  Object.assign(all[11], { speaks: true });
  const { shown, more, large } = layOutTiles(all, { ...DESK, see: "speaker" });
  assert.deepEqual([shown.map((one) => one.seat), more, large], [[11], 0, null]);
});

test("a tile names who speaks and who you are, and tells screen readers that the camera is off", () => {
  const [marit, , , you] = people({ on: ON });
  assert.deepEqual(describeTile(marit), ["Marit", "", ""]);
  assert.deepEqual(describeTile({ ...marit, speaks: true }), ["Marit", " is speaking", ""]);
  assert.deepEqual(describeTile(you), ["Amara (you)", "", ", camera off"]);
  assert.deepEqual(describeTile({ ...you, speaks: true, holds: true }), ["You", " are speaking", ", camera off, holds the feather"]);
});

test("people whose microphone is on but not heard read so, and when they will be", () => {
  const how = { mic: true, isSilent: false, hasRound: true, isSpoken: false };
  const held = (/** @type {Partial<Frame>} */ more, also = {}) =>
    describeMuted(frame({ on: ON, ...more }), people({ on: ON, ...more }), { ...how, ...also });
  assert.equal(held({ heard: "guides" }), "Only Marit is heard now. You will be heard again in the round.");
  assert.equal(held({ heard: "guides" }, { hasRound: false }), "Only Marit is heard now. You will be heard again afterwards.");
  assert.equal(held({ heard: "feather", feather: 7 }), "Only Leïla is heard now. You will be heard again afterwards.");
  assert.equal(held({ heard: "guides" }, { isSilent: true }), "In silence only Marit is heard.");
  for (const nothing of [
    held({ heard: "all" }), held({ heard: "guides" }, { mic: false }), held({ heard: "feather", feather: 2 }),
  ]) assert.equal(nothing, "");
});

test("a guide is not heard either while another holds the feather of a round", () => {
  const marit = { seat: 4, name: "Marit", dye: 0, quiet: false, guide: true };
  const held = frame({ on: ON, heard: "feather", feather: 7 });
  const all = listPeople(held, [], marit, []);
  const words = (/** @type {boolean} */ isSpoken) =>
    describeMuted(held, all, { mic: true, isSilent: false, hasRound: false, isSpoken });
  assert.equal(words(true), "Only Leïla is heard now. You will be heard when you hold the feather.");
  assert.equal(words(false), "");
});

test("two guides are both named, and without one it is \"the guide\"", () => {
  const two = people({ on: [...ON, [11, "Kofi", 2, 1, 1]] });
  assert.equal(describeDimmed(frame({ heard: "guides" }), two), "The room is dimmed. Faces rest; sound stays with Marit and Kofi.");
  assert.equal(describeDimmed(frame({ heard: "guides" }), people({})), "The room is dimmed. Faces rest; sound stays with the guide.");
  assert.equal(describeDimmed(frame({}), two), "The room is dimmed. Faces rest; sound goes on.");
  assert.match(describeMuteRequest(two), /^A guide asks you/);
  assert.match(describeMuteRequest(people({ on: ON })), /^Marit asks you.*Only you see this\.$/);
});

test("a key mismatch names whom we cannot hear, and sealing is described either way", () => {
  assert.match(describeUnreadable(["Jun", "Leïla"]), /^We cannot hear Jun and Leïla: the key does not fit\./);
  assert.match(describeSealing(true), /^This sit is sealed/);
  assert.match(describeSealing(false), /^This sit is not sealed/);
  assert.equal(joinNames(["A", "B", "C"]), "A, B and C");
});

test("a device failure blames nobody, and every result has a description", () => {
  for (const what of /** @type {const} */ (["mic", "cam"])) {
    const said = ["refused", "none", "busy", "held", "else"].map((word) => describeFailure(what, word));
    assert.equal(new Set(said).size, said.length);
    assert.ok(said.every((words) => !/error|invalid|!/i.test(words)), said.join());
  }
});

test("a guide reads who is heard, and sees a raised feather without its time", () => {
  const all = people({ on: ON, raised: [9] });
  assert.equal(describeHeard(frame({ heard: "guides" }), all, false), "Heard now: only Marit.");
  assert.equal(describeHeard(frame({ heard: "all", rest: true }), all, false), "Everybody may be heard now. Faces rest.");
  const held = { heard: /** @type {const} */ ("feather"), feather: 9 };
  assert.equal(describeHeard(frame(held), people({ on: ON, ...held }), false), "Heard now: Jun, and whoever guides.");
  assert.equal(describeHeard(frame(held), people({ on: ON, ...held }), true), "Heard now: Jun.");
  const jun = all.find((one) => one.name === "Jun");
  assert.ok(jun);
  assert.deepEqual(describePerson(jun, frame({ raised: [9] })), ["feather raised", "mic on"]);
});
