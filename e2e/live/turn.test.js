// Where nothing gets through but a TURN server: a real coturn, with passes that the home gives.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comesByLink, makeSit, signsIn, sitsDown } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { FAKE, allMeet, arrives, comesFrom, measured, turns } from "../lib/media.js";
import { Relay } from "../lib/relay.js";

const SECRET = "a secret of two";
const WITHOUT = ` ${process.env.SITWITH_CHECK_WITHOUT ?? ""} `;
const skip = WITHOUT.includes(" coturn ") && "without coturn, as was asked";

/** Runs in a page before anything else: every way but the one over the TURN server is closed. */
const ONLY_RELAY = `(() => {
  const Open = RTCPeerConnection;
  window.RTCPeerConnection = class extends Open {
    constructor(how) { super({ ...how, iceTransportPolicy: "relay" }); }
  };
})();`;

/** Runs in a page: by how many ways a pass leads out, and which errors there were. */
const TRY = `(async (pass) => {
  const peer = new RTCPeerConnection({ iceServers: [pass], iceTransportPolicy: "relay" });
  const ways = [], errors = [];
  peer.onicecandidate = ({ candidate }) => { if (candidate) ways.push(candidate.type); };
  peer.onicecandidateerror = ({ errorCode }) => errors.push(errorCode);
  const whole = new Promise((done) => {
    peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === "complete") done(); };
  });
  peer.addTransceiver("audio");
  await peer.setLocalDescription();
  await whole;
  peer.close();
  return { ways, errors };
})`;

describe("Over a TURN server", { skip }, () => {
  /** @type {Relay} */
  let relay;
  /** @type {Home} */
  let home;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("../lib/people.js").Person} */
  let guide;
  /** @type {import("../lib/people.js").Person} */
  let noor;
  let sit = { id: "", link: "" };

  before(async () => {
    relay = await Relay.start(SECRET);
    const settings = { SITWITH_MEDIA__TURN: relay.url, SITWITH_MEDIA__TURN_SECRET: SECRET };
    [home, browser] = await Promise.all([Home.start("demo", settings), openBrowser({ more: FAKE })]);
    guide = await arrives(browser, home, "guide");
    noor = await arrives(browser, home, "Noor");
    for (const person of [guide, noor]) await person.context.addInitScript(ONLY_RELAY);
    await signsIn(guide, home.links("guide")[0]);
    const phases = [{ kind: "welcome", title: "Together", mins: "30" }];
    sit = await makeSit(guide, home, { title: "Behind a wall", phases });
    await comesByLink(noor, sit.link);
    await Promise.all([guide, noor].map((person) => sitsDown(person, sit.id)));
  });

  after(async () => {
    await browser?.close();
    await home?.close();
    relay?.close();
  });

  test("two people hear and see each other through it, each with passes of their own", async () => {
    for (const person of [guide, noor]) {
      await turns(person, "mic");
      await turns(person, "cam");
    }
    await allMeet([guide, noor], ["voices"]);
    // How many pictures a busy machine's line carries is another matter: some come.
    await Promise.all([comesFrom(guide, "faces", noor, { more: 2 }), comesFrom(noor, "faces", guide, { more: 2 })]);
    for (const person of [guide, noor]) {
      const { ways } = await measured(person);
      assert.equal(ways.length, 2);
      for (const way of ways) assert.match(way, /^udp udp$/, "mine is the relay's, over UDP");
    }
    const { letIn } = relay;
    assert.ok(letIn.length >= 4, relay.said);
    assert.equal(new Set(letIn).size, 2);
    for (const name of letIn) assert.match(name, /^\d{10}:[0-9a-f]{16}$/);
  });

  test("a pass opens for its time alone, and nothing else does", async () => {
    const good = JSON.parse(await noor.page.locator("#room-facts").textContent() ?? "").media.ice[0];
    assert.deepEqual(good.urls, [relay.url]);
    const until = Number(good.username.split(":")[0]);
    const hours = (until - home.now() / 1_000) / 3_600;
    assert.ok(hours > 5 && hours <= 6, `${hours} h`);
    const tries = async (/** @type {object} */ change) =>
      noor.page.evaluate(`${TRY}(${JSON.stringify({ ...good, ...change })})`);
    assert.ok((await tries({})).ways.length > 0, "the pass leads out");
    const forged = { username: good.username.replace(/^\d+/, String(until + 60)) };
    const late = { username: `1600000000:${good.username.split(":")[1]}` };
    for (const change of [{ credential: "guessed" }, forged, late]) {
      const { ways, errors } = await tries(change);
      assert.deepEqual(ways, [], JSON.stringify(change));
      assert.ok(errors.includes(401), JSON.stringify(errors));
    }
  });
});
