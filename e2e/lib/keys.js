// A page by keyboard alone.

import assert from "node:assert/strict";

/** So many stops lie before anything, at most. */
const STOPS_MAX = 60;

/**
 * Tabs until something with these words has the focus; each stop on the way is looked at: it can be
 * seen, and is not hidden behind another.
 * @param {import("playwright-core").Page} page
 * @param {RegExp} words
 */
export async function tabsTo(page, words) {
  const seen = [];
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
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
