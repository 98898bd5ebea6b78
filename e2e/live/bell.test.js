// The bell rings where it should: in a hidden tab, through cut lines, after a sleep. Never late.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { EARS } from "../lib/ears.js";
import { Home } from "../lib/home.js";
import { keep } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { PlainBrowser } from "../lib/plain.js";
import { openRoad } from "../lib/proxies.js";
import { Stalls } from "../lib/stalls.js";
import { until } from "../lib/wait.js";

/** Rung later than this, a bell is worse than none, in ms. */
const LATE_MAX = 300;
/** Those who sleep through the second bell. */
const SLEPT = new Set(["frozen", "asleep"]);
const SIT = [
  { kind: "silence", title: "Silence", mins: "1:40", opens: "large", closes: "large", every: "0:30" },
  { kind: "close", title: "Closing", mins: "5" },
];

describe("The bell", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  /** @type {PlainBrowser[]} */
  let plain = [];
  /** @type {Awaited<ReturnType<typeof openRoad>>[]} */
  let roads = [];
  let sit = { id: "", link: "" };
  const stalls = new Stalls();

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
    sit = await makeSit(guide, home, { title: "Three bells", phases: SIT });
    plain = await Promise.all([PlainBrowser.open(), PlainBrowser.open()]);
    roads = await Promise.all([1, 2].map((seed) => openRoad(home.port, { up: 2, down: 2, seed })));
  });

  after(async () => {
    for (const one of plain) await one.close();
    for (const road of roads) road.close();
    await browser?.close();
    await home?.close();
    await stalls.close();
  });

  /**
   * Waits until so much of the sit is over, in seconds.
   * @param {number} begun in room time
   * @param {number} seconds
   */
  const at = (begun, seconds) =>
    until(`second ${seconds}`, () => home.now() >= begun + seconds * 1_000, { within: 120_000 });

  /**
   * How a page rang: every bell it let out, when it should have and when it did.
   * @param {import("../lib/plain.js").PlainPage} page
   * @returns {Promise<{rung: any[], told: any[], plays: any[], offset: number}>}
   */
  const bellsOf = (page) => page.evaluate(`({
    rung: tidings.filter((t) => t.k === "rung"), told: tidings.filter((t) => t.k === "bell"), plays,
    offset: tidings.filter((t) => t.k === "clock").at(-1).offset,
  })`);

  /**
   * Somebody comes in by a road.
   * @param {PlainBrowser} browser
   * @param {string} address
   * @param {string} name
   */
  async function comesIn(browser, address, name) {
    const page = await browser.page(EARS);
    await page.comesIn(address, sit.link, name);
    return page;
  }

  /**
   * A page rang each bell it had to, none of them late, and let out no other sound.
   * @param {Awaited<ReturnType<typeof bellsOf>> & {who: string, page: import("../lib/plain.js").PlainPage}} how
   */
  function rangInTime({ who, page, rung, told, plays, offset }) {
    const ids = rung.map((bell) => bell.id);
    const wanted = SLEPT.has(who) ? ["0.0", "0.2", "0.c"] : ["0.0", "0.1", "0.2", "0.c"];
    for (const id of wanted) assert.ok(ids.includes(id), `${who} rang ${ids}, not ${id}`);
    for (const { id, late } of told) assert.ok(late < LATE_MAX, `${who} rang ${id} ${late} ms late`);
    // Every sound belongs to a bell and left at its instant; what was set for one that passed
    // asleep was taken back. (A frozen page may still ring in time: its sound card does not freeze.)
    const strikes = page.frames.filter((frame) => frame.k === "timeline").at(-1).strikes;
    for (const play of plays.filter((play) => !play.isStopped)) {
      const off = strikes.map((/** @type {any} */ strike) => play.at + offset - strike.at);
      const nearest = off.reduce((/** @type {number} */ a, /** @type {number} */ b) =>
        (Math.abs(b) < Math.abs(a) ? b : a), Infinity);
      assert.ok(Math.abs(nearest) < LATE_MAX, `${who} let out a sound ${nearest} ms off any bell`);
    }
  }

  test("rings hidden, cut for 5 s and for 60 s, after a freeze and a sleep, never late", async (t) => {
    const [shared, sleeper] = plain;
    await sitsDown(guide, sit.id);
    const hidden = await comesIn(shared, home.address, "Hidden");
    const frozen = await comesIn(shared, home.address, "Frozen");
    const short = await comesIn(shared, roads[0].address, "Short");
    const long = await comesIn(shared, roads[1].address, "Long");
    const asleep = await comesIn(sleeper, home.address, "Asleep");
    stalls.reset();
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    const { at: begun } = await until("the first bell", async () => (await bellsOf(hidden)).rung[0]);
    await hidden.isHidden();
    await at(begun, 5);
    roads[1].cut();
    await at(begun, 20);
    sleeper.sleeps();
    await frozen.freezes();
    await at(begun, 27);
    roads[0].cut();
    await at(begun, 32);
    roads[0].mend();
    await at(begun, 36);
    sleeper.wakes();
    await frozen.thaws();
    await until("who slept to be back", () =>
      asleep.evaluate(`document.documentElement.dataset.line === "open"`), { within: 15_000 });
    await at(begun, 65);
    roads[1].mend();
    await until("who was cut off for a minute to be back", () =>
      long.evaluate(`document.documentElement.dataset.line === "open"`), { within: 30_000 });
    await at(begun, 102);

    const all = { hidden, short, long, frozen, asleep };
    /** @type {Record<string, unknown>} */
    const figures = {};
    const rings = await Promise.all(Object.entries(all).map(async ([who, page]) =>
      ({ who, page, ...(await bellsOf(page)) })));
    for (const { who, told } of rings) figures[who] = told.map(({ id, late, moves }) => ({ id, late, moves }));
    keep("bell", figures);
    stalls.judge(t, () => rings.forEach(rangInTime));
    for (const { page } of rings) assert.deepEqual(page.troubles, []);
  });
});
