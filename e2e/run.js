// Runs journeys: those about pages side by side in one browser, those that keep real time alone.
//
//   node e2e/run.js                           all of them
//   node e2e/run.js live                      one group
//   node e2e/run.js e2e/pages/door.test.js    these files
//
// A file that failed is tried once more, alone and in a browser of its own. What needed that is
// said at the end and kept in target/check/journeys.json: it is a bug of the test or the program.

import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { openShared } from "./runner/browser.js";
import { TOP, runFile } from "./runner/file.js";
import { Report } from "./runner/report.js";

/** How many files run at once; all but the real-time ones leave room to each other. */
const GROUPS = [
  { name: "pages", atOnce: 3, isShared: true },
  { name: "live", atOnce: 1, isShared: false },
];

/** @typedef {typeof GROUPS[number] & {files: string[]}} Group */

/**
 * Sorts files into their groups, by folder.
 * @param {string[]} words groups or files; none for all
 * @returns {Group[]}
 */
function choose(words) {
  const isAll = words.length === 0;
  const wanted = new Set(words.map((word) => (word.endsWith(".js") ? resolve(word) : word)));
  const groups = GROUPS.map((group) => {
    const folder = join(TOP, "e2e", group.name);
    const names = readdirSync(folder).filter((name) => name.endsWith(".test.js"));
    // The longest first, so that none of them is left for the end.
    const files = names.map((name) => join(folder, name)).sort((a, b) => statSync(b).size - statSync(a).size);
    const isWhole = isAll || wanted.delete(group.name);
    return { ...group, files: files.filter((file) => wanted.delete(file) || isWhole) };
  });
  if (wanted.size > 0) throw new Error(`no such journey: ${[...wanted].join(" ")}`);
  return groups.filter(({ files }) => files.length > 0);
}

/**
 * Runs the files of a group, so many at once; gives those that failed.
 * @param {Group} group
 * @param {Report} report
 */
async function runGroup({ files, atOnce, isShared }, report) {
  const shared = isShared ? await openShared() : null;
  const waiting = [...files];
  /** @type {string[]} */
  const failed = [];
  const work = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const result = await runFile(path, { attempt: 1, browser: shared?.endpoint });
      report.add(result, { isFinal: result.hasPassed });
      if (!result.hasPassed) failed.push(path);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await shared?.close();
  return failed;
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => process.exit(1));

const groups = choose(process.argv.slice(2));
const report = new Report(join(TOP, "target/check/journeys.json"));
/** @type {string[]} */
const again = [];
for (const group of groups) again.push(...(await runGroup(group, report)));
if (again.length > 0) console.log("\n-- a second try, one at a time");
for (const path of again) report.add(await runFile(path, { attempt: 2 }), { isFinal: true });
process.exitCode = report.close() ? 0 : 1;
