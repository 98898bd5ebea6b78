// Waiting for something to become true. No journey sleeps: it waits for what it wants to see.

/**
 * Waits until `ask` gives something truthy and returns it.
 * @template T
 * @param {string} what it waits for, for the message when it does not come
 * @param {() => T | Promise<T>} ask
 * @param {{within?: number, every?: number}} [how] `within` and `every` in ms
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, { within = 20_000, every = 40 } = {}) {
  const end = performance.now() + within;
  /** @type {unknown} */
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${within} ms for ${what}: ${last}`);
    await pause(every);
  }
}

/**
 * Lets a time go by: for the proxies that delay, and between two looks. Nothing else.
 * @param {number} ms
 */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Waits until a page's address ends so. `waitForURL` fails when another navigation aborts the load,
 * as the second answer to a double click does.
 * @param {{url(): string}} page
 * @param {string} ending
 */
export async function untilAt(page, ending) {
  await until(`an address that ends with ${ending}`, () => page.url().endsWith(ending));
}
