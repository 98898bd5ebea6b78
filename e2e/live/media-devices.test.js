// Devices that are chosen, pulled out and plugged in again while people hear and see each other.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gathered, stateOf } from "../lib/gathered.js";
import { comesFrom, mediaOf, seatOf, turns } from "../lib/media.js";
import { until } from "../lib/wait.js";

/** @typedef {import("../lib/people.js").Person} Person */

/**
 * Runs in a page: its devices can be pulled out. Those pulled out are neither listed nor given,
 * the tracks that came from them end, and the page is told.
 */
const PULLED = `(() => {
  const devices = navigator.mediaDevices;
  const given = [];
  const out = new Set();
  const ask = devices.getUserMedia.bind(devices);
  const list = devices.enumerateDevices.bind(devices);
  const all = async (kind) => (await list()).filter((one) => one.kind === kind);
  devices.enumerateDevices = async () => (await list()).filter((one) => !out.has(one.deviceId));
  devices.getUserMedia = async (wanted) => {
    const kind = wanted.audio ? "audio" : "video";
    const there = (await all(kind + "input")).filter((one) => !out.has(one.deviceId));
    if (there.length === 0) throw new DOMException("", "NotFoundError");
    const exact = wanted[kind].deviceId?.exact;
    if (exact && out.has(exact)) throw new OverconstrainedError("deviceId");
    const deviceId = { exact: exact || there[0].deviceId };
    const stream = await ask({ [kind]: { ...wanted[kind], deviceId } });
    given.push(...stream.getTracks());
    return stream;
  };
  const told = () => devices.dispatchEvent(new Event("devicechange"));
  window.pulls = async (kind, which) => {
    for (const { deviceId } of await all(kind + "input")) if (which(deviceId)) out.add(deviceId);
    for (const track of given) {
      if (track.readyState !== "live" || !out.has(track.getSettings().deviceId)) continue;
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    told();
  };
  window.plugs = () => { out.clear(); told(); };
})();`;

describe("Devices", () => {
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {Person} */
  let guide;
  /** @type {Person} */
  let noor;

  /** What goes up from Noor's page: the device of each track. @returns {Promise<Record<string, string>>} */
  const given = () => noor.page.evaluate(() => Object.fromEntries(/** @type {any} */ (window).peers
    .filter((/** @type {RTCPeerConnection} */ peer) => peer.connectionState !== "closed")
    .flatMap((/** @type {RTCPeerConnection} */ peer) => peer.getSenders())
    .filter((/** @type {RTCRtpSender} */ sender) => sender.track?.readyState === "live")
    .map((/** @type {any} */ { track }) => [track.kind, track.getSettings().deviceId])));
  /** @param {"audio" | "video"} kind @returns {Promise<string[]>} */
  const all = (kind) => noor.page.evaluate(async (kind) => (await navigator.mediaDevices.enumerateDevices())
    .filter((one) => one.kind === kind && one.deviceId !== "default").map((one) => one.deviceId), `${kind}input`);
  /** @param {"audio" | "video"} kind @param {string} [only] */
  const pulled = (kind, only) => noor.page.evaluate(([kind, only]) =>
    /** @type {any} */ (window).pulls(kind, (/** @type {string} */ id) => !only || id === only), [kind, only]);
  /** @param {"mic" | "cam"} what @param {string} device */
  const turnsOnWith = async (what, device) => {
    await noor.page.locator(`#${what}`).click();
    await noor.page.locator(`#preview-device option[value="${device}"]`).waitFor({ state: "attached" });
    await noor.page.locator("#preview-device").selectOption(device);
    await noor.page.locator("#preview[open] button.b-1").click();
    await noor.page.waitForSelector(`#${what}[aria-pressed="true"]`);
  };
  /** @param {number} bits */
  const isShownWith = (bits) => until(`Noor to be shown with ${bits}`, () =>
    (mediaOf(guide).on.find((/** @type {number[]} */ [seat]) => seat === seatOf(noor))?.[3] ?? 0) === bits);

  before(async () => {
    room = await gathered({
      names: ["Noor"],
      // The second of these cameras gives depth, not pictures.
      more: ["--use-fake-device-for-media-stream=device-count=4"],
      before: (person) => person.context.addInitScript(PULLED),
    });
    ({ guide, others: [noor] } = room);
  });

  after(() => room?.ends());

  test("the device that is chosen is the one that gives", async () => {
    const [microphone, camera] = [(await all("audio")).at(-1), (await all("video")).at(-1)];
    assert.ok(microphone && camera);
    await turnsOnWith("mic", microphone);
    await turnsOnWith("cam", camera);
    assert.deepEqual(await given(), { audio: microphone, video: camera });
    await comesFrom(guide, "voices", noor);
    await comesFrom(guide, "faces", noor);
  });

  test("one that is pulled out is taken over by another, without a tap", async () => {
    const before = await given();
    await pulled("audio", before.audio);
    await pulled("video", before.video);
    await until("two others", async () => {
      const now = await given();
      return now.audio && now.video && now.audio !== before.audio && now.video !== before.video;
    });
    await comesFrom(guide, "voices", noor);
    await comesFrom(guide, "faces", noor);
    assert.equal(await noor.page.getAttribute("#mic", "aria-pressed"), "true");
    assert.equal((await stateOf(noor)).gone, null);
  });

  test("without another it is off, for all to see, and that is said kindly", async () => {
    await pulled("video");
    await isShownWith(1);
    await pulled("audio");
    await isShownWith(0);
    assert.equal(await noor.page.getAttribute("#mic", "aria-pressed"), "false");
    assert.equal(await noor.page.getAttribute("#cam", "aria-pressed"), "false");
    await noor.page.getByText("Your microphone went away, and is off now.").waitFor();
    assert.deepEqual(await given(), {});
  });

  test("plugged in again nothing is on by itself; a tap turns it on with what is there", async () => {
    await noor.page.evaluate(() => /** @type {any} */ (window).plugs());
    await until("the devices to be known", async () => (await all("audio")).length > 0);
    assert.deepEqual(await given(), {});
    await turns(noor, "mic");
    await comesFrom(guide, "voices", noor);
    await until("nothing more to be said of it", async () => !(await noor.page.getByText("went away").isVisible()));
    await turns(noor, "cam");
    await comesFrom(guide, "faces", noor);
    for (const person of [guide, noor]) person.isUntroubled();
  });
});
