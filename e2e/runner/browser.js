// One Chromium that many files share: each connects to it and opens contexts of its own.

import { chromium } from "playwright-core";
import { howToLaunch } from "../lib/browser.js";

export async function openShared() {
  const server = await chromium.launchServer(howToLaunch());
  return { endpoint: server.wsEndpoint(), close: () => server.close() };
}
