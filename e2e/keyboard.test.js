// A whole sit by keyboard alone: every stop can be seen, and none is hidden behind another.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { changes, isInRoom, makeSit, shortPlan, signsIn, sitsDown } from "./lib/acts.js";
import { openBrowser } from "./lib/browser.js";
import { Home } from "./lib/home.js";
import { look } from "./lib/look.js";
import { Person } from "./lib/people.js";

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

  /**
   * Tabs until something with these words has the focus; each stop on the way is looked at.
   * @param {import("playwright-core").Page} page
   * @param {RegExp} words
   */
  async function tabsTo(page, words) {
    const seen = [];
    for (let stop = 0; stop < 60; stop += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const one = /** @type {HTMLElement} */ (document.activeElement);
        // Between the last stop and the first lies the browser's own frame.
        if (one === document.body) return null;
        const label = one.closest("label") ?? /** @type {any} */ (one).labels?.[0];
        const isChoice = one.matches("input[type=radio],input[type=checkbox]");
        const shown = isChoice && label ? label : one;
        const box = shown.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
        const top = document.elementFromPoint(x, y);
        const styles = [one, shown].map((it) => getComputedStyle(it));
        return {
          words: (one.getAttribute("aria-label") ?? (label ?? one).textContent ?? "").trim(),
          hasRing: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
          isSeen: top !== null && (shown.contains(top) || top.contains(shown)),
        };
      });
      if (at === null) continue;
      assert.ok(at.hasRing, `${at.words} has no ring`);
      assert.ok(at.isSeen, `${at.words} is hidden behind something`);
      if (words.test(at.words)) return;
      seen.push(at.words);
    }
    assert.fail(`never came to ${words}; came by ${seen.join(" | ")}`);
  }

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
    await tabsTo(page, /Back to the room/);
    await page.keyboard.press("Enter");
    await page.locator("#ease-off:not([open])").waitFor({ state: "attached" });
    await tabsTo(page, /Sound and more/);
    await page.keyboard.press("Enter");
    await tabsTo(page, /Where are we/);
    await page.keyboard.press("Enter");
    assert.match((await page.locator("#where").textContent()) ?? "", /\w+\./);
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
