// Bells ring at their instant, once, and never late by more than 300 ms, whatever happens around.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Bells } from "../../static/room/bell.js";
import { FakeTimers } from "./fake-timers.js";

/** Room time minus local time, in ms. */
const OFFSET = 1_790_000_000_000;

/** A room whose sound card runs at `rate`, recording what was really heard. */
function makeRoom({ rate = 1, isOpen = true } = {}) {
  const timers = new FakeTimers();
  const env = {
    offset: OFFSET,
    isHidden: false,
    isOpen,
    slept: 0,
    /** @type {{bell: string, at: number, skip: number, rise: number, isStopped: boolean}[]} */
    playing: [],
    /** @type {{id: string, sounds: boolean, at: number}[]} */
    rung: [],
    /** @type {{id: string, late: number}[]} */
    reported: [],
  };
  const audioNow = () => ((timers.now - env.slept) / 1_000) * rate + 7;
  const bells = new Bells({
    offset: () => env.offset,
    now: () => timers.now,
    setTimer: (act, ms) => timers.setTimer(act, ms),
    clearTimer: (timer) => timers.clearTimer(timer),
    isHidden: () => env.isHidden,
    checkSleep: () => {},
    sound: {
      get isOpen() {
        return env.isOpen;
      },
      sampleClocks: () => {},
      toAudioTime: (at) => audioNow() + (at - timers.now) / 1_000,
      toLocalTime: (audio) => timers.now + (audio - audioNow()) * 1_000,
      play: (bell, audio, skip, rise) => {
        const sound = { bell, at: Math.max(audio, audioNow()), skip, rise, isStopped: false };
        env.playing.push(sound);
        return () => (sound.isStopped = true);
      },
    },
    onRing: (strike, sounds) => env.rung.push({ id: strike.id, sounds, at: timers.now }),
    onReport: (strike, late) => env.reported.push({ id: strike.id, late }),
  });
  /** What came out of the loudspeaker, with the local time of its start. */
  const audible = () =>
    env.playing
      .filter((sound) => !sound.isStopped)
      .map((sound) => ({ ...sound, at: ((sound.at - 7) / rate) * 1_000 + env.slept }));
  return { timers, env, bells, audible };
}

/**
 * @param {string} id
 * @param {number} at local time, in ms
 * @param {"soft" | "middle" | "large"} [bell]
 */
const strike = (id, at, bell = "large") => ({ id, at: OFFSET + at, bell });

test("a bell rings at its instant, is shown then, and is reported", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("0.0", 10_000)]);
  timers.advance(12_000);
  assert.equal(audible().length, 1);
  assert.ok(Math.abs(audible()[0].at - 10_000) < 1e-6);
  assert.deepEqual(env.rung, [{ id: "0.0", sounds: true, at: 10_000 }]);
  assert.equal(env.reported.length, 1);
  assert.ok(Math.abs(env.reported[0].late) < 0.01);
});

test("a sound card that runs at nine tenths still rings within 20 ms", () => {
  const { timers, env, bells, audible } = makeRoom({ rate: 0.91 });
  bells.setStrikes([strike("0.0", 10_000)]);
  timers.advance(12_000);
  assert.equal(audible().length, 1);
  assert.ok(Math.abs(audible()[0].at - 10_000) < 20, `${audible()[0].at}`);
  assert.ok(env.playing.length > 5, "it was set again and again");
});

test("a better clock estimate moves a scheduled bell", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("0.0", 10_000)]);
  timers.advance(8_500);
  env.offset = OFFSET - 120;
  timers.advance(4_000);
  assert.equal(audible().length, 1);
  assert.ok(Math.abs(audible()[0].at - 10_120) < 1e-6);
});

test("a new timeline moves one scheduled bell, cancels another, and rings none twice", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("1.0", 5_000), strike("1.c", 10_000), strike("2.0", 10_500, "soft")]);
  timers.advance(8_900);
  bells.setStrikes([strike("1.0", 5_000), strike("1.c", 14_000)]);
  timers.advance(20_000);
  assert.deepEqual(audible().map((sound) => Math.round(sound.at)), [5_000, 14_000]);
  assert.deepEqual(env.rung.map((ring) => ring.id), ["1.0", "1.c"]);
  bells.setStrikes([strike("1.c", 14_000)]);
  timers.advance(5_000);
  assert.equal(env.rung.length, 2);
});

