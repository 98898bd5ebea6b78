// Clients made with npm's `ws`: what they may do works, what they may not ends with its close
// code, and nobody else in the sit notices.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import WebSocket from "ws";
import { Home } from "../lib/home.js";
import { until } from "../lib/wait.js";
import { Caller } from "./lib/caller.js";
import { Sitter } from "./lib/sitter.js";
import { changes, comesIn, makesSit } from "./lib/sits.js";

/** The most one text may hold, as PROTOCOL.md says. */
const TEXT_MAX = 1_024;
/** The most a ping may carry, as RFC 6455 says. */
const PING_MAX = 125;
/** A frame's bits and opcodes, for clients that write their frames by hand. */
const LAST = 0x80, COMPRESSED = 0x40, CONTINUED = 0, TEXT = 1, CLOSE = 8, PING = 9;

/**
 * A masked frame, byte for byte.
 * @param {number} first its first byte
 * @param {Buffer | string} payload
 */
function frame(first, payload) {
  const bytes = Buffer.from(payload);
  const head = Buffer.from([first, LAST | bytes.length, 1, 2, 3, 4]);
  return Buffer.concat([head, bytes.map((byte, place) => byte ^ ((place % 4) + 1))]);
}

/** @param {Sitter} sitter @param {Buffer[]} frames */
function writes(sitter, ...frames) {
  /** @type {any} */ (sitter.line)._socket.write(Buffer.concat(frames));
}

