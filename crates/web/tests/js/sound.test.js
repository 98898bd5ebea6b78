// The bowl and the sound card's clock.

import assert from "node:assert/strict";
import { test } from "node:test";

import { makeQuietWav } from "../../static/room/keep-awake.js";
import { BOWLS, partialLevel } from "../../static/room/bowl.js";
import { AudioClock } from "../../static/room/audio-clock.js";

test("a bell has an attack of at least ten milliseconds and a long decay", () => {
  const partial = { ratio: 1, level: 1, seconds: 1, beat: 0 };
  for (const bowl of Object.values(BOWLS)) {
    assert.ok(bowl.attack >= 0.01);
    assert.equal(partialLevel(bowl, partial, 0), 0);
    assert.ok(partialLevel(bowl, partial, 0.001) < 0.3 * bowl.level);
    const full = partialLevel(bowl, partial, bowl.attack);
    assert.ok(partialLevel(bowl, partial, bowl.seconds / 2) < full / 10);
    assert.ok(partialLevel(bowl, partial, bowl.seconds) < full / 900);
  }
  const [soft, middle, large] = [BOWLS.soft, BOWLS.middle, BOWLS.large];
  assert.ok(soft.hertz > middle.hertz && middle.hertz > large.hertz);
  assert.ok(soft.seconds < middle.seconds && middle.seconds < large.seconds);
  assert.ok(soft.level < middle.level && middle.level < large.level);
});

/** @param {any} context */
const makeClock = (context) => new AudioClock(context, () => context.now);

test("audio time follows the browser's output timestamp", () => {
  const context = {
    state: "running",
    now: 5_000,
    getOutputTimestamp: () => ({ contextTime: 2, performanceTime: 5_000 }),
  };
  const audioClock = makeClock(context);
  assert.equal(audioClock.toAudioTime(6_500), 3.5);
  assert.equal(audioClock.toLocalTime(3.5), 6_500);
  audioClock.delay = 200;
  assert.equal(audioClock.toAudioTime(6_500), 3.3, "slow headphones are started earlier");
  assert.ok(Math.abs(Number(audioClock.toLocalTime(3.3)) - 6_500) < 1e-9);
});

test("one outlier does not move a bell", () => {
  let contextTime = 2;
  const context = {
    state: "running",
    now: 5_000,
    getOutputTimestamp: () => ({ contextTime, performanceTime: 5_000 }),
  };
  const audioClock = makeClock(context);
  for (const odd of [2, 2, 2.9, 2, 2]) {
    contextTime = odd;
    audioClock.sampleClocks();
  }
  assert.equal(audioClock.toAudioTime(6_000), 3);
});

test("a browser without timestamps is estimated by its latency", () => {
  const context = { state: "running", now: 1_000, currentTime: 10, outputLatency: 0.25 };
  assert.equal(makeClock(context).toAudioTime(2_000), 10.75);
});

test("nothing is known while the sound is suspended", () => {
  assert.equal(makeClock({ state: "suspended", now: 0, currentTime: 0 }).toAudioTime(1_000), null);
});

test("the file that keeps a locked phone awake is nearly silent", () => {
  const file = makeQuietWav();
  assert.equal(new TextDecoder().decode(file.slice(0, 4)), "RIFF");
  const samples = new Int16Array(file.buffer, 44);
  assert.equal(samples.length, 8_000);
  assert.ok(samples.every((sample) => Math.abs(sample) <= 1));
});
