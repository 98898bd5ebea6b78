// A whole sit by keyboard alone: every stop can be seen, and none is hidden behind another.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, isInRoom, makeSit, shortPlan, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { tabsTo } from "../lib/keys.js";
import { look } from "../lib/look.js";
import { Person } from "../lib/people.js";

describe("By keyboard alone", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  test("a guest comes in, eases off, reads where we are, leaves and comes back", async () => {
    const guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
    const sit = await makeSit(guide, home, { title: "With ten fingers", phases: shortPlan("5") });
    await sitsDown(guide, sit.id);
    const guest = await Person.arrives(browser, home, { name: "Ines" });
    const { page } = guest;
    await guest.goes(sit.link);
    await tabsTo(page, /How we may call you/);
    await page.keyboard.type("Ines");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/arrive");
    await tabsTo(page, /Heavy/);
    await page.keyboard.press("Space");
    await tabsTo(page, /With my name/);
    await page.keyboard.press("ArrowDown");
    await tabsTo(page, /^Come in/);
    await look(page, "focus-arrive-1280");
    await page.keyboard.press("Enter");
    await isInRoom(guest);
    assert.match(page.url(), /quiet=1/, "the arrow chose the quiet seat");
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    await tabsTo(page, /^Ease off/);
    await page.keyboard.press("Enter");
    await page.locator("#ease-off[open]").waitFor();
    await tabsTo(page, /^Back to the room/);
    await page.keyboard.press("Enter");
    await page.locator("#ease-off:not([open])").waitFor({ state: "attached" });
    await tabsTo(page, /^Sound and more/);
    await page.keyboard.press("Enter");
    await tabsTo(page, /^Where are we/);
    await page.keyboard.press("Enter");
    await page.locator("#where", { hasText: /\w+\./ }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#room-panel:not([open])").waitFor({ state: "attached" });
    await tabsTo(page, /^Leave softly/);
    await look(page, "focus-room-1280");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/landing");
    await tabsTo(page, /take me back/);
    await page.keyboard.press("Enter");
    await isInRoom(guest);
    guest.isUntroubled();
  });
});
