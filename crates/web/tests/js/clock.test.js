// The room's clock, on networks of every kind, in hundreds of seeded runs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomClock } from "../../static/room/clock.js";
import { nextPingDelay } from "../../static/room/pings.js";
import { START, SimulatedBrowser, NETWORKS, seededRandom, quantile } from "./networks.js";

const BROWSERS = 300;

/**
 * Lets a browser ping as it would, up to each instant of `until`, and returns the errors there, in
 * ms.
 * @param {import("./networks.js").NetworkKind} kind
 * @param {() => number} random
 * @param {number[]} until
 */
function errorsOfOne(kind, random, until) {
  const browser = new SimulatedBrowser(kind, random);
  const clock = new RoomClock();
  const errors = [];
  /** @type {import("../../static/room/clock.js").PingExchange[]} */
  const inFlight = [];
  let [at, sent] = [0, 0];
  for (const end of until) {
    while (at < end) {
      inFlight.push(browser.ping(START + at));
      sent += 1;
      const facts = { sent, since: at, isJittery: clock.isJittery, timeToBell: Infinity };
      at += nextPingDelay(facts);
      const now = browser.localTime(START + Math.min(at, end));
      inFlight.sort((a, b) => a.t3 - b.t3);
      while (inFlight.length > 0 && inFlight[0].t3 <= now) {
        clock.addExchange(/** @type {any} */ (inFlight.shift()));
      }
    }
    const now = browser.localTime(START + end);
    errors.push(Math.abs(now + clock.offset(now) - START - end));
  }
  return errors;
}

for (const [name, kind] of Object.entries(NETWORKS)) {
  test(`on a ${name} network the clock is as accurate as the network allows`, () => {
    const random = seededRandom(20260107);
    const all = Array.from({ length: BROWSERS }, () =>
      errorsOfOne(kind, random, [10_000, 60_000, 600_000]),
    );
    const asymmetry = Math.abs(kind.up - kind.down) / 2;
    const at = (/** @type {number} */ index) => quantile(all.map((errors) => errors[index]), 0.95);
    assert.ok(at(0) <= asymmetry + 2, `after 10 s: ${at(0)}`);
    assert.ok(at(1) <= asymmetry + 1, `after 60 s: ${at(1)}`);
    assert.ok(at(2) <= asymmetry + 1, `after 10 min: ${at(2)}`);
  });
}

/**
 * A clock synced over a perfect network.
 * @param {number} offset room time minus local time, in ms
 * @param {number} from
 * @param {number} to
 * @param {RoomClock} [clock]
 */
function syncedClock(offset, from, to, clock = new RoomClock()) {
  for (let at = from; at <= to; at += 1_000) {
    clock.addExchange({ t0: at, t1: at + 5 + offset, t2: at + 5 + offset, t3: at + 10 });
  }
  return clock;
}

test("a small correction is slewed, never faster than 1 ms in a second", () => {
  const clock = syncedClock(1_000_000, 0, 20_000);
  assert.equal(clock.roomTime(20_000), 1_020_000);
  // A faster network shows that the estimate was 20 ms off.
  for (let at = 20_000; at < 21_000; at += 125) {
    clock.addExchange({ t0: at, t1: at + 1_000_020, t2: at + 1_000_020, t3: at + 0.1 });
  }
  let before = clock.roomTime(21_000);
  for (let at = 21_050; at < 26_000; at += 50) {
    const shown = clock.roomTime(at);
    const pace = (shown - before) / 50;
    assert.ok(pace >= 0.999 - 1e-9 && pace <= 1.001 + 1e-9, `pace ${pace}`);
    before = shown;
  }
});

test("a large error is corrected in one step", () => {
  const clock = syncedClock(1_000_000, 0, 20_000);
  clock.roomTime(20_000);
  clock.addExchange({ t0: 20_000, t1: 1_020_400, t2: 1_020_400, t3: 20_000.1 });
  // The older pings said 1,000,000; this shorter one bounds both directions and wins half of each.
  assert.ok(Math.abs(clock.roomTime(20_001) - 20_001 - clock.offset(20_001)) < 0.01);
});

test("after a sleep old pings are dropped and the time slept is added", () => {
  const clock = syncedClock(1_000_000, 0, 20_000);
  assert.equal(clock.detectSleep(20_000, 5_020_000), false);
  assert.equal(clock.detectSleep(20_100, 5_020_101), false);
  // The monotonic clock stood still for an hour; the wall clock did not.
  assert.equal(clock.detectSleep(20_200, 5_020_200 + 3_600_000), true);
  assert.equal(clock.isSynced, false);
  assert.ok(Math.abs(clock.roomTime(20_200) - (1_020_200 + 3_600_000)) < 2);
  syncedClock(1_000_000 + 3_600_000, 20_300, 22_300, clock);
  assert.ok(Math.abs(clock.roomTime(22_400) - (1_022_400 + 3_600_000)) < 0.1);
});

test("a reset of the server's clock is accepted at the first pong", () => {
  const clock = syncedClock(1_000_000, 0, 20_000);
  for (const step of [600_000, -5_000]) {
    const before = clock.offset(20_000);
    const room = 20_105 + before + step;
    assert.equal(clock.addExchange({ t0: 20_100, t1: room, t2: room, t3: 20_110 }), true);
    assert.ok(Math.abs(clock.offset(20_110) - before - step) < 0.01);
    assert.equal(clock.addExchange({ t0: 20_200, t1: room + 100, t2: room + 100, t3: 20_210 }), false);
  }
});

test("drift is detected after a minute and limited to 100 parts per million", () => {
  for (const [drift, seen] of [[40e-6, 40e-6], [-40e-6, -40e-6], [900e-6, 100e-6]]) {
    const clock = new RoomClock();
    for (let at = 0; at <= 200_000; at += 1_000) {
      const room = (at + 5) * (1 + drift);
      clock.addExchange({ t0: at, t1: room, t2: room, t3: at + 10 });
    }
    assert.ok(Math.abs(clock.drift - seen) < 1e-6, `${clock.drift}`);
  }
});

test("a pong from before its ping is ignored", () => {
  const clock = new RoomClock();
  clock.addExchange({ t0: 100, t1: 50, t2: 60, t3: 90 });
  clock.addExchange({ t0: Number.NaN, t1: 50, t2: 60, t3: 90 });
  assert.equal(clock.isSynced, false);
});

test("the uncertainty is half of the shortest round trip", () => {
  assert.equal(syncedClock(0, 0, 5_000).uncertainty, 5);
});
