// A sealed sit in browsers that know the older way alone of closing and opening what they send.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gathered, stateOf } from "../lib/gathered.js";
import { allMeet, gets, seatOf, turns } from "../lib/media.js";
import { until } from "../lib/wait.js";

/** @typedef {import("../lib/people.js").Person} Person */

/** A key as links hold it: 32 bytes. */
const KEY = "A".repeat(43);

/** Runs in a page: the newer way is not there, and it is counted how often the older is gone. */
const OLDER = `(() => {
  delete window.RTCRtpScriptTransform;
  window.older = 0;
  for (const { prototype } of [RTCRtpSender, RTCRtpReceiver]) {
    const make = prototype.createEncodedStreams;
    prototype.createEncodedStreams = function () { window.older += 1; return make.call(this); };
  }
})();`;

describe("A sealed sit in older browsers", () => {
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let noor;
  /** @type {Person} */
  let wren;

  before(async () => {
    room = await gathered({
      names: ["Noor", "Wren"],
      sealed: true,
      key: KEY,
      before: async (person) => person.name === "Wren" || person.context.addInitScript(OLDER),
    });
    ({ guide, others: [noor, wren] } = room);
  });

  after(() => room?.ends());

  test("the older way and the newer understand each other, in both directions", async () => {
    for (const person of [noor, wren, guide]) {
      await turns(person, "mic");
      await turns(person, "cam");
    }
    await allMeet([guide, noor, wren]);
    for (const person of [guide, noor, wren]) {
      await until(`${person.name} to open all`, async () => (await stateOf(person))?.sealed === "yes");
      for (const other of [guide, noor, wren].filter((one) => one !== person)) {
        await until(`${person.name} to hear ${other.name}`, async () =>
          ((await gets(person, "voices", seatOf(other)))?.energy ?? 0) > 1e-6);
      }
    }
    const older = (/** @type {Person} */ person) => person.page.evaluate(() => /** @type {any} */ (window).older ?? 0);
    assert.ok((await older(noor)) >= 4);
    assert.ok((await older(guide)) >= 4);
    assert.equal(await older(wren), 0);
    for (const person of [guide, noor, wren]) person.isUntroubled();
  });

  test("what an older browser takes away and gives again is sealed still", async () => {
    await turns(noor, "cam", false);
    await turns(noor, "cam");
    await allMeet([noor, wren]);
    for (const person of [noor, wren]) {
      await until("all to be well", async () => (await stateOf(person))?.sealed === "yes");
    }
    for (const person of [guide, noor, wren]) person.isUntroubled();
  });
});
