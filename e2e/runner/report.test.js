// What is said and kept of a run: no test that needed a second try passes in silence.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Stalls } from "../lib/stalls.js";
import { Report } from "./report.js";

/** @typedef {import("./reporter.js").Outcome} Outcome */

/**
 * @param {string} file
 * @param {Record<string, Outcome["status"]>} tests
 */
function resultOf(file, tests) {
  const all = Object.entries(tests).map(([name, status]) => ({ test: name, status, ms: 1, why: `${name} is ${status}` }));
  const hasPassed = all.every(({ status }) => status !== "failed");
  return { file, tests: all, hasPassed, log: "# a figure\nand more", ms: 1_000, stallMs: 7, load: 1 };
}

/** @param {(report: Report) => boolean} run */
function reported(run) {
  const folder = mkdtempSync(join(tmpdir(), "sitwith-report-"));
  /** @type {string[]} */
  const said = [];
  const hasPassed = run(new Report(join(folder, "kept.json"), (line) => said.push(line)));
  const kept = JSON.parse(readFileSync(join(folder, "kept.json"), "utf8"));
  rmSync(folder, { recursive: true });
  return { hasPassed, kept, said };
}

test("one that passes at its second try is counted once, said and kept", () => {
  const { hasPassed, kept, said } = reported((report) => {
    report.add(resultOf("live/bell", { rings: "failed", rests: "passed" }), { isFinal: false });
    report.add(resultOf("pages/door", { opens: "passed", waits: "skipped" }), { isFinal: true });
    report.add(resultOf("live/bell", { rings: "passed", rests: "passed" }), { isFinal: true });
    return report.close();
  });
  assert.equal(hasPassed, true);
  assert.ok(said.includes("needed a second try: live/bell > rings"));
  assert.ok(said.includes("skipped: pages/door > waits: waits is skipped"));
  assert.ok(said.includes("  and more"), "all that a failed one said");
  assert.equal(said.at(-1), "3 passed, 0 failed, 1 skipped");
  assert.deepEqual(kept.second_tries, [{ file: "live/bell", test: "rings", why: "rings is failed" }]);
  assert.deepEqual(kept.files.map((/** @type {any} */ one) => [one.file, one.attempt]),
    [["live/bell", 1], ["live/bell", 2], ["pages/door", 1]]);
});

test("one that fails twice has failed", () => {
  const { hasPassed, kept, said } = reported((report) => {
    for (const isFinal of [false, true]) report.add(resultOf("live/bell", { rings: "failed" }), { isFinal });
    return report.close();
  });
  assert.equal(hasPassed, false);
  assert.deepEqual([kept.passed, kept.failed, kept.second_tries], [0, 1, []]);
  assert.ok(said.includes("failed: live/bell > rings"));
});

test("an assertion on real time that fails on a machine that stood still is not measured", async () => {
  const stalls = new Stalls();
  /** @type {string[]} */
  const skipped = [];
  const t = /** @type {any} */ ({ skip: (/** @type {string} */ why) => skipped.push(why) });
  const late = () => assert.ok(false, "late");
  const stood = (/** @type {number} */ ms) => Object.defineProperty(stalls, "longestMs", { value: ms, configurable: true });
  stood(20);
  assert.throws(() => stalls.judge(t, late), /late/);
  stood(900);
  stalls.judge(t, () => assert.ok(true));
  assert.deepEqual(skipped, []);
  assert.throws(() => stalls.judge(t, () => JSON.parse("{")), SyntaxError);
  stalls.judge(t, late);
  assert.deepEqual(skipped, ["not measured: the machine stood still for 900 ms"]);
  await stalls.close();
});
