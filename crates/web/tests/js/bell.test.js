// Bells ring at their instant, once, and never late by more than 300 ms, whatever happens around.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bells } from "../../static/room/bell.js";
import { Hours } from "./hours.js";

/** How far room time is ahead of ours. */
const OFFSET = 1_790_000_000_000;

/** A room with a sound card whose clock runs at `rate`, and a list of what was really heard. */
function room({ rate = 1, isOpen = true } = {}) {
  const hours = new Hours();
  const world = {
    offset: OFFSET,
    isHidden: false,
    isOpen,
    slept: 0,
    /** @type {{bell: string, at: number, skip: number, rise: number, isStopped: boolean}[]} */
    playing: [],
    /** @type {{id: string, sounds: boolean, at: number}[]} */
    rung: [],
    /** @type {{id: string, late: number}[]} */
    told: [],
  };
  const audioNow = () => ((hours.now - world.slept) / 1_000) * rate + 7;
  const bells = new Bells({
    offset: () => world.offset,
    now: () => hours.now,
    later: (act, ms) => hours.later(act, ms),
    cancel: (timer) => hours.cancel(timer),
    isHidden: () => world.isHidden,
    woke: () => {},
    sound: {
      get isOpen() {
        return world.isOpen;
      },
      listen: () => {},
      when: (at) => audioNow() + (at - hours.now) / 1_000,
      heardAt: (audio) => hours.now + (audio - audioNow()) * 1_000,
      play: (bell, audio, skip, rise) => {
        const sound = { bell, at: Math.max(audio, audioNow()), skip, rise, isStopped: false };
        world.playing.push(sound);
        return () => (sound.isStopped = true);
      },
    },
    rung: (strike, sounds) => world.rung.push({ id: strike.id, sounds, at: hours.now }),
    told: (strike, late) => world.told.push({ id: strike.id, late }),
  });
  /** What came out of the loudspeaker, with our time of its beginning. */
  const heard = () =>
    world.playing
      .filter((sound) => !sound.isStopped)
      .map((sound) => ({ ...sound, at: ((sound.at - 7) / rate) * 1_000 + world.slept }));
  return { hours, world, bells, heard };
}

/**
 * @param {string} id
 * @param {number} at in our time
 * @param {"soft" | "middle" | "large"} [bell]
 */
const strike = (id, at, bell = "large") => ({ id, at: OFFSET + at, bell });

test("a bell rings at its instant, is shown then, and is reported", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("0.0", 10_000)]);
  hours.go(12_000);
  assert.equal(heard().length, 1);
  assert.ok(Math.abs(heard()[0].at - 10_000) < 1e-6);
  assert.deepEqual(world.rung, [{ id: "0.0", sounds: true, at: 10_000 }]);
  assert.equal(world.told.length, 1);
  assert.ok(Math.abs(world.told[0].late) < 0.01);
});

test("a sound card that runs at nine tenths still rings within 20 ms", () => {
  const { hours, world, bells, heard } = room({ rate: 0.91 });
  bells.expect([strike("0.0", 10_000)]);
  hours.go(12_000);
  assert.equal(heard().length, 1);
  assert.ok(Math.abs(heard()[0].at - 10_000) < 20, `${heard()[0].at}`);
  assert.ok(world.playing.length > 5, "it was set again and again");
});

test("a clock that learns better moves the bell that is set", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("0.0", 10_000)]);
  hours.go(8_500);
  world.offset = OFFSET - 120;
  hours.go(4_000);
  assert.equal(heard().length, 1);
  assert.ok(Math.abs(heard()[0].at - 10_120) < 1e-6);
});

test("a new timeline moves a set bell, takes one back, and rings none twice", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("1.0", 5_000), strike("1.c", 10_000), strike("2.0", 10_500, "soft")]);
  hours.go(8_900);
  bells.expect([strike("1.0", 5_000), strike("1.c", 14_000)]);
  hours.go(20_000);
  assert.deepEqual(heard().map((sound) => Math.round(sound.at)), [5_000, 14_000]);
  assert.deepEqual(world.rung.map((ring) => ring.id), ["1.0", "1.c"]);
  bells.expect([strike("1.c", 14_000)]);
  hours.go(5_000);
  assert.equal(world.rung.length, 2);
});

