// Whether everybody can use a page: axe's rules, size of targets, reflow, big text.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { SIZES } from "./browser.js";
import { LIGHTS } from "./look.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const WIDTHS = [SIZES.small, SIZES.phone, SIZES.tablet, SIZES.desk];

/**
 * What axe finds wrong with the page as it stands, in words.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function axeFinds(page) {
  // In Playwright's own world: the page's policy lets in no script but the home's.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const axe = /** @type {any} */ (window).axe;
    const found = await axe.run(document, { runOnly: { type: "tag", values } });
    return found.violations.flatMap((/** @type {any} */ rule) =>
      rule.nodes.slice(0, 3).map((/** @type {any} */ node) => {
        const why = [...node.any, ...node.all, ...node.none][0]?.message ?? "";
        return `${rule.id}: ${node.target.join(" ")}: ${why}`;
      }),
    );
  }, RULES);
}

/**
 * Targets smaller than 44 by 44 px. Links inside a sentence are the one exception.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export function smallTargets(page) {
  return page.evaluate(() => {
    /** @type {string[]} */
    const small = [];
    for (const target of document.querySelectorAll("a[href],button,input,textarea,select,summary")) {
      const style = getComputedStyle(target);
      const isShown = style.visibility !== "hidden" && target.getClientRects().length > 0;
      if (!isShown || target.matches("input[type=hidden],.skip,.vh")) continue;
      if (target.closest("dialog:not([open])")) continue;
      const label = target.matches("input[type=radio],input[type=checkbox]") && target.closest("label");
      const box = (label || target).getBoundingClientRect();
      const around = target.parentElement?.textContent?.trim() ?? "";
      const words = target.textContent?.trim() ?? "";
      const isInSentence = target.tagName === "A" && style.display === "inline"
        && around.length > words.length + 3;
      if (isInSentence || (box.height >= 43.9 && box.width >= 43.9)) continue;
      small.push(`${words.slice(0, 30) || target.id} ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return small;
  });
}

/**
 * By how many px the page has to be pushed sideways.
 * @param {import("playwright-core").Page} page
 */
export function sideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/**
 * Looks at a page at four widths, in both lights and with big text; gives what is wrong.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @returns {Promise<string[]>}
 */
export async function examine(page, name) {
  /** @type {string[]} */
  const wrong = [];
  /** @param {string} where @param {string[]} found */
  const note = (where, found) => wrong.push(...found.map((what) => `${name} ${where}: ${what}`));
  const before = page.viewportSize();
  await page.evaluate(() => document.querySelectorAll("details").forEach((it) => (it.open = true)));
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    for (const [light, colorScheme] of LIGHTS) {
      // Colours do not change with the width: the phone is looked at by day, the desk in the evening.
      if (size !== (light === "day" ? SIZES.phone : SIZES.desk)) continue;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      note(`${size.width} ${light}`, await axeFinds(page));
    }
    note(`${size.width}`, (await smallTargets(page)).map((what) => `too small: ${what}`));
    const push = await sideways(page);
    if (push > 0) note(`${size.width}`, [`${push} px too wide`]);
  }
  await page.setViewportSize({ width: 640, height: 900 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const push = await sideways(page);
  if (push > 0) note("200 % text", [`${push} px too wide`]);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
  return wrong;
}
