// When the server is pinged, and what happens when it does not answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomClock } from "../../static/room/clock.js";
import { Pings, nextPingDelay } from "../../static/room/pings.js";
import { FakeTimers } from "./fake-timers.js";

/** A server that answers after 20 ms, as long as it is `alive`. */
function setUp() {
  const timers = new FakeTimers();
  const clock = new RoomClock();
  const seen = { sent: /** @type {number[]} */ ([]), dead: 0, alive: true, untilBell: Infinity };
  const pings = new Pings({
    clock,
    now: () => timers.now,
    wall: () => timers.now + 1e12,
    send: (text) => {
      const { t0 } = JSON.parse(text);
      seen.sent.push(t0);
      if (seen.alive) timers.setTimer(() => pings.addPong({ t0, t1: t0 + 510, t2: t0 + 510 }), 20);
      return true;
    },
    setTimer: (act, ms) => timers.setTimer(act, ms),
    clearTimer: (timer) => timers.clearTimer(timer),
    timeToBell: () => seen.untilBell,
    timedOut: () => (seen.dead += 1),
  });
  return { timers, clock, seen, pings };
}

test("a new socket starts with eight quick pings, and the time is known after the first", () => {
  const { timers, clock, seen, pings } = setUp();
  pings.socketOpened();
  timers.advance(30);
  assert.equal(clock.offset(30), 500);
  timers.advance(900);
  assert.deepEqual(seen.sent, [0, 125, 250, 375, 500, 625, 750, 875]);
});

test("a steady connection is pinged every five seconds after the first minute", () => {
  const { timers, seen, pings } = setUp();
  pings.socketOpened();
  timers.advance(60_000);
  const before = seen.sent.length;
  timers.advance(60_000);
  assert.equal(seen.sent.length - before, 12);
});

test("in the fifteen seconds before a bell it is pinged every second", () => {
  assert.equal(nextPingDelay({ sent: 9, since: 90_000, isJittery: false, timeToBell: 14_000 }), 1_000);
  assert.equal(nextPingDelay({ sent: 9, since: 90_000, isJittery: false, timeToBell: 17_000 }), 2_000);
  assert.equal(nextPingDelay({ sent: 9, since: 90_000, isJittery: false, timeToBell: Infinity }), 5_000);
  assert.equal(nextPingDelay({ sent: 9, since: 90_000, isJittery: true, timeToBell: -1 }), 2_500);
});

test("coming back starts a new burst, but not twice within five seconds", () => {
  const { timers, seen, pings } = setUp();
  pings.socketOpened();
  timers.advance(20_000);
  const before = seen.sent.length;
  pings.burst();
  pings.burst();
  timers.advance(1_000);
  assert.equal(seen.sent.length - before, 8);
});

test("a server that does not answer for eight seconds times out, once", () => {
  const { timers, seen, pings } = setUp();
  pings.socketOpened();
  timers.advance(20_000);
  seen.alive = false;
  timers.advance(30_000);
  assert.equal(seen.dead, 1);
});

test("a closed socket is not pinged", () => {
  const { timers, seen, pings } = setUp();
  pings.socketOpened();
  timers.advance(2_000);
  pings.socketClosed();
  const before = seen.sent.length;
  timers.advance(60_000);
  assert.equal(seen.sent.length, before);
});
