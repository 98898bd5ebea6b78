// One person on two devices: the sound is where it was taken last, and each says where it is.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isInRoom } from "../lib/acts.js";
import { gathered, stateOf } from "../lib/gathered.js";
import { arrives, comesFrom, mediaOf, seatOf, turns } from "../lib/media.js";
import { until } from "../lib/wait.js";

/** @typedef {import("../lib/people.js").Person} Person */

describe("One person on two devices", () => {
  /** @type {Awaited<ReturnType<typeof gathered>>} */
  let room;
  /** @type {Person} */
  let desk;
  /** @type {Person} */
  let phone;

  const elsewhere = async (/** @type {Person} */ person) =>
    person.page.getByText("The sound is in your other window.").waitFor();
  /** How many connections of a page stand. @param {Person} person @returns {Promise<number>} */
  const living = (person) => person.page.evaluate(() => /** @type {any} */ (window).peers
    .filter((/** @type {RTCPeerConnection} */ peer) => peer.connectionState === "connected").length);
  const shown = () => mediaOf(room.guide).on.find((/** @type {number[]} */ [seat]) => seat === seatOf(desk))?.[3] ?? 0;

  before(async () => {
    room = await gathered({ names: ["Noor"] });
    [desk] = room.others;
    await turns(room.guide, "mic");
    await turns(desk, "mic");
    await comesFrom(desk, "voices", room.guide);
    phone = await arrives(room.browser, room.home, "Noor's phone");
    await phone.context.addCookies(await desk.context.cookies());
  });

  after(() => room?.ends());

  test("the device that comes later has the sound, and the first says so and lets its microphone go", async () => {
    await phone.goes(`/sits/${room.sit.id}/room`);
    await isInRoom(phone);
    assert.equal(seatOf(phone), seatOf(desk), "it is the same seat");
    await comesFrom(phone, "voices", room.guide);
    await elsewhere(desk);
    await until("the first to have let go", async () => (await living(desk)) === 0);
    assert.equal((await stateOf(desk)).mic, false);
    assert.equal(await desk.page.getAttribute("#mic", "aria-pressed"), "false");
    await turns(phone, "mic");
    await comesFrom(room.guide, "voices", phone);
    assert.equal((await stateOf(desk)).mic, false, "what one device turns on is on on no other");
  });

  test("the first takes the sound back at a tap, and then the other says where it is", async () => {
    await desk.page.getByRole("button", { name: "Have it here" }).click();
    await comesFrom(desk, "voices", room.guide);
    await elsewhere(phone);
    await until("the other to have let go", async () => (await living(phone)) === 0);
    assert.equal((await stateOf(phone)).mic, false);
    assert.equal((await stateOf(desk)).mic, false, "nothing is on by itself");
    await until("nobody to be told of a microphone", () => shown() === 0);
    await turns(desk, "mic");
    await comesFrom(room.guide, "voices", desk);
    await until("it to be shown", () => shown() === 1);
    for (const person of [room.guide, desk, phone]) person.isUntroubled();
  });
});
