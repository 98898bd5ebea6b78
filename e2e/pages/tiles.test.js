// How two to many faces are laid out, at three sizes, in both lights, and by axe. The faces are
// painted: nothing here depends on how fast the machine is.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { examine } from "../lib/axe.js";
import { SIZES, openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { lookAround } from "../lib/look.js";
import { TAPS } from "../lib/media.js";
import { SEATS, hears, others, paints, showsTiles, stands } from "../lib/painted.js";
import { Person } from "../lib/people.js";
import { until } from "../lib/wait.js";

const PHASES = [{ kind: "welcome", title: "Words, for those who have some", mins: "30" }];

describe("Many faces", () => {
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Person} */
  let amara;

  before(async () => {
    [home, browser] = await Promise.all([Home.start(), openBrowser()]);
    const guide = await Person.arrives(browser, home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
    const sit = await makeSit(guide, home, { title: "Painted", phases: PHASES });
    await guide.goesAway();
    amara = await Person.arrives(browser, home, { name: "Amara" });
    await amara.context.addInitScript(TAPS);
    await paints(amara);
    await comesByLink(amara, sit.link);
    await sitsDown(amara, sit.id);
  });

  after(async () => {
    await browser?.close();
    await home?.close();
  });

  /** @param {Person} person @param {string} words */
  const reads = (person, words) => person.page.locator(".media-says", { hasText: words }).waitFor();
  /** @param {Person} person @param {string} name */
  const presses = (person, name) => person.page.getByRole("button", { name, exact: true }).click();
  /** Pictures of things at rest. @param {Person} person @param {string} name */
  const pictures = async ({ page }, name) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await lookAround(page, name);
    await page.emulateMedia({ reducedMotion: null });
  };
  /** @param {Person} person @param {string} name */
  const isWell = async (person, name) => assert.deepEqual(await examine(person.page, name), []);

  for (const [count, name] of /** @type {const} */ ([[1, "2"], [5, "6"], [11, "12"], [24, "25"], [38, "39"]])) {
    test(`${name} people are laid out for a phone, a tablet and a desk`, async () => {
      const { page } = amara;
      await hears(amara, others(count), { k: "speak", seats: [SEATS] }, {
        k: "caption", seat: SEATS, name: "Leïla",
        text: "I thought I was the only one who found the quiet hard. Hearing you say it makes it easier to stay.",
      });
      await showsTiles(amara, Math.min(25, count + 1));
      await page.locator(".tile.speaks .nm", { hasText: "Leïla is speaking" }).waitFor();
      // As many tiles may have stood there before: the words come with the next drawing.
      const more = count > 25 ? "and fourteen more" : "";
      await until(`"${more}"`, async () =>
        (await page.locator(".and-more:visible").allTextContents()).join() === more);
      for (const size of [SIZES.phone, SIZES.tablet, SIZES.desk]) {
        await page.setViewportSize(size);
        await until("the tiles to be whole", () => page.evaluate(() => {
          const tiles = [...document.querySelectorAll(".tile")].map((one) => one.getBoundingClientRect());
          const isWhole = tiles.every((one) => one.width >= 44 && one.height >= 44);
          const bar = document.querySelector(".giving-row")?.getBoundingClientRect();
          return isWhole && bar && tiles.every((one) => one.bottom <= bar.top) && bar.bottom <= innerHeight;
        }));
        if (size === SIZES.phone && count > 12) {
          // Wide as the page, and not a strip of it: a face is seen with its hair and its chin.
          const large = await page.locator(".tile").first().boundingBox();
          assert.ok(large && large.height > large.width * 0.38, `${large?.width} x ${large?.height}`);
        }
        await until("the words of who speaks to be whole, within their tile", () => page.evaluate(() => {
          const tile = document.querySelector(".tile.speaks");
          const [words, ...parts] = tile?.querySelectorAll(".nm, .who, .is") ?? [];
          if (!tile || !words) return false;
          const [outer, inner] = [tile.getBoundingClientRect(), words.getBoundingClientRect()];
          // What is for the ear alone is cut to nothing, and not to a part of itself.
          const isWhole = (/** @type {Element} */ part) => part.scrollWidth <= part.clientWidth || part.clientWidth <= 1
            || getComputedStyle(part).display === "inline";
          return inner.top >= outer.top && inner.right <= outer.right && parts.every(isWhole);
        }));
      }
      await page.setViewportSize(SIZES.desk);
      await pictures(amara, `faces-${name}`);
      if (name !== "12") await isWell(amara, `${name} people`);
    });
  }

  test("a large one, a dimmed room, a thin line and another window are said in words", async () => {
    const { page } = amara;
    await hears(amara, others(6, { spotlight: SEATS + 2, feather: SEATS + 1 }));
    await page.locator(".tile.large", { hasText: "Marit" }).waitFor();
    await page.locator(".tile.holds", { hasText: "Rosa" }).waitFor();
    await pictures(amara, "faces-large");
    await isWell(amara, "one large, one with the feather");
    await hears(amara, others(6, { rest: true, heard: "guides" }));
    await reads(amara, "The room is dimmed. Faces rest; sound stays with Marit.");
    await pictures(amara, "faces-dimmed");
    await hears(amara, others(6));
    await stands(amara, { down: "elsewhere" });
    await reads(amara, "The sound is in your other window.");
    await isWell(amara, "the sound is elsewhere");
    await presses(amara, "Have it here");
    await stands(amara, { sealed: "mismatch", unheard: [SEATS + 4] });
    await reads(amara, "We cannot hear Jun: the key does not fit.");
    await stands(amara, { sealed: "no", unheard: [] });
    await stands(amara, { poor: "sound" });
    await reads(amara, "Your connection is slow just now, so faces rest.");
    await page.locator("#more").click();
    await page.getByText("Show only who speaks").click();
    await page.keyboard.press("Escape");
    await showsTiles(amara, 1);
    await pictures(amara, "faces-speaker");
  });

  test("its browser did not complain", () => amara.isUntroubled());
});
