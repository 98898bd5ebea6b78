// A guide makes a sit with the plain editor: no script, nothing lost, whatever is pressed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { signsIn } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { Person } from "../lib/people.js";
import { until, untilAt } from "../lib/wait.js";

describe("The plan", () => {
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

  /** The titles of the parts, in the order they stand. @param {import("playwright-core").Page} page */
  const parts = (page) => page.locator("ol.seg .mins").evaluateAll((all) =>
    all.map((one) => (one.getAttribute("aria-label") ?? "").replace("Minutes for ", "")));

  test("is made without script, moved about, and nothing typed is lost on an error", async () => {
    const guide = await Person.arrives(browser, home, { name: "guide", script: false });
    const { page } = guide;
    await signsIn(guide, home.links("guide")[0]);
    await guide.goes("/sits/new");
    await page.getByRole("link", { name: /Breathe|breath/ }).or(page.getByRole("button", { name: /breath/i })).first().click();
    const first = await parts(page);
    assert.ok(first.length >= 3);
    await page.locator("#title").fill("After the storm");
    await page.locator("#words").fill("For everyone who is still shaking.\nCome as you are.");
    await page.locator('button[value="later-0"]').click();
    assert.deepEqual(await parts(page), [first[1], first[0], ...first.slice(2)]);
    await page.locator('button[value="earlier-1"]').click();
    assert.deepEqual(await parts(page), first);
    await page.locator('button[value="remove-1"]').click();
    assert.equal((await parts(page)).length, first.length - 1);
    await page.locator('button[value="back"]').click();
    assert.equal((await parts(page)).length, first.length);
    await page.locator("#p0-mins").fill("a while");
    await page.locator("#day").fill("2020-01-01");
    await page.getByRole("button", { name: "Save this plan" }).click();
    const words = await page.locator("main").innerText();
    assert.match(words, /needs? another look/);
    assert.equal(await page.locator("#title").inputValue(), "After the storm");
    assert.equal(await page.locator("#p0-mins").inputValue(), "a while");
    assert.match(await page.locator("#words").inputValue(), /still shaking\.\s+Come as you are/);
    await page.locator("#p0-mins").fill("2:30");
    await page.locator("#day").fill(new Date(home.now() + 86_400_000).toISOString().slice(0, 10));
    await page.getByRole("button", { name: "Save this plan" }).click();
    await page.waitForURL("**/plan?kept=1");
    assert.match(await page.locator("main").innerText(), /Saved/);
    assert.equal(await page.locator("#p0-mins").inputValue(), "2:30");
    guide.isUntroubled(/422/);
  });

  test("kept twice by a double click is one sit, and going back loses nothing", async () => {
    const guide = await Person.arrives(browser, home, { name: "guide" });
    const { page } = guide;
    await signsIn(guide, home.links("guide")[0]);
    await guide.goes("/sits/new");
    await page.getByRole("link", { name: /Just sit/i }).or(page.getByRole("button", { name: /Just sit/i })).first().click();
    const title = `Only once ${Date.now()}`;
    await page.locator("#title").fill(title);
    await page.locator("#day").fill(new Date(home.now() + 86_400_000).toISOString().slice(0, 10));
    await page.getByRole("button", { name: "Save this plan" }).dblclick();
    await untilAt(page, "/plan?kept=1");
    // The second click's answer may still be on its way, and would take the page from under us.
    await until("the guide's page", async () => (await guide.goes("/guide")) === 200);
    assert.equal(await page.locator("main h3", { hasText: title }).count(), 1, "it is there once");
    await page.goBack();
    assert.equal(await page.locator("#title").inputValue(), title);
  });
});
