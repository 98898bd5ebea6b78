// Making a sit and coming to it, step by step as the pages do it.

import assert from "node:assert/strict";
import { Caller } from "./caller.js";

/** As long as no test lasts, also when it moves the clock. */
const SILENCE_MINS = "180";

/**
 * A guide signs in and makes a sit that waits for its guide, then is silent for hours.
 * @param {import("../../lib/home.js").Home} home a demonstration
 * @returns {Promise<{guide: Caller, sit: string, link: string}>}
 */
export async function makesSit(home) {
  const guide = new Caller({ to: home.address });
  const entered = await guide.ask(new URL(home.links("guide")[0]).pathname);
  assert.equal(entered.status, 303, entered.text);
  const planned = new Date(home.now() + 60_000).toISOString();
  const kept = await guide.sends("/sits", {
    title: "With many kinds of clients", words: "", day: planned.slice(0, 10),
    time: planned.slice(11, 19), zone: "UTC", repeats: "once", open: "link", led: "yes",
    begins: "", shown: "", do: "keep",
    "p0-kind": "silence", "p0-title": "Silence, together", "p0-mins": SILENCE_MINS,
  });
  const sit = /\/sits\/([^/]+)\/plan/.exec(kept)?.[1] ?? "";
  assert.ok(sit, `the sit was not kept: ${kept}`);
  const link = /\/come\/[\w-]+/.exec(await guide.reads(kept))?.[0] ?? "";
  return { guide, sit, link };
}

/**
 * The guide changes the running order.
 * @param {Caller} guide
 * @param {string} sit
 * @param {Record<string, string>} change
 */
export async function changes(guide, sit, change) {
  const headers = { Accept: "application/json" };
  const answer = await guide.ask(`/sits/${sit}/changes`, { form: change, headers });
  assert.equal(answer.status, 204, answer.text);
}

/**
 * A guest comes by the link and a name, through the hallway, up to the door of the room. Gives
 * the path of the live line.
 * @param {Caller} guest
 * @param {string} link
 * @param {string} name
 */
export async function comesIn(guest, link, name) {
  await guest.reads(link);
  const hallway = await guest.sends(link, { name });
  await guest.reads(hallway);
  const room = await guest.sends(hallway, { how: "" });
  assert.match(room, /\/room/);
  assert.match(await guest.reads(room), /id="room-facts"/);
  const sit = /\/sits\/([^/]+)\//.exec(room)?.[1] ?? "";
  const { ticket } = JSON.parse(await guest.reads(`/sits/${sit}/ticket`));
  return `/sits/${sit}/live?ticket=${ticket}&have=0`;
}
