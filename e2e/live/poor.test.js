// An old phone on a poor line: from the link in the mail to the seat in one touch, in time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isInRoom, makeSit, shortPlan, signsIn } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { keep } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { scale } from "../lib/weigh.js";

/** 200 kbit/s and a fifth of a second there and back. */
const LINE = { offline: false, latency: 200, downloadThroughput: 25_000, uploadThroughput: 25_000 };

test("a member comes from the link to the seat with one touch on 200 kbit/s", async () => {
  const [home, browser] = await Promise.all([Home.start(), openBrowser()]);
  try {
    const guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
    const sit = await makeSit(guide, home, { title: "From afar", phases: shortPlan() });
    const member = await Person.arrives(browser, home, { name: "member", size: "phone" });
    await signsIn(member, home.links("member")[0]);
    const line = await member.context.newCDPSession(member.page);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", LINE);
    /** @type {Record<string, number>} */
    const figures = {};
    for (const visit of ["first", "again"]) {
      if (visit === "first") await line.send("Network.clearBrowserCache");
      const weight = await scale(member.page, { isFirstVisit: false });
      const begun = performance.now();
      await member.page.goto(`${home.address}/sits/${sit.id}/arrive`, { waitUntil: "commit" });
      const comeIn = member.page.getByRole("button", { name: "Come in" });
      await comeIn.waitFor();
      figures[`${visit}_hallway_ms`] = Math.round(performance.now() - begun);
      // A tired person looks about before touching anything.
      await member.page.waitForLoadState("networkidle");
      const touched = performance.now();
      await comeIn.click();
      await isInRoom(member);
      figures[`${visit}_touch_to_seat_ms`] = Math.round(performance.now() - touched);
      figures[`${visit}_bytes`] = weight.bytes();
      await weight.lift();
    }
    keep("poor", figures);
    console.log("# from mail to seat on 200 kbit/s:", JSON.stringify(figures));
    // Bounds for a busy machine; what was reached is in e2e/out/poor.json.
    assert.ok(figures.first_hallway_ms + figures.first_touch_to_seat_ms < 15_000);
    member.isUntroubled();
  } finally {
    await browser.close();
    await home.close();
  }
});
