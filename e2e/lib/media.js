// Sound and picture of a page, measured at its own connections: what goes up, what comes down.

import assert from "node:assert/strict";
import { Person } from "./people.js";
import { until } from "./wait.js";

/** Devices that are not there, given without asking. */
export const FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/**
 * Runs in a page before anything else: keeps its connections and sockets where they can be asked,
 * and counts how often a device was asked for.
 */
export const TAPS = `(() => {
  const peers = [], sockets = [];
  Object.assign(window, { peers, sockets, devicesAsked: 0 });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...how) { super(...how); peers.push(this); }
  };
  window.WebSocket = class extends WebSocket {
    constructor(...how) { super(...how); sockets.push(this); }
  };
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (...how) => { window.devicesAsked += 1; return ask(...how); };
})();`;

/**
 * Somebody opens a browser whose connections can be measured.
 * @param {import("playwright-core").Browser} browser
 * @param {import("./home.js").Home} home
 * @param {string} name
 * @param {{without?: "udp"}} [road] a network that lets no UDP through
 */
export async function arrives(browser, home, name, { without } = {}) {
  const person = await Person.arrives(browser, home, { name });
  await person.context.addInitScript(TAPS);
  if (without) await person.context.addInitScript(WITHOUT_UDP);
  return person;
}

/** Runs in a page: where the home is heard over UDP is not known to it. */
const WITHOUT_UDP = `(() => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (said) {
    const sdp = said.sdp.replace(/^a=candidate:\\S+ \\d udp [^\\n]*\\n/gim, "");
    return take.call(this, { type: said.type, sdp });
  };
})();`;

/**
 * What a page measures of one slot that comes down, or of one line that goes up.
 * @typedef {{kind: "audio" | "video", place: number, rid?: string, packets: number, frames: number,
 *   keys: number, freezes: number, width: number, energy: number, codec: string}} Line
 * @typedef {{up: Line[], voices: Line[], faces: Line[], ways: string[], states: string[],
 *   estimates: number[]}} Measured
 */

/** Runs in a page: what its living connections measure. */
const MEASURE = `(async () => {
  const measured = { up: [], voices: [], faces: [], ways: [], states: [], estimates: [] };
  for (const peer of window.peers) {
    if (peer.connectionState === "closed") continue;
    measured.states.push(peer.connectionState);
    const all = await peer.getStats();
    // In the order they were agreed on: what comes down in one line is a slot, whatever came of it.
    const lines = peer.getTransceivers().filter((line) => line.mid !== null);
    const places = new Map(lines.map((line, place) => [line.mid, place]));
    for (const line of lines) {
      if (line.currentDirection === "sendonly") continue;
      const { kind } = line.receiver.track;
      const list = kind === "audio" ? measured.voices : measured.faces;
      list.push({ kind, place: places.get(line.mid), packets: 0, frames: 0, keys: 0, freezes: 0, width: 0, energy: 0, codec: "" });
    }
    for (const one of all.values()) {
      if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded") {
        const mine = all.get(one.localCandidateId);
        measured.ways.push(mine?.protocol + " " + (mine?.relayProtocol ?? ""));
        measured.estimates.push(one.availableIncomingBitrate ?? 0, one.availableOutgoingBitrate ?? 0);
      }
      if (one.type !== "inbound-rtp" && one.type !== "outbound-rtp") continue;
      const isUp = one.type === "outbound-rtp";
      const codec = all.get(one.codecId);
      const found = {
        kind: one.kind, rid: one.rid, place: places.get(one.mid) ?? -1,
        packets: (isUp ? one.packetsSent : one.packetsReceived) ?? 0,
        frames: (isUp ? one.framesEncoded : one.framesDecoded) ?? 0,
        keys: (isUp ? one.keyFramesEncoded : one.keyFramesDecoded) ?? 0,
        freezes: one.freezeCount ?? 0, width: one.frameWidth ?? 0,
        energy: one.totalAudioEnergy ?? 0, codec: codec ? codec.mimeType + " " + (codec.sdpFmtpLine ?? "") : "",
      };
      if (isUp) measured.up.push(found);
      else {
        const list = one.kind === "audio" ? measured.voices : measured.faces;
        const slot = list.findIndex((line) => line.place === found.place);
        if (slot >= 0) list[slot] = found;
      }
    }
  }
  return JSON.stringify(measured);
})()`;

/**
 * @param {{page: {evaluate: (expression: any) => Promise<any>}}} person
 * @returns {Promise<Measured>}
 */
export async function measured(person) {
  return JSON.parse(await person.page.evaluate(MEASURE));
}

/** The seat of a person in the room. @param {import("./people.js").Person} person @returns {number} */
export function seatOf(person) {
  return person.heard("here").at(-1)?.seat ?? -1;
}

