// Four browsers behind four roads: their clocks, and the bell. The clocks and what is scheduled are
// held to a bound; what leaves the loudspeaker is a figure, because a machine without one has an
// audio clock that runs as it likes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, comesByLink, makeSit, signsIn, sitsDown, timelineOf } from "../lib/acts.js";
import { openBrowser } from "../lib/browser.js";
import { Home } from "../lib/home.js";
import { keep } from "../lib/look.js";
import { Person } from "../lib/people.js";
import { openRoad } from "../lib/proxies.js";
import { Stalls } from "../lib/stalls.js";
import { ofHome, openTruth } from "../lib/truth.js";
import { pause, until } from "../lib/wait.js";

const ROADS = [
  { name: "fibre", up: 4, down: 4, upJitter: 1, downJitter: 1 },
  { name: "wifi", up: 8, down: 6, upJitter: 6, downJitter: 4, hiccups: 0.05, hiccup: 80 },
  { name: "lte", up: 28, down: 18, upJitter: 14, downJitter: 8, hiccups: 0.05, hiccup: 200 },
  { name: "asym", up: 60, down: 20, upJitter: 25, downJitter: 8, hiccups: 0.08, hiccup: 300 },
];
const BELLS = 6;
/** Beyond half of the road's asymmetry no clock may be off by more than this, in ms. */
const OFFSET_MAX = 3;
/** And no bell may be scheduled further off than this, in 95 of 100, in ms. */
const BELL_MAX = 20;
const SIT = [{ kind: "silence", title: "Silence", mins: "20", opens: "soft" }];

/** Hears the first sample of each bell that really leaves: runs on the sound card's own thread. */
const EAR = `registerProcessor("ear", class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (!samples || this.heard) return true;
    const first = samples.findIndex((sample) => Math.abs(sample) > 1e-4);
    if (first < 0) return true;
    this.heard = true;
    this.port.postMessage((currentFrame + first) / sampleRate);
    return false;
  }
});`;

/** Lets every bell also pass an ear. Runs in the page. @param {string} ear */
function listen(ear) {
  const url = URL.createObjectURL(new Blob([ear], { type: "text/javascript" }));
  const ready = new Map();
  const onsets = /** @type {any[]} */ ([]);
  Object.assign(window, {
    onsets,
    earTap: (/** @type {AudioBufferSourceNode} */ source, /** @type {any} */ play) => {
      const context = /** @type {AudioContext} */ (source.context);
      if (!ready.has(context)) ready.set(context, context.audioWorklet.addModule(url));
      ready.get(context).then(() => {
        const node = new AudioWorkletNode(context, "ear");
        node.port.onmessage = ({ data }) => {
          const stamp = context.getOutputTimestamp();
          const at = (stamp.performanceTime ?? 0) + (data - (stamp.contextTime ?? 0)) * 1_000;
          onsets.push({ at, planned: play.at });
        };
        source.connect(node);
        node.connect(context.destination);
      });
    },
  });
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

const round = (/** @type {number} */ ms) => Math.round(ms * 100) / 100;

test("four clocks agree beyond what their roads hide, and the bell is set by them", async (t) => {
  const stalls = new Stalls();
  const home = await Home.start();
  const truth = await openTruth();
  const browsers = await Promise.all(ROADS.map(() => openBrowser()));
  const roads = await Promise.all(ROADS.map((road, place) =>
    openRoad(home.port, { ...road, seed: 77 + place })));
  try {
    const guide = await Person.arrives(browsers[0], home, { name: "guide" });
    await signsIn(guide, home.links("guide")[0]);
    const sit = await makeSit(guide, home, { title: "Four roads", phases: SIT });
    await sitsDown(guide, sit.id);
    const people = await Promise.all(ROADS.map(async ({ name }, place) => {
      const { address } = roads[place];
      const person = await Person.arrives(browsers[place], home, { name, address, lawless: true });
      await person.context.addInitScript(listen, EAR);
      await comesByLink(person, sit.link);
      await sitsDown(person, sit.id);
      await person.page.locator("#phase").click();
      return person;
    }));
    assert.equal((await changes(guide, { what: "begin" })).status, 204);
    stalls.reset();
    // As long as a person takes to settle.
    await pause(12_000);
    const ticket = await guide.page.evaluate(async (id) =>
      (await (await fetch(`/sits/${id}/ticket`)).json()).ticket, sit.id);
    const live = `/sits/${sit.id}/live?ticket=${encodeURIComponent(ticket)}&have=0`;
    const room = await ofHome(home.address, live);
    for (let bell = 0; bell < BELLS; bell += 1) {
      const rung = (await timelineOf(guide)).seq;
      assert.equal((await changes(guide, { what: "ring", bell: "soft" })).status, 204);
      await until("the bell everywhere", async () =>
        people.every((person) => person.told("bell").length > bell + 1) && rung >= 0);
    }
    /** @type {Record<string, any>} */
    const figures = { bells: BELLS };
    /** @type {number[]} */
    const beyond = [];
    /** By how much each clock is off beyond its road, and may be, in ms. @type {[string, number, number][]} */
    const offs = [];
    for (const [place, person] of people.entries()) {
      const { name, up, down } = ROADS[place];
      const floor = Math.abs(up - down) / 2;
      const page = await truth.ofPage(person.page);
      const trueOffset = room.offset + page.offset;
      const { bells, clocks, onsets } = await person.page.evaluate(() => {
        const { tidings, onsets } = /** @type {any} */ (window);
        const of = (/** @type {string} */ k) => tidings.filter((/** @type {any} */ t) => t.k === k);
        return { bells: of("bell"), clocks: of("clock"), onsets };
      });
      const offsetError = clocks.at(-1).offset - trueOffset;
      // The bell says how far off it was by its own clock; add how far off that clock is.
      const errors = bells.slice(1).map((/** @type {any} */ bell) => bell.late - offsetError);
      beyond.push(...errors.map((/** @type {number} */ error) => Math.max(0, Math.abs(error) - floor)));
      const strikes = bells.map((/** @type {any} */ bell) => bell.at - trueOffset);
      const heard = onsets.map((/** @type {any} */ { at }) => {
        const gaps = strikes.map((/** @type {number} */ strike) => at - strike);
        return gaps.reduce((/** @type {number} */ a, /** @type {number} */ b) => (Math.abs(b) < Math.abs(a) ? b : a), Infinity);
      });
      figures[name] = {
        offset_error_ms: round(offsetError),
        floor_ms: floor,
        truth_trip_ms: round(page.trip + room.trip),
        scheduled_error_ms: errors.map(round),
        onset_error_ms: heard.map(round),
        audio_rate: bells.at(-1).rate,
        rebindings: bells.map((/** @type {any} */ bell) => bell.moves),
      };
      offs.push([name, Math.abs(offsetError) - floor, OFFSET_MAX + page.trip / 2]);
      person.isUntroubled();
    }
    figures.scheduled_beyond_floor_p95_ms = round(quantile(beyond, 0.95));
    keep("clock", figures);
    console.log("# clock:", JSON.stringify(figures));
    stalls.judge(t, () => {
      for (const [name, off, most] of offs) assert.ok(off <= most, `${name}'s clock is ${off} ms off beyond its road`);
      assert.ok(figures.scheduled_beyond_floor_p95_ms <= BELL_MAX, `${figures.scheduled_beyond_floor_p95_ms} ms`);
    });
  } finally {
    await stalls.close();
    truth.close();
    await Promise.all(browsers.map((browser) => browser.close()));
    for (const road of roads) road.close();
    await home.close();
  }
});
