// Runs one file of journeys in a process of its own and reads what its reporter wrote.

import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stalls } from "../lib/stalls.js";

/** @typedef {import("./reporter.js").Outcome} Outcome */

/**
 * @typedef {{
 *   file: string, ms: number, tests: Outcome[], hasPassed: boolean, log: string,
 *   stallMs: number, load: number,
 * }} Result  `file` as in "pages/door"; `log` all that it said; `stallMs` the machine's longest stall
 *   while it ran; `load` the one-minute load average at its end
 */

export const TOP = fileURLToPath(new URL("../../", import.meta.url));
/** Logs and outcomes are kept here. */
export const KEPT = join(TOP, "target/check/journeys");
const REPORTER = fileURLToPath(new URL("reporter.js", import.meta.url));
/** A file that takes longer hangs, in ms. */
const HANGS = 15 * 60_000;

/** @param {string} path of a test file, as in "e2e/pages/door.test.js" */
export function nameOf(path) {
  return `${basename(dirname(path))}/${basename(path, ".test.js")}`;
}

/**
 * @param {string} path
 * @param {{attempt: number, browser?: string}} how  `browser`: the endpoint of a shared Chromium
 * @returns {Promise<Result>}
 */
export async function runFile(path, { attempt, browser = "" }) {
  mkdirSync(KEPT, { recursive: true });
  const file = nameOf(path);
  const stem = join(KEPT, `${file.replace("/", "-")}-${attempt}`);
  const [outcomes, log] = [`${stem}.jsonl`, `${stem}.log`];
  rmSync(outcomes, { force: true });
  const words = [
    "--test-reporter=spec", "--test-reporter-destination=stdout",
    `--test-reporter=${REPORTER}`, `--test-reporter-destination=${outcomes}`, path,
  ];
  const stalls = new Stalls();
  const begun = performance.now();
  const env = { ...process.env, SITWITH_SHARED_BROWSER: browser };
  // A group of its own, so that a file that hangs is ended with everything it started.
  const child = spawn(process.execPath, words, { cwd: TOP, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const written = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(written, { end: false });
  const endGroup = () => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended.
    }
  };
  process.once("exit", endGroup);
  let hangs = false;
  const impatient = setTimeout(() => {
    hangs = true;
    endGroup();
  }, HANGS);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(impatient);
  process.off("exit", endGroup);
  await new Promise((done) => written.end(done));
  const tests = readOutcomes(outcomes);
  const hasFailure = tests.some(({ status }) => status === "failed");
  if (code !== 0 && !hasFailure) {
    const why = hangs ? `it hung for ${HANGS / 60_000} min` : `it ended with ${code}`;
    tests.push({ test: "the whole file", status: "failed", ms: 0, why });
  }
  const result = {
    file, tests, hasPassed: code === 0 && !hasFailure, log: readFileSync(log, "utf8"), ms: Math.round(performance.now() - begun),
    stallMs: stalls.longestMs, load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
  await stalls.close();
  return result;
}

/** @param {string} path @returns {Outcome[]} */
function readOutcomes(path) {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
}
