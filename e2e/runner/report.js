// What a run of journeys found: a line for each file, an end for people, a file for programs.

import { writeFileSync } from "node:fs";

/** @typedef {import("./file.js").Result} Result */

const seconds = (/** @type {number} */ ms) => `${Math.round(ms / 1_000)} s`;

export class Report {
  /** By file: its first try, and its second when it needed one. @type {Map<string, Result[]>} */
  #tries = new Map();
  #begun = performance.now();

  /**
   * @param {string} path the JSON file to write at the end
   * @param {(line: string) => void} [say]
   */
  constructor(path, say = console.log) {
    this.path = path;
    this.say = say;
  }

  /**
   * @param {Result} result
   * @param {{isFinal: boolean}} how  one that is not final is tried again
   */
  add(result, { isFinal }) {
    const { file, tests, ms, stallMs, load, hasPassed, log } = result;
    this.#tries.set(file, [...(this.#tries.get(file) ?? []), result]);
    const word = hasPassed ? "passed" : isFinal ? "FAILED" : "failed at the first try";
    this.say(`${file}: ${word}, ${tests.length} tests, ${seconds(ms)}; stood still for ${stallMs} ms at most, load ${load}`);
    // Of one that passed its figures are shown, of one that did not all that it said.
    for (const line of log.split("\n")) if (!hasPassed || line.startsWith("# ")) this.say(`  ${line}`);
  }

  /** Says how it ended, writes it down, and gives whether all passed. */
  close() {
    const files = [...this.#tries.values()].map((tries) => ({ first: tries[0], last: tries[tries.length - 1] }));
    const tests = files.flatMap(({ last }) => last.tests.map((one) => ({ file: last.file, ...one })));
    const of = (/** @type {string} */ status) => tests.filter((one) => one.status === status);
    const [passed, failed, skipped] = [of("passed"), of("failed"), of("skipped")];
    const secondTries = files
      .filter(({ first, last }) => first !== last && last.hasPassed)
      .flatMap(({ first }) => first.tests
        .filter(({ status }) => status === "failed")
        .map(({ test, why }) => ({ file: first.file, test, why })));
    const slowest = [...tests].sort((a, b) => b.ms - a.ms).slice(0, 10);
    this.say("\nslowest:");
    for (const { file, test, ms } of slowest) this.say(`  ${seconds(ms).padStart(6)}  ${file} > ${test}`);
    for (const { file, test, why } of skipped) this.say(`skipped: ${file} > ${test}: ${why || "no reason given"}`);
    for (const { file, test } of secondTries) this.say(`needed a second try: ${file} > ${test}`);
    for (const { file, test } of failed) this.say(`failed: ${file} > ${test}`);
    writeFileSync(this.path, `${JSON.stringify({
      passed: passed.length, failed: failed.length, skipped: skipped.length,
      ms: Math.round(performance.now() - this.#begun),
      stall_ms: Math.max(0, ...[...this.#tries.values()].flat().map(({ stallMs }) => stallMs)),
      second_tries: secondTries,
      files: [...this.#tries.values()].flatMap((tries) => tries.map(({ file, ms, stallMs, load, tests: all }, place) =>
        ({ file, attempt: place + 1, ms, stall_ms: stallMs, load, tests: all }))),
    }, null, 2)}\n`);
    this.say(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
    return failed.length === 0;
  }
}