test("missed by less than 300 ms it rings at once, softly and from where it would be", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("0.0", -180)]);
  hours.go(1_000);
  assert.equal(heard().length, 1);
  assert.ok(Math.abs(heard()[0].at) < 1);
  assert.ok(Math.abs(heard()[0].skip - 0.18) < 1e-9);
  assert.ok(heard()[0].rise > 0.1);
  assert.equal(world.rung.length, 1);
});

test("missed by more than 300 ms it stays silent, for the eye too", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("0.0", -301)]);
  hours.go(5_000);
  assert.deepEqual([heard().length, world.rung.length, world.told.length], [0, 0, 0]);
});

test("a page whose timers stood still rings all the same, once, and shows nothing late", () => {
  const { hours, world, bells, heard } = room();
  world.isHidden = true;
  bells.expect([strike("0.0", 600_000)]);
  hours.go(1_000);
  assert.equal(world.playing.length, 1, "a hidden page sets its bells far ahead");
  // No timer runs for eleven minutes.
  hours.now += 660_000;
  bells.look();
  assert.equal(heard().length, 1);
  assert.ok(Math.abs(heard()[0].at - 600_000) < 1);
  assert.equal(world.rung.length, 0);
  assert.equal(world.told.length, 1);
});

test("a machine that slept over a bell does not ring it on waking", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("0.0", 10_000), strike("0.1", 4_000_000)]);
  hours.go(9_000);
  assert.equal(heard().length, 1, "it is set");
  // The lid closes for an hour: the sound card's clock stands still, room time does not.
  hours.now += 3_600_000;
  world.slept += 3_600_000;
  bells.look();
  hours.go(60_000);
  assert.equal(heard().length, 0);
  assert.equal(world.rung.length, 0);
});

test("a browser that closes the sound rings nothing when it opens again, but the next bell", () => {
  const { hours, world, bells, heard } = room();
  bells.expect([strike("0.0", 10_000), strike("0.1", 30_000)]);
  hours.go(9_500);
  world.isOpen = false;
  bells.closed();
  hours.go(5_500);
  assert.deepEqual(world.rung, [{ id: "0.0", sounds: false, at: 10_000 }], "the rings are shown");
  world.isOpen = true;
  bells.look();
  hours.go(20_000);
  assert.deepEqual(heard().map((sound) => Math.round(sound.at)), [30_000]);
  assert.deepEqual(world.told.map((told) => told.id), ["0.1"]);
});

test("a bell is set however late the sound opens before it", () => {
  const { hours, world, bells, heard } = room({ isOpen: false });
  bells.expect([strike("0.0", 10_000)]);
  hours.go(9_960);
  world.isOpen = true;
  bells.look();
  hours.go(1_000);
  assert.equal(heard().length, 1);
  assert.ok(Math.abs(heard()[0].at - 10_000) < 5);
});

test("ten thousand seconds with forty bells: each once, none late", () => {
  const { hours, world, bells, heard } = room({ rate: 1.00005 });
  const strikes = Array.from({ length: 40 }, (_, place) => strike(`0.${place}`, 250_000 * place + 5_000));
  bells.expect(strikes);
  for (let step = 0; step < 1_000; step += 1) {
    hours.go(10_005);
    world.offset = OFFSET + Math.sin(step) * 3;
    if (step % 7 === 0) bells.expect(strikes);
  }
  assert.equal(heard().length, 40);
  for (const [place, sound] of heard().entries()) {
    assert.ok(Math.abs(sound.at - (250_000 * place + 5_000)) < 8, `${sound.at}`);
  }
});

test("how long until the next bell is known for whoever asks the time", () => {
  const { hours, bells } = room();
  bells.expect([strike("0.0", 10_000), strike("0.1", 20_000)]);
  hours.go(4_000);
  assert.equal(bells.untilNext(), 6_000);
  hours.go(10_000);
  assert.equal(bells.untilNext(), 6_000);
});
