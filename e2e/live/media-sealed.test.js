// A sealed sit: the home forwards what it cannot open, and neither can who has another key.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { FAKE, arrives, comesFrom, gets, seatOf, turns } from "../lib/media.js";
import { until } from "../lib/wait.js";

/** Two keys as links hold them: 32 bytes. */
const RIGHT = "A".repeat(43);
const WRONG = `${"B".repeat(42)}A`;

describe("A sealed sit", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("../lib/people.js").Person} */
  let guide;
  /** @type {import("../lib/people.js").Person} */
  let noor;
  /** @type {import("../lib/people.js").Person} */
  let wren;
  /** @type {import("../lib/people.js").Person} */
  let without;
  let sit = { id: "", link: "" };

  /**
   * Comes by the whole link, with what stands after the `#`.
   * @param {import("../lib/people.js").Person} person
   * @param {string} key
   */
  const comes = async (person, key) => {
    await comesByLink(person, `${sit.link}${key ? `#k=${key}` : ""}`);
    await sitsDown(person, sit.id);
  };
  /** @param {import("../lib/people.js").Person} person @returns {Promise<any>} */
  const stateOf = (person) => person.page.evaluate(() => /** @type {any} */ (window).tidings
    .filter((/** @type {any} */ one) => one.k === "faces").at(-1)?.state);
  /** @param {import("../lib/people.js").Person} person */
  const keyOf = (person) => person.page.evaluate((id) => sessionStorage.getItem(`sitwith-seal-${id}`), sit.id);

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser({ more: FAKE })]);
    guide = await arrives(browser, home, "guide");
    noor = await arrives(browser, home, "Noor");
    wren = await arrives(browser, home, "Wren");
    without = await arrives(browser, home, "Ola");
    await signsIn(guide, home.links("guide")[0]);
    const phases = [{ kind: "welcome", title: "Together", mins: "30" }];
    sit = await makeSit(guide, home, { title: "Among us", phases, sealed: true });
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("who has another key gets what comes and can open none of it, and is told so", async () => {
    await comes(noor, RIGHT);
    assert.equal(await keyOf(noor), RIGHT);
    await comes(wren, WRONG);
    await turns(noor, "mic");
    await turns(noor, "cam");
    await comesFrom(wren, "voices", noor);
    await until("the mismatch", async () => (await stateOf(wren))?.sealed === "mismatch");
    assert.deepEqual((await stateOf(wren)).unheard, [seatOf(noor)]);
    const face = await gets(wren, "faces", seatOf(noor));
    assert.ok(face);
    assert.equal(face.frames, 0, "no picture was opened");
    const voice = await gets(wren, "voices", seatOf(noor));
    assert.ok(voice && voice.energy < 1e-6, "no sound was opened");
  });

  test("a guide with the right key hands it over, and then all is heard and seen", async () => {
    await guide.page.evaluate(([id, key]) => sessionStorage.setItem(`sitwith-seal-${id}`, key), [sit.id, RIGHT]);
    await sitsDown(guide, sit.id);
    await turns(guide, "mic");
    await comesFrom(wren, "faces", noor);
    await until("what was wrong to be right", async () => (await stateOf(wren))?.sealed === "yes");
    assert.equal((await stateOf(noor)).sealed, "yes");
    await until("sound", async () => ((await gets(wren, "voices", seatOf(noor)))?.energy ?? 0) > 1e-6);
    await turns(wren, "mic");
    await comesFrom(noor, "voices", wren);
    await until("theirs to be opened, too", async () =>
      (await stateOf(noor))?.sealed === "yes" && (await stateOf(guide))?.sealed === "yes");
  });

  test("who comes without a key is given it by the guide's browser, and the home never sees it", async () => {
    await comes(without, "");
    await comesFrom(without, "faces", noor);
    assert.equal((await stateOf(without)).sealed, "yes");
    const [theirs, guides] = [await keyOf(without), await keyOf(guide)];
    assert.ok(theirs && guides);
    for (const person of [guide, noor, wren, without]) {
      const said = [...person.sent, ...person.frames, ...person.pages].join("\n");
      for (const key of [RIGHT, theirs, guides]) assert.ok(!said.includes(key), `${person.name} said the key`);
    }
    for (const person of [guide, noor, wren, without]) person.isUntroubled();
  });

  test("after somebody was taken out the others go on under a new key, which that one does not get", async () => {
    const before = await keyOf(noor);
    const old = await keyOf(wren);
    const status = await guide.page.evaluate(async (seat) => {
      const at = location.pathname.replace(/room$/, "removals");
      const body = new URLSearchParams({ seat: String(seat), name: "Wren", note: "" });
      return (await fetch(at, { method: "POST", headers: { Accept: "application/json" }, body })).status;
    }, seatOf(wren));
    assert.equal(status, 204);
    await wren.page.waitForURL((url) => !url.pathname.endsWith("/room"));
    await until("a new key", async () => (await keyOf(noor)) !== before);
    assert.equal(await keyOf(noor), await keyOf(guide));
    assert.equal(await keyOf(wren), old);
    await comesFrom(without, "faces", noor);
    await until("all to be well", async () => (await stateOf(without))?.sealed === "yes");
  });
});
