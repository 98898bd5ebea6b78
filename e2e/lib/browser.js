// Chromium, as it runs here, and the sizes people look through.

import { chromium } from "playwright-core";

const QUIET_START = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Widths and heights people look through, in px. */
export const SIZES = {
  small: { width: 320, height: 640 },
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desk: { width: 1280, height: 860 },
};

/**
 * How Chromium is launched. A real finger starts the sound here, so no flag lets it start by itself.
 * @param {string[]} [more] flags
 */
export function howToLaunch(more = []) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return { executablePath, args: [...QUIET_START, ...more], ignoreDefaultArgs: ["--mute-audio"] };
}

/**
 * A browser: the one that `e2e/run.js` shares between files when it does, else one of its own.
 * Closing a shared one closes what was opened through it.
 * @param {{more?: string[]}} [how]  with flags of its own it is never shared
 */
export function openBrowser({ more = [] } = {}) {
  const shared = process.env.SITWITH_SHARED_BROWSER;
  if (shared && more.length === 0) return chromium.connect(shared);
  return chromium.launch(howToLaunch(more));
}