describe("A client made with npm's ws", () => {
  /** @type {Home} */
  let home;
  /** @type {Caller} */
  let caller;
  /** Somebody who sits well. @type {Sitter} */
  let neighbour;
  /** The line of the one who does not. */
  let path = "";

  before(async () => {
    home = await Home.start();
    const { guide, sit, link } = await makesSit(home);
    const near = new Caller({ to: home.address });
    neighbour = await Sitter.sits(near, await comesIn(near, link, "Noor"));
    caller = new Caller({ to: home.address });
    path = await comesIn(caller, link, "Ilse");
    await changes(guide, sit, { what: "begin" });
    await neighbour.hears("timeline", (timeline) => timeline.begun !== null);
  });

  after(async () => {
    neighbour?.drops();
    await home?.close();
  });

  for (const offered of [true, false]) {
    test(`sits with compression ${offered ? "offered" : "not offered"}`, () =>
      neighbour.noticesNothingOf(async () => {
        const sitter = await Sitter.sits(caller, path, { perMessageDeflate: offered });
        assert.equal(sitter.line.extensions, "", "nothing was agreed on");
        const long = { k: "ping", t0: 7, more: "a word, ".repeat(100) };
        sitter.says(long);
        await sitter.hears("pong", (pong) => pong.t0 === 7);
        const timeline = await sitter.hears("timeline");
        assert.ok(timeline.begun !== null && timeline.strikes.length === 0);
        assert.deepEqual(timeline.segments.map((/** @type {any} */ s) => s.kind).slice(1), ["silence"]);
        const { all } = await sitter.hears("presence");
        assert.deepEqual(all.map((/** @type {any} */ seat) => seat[1]).sort(), ["Ilse", "Noor"]);
        assert.equal((await sitter.leaves()).code, 1000);
        sitter.heardOnlyEverydayThings();
        assert.deepEqual(sitter.troubles, []);
      }));
  }

  test("sends one message in many fragments, pings between them, in one go and byte for byte", () =>
    neighbour.noticesNothingOf(async () => {
      const sitter = await Sitter.sits(caller, path);
      const { line } = sitter;
      line.send('{"k":"pi', { fin: false });
      line.ping("in between");
      line.send('ng","t0"', { fin: false });
      line.send("", { fin: false });
      line.send(":11}", { fin: true });
      await sitter.hears("pong", (pong) => pong.t0 === 11);
      assert.deepEqual(sitter.pongs.map(String), ["in between"]);
      const text = '{"k":"ping","t0":12}';
      const pieces = [...text].map((letter, place) => frame(
        (place === 0 ? TEXT : CONTINUED) | (place === text.length - 1 ? LAST : 0), letter));
      writes(sitter, ...pieces);
      await sitter.hears("pong", (pong) => pong.t0 === 12);
      for (const byte of frame(LAST | TEXT, '{"k":"ping","t0":13}')) {
        await new Promise((resolve) =>
          /** @type {any} */ (line)._socket.write(Buffer.from([byte]), resolve));
      }
      await sitter.hears("pong", (pong) => pong.t0 === 13);
      await sitter.leaves();
    }));

  test("pings with as much as a ping may carry, and answers ours after a silent minute", () =>
    neighbour.noticesNothingOf(async () => {
      const sitter = await Sitter.sits(caller, path);
      const payloads = [Buffer.alloc(0), Buffer.alloc(PING_MAX, 0xff), Buffer.from("ö")];
      for (const payload of payloads) sitter.line.ping(payload);
      await until("the pongs", () => sitter.pongs.length === payloads.length);
      assert.deepEqual(sitter.pongs, payloads);
      sitter.line.pong("nobody asked");
      await until("a ping of the home", async () => {
        await home.ahead(1_000);
        return sitter.pings.length > 0 && neighbour.pings.length > 0;
      }, { every: 5 });
      await sitter.isAnswered();
      await sitter.leaves();
    }));

  test("may use any mask, none of them a fault", () =>
    neighbour.noticesNothingOf(async () => {
      for (const byte of [0x00, 0x80, 0xff]) {
        const generateMask = (/** @type {Buffer} */ mask) => void mask.fill(byte);
        const sitter = await Sitter.sits(caller, path, { generateMask });
        await sitter.isAnswered();
        await sitter.leaves();
      }
    }));

  for (const [code, words] of /** @type {[number, string][]} */ ([
    [1000, "softly"], [1001, ""], [3000, "a library's own"], [4999, "an application's own, ö"],
  ])) {
    test(`closes with ${code} and gets the same code back`, () =>
      neighbour.noticesNothingOf(async () => {
        const sitter = await Sitter.sits(caller, path);
        sitter.line.close(code, words);
        assert.deepEqual(await sitter.isClosed(), { code, why: "" });
        assert.deepEqual(sitter.troubles, []);
      }));
  }

  test("closes without a code and gets none back", () =>
    neighbour.noticesNothingOf(async () => {
      const sitter = await Sitter.sits(caller, path);
      sitter.line.close();
      assert.equal((await sitter.isClosed()).code, 1005);
    }));

  const long = "a".repeat(TEXT_MAX + 1);
  /** What somebody does, and how their line ends. @type {[string, number, (sitter: Sitter) => void][]} */
  const faults = [
    ["a binary message", 1003, ({ line }) => line.send(Buffer.from("bytes"))],
    ["an empty binary message", 1003, ({ line }) => line.send(Buffer.alloc(0))],
    ["a text one byte too long", 1009, ({ line }) => line.send(long)],
    ["a text of a megabyte", 1009, ({ line }) => line.send("a".repeat(2 ** 20))],
    ["fragments that are too long together", 1009, ({ line }) => {
      line.send(long.slice(1), { fin: false });
      line.send("a", { fin: true });
    }],
    ["text that is not UTF-8", 1007, ({ line }) =>
      line.send(Buffer.from([0x7b, 0xc3, 0x28]), { binary: false })],
    ["half a letter at the end of its fragments", 1007, ({ line }) => {
      line.send(Buffer.from([0x7b]), { binary: false, fin: false });
      line.send(Buffer.from([0xc3]), { binary: false, fin: true });
    }],
    ["a text without a mask", 1002, ({ line }) => line.send("{}", { mask: false })],
    ["a ping without a mask", 1002, ({ line }) => line.ping("", false)],
    ["a compressed frame nobody agreed on", 1002, (sitter) =>
      writes(sitter, frame(LAST | COMPRESSED | TEXT, "{}"))],
    ["a continuation of nothing", 1002, (sitter) => writes(sitter, frame(LAST | CONTINUED, "{}"))],
    ["a new text inside an unfinished one", 1002, (sitter) =>
      writes(sitter, frame(TEXT, "{"), frame(LAST | TEXT, "{}"))],
    ["a ping in fragments", 1002, (sitter) => writes(sitter, frame(PING, "half"))],
    ["an opcode without a meaning", 1002, (sitter) => writes(sitter, frame(LAST | 3, ""))],
    ["a close code that may not be sent", 1002, (sitter) =>
      writes(sitter, frame(LAST | CLOSE, Buffer.from([0x03, 0xed])))],
    ["a close with half a code", 1002, (sitter) =>
      writes(sitter, frame(LAST | CLOSE, Buffer.from([0x03])))],
    ["words that are no message of ours", 1002, ({ line }) => line.send("hello?")],
    ["a message nobody knows", 1002, (sitter) => sitter.says({ k: "shout" })],
    ["a hundred messages at once", 1008, (sitter) => {
      for (let t0 = 0; t0 < 100; t0 += 1) sitter.says({ k: "ping", t0 });
    }],
    ["a hundred pings at once", 1008, ({ line }) => {
      for (let n = 0; n < 100; n += 1) line.ping();
    }],
  ];
  for (const [what, code, does] of faults) {
    test(`${what}: closed with ${code}, and the neighbour notices nothing`, () =>
      neighbour.noticesNothingOf(async () => {
        const sitter = await Sitter.sits(caller, path);
        does(sitter);
        const closed = await sitter.isClosed();
        assert.equal(closed.code, code, closed.why);
        assert.notEqual(closed.why, "", "the close says why");
        const again = await Sitter.sits(caller, path);
        await again.isAnswered();
        await again.leaves();
      }));
  }

  test("a ticket that is not ours: closed with 4001", () =>
    neighbour.noticesNothingOf(async () => {
      for (const wrong of [path.replace(/ticket=./, "ticket=~"), path.replace(/\?.*/, "")]) {
        const sitter = new Sitter(caller, wrong);
        assert.equal((await sitter.isClosed()).code, 4001);
      }
    }));

  /** How somebody may not ask for a line, and the answer's status. @type {[string, number, any][]} */
  const refusals = [
    ["a page of somebody else", 403, { origin: "https://elsewhere.example" }],
    ["a page of a like-named home", 403, { origin: "http://127.0.0.1.example" }],
    ["a page without an origin", 403, { origin: "null" }],
    ["an older version of the protocol", 426, { protocolVersion: 8 }],
  ];
  for (const [what, status, options] of refusals) {
    test(`${what} is refused with ${status}`, () =>
      neighbour.noticesNothingOf(async () => {
        const sitter = new Sitter(caller, path, options);
        await sitter.isClosed();
        assert.match(sitter.troubles[0].message, new RegExp(`: ${status}$`));
        assert.deepEqual(sitter.told, []);
      }));
  }

  test("a line cut without a word keeps its seat for the one who comes back", () =>
    neighbour.noticesNothingOf(async () => {
      const sitter = await Sitter.sits(caller, path);
      const { seat } = await sitter.hears("here");
      sitter.drops();
      const again = await Sitter.sits(caller, path);
      assert.equal((await again.hears("here")).seat, seat);
      await again.leaves();
    }));

  test("a client that says no more gets its line ended, and nobody waits for it", () =>
    neighbour.noticesNothingOf(async () => {
      const sitter = await Sitter.sits(caller, path);
      /** @type {any} */ (sitter.line)._socket.end();
      assert.equal((await sitter.isClosed()).code, 1006);
    }));

  test("a client that never ends its side is cut", () =>
    neighbour.noticesNothingOf(async () => {
      const line = connect({ port: home.port, host: "127.0.0.1", allowHalfOpen: true });
      /** @type {Buffer[]} */
      const came = [];
      let seen = "open";
      line.on("data", (piece) => came.push(piece));
      line.on("end", () => (seen = "ended"));
      line.on("error", () => (seen = "cut"));
      line.on("close", () => (seen = "cut"));
      line.write([
        `GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${home.port}`, "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
      ].join("\r\n"));
      await until("the room", () => Buffer.concat(came).includes('"k":"presence"'));
      line.write(frame(LAST | 2, "binary"));
      await until("the end of what the home says", () => seen === "ended");
      assert.ok(Buffer.concat(came).includes(Buffer.from([0x03, 0xeb])), "closed with 1003");
      // It goes on talking all the same. After its next visit the home has hung up for good.
      await until("the cut", async () => {
        await home.ahead(1_000);
        if (seen !== "cut") line.write(frame(LAST | TEXT, "{}"));
        return seen === "cut";
      }, { every: 5 });
      line.destroy();
    }));

  test("what everybody did was nothing to the neighbour", () => {
    neighbour.heardOnlyEverydayThings();
    assert.equal(neighbour.line.readyState, WebSocket.OPEN);
  });
});
