// What a first visit costs: every byte that comes over the line with an empty cache.

/** A first visit costs less than this, in bytes (decimal KB). */
export const WEIGHT_MAX = 100_000;
/**
 * And of the room, which grows with everything that can be done in it, less than this: so that what
 * is only needed later is fetched later.
 */
export const ROOM_WEIGHT_MAX = 88_000;

/**
 * Counts the bytes of everything this page fetches from now on, as they came over the line.
 * @param {import("playwright-core").Page} page
 * @param {{isFirstVisit?: boolean}} [how] a first visit finds nothing in the cache
 */
export async function scale(page, { isFirstVisit = true } = {}) {
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  await line.send("Network.setCacheDisabled", { cacheDisabled: isFirstVisit });
  /** @type {Map<string, {url: string, bytes: number}>} */
  const parts = new Map();
  line.on("Network.responseReceived", ({ requestId, response }) => {
    parts.set(requestId, { url: response.url, bytes: response.encodedDataLength });
  });
  line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const part = parts.get(requestId);
    if (part) part.bytes = encodedDataLength;
  });
  return {
    /** Empties the scale before the next visit. */
    empty: () => parts.clear(),
    /** Bytes so far. */
    bytes: () => [...parts.values()].reduce((sum, part) => sum + part.bytes, 0),
    /** The heaviest parts, in words. */
    parts: () => [...parts.values()].sort((a, b) => b.bytes - a.bytes).map((p) => `${p.bytes} ${p.url}`),
    /** Lets the page use its cache again. */
    lift: () => line.detach(),
  };
}
