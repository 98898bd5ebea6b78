// What the server is told about one's microphone and camera, and that it really shows it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Signalling } from "../../static/media/signalling.js";
import { FakeServer } from "./fake-peers.js";

/** @param {{mic: boolean, cam: boolean}} on */
function setUp(on) {
  const server = new FakeServer();
  /** @type {any[]} */
  const sent = [];
  const signalling = new Signalling((text) => sent.push(JSON.parse(text)) > 0, () => on, server.env);
  return { server, sent, signalling };
}

test("state is sent once when the server shows it", async () => {
  const { server, sent, signalling } = setUp({ mic: true, cam: true });
  signalling.sendState();
  signalling.setShown(1);
  signalling.setShown(3);
  assert.deepEqual(await server.runTimers(), []);
  assert.deepEqual(sent, [{ k: "mine", mic: true, cam: true }]);
});

test("a microphone that the server lost or ignored is sent again, without a tap", async () => {
  const on = { mic: true, cam: false };
  const { server, sent, signalling } = setUp(on);
  signalling.sendState();
  await server.runTimers();
  assert.equal(sent.length, 2, "it was told too fast");
  signalling.setShown(1);
  assert.deepEqual(await server.runTimers(), []);
  signalling.setShown(0);
  await server.runTimers();
  assert.equal(sent.length, 3, "what we give was lost on the way");
  signalling.setShown(1);
  on.mic = false;
  signalling.sendState();
  signalling.setShown(0);
  assert.deepEqual(await server.runTimers(), [], "off is off");
});

test("a server that never shows it is not told forever", async () => {
  const { server, sent, signalling } = setUp({ mic: false, cam: true });
  signalling.sendState();
  for (let turn = 0; turn < 40; turn += 1) await server.runTimers();
  assert.equal(sent.length, 6);
  signalling.setShown(0);
  assert.deepEqual(await server.runTimers(), []);
});

test("a window that sends nothing does not report on another one", async () => {
  const { server, sent, signalling } = setUp({ mic: false, cam: false });
  signalling.setShown(3);
  signalling.setShown(0);
  assert.deepEqual(await server.runTimers(), []);
  assert.deepEqual(sent, []);
});