/** How it stands with sound and picture, as this person was last told. @param {import("./people.js").Person} person */
export function mediaOf(person) {
  return person.heard("media").at(-1) ?? { on: [], voices: [], faces: [], raised: [] };
}

/**
 * What somebody gets of a seat's voice or face; null while no slot carries it.
 * @param {import("./people.js").Person} person
 * @param {"voices" | "faces"} what
 * @param {number} seat
 */
export async function gets(person, what, seat) {
  const slot = mediaOf(person)[what].indexOf(seat);
  return slot < 0 ? null : (await measured(person))[what][slot] ?? null;
}

/** What counts of a voice, and of a face. @param {Line} line */
const amount = (line) => (line.kind === "audio" ? line.packets : line.frames);

/**
 * How long a voice may take to come, and a face: one that is taken from a line that looked narrow
 * is tried again after a while, and on a machine that is too busy every line does at times. How
 * soon faces are back is held where the home is simulated.
 */
const WITHIN = { voices: 20_000, faces: 60_000 };

/**
 * Waits until somebody's voice or face comes: so many more packets or pictures than at first.
 * @param {import("./people.js").Person} person
 * @param {"voices" | "faces"} what
 * @param {import("./people.js").Person} other
 * @param {{more?: number, within?: number}} [how]
 */
export async function comesFrom(person, what, other, { more = 8, within = WITHIN[what] } = {}) {
  /** @type {Map<number, number>} by the number of the slot's line */
  const first = new Map();
  await until(`${person.name} to get the ${what} of ${other.name}`, async () => {
    const line = await gets(person, what, seatOf(other));
    if (!line) return false;
    const now = amount(line);
    if (!first.has(line.place) || now < Number(first.get(line.place))) first.set(line.place, now);
    return now >= Number(first.get(line.place)) + more;
  }, { within, every: 100 }).catch(async (error) => {
    const { voices, faces, states, estimates } = await measured(person);
    const line = person.heard("line").map((frame) => frame.carries).join(" ");
    const wants = person.told("want").at(-1);
    const short = JSON.stringify({ states, estimates, line, wants, voices: voices.map(amount), faces: faces.map(amount), media: mediaOf(person) });
    throw new Error(`${error.message}; ${short}`);
  });
}

/**
 * Everybody gets everybody else's voices and faces.
 * @param {import("./people.js").Person[]} people
 * @param {("voices" | "faces")[]} [what]
 */
export async function allMeet(people, what = ["voices", "faces"]) {
  await Promise.all(people.flatMap((person) => people
    .filter((other) => other !== person)
    .flatMap((other) => what.map((one) => comesFrom(person, one, other)))));
}

/**
 * That nothing more of a slot comes, while something else goes on that shows that time passes.
 * @param {() => Promise<number>} silent how much has come of what should not
 * @param {() => Promise<number>} going how much has come of what goes on
 * @param {number} more until when
 */
export async function restsWhile(silent, going, more) {
  // What was on its way may still arrive.
  let before = -1;
  await until("it to rest", async () => {
    const now = await silent();
    const rests = now === before;
    before = now;
    return rests;
  }, { every: 300 });
  const begin = await going();
  await until("the others to go on", async () => (await going()) >= begin + more, { every: 100 });
  assert.equal(await silent(), before, "nothing more has come");
}

/**
 * Turns one's microphone or camera on or off, by the buttons of the room.
 * @param {import("./people.js").Person} person
 * @param {"mic" | "cam"} what
 * @param {boolean} [on]
 */
export async function turns(person, what, on = true) {
  const { page } = person;
  const button = page.locator(`#${what}`);
  assert.equal(await button.getAttribute("aria-pressed"), String(!on), `${person.name}'s ${what}`);
  await button.click();
  const turnOn = page.locator("#preview[open] button.b-1");
  if (on) {
    await Promise.race([turnOn.waitFor(), page.waitForSelector(`#${what}[aria-pressed="true"]`)]);
    if (await turnOn.isVisible()) await turnOn.click();
  }
  await page.waitForSelector(`#${what}[aria-pressed="${on}"]`);
}

/**
 * Says something on the room's line, as the room's own buttons would.
 * @param {import("./people.js").Person} person
 * @param {object} what
 */
export async function says(person, what) {
  await person.page.evaluate((text) => {
    const open = /** @type {any} */ (window).sockets.filter((/** @type {WebSocket} */ one) => one.readyState === 1);
    open.at(-1).send(text);
  }, JSON.stringify(what));
}

/** How often a page has asked for a device. @param {import("./people.js").Person} person @returns {Promise<number>} */
export function devicesAsked(person) {
  return person.page.evaluate(() => /** @type {any} */ (window).devicesAsked);
}
