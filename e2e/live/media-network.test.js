// A network that goes away and comes back, or changes: sound and picture return without a tap.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, isInRoom, sitsDown } from "../lib/acts.js";
import { Air } from "../lib/air.js";
import { gathered, stateOf } from "../lib/gathered.js";
import { arrives, comesFrom, devicesAsked, measured, turns } from "../lib/media.js";
import { openRoad } from "../lib/proxies.js";
import { until } from "../lib/wait.js";

/** A connection that is lost is made anew within so long, on a machine with much to do, in ms. */
const BACK = 60_000;

describe("A network that changes", () => {
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {Air} */
  let air;
  /** @type {Awaited<ReturnType<typeof openRoad>>} */
  let road;
  /** @type {import("../lib/people.js").Person} */
  let noor;

  const meet = async () => {
    const within = { within: BACK };
    await comesFrom(noor, "voices", room.guide, within);
    await comesFrom(noor, "faces", room.guide, within);
    await comesFrom(room.guide, "voices", noor, within);
    await comesFrom(room.guide, "faces", noor, within);
  };

  before(async () => {
    room = await gathered({ names: [] });
    air = await Air.open();
    road = await openRoad(room.home.port, { up: 1, down: 1 });
    noor = await arrives(room.browser, room.home, "Noor");
    noor.address = road.address;
    await air.leads(noor);
    await comesByLink(noor, room.sit.link);
    await sitsDown(noor, room.sit.id);
    for (const person of [room.guide, noor]) {
      await turns(person, "mic");
      await turns(person, "cam");
    }
    await meet();
  });

  after(async () => {
    await room?.ends();
    air?.close();
    road?.close();
  });

  test("who comes by another address all at once is found again on the same connection", async () => {
    const before = await noor.page.evaluate(() => /** @type {any} */ (window).peers.length);
    air.mend();
    await meet();
    assert.equal(await noor.page.evaluate(() => /** @type {any} */ (window).peers.length), before);
    for (const way of (await measured(noor)).ways) assert.match(way, /^udp/);
  });

  test("sound and picture that are cut off while the page's line stands come back by themselves", async () => {
    const asked = await devicesAsked(noor);
    air.cut();
    await until("the page to know", async () => (await stateOf(noor)).down === "lost", { within: BACK });
    assert.equal(await noor.page.getAttribute("html", "data-line"), "open");
    await noor.page.getByText("We lost the sound for a moment").waitFor();
    air.mend();
    await meet();
    await until("nothing more to be said of it", async () => (await stateOf(noor)).down === "open");
    assert.equal(await devicesAsked(noor), asked, "the devices stayed on");
  });

  test("a dead spot in which nothing passes at all is left behind without a tap", async () => {
    air.cut();
    road.cut();
    await until("the page to know", () =>
      noor.page.evaluate(() => document.documentElement.dataset.line !== "open"), { within: BACK });
    await until("the sound to be lost, too", async () => (await stateOf(noor)).down === "lost", { within: BACK });
    road.mend();
    air.mend();
    await isInRoom(noor);
    await meet();
    assert.equal(await noor.page.getAttribute("#mic", "aria-pressed"), "true");
    noor.isUntroubled(/ERR_|WebSocket|Failed to load/);
    room.guide.isUntroubled();
  });
});
