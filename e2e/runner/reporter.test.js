// What the reporter writes of tests that pass, fail, are skipped, and whose suite breaks.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const REPORTER = fileURLToPath(new URL("reporter.js", import.meta.url));
const SAMPLE = `
import { after, before, describe, test } from "node:test";
describe("whole", () => {
  test("good", () => {});
  test("bad", () => { throw new Error("why"); });
  test("starved", (t) => t.skip("not measured"));
  describe("inner", () => test("deep", () => {}));
});
describe("no beginning", () => { before(() => { throw new Error("no home"); }); test("never ran", () => {}); });
describe("no end", () => { after(() => { throw new Error("no end"); }); test("ran", () => {}); });
describe("left out", { skip: "as was asked" }, () => test("never asked", () => {}));
`;

test("each test has one line, and a suite only for what is its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "sitwith-reporter-"));
  const file = join(folder, "sample.test.mjs");
  writeFileSync(file, SAMPLE);
  // Under another runner a test file speaks to that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = [`--test-reporter=${REPORTER}`, "--test-reporter-destination=stdout", file];
  const { stdout, status } = spawnSync(process.execPath, words, { encoding: "utf8", env });
  rmSync(folder, { recursive: true });
  assert.equal(status, 1);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.every(({ ms }) => Number.isInteger(ms)));
  assert.deepEqual(lines.map(({ test, status }) => [status, test]), [
    ["passed", "whole > good"],
    ["failed", "whole > bad"],
    ["skipped", "whole > starved"],
    ["passed", "whole > inner > deep"],
    ["failed", "no beginning > never ran"],
    ["passed", "no end > ran"],
    ["failed", "no end"],
    ["skipped", "left out"],
  ]);
  const why = Object.fromEntries(lines.map(({ test, why }) => [test, why]));
  assert.equal(why["whole > bad"], "why");
  assert.equal(why["whole > starved"], "not measured");
  assert.equal(why["left out"], "as was asked");
});
