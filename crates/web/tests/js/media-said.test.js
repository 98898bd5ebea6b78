// What the room's line is told of one's microphone and camera, and that the home really shows it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Said } from "../../static/media/said.js";
import { Bench } from "./peers.js";

/** Somebody whose microphone and camera are as `on` says. @param {{mic: boolean, cam: boolean}} on */
function somebody(on) {
  const bench = new Bench();
  /** @type {any[]} */
  const told = [];
  const said = new Said((text) => told.push(JSON.parse(text)) > 0, () => on, bench.world);
  return { bench, told, said };
}

test("what is on is told once when the home shows it", async () => {
  const { bench, told, said } = somebody({ mic: true, cam: true });
  said.mine();
  said.shown(1);
  said.shown(3);
  assert.deepEqual(await bench.wait(), []);
  assert.deepEqual(told, [{ k: "mine", mic: true, cam: true }]);
});

test("a microphone that the home lost or did not take in time is told again, without a tap", async () => {
  const on = { mic: true, cam: false };
  const { bench, told, said } = somebody(on);
  said.mine();
  await bench.wait();
  assert.equal(told.length, 2, "it was told too fast");
  said.shown(1);
  assert.deepEqual(await bench.wait(), []);
  said.shown(0);
  await bench.wait();
  assert.equal(told.length, 3, "what we give was lost on the way");
  said.shown(1);
  on.mic = false;
  said.mine();
  said.shown(0);
  assert.deepEqual(await bench.wait(), [], "off is off");
});

test("a home that never shows it is not asked without end", async () => {
  const { bench, told, said } = somebody({ mic: false, cam: true });
  said.mine();
  for (let turn = 0; turn < 40; turn += 1) await bench.wait();
  assert.equal(told.length, 6);
  said.shown(0);
  assert.deepEqual(await bench.wait(), []);
});

test("a window that gives nothing says nothing of what another one gives", async () => {
  const { bench, told, said } = somebody({ mic: false, cam: false });
  said.shown(3);
  said.shown(0);
  assert.deepEqual(await bench.wait(), []);
  assert.deepEqual(told, []);
});
