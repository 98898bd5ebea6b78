// The room's socket: reconnecting, restarts of the server, the end of a sit.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomSocket } from "../../static/room/socket.js";
import { FakeTimers } from "./fake-timers.js";

class FakeSocket {
  readyState = 0;
  /** @type {string[]} */
  sent = [];
  /** @type {number | undefined} */
  closedWith;
  isClosed = false;
  /** @type {any} */ onopen = null;
  /** @type {any} */ onmessage = null;
  /** @type {any} */ onclose = null;

  accept() {
    this.readyState = 1;
    this.onopen?.();
    this.say({ k: "here", seat: 3 });
  }

  /** @param {object} frame */
  say(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(text);
  }

  /** @param {number} [code] */
  close(code) {
    this.closedWith = code;
    this.drop(1006);
  }

  /** @param {number} code */
  drop(code) {
    if (this.isClosed) return;
    this.isClosed = true;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

function setUp() {
  const timers = new FakeTimers();
  const seen = {
    /** @type {FakeSocket[]} */ sockets: [],
    /** @type {string[]} */ tickets: [],
    /** @type {number[]} */ haves: [],
    /** @type {string[]} */ states: [],
    /** @type {any[]} */ frames: [],
    /** @type {(string | null)[]} */ fresh: [],
    have: 4,
    roll: 1,
  };
  const roomSocket = new RoomSocket({
    open: (ticket, have) => {
      seen.tickets.push(ticket);
      seen.haves.push(have);
      const socket = new FakeSocket();
      seen.sockets.push(socket);
      return /** @type {any} */ (socket);
    },
    ticket: "first",
    freshTicket: async () => seen.fresh.shift() ?? null,
    lastSeq: () => seen.have,
    random: () => seen.roll,
    setTimer: (act, ms) => timers.setTimer(act, ms),
    clearTimer: (timer) => timers.clearTimer(timer),
    onFrame: (frame) => seen.frames.push(frame),
    onState: (state) => seen.states.push(state),
  });
  const last = () => seen.sockets[seen.sockets.length - 1];
  return { timers, seen, roomSocket, last };
}

test("an open socket reports its state and passes on frames", () => {
  const { seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().accept();
  last().say({ k: "metoo" });
  assert.deepEqual(seen.states, ["open"]);
  assert.deepEqual(seen.frames.map((frame) => frame.k), ["here", "metoo"]);
  assert.deepEqual([seen.tickets, seen.haves], [["first"], [4]]);
});

test("a broken socket is reopened with growing delays, up to fifteen seconds", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().accept();
  const waits = [];
  for (let time = 0; time < 8; time += 1) {
    last().drop(1006);
    const from = timers.now;
    const count = seen.sockets.length;
    while (seen.sockets.length === count) timers.advance(10);
    waits.push(timers.now - from);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  assert.deepEqual(seen.states, ["open", "lost"]);
  last().accept();
  last().drop(1011);
  timers.advance(500);
  assert.equal(seen.sockets.length, 10, "after a good line the waits begin anew");
});

test("jitter spreads the reconnections of browsers", () => {
  const waits = [0, 0.5, 1].map((roll) => {
    const { timers, seen, roomSocket, last } = setUp();
    seen.roll = roll;
    roomSocket.open();
    last().drop(1006);
    while (seen.sockets.length === 1) timers.advance(1);
    return timers.now;
  });
  assert.deepEqual(waits, [250, 375, 500]);
});

test("after a restart the socket reopens within the time the server asked for", () => {
  const { timers, seen, roomSocket, last } = setUp();
  seen.roll = 0.5;
  roomSocket.open();
  last().accept();
  last().say({ k: "back", in: [200, 3_000] });
  last().drop(1012);
  assert.deepEqual(seen.states, ["open", "resting"]);
  timers.advance(1_599);
  assert.equal(seen.sockets.length, 1);
  timers.advance(1);
  assert.equal(seen.sockets.length, 2);
  last().drop(1006);
  assert.equal(roomSocket.state, "resting", "a try that comes too early is no loss");
  timers.advance(2_000);
  last().accept();
  assert.equal(roomSocket.state, "open");
});

test("an expired ticket is replaced at once", async () => {
  const { timers, seen, roomSocket, last } = setUp();
  seen.fresh = ["second"];
  roomSocket.open();
  last().drop(4001);
  await timers.flush();
  timers.advance(1);
  assert.deepEqual(seen.tickets, ["first", "second"]);
});

test("without a new ticket the socket stops retrying", async () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().drop(4001);
  await timers.flush();
  timers.advance(60_000);
  assert.equal(roomSocket.state, "refused");
  assert.equal(seen.sockets.length, 1);
});

test("a removed person is not reconnected", () => {
  const { roomSocket, last, seen, timers } = setUp();
  roomSocket.open();
  last().accept();
  last().drop(4003);
  timers.advance(60_000);
  assert.deepEqual(seen.states, ["open", "removed"]);
  assert.equal(seen.sockets.length, 1);
});

test("a sit that is over is not reconnected", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().accept();
  last().say({ k: "over" });
  last().drop(4004);
  timers.advance(60_000);
  assert.deepEqual(seen.states, ["open", "over"]);
  assert.equal(seen.sockets.length, 1);
});

test("leaving tells the server and does not reconnect", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().accept();
  roomSocket.leave();
  timers.advance(60_000);
  assert.deepEqual(last().sent, ['{"k":"leave"}']);
  assert.equal(last().closedWith, 1000);
  assert.equal(roomSocket.state, "left");
  assert.equal(seen.sockets.length, 1);
});

test("a dead socket is dropped, and its late frames are ignored", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  const first = last();
  first.accept();
  roomSocket.timedOut();
  assert.equal(roomSocket.state, "lost");
  timers.advance(500);
  assert.equal(seen.sockets.length, 2);
  first.say({ k: "over" });
  last().accept();
  assert.equal(roomSocket.state, "open");
});

test("when the network is back, the socket reopens without waiting", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  for (let time = 0; time < 6; time += 1) {
    last().drop(1006);
    if (time < 5) timers.advance(15_000);
  }
  const count = seen.sockets.length;
  roomSocket.retryNow();
  assert.equal(seen.sockets.length, count + 1);
});

test("when the network is back, a socket stuck in opening is replaced", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().accept();
  last().drop(1006);
  timers.advance(1_000);
  const [, hanging] = seen.sockets;
  roomSocket.retryNow();
  assert.equal(hanging.isClosed, true);
  assert.equal(seen.sockets.length, 3);
  last().accept();
  timers.advance(20_000);
  assert.equal(roomSocket.state, "open");
  assert.equal(seen.sockets.length, 3);
});

test("a socket that does not open within ten seconds is given up", () => {
  const { timers, seen, roomSocket } = setUp();
  roomSocket.open();
  timers.advance(10_500);
  assert.equal(seen.sockets.length, 2);
});

test("a full server is retried rarely", () => {
  const { timers, seen, roomSocket, last } = setUp();
  roomSocket.open();
  last().accept();
  last().drop(4029);
  assert.equal(roomSocket.state, "full");
  timers.advance(29_000);
  assert.equal(seen.sockets.length, 1);
  timers.advance(1_000);
  assert.equal(seen.sockets.length, 2);
});

test("nothing is sent on a socket that is not open", () => {
  const { roomSocket } = setUp();
  assert.equal(roomSocket.send("x"), false);
  roomSocket.open();
  assert.equal(roomSocket.send("x"), false);
});
