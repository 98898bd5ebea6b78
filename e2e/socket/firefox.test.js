// Firefox, straight and through nginx: another browser's own line into a sit.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Home } from "../lib/home.js";
import { until } from "../lib/wait.js";
import { Caller } from "./lib/caller.js";
import { Firefox } from "./lib/firefox.js";
import { NAME, Nginx } from "./lib/nginx.js";
import { Sitter } from "./lib/sitter.js";
import { changes, comesIn, makesSit } from "./lib/sits.js";

/** Whether the page shows this phase. @param {string} title */
const phase = (title) => `document.getElementById("phase").textContent.includes(${JSON.stringify(title)})`;

const isWithout = / firefox /.test(` ${process.env.SITWITH_CHECK_WITHOUT ?? ""} `);

describe("Firefox", { skip: isWithout }, () => {
  /** @type {Home} */
  let home;
  /** @type {Firefox} */
  let firefox;
  /** @type {{guide: Caller, sit: string, link: string}} */
  let made;
  /** @type {Sitter} */
  let neighbour;

  before(async () => {
    [home, firefox] = await Promise.all([Home.start(), Firefox.open({ names: [NAME] })]);
    made = await makesSit(home);
    const near = new Caller({ to: home.address });
    neighbour = await Sitter.sits(near, await comesIn(near, made.link, "Noor"));
  });

  after(async () => {
    neighbour?.drops();
    await firefox?.close();
    await home?.close();
  });

  test("comes in, sees itself and others, hears of the beginning, and leaves", async () => {
    const page = await firefox.page();
    await page.comesIn(`${home.address}${made.link}`, "Ilse");
    await until("the circle", async () =>
      JSON.stringify(await page.circle()) === JSON.stringify(["Noor", "You"]));
    const came = await neighbour.hears("presence", (presence) => presence.in?.length === 1);
    assert.equal(came.in[0][1], "Ilse");
    await page.sees("the waiting", phase("Arriving"));
    await changes(made.guide, made.sit, { what: "begin" });
    await page.sees("the silence", phase("Silence, together"));
    await page.evaluate(`(document.querySelector("#leaving button").click(), true)`);
    await page.sees("the landing", `location.pathname.endsWith("/landing")`);
    const left = await neighbour.hears("presence", (presence) => presence.out?.length === 1);
    assert.equal(left.out[0], came.in[0][0]);
    assert.equal(neighbour.closed, null);
  });
  test("comes in by the public address, through nginx, into the middle of the silence", async () => {
    const nginx = await Nginx.start(home.port);
    try {
      const page = await firefox.page();
      const address = nginx.address.replace("127.0.0.1", NAME);
      await page.comesIn(`${address}${made.link}`, "Tove");
      assert.equal(await page.evaluate("location.protocol"), "https:");
      await page.sees("the silence", phase("Silence, together"));
      await until("the circle", async () =>
        JSON.stringify(await page.circle()) === JSON.stringify(["Noor", "You"]));
      await neighbour.hears("presence", (presence) => presence.in?.[0]?.[1] === "Tove");
      neighbour.heardOnlyEverydayThings();
    } finally {
      await nginx.close();
    }
  });
});
