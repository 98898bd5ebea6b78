// Clients made with Python's `websockets`, another reading of the same standard.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Home } from "../lib/home.js";
import { Caller } from "./lib/caller.js";
import { Sitter } from "./lib/sitter.js";
import { changes, comesIn, makesSit } from "./lib/sits.js";

const CLIENT = fileURLToPath(new URL("websockets_client.py", import.meta.url));
/** The Python that ./check keeps for tests. */
const KEPT = fileURLToPath(new URL("../../target/check/python/bin/python", import.meta.url));
const PYTHON = process.env.SITWITH_TEST_PYTHON ?? (existsSync(KEPT) ? KEPT : "python3");

const SEEN = { seat: 1, phases: ["arrive", "silence"], names: ["Ilse", "Noor"], answered: true };

/** What should come of everything. @type {Record<string, unknown>} */
const EXPECTED = {
  "sits with compression offered": { extensions: [], ...SEEN },
  "sits without": { extensions: [], ...SEEN },
  fragments: 21,
  pings: { trips: 3, answered: true },
  "closes with 1000": [1000, ""],
  "closes with 4321": [4321, ""],
  "says leave": 1000,
  "sends bytes": 1003,
  "sends too much": 1009,
  "sends too much in parts": 1009,
  "sends no UTF-8": 1007,
  "sends nonsense": 1002,
  "sends a hundred at once": 1008,
  "sends without a mask": 1002,
  "sets a reserved bit": 1002,
  "mixes two messages": 1002,
  "comes from elsewhere": 403,
  "sits in threads": [6, 1000],
};

describe("A client made with Python's websockets", () => {
  /** @type {Home} */
  let home;
  /** @type {Sitter} */
  let neighbour;
  /** @type {Map<string, unknown>} */
  let came = new Map();

  before(async () => {
    home = await Home.start();
    const { guide, sit, link } = await makesSit(home);
    const near = new Caller({ to: home.address });
    neighbour = await Sitter.sits(near, await comesIn(near, link, "Noor"));
    const caller = new Caller({ to: home.address });
    const path = await comesIn(caller, link, "Ilse");
    await changes(guide, sit, { what: "begin" });
    await neighbour.hears("timeline", (timeline) => timeline.begun !== null);
    await neighbour.noticesNothingOf(async () => {
      const words = [CLIENT, home.address.replace("http", "ws") + path, home.address];
      const { stdout } = await promisify(execFile)(PYTHON, words, { timeout: 60_000 });
      came = new Map(stdout.trim().split("\n").map((line) => JSON.parse(line)));
    });
  });

  after(async () => {
    neighbour?.drops();
    await home?.close();
  });

  for (const [what, expected] of Object.entries(EXPECTED)) {
    test(`${what}: ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(came.get(what), expected);
    });
  }

  test("did all of this, and the neighbour heard nothing of it", () => {
    assert.deepEqual([...came.keys()], Object.keys(EXPECTED));
    neighbour.heardOnlyEverydayThings();
  });
});
