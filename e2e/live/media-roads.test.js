// Sound and picture over roads that break: another window, a page loaded again, a home that
// restarts, a network without UDP, a browser without a microphone. Nobody touches anything.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, isInRoom, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { FAKE, arrives, comesFrom, measured, mediaOf, seatOf, turns } from "../lib/media.js";
import { until } from "../lib/wait.js";

describe("Roads of sound and picture", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("../lib/people.js").Person} */
  let guide;
  /** @type {import("../lib/people.js").Person} */
  let noor;
  /** @type {import("../lib/people.js").Person} */
  let thin;
  let sit = { id: "", link: "" };

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser({ more: FAKE })]);
    guide = await arrives(browser, home, "guide");
    noor = await arrives(browser, home, "Noor");
    thin = await arrives(browser, home, "Thin", { without: "udp" });
    await signsIn(guide, home.links("guide")[0]);
    const phases = [{ kind: "welcome", title: "Together", mins: "30" }];
    sit = await makeSit(guide, home, { title: "On the road", phases });
    await Promise.all([noor, thin].map((person) => comesByLink(person, sit.link)));
    await Promise.all([guide, noor, thin].map((person) => sitsDown(person, sit.id)));
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("where no UDP passes, all goes over TCP", async () => {
    await turns(guide, "mic");
    await turns(guide, "cam");
    await turns(thin, "mic");
    await comesFrom(thin, "voices", guide);
    await comesFrom(thin, "faces", guide);
    await comesFrom(guide, "voices", thin);
    const { ways } = await measured(thin);
    assert.equal(ways.length, 2);
    for (const way of ways) assert.match(way, /^tcp/);
    await comesFrom(noor, "voices", guide);
    for (const way of (await measured(noor)).ways) assert.match(way, /^udp/);
  });

  test("a page that is loaded again hears and sees as before; its own microphone is off", async () => {
    await turns(noor, "mic");
    await comesFrom(guide, "voices", noor);
    await noor.page.reload();
    await isInRoom(noor);
    await comesFrom(noor, "voices", guide);
    await comesFrom(noor, "faces", guide);
    assert.equal(await noor.page.getAttribute("#mic", "aria-pressed"), "false");
    await turns(noor, "mic");
    await comesFrom(guide, "voices", noor);
  });

  test("the home restarts: everybody gives and gets again, without a tap", async () => {
    await home.kill();
    await until("the lost line", () => guide.page.evaluate(() => document.documentElement.dataset.line !== "open"));
    await home.wake();
    await Promise.all([guide, noor, thin].map((person) => isInRoom(person)));
    await comesFrom(noor, "voices", guide, { within: 30_000 });
    await comesFrom(noor, "faces", guide);
    await comesFrom(guide, "voices", noor, { within: 30_000 });
    await comesFrom(thin, "voices", guide, { within: 30_000 });
  });

  test("a second window takes over, the first says where the sound is, and takes it back at a tap", async () => {
    const first = noor.page;
    const second = await noor.context.newPage();
    noor.watch(second);
    await second.goto(first.url());
    const says = () => first.getByText("The sound is in your other window.").isVisible();
    await until("the first window to say so", says, { within: 15_000 });
    const living = (/** @type {import("playwright-core").Page} */ page) => page.evaluate(() =>
      /** @type {any} */ (window).peers.filter((/** @type {any} */ peer) => peer.connectionState === "connected").length);
    await until("the second to be connected", async () => (await living(second)) === 1);
    assert.equal(await living(first), 0);
    await first.getByRole("button", { name: "Have it here" }).click();
    await until("the first to be connected", async () => (await living(first)) === 1);
    await until("the second to have let go", async () => (await living(second)) === 0);
    await comesFrom(noor, "voices", guide);
    await second.close();
  });

  test("a browser that is refused the microphone says so, and hears on", async () => {
    const shy = await arrives(browser, home, "Shy");
    await shy.context.addInitScript(() => {
      const no = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      Object.defineProperty(navigator.mediaDevices, "getUserMedia", { value: no });
    });
    await comesByLink(shy, sit.link);
    await sitsDown(shy, sit.id);
    await comesFrom(shy, "voices", guide);
    await shy.page.locator("#mic").click();
    await shy.page.locator("#preview .err, .media-says p").filter({ hasText: /allow|microphone/i }).first().waitFor();
    assert.equal(await shy.page.getAttribute("#mic", "aria-pressed"), "false");
    await comesFrom(shy, "voices", guide);
    assert.ok(!mediaOf(guide).on.some((/** @type {any[]} */ one) => one[0] === seatOf(shy)));
    for (const person of [guide, shy]) person.isUntroubled(/ERR_|WebSocket|404/);
  });
});
