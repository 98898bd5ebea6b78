// Behind Debian's nginx, set up word for word as the keeper's manual says: pages, the live line,
// and whose word about the network address is believed.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort, Home } from "../lib/home.js";
import { until } from "../lib/wait.js";
import { Caller } from "./lib/caller.js";
import { NAME, Nginx } from "./lib/nginx.js";
import { Sitter } from "./lib/sitter.js";
import { changes, comesIn, makesSit } from "./lib/sits.js";

/** How long the impatient proxy waits for a word, in ms. */
const PATIENCE_MS = 5_000;
/** How many seconds of the home's may go by before an answer must have come back. */
const ANSWER_S = 5;
const QUIET_MINS = 30;

/**
 * Lets a time go by, second by second. A page asked for now and then by the same road gives the
 * answers to our pings the time to come back: the clock does not run ahead of the machine.
 * @param {Home} home @param {Caller} by @param {number} secs
 */
async function timeGoesBy(home, by, secs) {
  for (let s = 1; s <= secs; s += 1) {
    await home.ahead(1_000);
    if (s % ANSWER_S === 0) await by.reads("/healthz");
  }
}

/**
 * A home whose machine is set up as the manual says.
 * @param {"demo" | "serve"} kind
 * @param {string} [more]
 */
async function homeBehindProxy(kind, more = "") {
  const home = new Home(kind);
  home.port = await freePort();
  const settings = `[listen]\ntrusted_proxies = ["127.0.0.1"]\n${more}`;
  writeFileSync(join(home.folder, "sitwith.toml"), settings);
  await home.wake();
  return home;
}

describe("Behind nginx", () => {
  /** @type {Home} */
  let home;
  /** @type {Nginx} */
  let nginx;
  /** @type {{guide: Caller, sit: string, link: string}} */
  let made;
  /** Somebody who came straight. @type {Sitter} */
  let neighbour;

  /** Somebody far away, who comes through the proxy. */
  const far = () => new Caller({ to: nginx.address, origin: `https://${NAME}`, ca: nginx.certificate });

  before(async () => {
    home = await homeBehindProxy("demo");
    nginx = await Nginx.start(home.port);
    made = await makesSit(home);
    const near = new Caller({ to: home.address });
    neighbour = await Sitter.sits(near, await comesIn(near, made.link, "Noor"));
  });

  after(async () => {
    neighbour?.drops();
    await nginx?.close();
    await home?.close();
  });

  test("a guest comes in by the public address, sits, and leaves", async () => {
    const guest = far();
    const path = await comesIn(guest, made.link, "Ilse");
    assert.deepEqual(guest.cookies, ["__Host-sit"], "the home knows that the line is safe");
    const sitter = await Sitter.sits(guest, path, { perMessageDeflate: true });
    assert.equal(sitter.line.extensions, "");
    await neighbour.hears("presence", ({ in: came }) => came?.[0]?.[1] === "Ilse");
    await changes(made.guide, made.sit, { what: "begin" });
    const timelines = await Promise.all([sitter, neighbour].map((person) =>
      person.hears("timeline", (timeline) => timeline.begun !== null)));
    assert.deepEqual(timelines[0], timelines[1]);
    assert.equal((await sitter.leaves()).code, 1000);
    await neighbour.hears("presence", ({ out }) => out?.length === 1);
    assert.deepEqual(sitter.troubles, []);
  });

  test("the upgrade comes through whole, and every close code with it", async () => {
    const guest = far();
    const path = await comesIn(guest, made.link, "Wren");
    await neighbour.noticesNothingOf(async () => {
      /** @type {[number, (sitter: Sitter) => void][]} */
      const ends = [
        [4321, ({ line }) => line.close(4321)],
        [1003, ({ line }) => line.send(Buffer.from("bytes"))],
        [1009, ({ line }) => line.send("a".repeat(2 ** 20))],
        [1002, ({ line }) => line.send("{}", { mask: false })],
      ];
      for (const [code, does] of ends) {
        const sitter = new Sitter(guest, path);
        const upgrade = new Promise((resolve) => sitter.line.once("upgrade", resolve));
        const { statusCode, headers } = await upgrade;
        assert.equal(statusCode, 101);
        assert.equal(headers.upgrade, "websocket");
        await sitter.hears("presence");
        does(sitter);
        assert.equal((await sitter.isClosed()).code, code);
      }
      const stranger = new Sitter(guest, path.replace(/ticket=./, "ticket=~"));
      assert.equal((await stranger.isClosed()).code, 4001);
    });
  });

  test("a page of somebody else gets no line, and an ordinary request is told so", async () => {
    const guest = far();
    const path = await comesIn(guest, made.link, "Rosa");
    for (const [origin, status] of [
      ["https://elsewhere.example", 403], [`http://${NAME}.elsewhere.example`, 403], ["null", 403],
    ]) {
      const sitter = new Sitter(guest, path, { origin: String(origin) });
      await sitter.isClosed();
      assert.match(sitter.troubles[0].message, new RegExp(`: ${status}$`));
    }
    assert.equal((await guest.ask(path)).status, 426);
  });

  test("half an hour of silence is cut by nobody", async () => {
    const guest = far();
    const sitter = await Sitter.sits(guest, await comesIn(guest, made.link, "Tove"));
    const told = sitter.told.length;
    await timeGoesBy(home, guest, QUIET_MINS * 60);
    assert.equal(sitter.closed, null);
    assert.ok(sitter.pings.length > QUIET_MINS / 2, `${sitter.pings.length} pings`);
    assert.deepEqual(sitter.told.slice(told).filter(({ k }) => k !== "presence"), []);
    await sitter.isAnswered();
    await sitter.leaves();
  });

  test("a proxy that waits no longer than a breath is kept waiting by our pings alone", async () => {
    const breath = await Nginx.start(home.port, (words) =>
      words.replace("proxy_read_timeout 120s", `proxy_read_timeout ${PATIENCE_MS}ms`));
    try {
      const road = { to: breath.address, origin: `https://${NAME}`, ca: breath.certificate };
      const guest = new Caller(road);
      const sitter = await Sitter.sits(guest, await comesIn(guest, made.link, "Jun"));
      const end = performance.now() + 2 * PATIENCE_MS;
      await until("twice its patience", async () => {
        await timeGoesBy(home, guest, 60);
        return sitter.closed || performance.now() > end;
      });
      assert.equal(sitter.closed, null, "it was kept open");
      await sitter.isAnswered();
      // And without them it is cut, or this test would say nothing.
      assert.equal((await sitter.isClosed()).code, 1006);
    } finally {
      await breath.close();
    }
  });
});