test("a bell missed by less than 300 ms rings at once, fading in from where it would be", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("0.0", -180)]);
  timers.advance(1_000);
  assert.equal(audible().length, 1);
  assert.ok(Math.abs(audible()[0].at) < 1);
  assert.ok(Math.abs(audible()[0].skip - 0.18) < 1e-9);
  assert.ok(audible()[0].rise > 0.1);
  assert.equal(env.rung.length, 1);
});

test("a bell missed by more than 300 ms is neither heard nor shown", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("0.0", -301)]);
  timers.advance(5_000);
  assert.deepEqual([audible().length, env.rung.length, env.reported.length], [0, 0, 0]);
});

test("a page whose timers stood still rings all the same, once, and shows nothing late", () => {
  const { timers, env, bells, audible } = makeRoom();
  env.isHidden = true;
  bells.setStrikes([strike("0.0", 600_000)]);
  timers.advance(1_000);
  assert.equal(env.playing.length, 1, "a hidden page sets its bells far ahead");
  // No timer runs for eleven minutes.
  timers.now += 660_000;
  bells.update();
  assert.equal(audible().length, 1);
  assert.ok(Math.abs(audible()[0].at - 600_000) < 1);
  assert.equal(env.rung.length, 0);
  assert.equal(env.reported.length, 1);
});

test("a machine that slept over a bell does not ring it on waking", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("0.0", 10_000), strike("0.1", 4_000_000)]);
  timers.advance(9_000);
  assert.equal(audible().length, 1, "it is set");
  // The lid closes for an hour: the sound card's clock stands still, room time does not.
  timers.now += 3_600_000;
  env.slept += 3_600_000;
  bells.update();
  timers.advance(60_000);
  assert.equal(audible().length, 0);
  assert.equal(env.rung.length, 0);
});

test("a bell missed while sound was suspended does not ring on resuming, the next one does", () => {
  const { timers, env, bells, audible } = makeRoom();
  bells.setStrikes([strike("0.0", 10_000), strike("0.1", 30_000)]);
  timers.advance(9_500);
  env.isOpen = false;
  bells.audioClosed();
  timers.advance(5_500);
  assert.deepEqual(env.rung, [{ id: "0.0", sounds: false, at: 10_000 }], "the rings are shown");
  env.isOpen = true;
  bells.update();
  timers.advance(20_000);
  assert.deepEqual(audible().map((sound) => Math.round(sound.at)), [30_000]);
  assert.deepEqual(env.reported.map((report) => report.id), ["0.1"]);
});

test("a bell is scheduled even if sound is unlocked just before it", () => {
  const { timers, env, bells, audible } = makeRoom({ isOpen: false });
  bells.setStrikes([strike("0.0", 10_000)]);
  timers.advance(9_960);
  env.isOpen = true;
  bells.update();
  timers.advance(1_000);
  assert.equal(audible().length, 1);
  assert.ok(Math.abs(audible()[0].at - 10_000) < 5);
});

test("ten thousand seconds with forty bells: each once, none late", () => {
  const { timers, env, bells, audible } = makeRoom({ rate: 1.00005 });
  const strikes = Array.from({ length: 40 }, (_, index) => strike(`0.${index}`, 250_000 * index + 5_000));
  bells.setStrikes(strikes);
  for (let step = 0; step < 1_000; step += 1) {
    timers.advance(10_005);
    env.offset = OFFSET + Math.sin(step) * 3;
    if (step % 7 === 0) bells.setStrikes(strikes);
  }
  assert.equal(audible().length, 40);
  for (const [index, sound] of audible().entries()) {
    assert.ok(Math.abs(sound.at - (250_000 * index + 5_000)) < 8, `${sound.at}`);
  }
});

test("the time to the next bell is known", () => {
  const { timers, bells } = makeRoom();
  bells.setStrikes([strike("0.0", 10_000), strike("0.1", 20_000)]);
  timers.advance(4_000);
  assert.equal(bells.timeToNext(), 6_000);
  timers.advance(10_000);
  assert.equal(bells.timeToNext(), 6_000);
});
