// Three thoughts, each said in four ways, among twenty unrelated answers: through the real forms,
// the real model and the real page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { makeSit, signsIn } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { look } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

const GOLDEN = new URL("../../crates/core/tests/themes/golden.tsv", import.meta.url);
/** Which thought (`-` for none), and the words. */
const SAID = readFileSync(GOLDEN, "utf8").trim().split("\n").map((line) => line.split("\t"));
const THOUGHTS = [...new Set(SAID.map(([thought]) => thought))].filter((thought) => thought !== "-");

describe("The golden round", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let guide;
  let round = "";

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  /**
   * Somebody comes by the link and offers words, without any page.
   * @param {string} link
   * @param {string} name
   * @param {string} words
   */
  async function says(link, name, words) {
    const context = await browser.newContext({ extraHTTPHeaders: { "Sec-Fetch-Site": "same-origin" } });
    const { request } = context;
    const came = await request.post(`${home.address}${link}`, { form: { name } });
    assert.ok(came.ok(), `${name} comes: ${came.status()}`);
    const form = { words, as: "unsigned", aloud: "yes", beyond: "yes", looked: "yes", key: name };
    const said = await request.post(`${home.address}${round}/share`, { form });
    assert.ok(said.ok(), `${name} speaks: ${said.status()}`);
    await context.close();
  }

  test("the ways of one thought stand together, near thoughts side by side, and no other among them", async () => {
    const { id, link } = await makeSit(guide, home, {
      title: "After a hard time",
      inMs: 10 * 60_000,
      phases: [{ kind: "silence", title: "Silence", mins: "5" }],
    });
    const { page } = guide;
    await guide.goes(`/sits/${id}/rounds/new`);
    await page.getByLabel("In your words").fill("What did a hard time teach you?");
    await page.getByRole("button", { name: "Ask it", exact: true }).click();
    await page.waitForURL("**/guide?did=posed");
    round = guide.at.replace(/\/guide$/, "");
    for (const [place, [, words]] of SAID.entries()) await says(link, `guest ${place}`, words);
    await guide.goes(round);
    await page.getByRole("button", { name: "Pass this time" }).click();
    await guide.goes(`${round}/guide`);
    await page.getByRole("button", { name: "Close it now" }).click();
    await until("the quilt to be opened", async () => {
      await guide.goes(`${round}?list=1`);
      return (await page.locator('[data-step="opened"]').count()) === 1;
    });
    const sewn = await page.locator(".quilt > section").evaluateAll((all) => all.map((one) =>
      ({ alone: one.classList.contains("alone"), text: one.textContent ?? "" })));
    const whole = sewn.map(({ text }) => text).join("\n");
    for (const [, words] of SAID) assert.ok(whole.includes(words), `untouched: ${words}`);
    const at = THOUGHTS.map((thought) => {
      const places = SAID.filter(([of]) => of === thought).map(([, words]) =>
        sewn.findIndex(({ text }) => text.includes(words)));
      assert.equal(new Set(places).size, 1, `${thought} stands together: ${places}`);
      return places[0];
    });
    assert.ok(Math.max(...at) - Math.min(...at) < THOUGHTS.length, `side by side: ${at}`);
    for (const [thought, words] of SAID.filter(([of]) => of === "-")) {
      const place = sewn.findIndex(({ text }) => text.includes(words));
      assert.ok(!at.includes(place), `${thought} ${words} is not among them`);
    }
    await guide.goes(round);
    if (process.env.PICTURES) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.locator("#r-quilt").screenshot({ path: new URL("../out/quilt.png", import.meta.url).pathname });
      await look(page, "golden", { whole: true });
    }
    guide.isUntroubled();
  });
});
