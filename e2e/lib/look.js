// Pictures of what a journey saw, for eyes: e2e/out/<name>-<width>-<light>.png.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SIZES } from "./browser.js";

/** Where pictures and figures are put. */
export const OUT = fileURLToPath(new URL("../out/", import.meta.url));
mkdirSync(OUT, { recursive: true });

/**
 * Takes one picture as the page stands.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {{whole?: boolean}} [how]
 */
export async function look(page, name, { whole = false } = {}) {
  await page.screenshot({ path: `${OUT}${name}.png`, fullPage: whole, animations: "allow" });
}

/**
 * Takes pictures at three widths, by day and in the evening, and leaves the page as it was. Only
 * when somebody wants to look (`PICTURES=1`): nothing is held to them.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function lookAround(page, name) {
  if (!process.env.PICTURES) return;
  const before = page.viewportSize();
  for (const [light, colorScheme] of LIGHTS) {
    await page.emulateMedia({ colorScheme });
    for (const size of [SIZES.phone, SIZES.tablet, SIZES.desk]) {
      await page.setViewportSize(size);
      await look(page, `${name}-${size.width}-${light}`, { whole: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}

/** Both themes and what a device says when it wants them. */
export const LIGHTS = /** @type {const} */ ([["day", "light"], ["evening", "dark"]]);

/**
 * Keeps figures a program can read.
 * @param {string} name
 * @param {unknown} figures
 */
export function keep(name, figures) {
  writeFileSync(`${OUT}${name}.json`, `${JSON.stringify(figures, null, 2)}\n`);
}
