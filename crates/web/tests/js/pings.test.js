// When the home is asked for the time, and what happens when it does not answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomClock } from "../../static/room/clock.js";
import { Pings, pause } from "../../static/room/pings.js";
import { Hours } from "./hours.js";

/** A line whose home answers after 20 ms, as long as it is `alive`. */
function line() {
  const hours = new Hours();
  const clock = new RoomClock();
  const seen = { sent: /** @type {number[]} */ ([]), dead: 0, alive: true, untilBell: Infinity };
  const pings = new Pings({
    clock,
    now: () => hours.now,
    wall: () => hours.now + 1e12,
    send: (text) => {
      const { t0 } = JSON.parse(text);
      seen.sent.push(t0);
      if (seen.alive) hours.later(() => pings.heard({ t0, t1: t0 + 510, t2: t0 + 510 }), 20);
      return true;
    },
    later: (act, ms) => hours.later(act, ms),
    cancel: (timer) => hours.cancel(timer),
    untilBell: () => seen.untilBell,
    dead: () => (seen.dead += 1),
  });
  return { hours, clock, seen, pings };
}

test("eight quick pings open a line, and the time is known after the first", () => {
  const { hours, clock, seen, pings } = line();
  pings.start();
  hours.go(30);
  assert.equal(clock.offset(30), 500);
  hours.go(900);
  assert.deepEqual(seen.sent, [0, 125, 250, 375, 500, 625, 750, 875]);
});

test("a quiet line is asked every five seconds after the first minute", () => {
  const { hours, seen, pings } = line();
  pings.start();
  hours.go(60_000);
  const before = seen.sent.length;
  hours.go(60_000);
  assert.equal(seen.sent.length - before, 12);
});

test("in the quarter minute before a bell it is asked each second", () => {
  assert.equal(pause({ sent: 9, since: 90_000, isRestless: false, untilBell: 14_000 }), 1_000);
  assert.equal(pause({ sent: 9, since: 90_000, isRestless: false, untilBell: 17_000 }), 2_000);
  assert.equal(pause({ sent: 9, since: 90_000, isRestless: false, untilBell: Infinity }), 5_000);
  assert.equal(pause({ sent: 9, since: 90_000, isRestless: true, untilBell: -1 }), 2_500);
});

test("coming back asks quickly again, but not twice within five seconds", () => {
  const { hours, seen, pings } = line();
  pings.start();
  hours.go(20_000);
  const before = seen.sent.length;
  pings.again();
  pings.again();
  hours.go(1_000);
  assert.equal(seen.sent.length - before, 8);
});

test("a line that does not answer for eight seconds is dead, once", () => {
  const { hours, seen, pings } = line();
  pings.start();
  hours.go(20_000);
  seen.alive = false;
  hours.go(30_000);
  assert.equal(seen.dead, 1);
});

test("a stopped line asks no more", () => {
  const { hours, seen, pings } = line();
  pings.start();
  hours.go(2_000);
  pings.stop();
  const before = seen.sent.length;
  hours.go(60_000);
  assert.equal(seen.sent.length, before);
});