describe("Whose word about the network is believed", () => {
  const LIMIT = 5;
  /** @type {Home} */
  let home;
  /** @type {Nginx} */
  let nginx;

  before(async () => {
    home = await homeBehindProxy("serve", `[limits]\nrequests_per_place_per_minute = ${LIMIT}\n`);
    nginx = await Nginx.start(home.port);
  });

  after(async () => {
    await nginx?.close();
    await home?.close();
  });

  /**
   * Asks for a page as often as the limit allows, and once more.
   * @param {Caller} caller
   * @param {(n: number) => Record<string, string>} headers
   */
  async function asksTooMuch(caller, headers = () => ({})) {
    const statuses = [];
    for (let n = 0; n <= LIMIT; n += 1) {
      statuses.push((await caller.ask("/sign-in", { headers: headers(n) })).status);
    }
    return statuses;
  }

  const UNTIL_LIMIT = [...Array.from({ length: LIMIT }, () => 200), 429];
  const through = (/** @type {string} */ from) =>
    new Caller({ to: nginx.address, origin: `https://${NAME}`, ca: nginx.certificate, from });
  const straight = (/** @type {string} */ from) => new Caller({ to: home.address, from });

  test("two people behind the proxy have a limit each", async () => {
    assert.deepEqual(await asksTooMuch(through("127.0.0.2")), UNTIL_LIMIT);
    assert.deepEqual(await asksTooMuch(through("127.0.0.3")), UNTIL_LIMIT);
  });

  test("what somebody says of themselves through the proxy is not believed", async () => {
    const made = (/** @type {number} */ n) => ({ "X-Forwarded-For": `203.0.113.${n}` });
    assert.deepEqual(await asksTooMuch(through("127.0.0.4"), made), UNTIL_LIMIT);
  });

  test("somebody who is no proxy is not believed either, nor harms who they name", async () => {
    const named = () => ({ "X-Forwarded-For": "127.0.0.6" });
    assert.deepEqual(await asksTooMuch(straight("127.0.0.5"), named), UNTIL_LIMIT);
    assert.deepEqual(await asksTooMuch(through("127.0.0.6")), UNTIL_LIMIT);
  });
});
