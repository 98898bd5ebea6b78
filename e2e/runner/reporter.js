// A node:test reporter: one line of JSON for each test that ended, for programs to read.

/**
 * What node:test says of a test; what is not read here is left out.
 * @typedef {{
 *   name: string, nesting: number, skip?: string | boolean, todo?: string | boolean,
 *   details: {duration_ms: number, type?: string, error?: Error},
 * }} Told
 */

/**
 * @typedef {{test: string, status: "passed" | "failed" | "skipped", ms: number, why?: string}} Outcome
 *   `test` is the whole path, "suite > test"; `why` it failed or was skipped
 */

/**
 * @param {AsyncIterable<{type: string, data: Told}>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* jsonLines(events) {
  /** Names of the suites around the running test. @type {string[]} */
  const path = [];
  /** By nesting: did a test inside the running suite fail? @type {boolean[]} */
  const hasFailure = [];
  for await (const { type, data } of events) {
    if (type === "test:start") {
      path.splice(data.nesting, Infinity, data.name);
      hasFailure[data.nesting] = false;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { nesting } = data;
    const isSuite = data.details.type === "suite";
    // A suite is reported for itself only when it was skipped whole, or a hook of its own failed.
    const isCovered = isSuite && (type === "test:pass" ? data.skip === undefined : hasFailure[nesting]);
    if (type === "test:fail" && nesting > 0) hasFailure[nesting - 1] = true;
    if (isCovered) continue;
    const test = [...path.slice(0, nesting), data.name].join(" > ");
    yield `${JSON.stringify({ test, ms: Math.round(data.details.duration_ms), ...outcomeOf(type, data) })}\n`;
  }
}

/**
 * @param {string} type
 * @param {Told} data
 * @returns {Pick<Outcome, "status" | "why">}
 */
function outcomeOf(type, data) {
  const left = data.skip ?? data.todo;
  if (left !== undefined && left !== false) return { status: "skipped", why: left === true ? "" : String(left) };
  if (type === "test:pass") return { status: "passed" };
  const { error } = data.details;
  const cause = /** @type {any} */ (error?.cause);
  return { status: "failed", why: String(cause?.message ?? cause ?? error?.message) };
}
