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
 * A browser of its own. A real finger starts the sound here, so no flag lets it start by itself.
 * @param {{more?: string[]}} [how]
 */
export function openBrowser({ more = [] } = {}) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = [...QUIET_START, ...more];
  return chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--mute-audio"] });
}
