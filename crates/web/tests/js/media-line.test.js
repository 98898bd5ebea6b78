// What one gives and gets, over connections that break and are made anew.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Faces } from "../../static/media/down-slots.js";
import { Down } from "../../static/media/down.js";
import { Up } from "../../static/media/up.js";
import { Bench, offer, track } from "./peers.js";

/** @param {Bench} bench */
function up(bench) {
  bench.answers = () => ({ status: 200, body: { answer: "m=audio 9 x 111" } });
  return new Up({ path: "/up", world: bench.world, seal: null, goodbye: () => {}, changed: () => {} });
}

/** @param {Bench} bench */
function down(bench) {
  const told = { voices: 0, restarted: 0, goodbyes: 0 };
  let n = 0;
  bench.answers = (path) => (path.endsWith("/answer")
    ? { status: 204 }
    : { status: 200, body: { n: (n += 1), offer: offer("one", 1, 1) } });
  const it = new Down({
    path: "/down", world: bench.world, unseal: null,
    voices: (tracks) => (told.voices = tracks.length),
    restarted: () => (told.restarted += 1),
    goodbye: () => (told.goodbyes += 1),
    changed: () => {},
  });
  return { it, told };
}

test("nothing is asked before something is given, and both lines are there from the beginning", async () => {
  const bench = new Bench();
  const it = up(bench);
  assert.equal(it.state, "none");
  assert.equal(bench.peers.length, 0);
  const [mic, cam] = [track("audio"), track("video")];
  const [a, b] = await Promise.all([it.put("audio", mic), it.put("video", cam)]);
  assert.ok(a && b);
  assert.equal(bench.asked.length, 1, "two taps at once make one connection");
  assert.deepEqual(bench.peers[0].lines.map((line) => line.sender.track), [mic, cam]);
  assert.equal(it.state, "opening");
  bench.peers[0].becomes("connected");
  assert.equal(it.state, "open");
  await it.put("video", null);
  assert.equal(bench.peers[0].lines[1].sender.track, null);
  assert.equal(bench.asked.length, 1, "turning off asks nobody");
});

test("when the home cannot take it, that is said and not tried again by itself", async () => {
  const bench = new Bench();
  const it = up(bench);
  bench.answers = () => ({ status: 409, body: { why: "You sit quietly." } });
  assert.equal(await it.put("audio", track("audio")), false);
  assert.equal(it.held, "You sit quietly.");
  assert.ok(bench.peers[0].isClosed);
  await it.put("audio", null);
  assert.deepEqual(await bench.wait(), []);
  bench.answers = () => ({ status: 200, body: { answer: "" } });
  assert.ok(await it.put("audio", track("audio")), "another tap tries again");
});

test("without a network it is tried again, ever more rarely, until it goes", async () => {
  const bench = new Bench();
  const it = up(bench);
  bench.answers = () => ({ status: 0 });
  assert.ok(await it.put("audio", track("audio")), "the microphone stays on meanwhile");
  assert.equal(it.state, "lost");
  const [first] = await bench.wait();
  const [second] = await bench.wait();
  assert.ok(second > first);
  bench.answers = () => ({ status: 200, body: { answer: "" } });
  await bench.wait();
  assert.equal(it.state, "opening");
  assert.ok(bench.peers.slice(0, -1).every((peer) => peer.isClosed));
  assert.deepEqual(await bench.wait(), []);
});

test("a connection that is lost is made anew with what was on it, without a tap", async () => {
  const bench = new Bench();
  const it = up(bench);
  const mic = track("audio");
  await it.put("audio", mic);
  bench.peers[0].becomes("connected");
  bench.peers[0].becomes("disconnected");
  assert.equal(bench.peers.length, 1, "for a moment it may find its way back");
  await bench.wait();
  assert.equal(bench.peers.length, 2);
  assert.equal(bench.peers[1].lines[0].sender.track, mic);
  bench.peers[1].becomes("failed");
  await bench.settles();
  assert.equal(bench.peers.length, 3);
});

test("an unsure connection that finds its way back is left alone", async () => {
  const bench = new Bench();
  const it = up(bench);
  await it.put("audio", track("audio"));
  bench.peers[0].becomes("disconnected");
  bench.peers[0].becomes("connected");
  await bench.wait();
  assert.equal(bench.peers.length, 1);
});

test("a preset is put on the living connection without asking the home", async () => {
  const bench = new Bench();
  const it = up(bench);
  bench.answers = () => ({ status: 200, body: { answer: "m=audio 9 x 111\r\na=rtpmap:111 opus/48000/2\r\n" } });
  await it.put("audio", track("audio"));
  assert.doesNotMatch(bench.peers[0].remoteDescription.sdp, /stereo/);
  assert.equal(bench.peers[0].lines[0].sender.how.encodings[0].maxBitrate, 32_000);
  await it.shape("bowl");
  assert.match(bench.peers[0].remoteDescription.sdp, /stereo=1/);
  assert.equal(bench.peers[0].lines[0].sender.how.encodings[0].maxBitrate, 128_000);
  assert.equal(bench.asked.length, 1);
});

test("down is opened when there is something to hear, and grows on the same connection", async () => {
  const bench = new Bench();
  const { it, told } = down(bench);
  it.slots({ voices: [], faces: [] });
  await bench.settles();
  assert.equal(bench.asked.length, 0, "who needs nothing asks nothing");
  it.slots({ voices: [4], faces: [4] });
  await bench.settles();
  assert.deepEqual(bench.asked[0].body, { have: null, paced: true });
  assert.deepEqual(bench.asked[1], { path: "/down/answer", body: { n: 1, answer: "answer" } });
  assert.equal(told.voices, 1);
  bench.peers[0].becomes("connected");
  it.slots({ voices: [4], faces: [null] });
  await bench.settles();
  assert.equal(bench.asked.length, 2, "others in the same slots need nothing new");
  bench.answers = (path) => (path.endsWith("/answer")
    ? { status: 204 } : { status: 200, body: { n: 2, offer: `${offer("one", 1, 1)}\n${offer("one", 2, 0)}` } });
  it.slots({ voices: [4, 5, null], faces: [4] });
  await bench.settles();
  assert.equal(bench.asked[2].body.have, 1);
  assert.equal(bench.peers.length, 1);
  assert.equal(told.voices, 3);
  assert.equal(told.restarted, 0);
});

test("a home that has forgotten us offers another connection, and what we give is made anew, too", async () => {
  const bench = new Bench();
  const { it, told } = down(bench);
  it.slots({ voices: [4], faces: [4] });
  await bench.settles();
  bench.peers[0].becomes("connected");
  bench.answers = (path) => (path.endsWith("/answer")
    ? { status: 204 } : { status: 200, body: { n: 1, offer: offer("two", 1, 1) } });
  it.check();
  await bench.settles();
  assert.equal(bench.peers.length, 2);
  assert.ok(bench.peers[0].isClosed);
  assert.equal(told.restarted, 1);
});

test("when all is well the home is asked once and nothing changes", async () => {
  const bench = new Bench();
  const { it } = down(bench);
  it.slots({ voices: [4], faces: [4] });
  await bench.settles();
  bench.peers[0].becomes("connected");
  bench.answers = () => ({ status: 204 });
  it.check();
  await bench.settles();
  assert.equal(bench.asked.length, 3);
  assert.equal(bench.peers.length, 1);
  assert.deepEqual((await bench.wait()).filter((ms) => ms > 200), []);
});

test("what the home itself has ended is not made anew before somebody asks", async () => {
  const bench = new Bench();
  const { it, told } = down(bench);
  it.slots({ voices: [4], faces: [4] });
  await bench.settles();
  bench.peers[0].becomes("connected");
  bench.peers[0].ends();
  bench.peers[0].becomes("closed");
  it.slots({ voices: [4, 5], faces: [4] });
  await bench.settles();
  assert.equal(told.goodbyes, 1);
  assert.equal(bench.peers.length, 1);
  assert.deepEqual((await bench.wait()).filter((ms) => ms > 200), []);
  it.check();
  await bench.settles();
  assert.equal(bench.peers.length, 2, "the room's line is open again");
});

test("an answer the home cannot take is tried again from the beginning", async () => {
  const bench = new Bench();
  const { it } = down(bench);
  const well = bench.answers;
  bench.answers = (path, body) => (path.endsWith("/answer") ? { status: 422 } : well(path, body));
  it.slots({ voices: [4], faces: [4] });
  await bench.settles();
  assert.ok(bench.peers[0].isClosed);
  bench.answers = well;
  await bench.wait();
  assert.equal(bench.peers.length, 2);
  assert.equal(it.state, "opening");
});

test("a face is shown once a picture has come after the slot was given, not before", async () => {
  const bench = new Bench();
  let decoded = /** @type {(number | null)[]} */ ([null, 40]);
  const { later, cancel } = bench.world;
  const faces = new Faces({ decoded: async (slot) => decoded[slot], later, cancel, changed: () => {} });
  faces.take([1, 2]);
  await bench.settles();
  assert.deepEqual([faces.slotOf(1), faces.slotOf(2)], [null, null]);
  decoded = [0, 41];
  await bench.wait();
  assert.deepEqual([faces.slotOf(1), faces.slotOf(2)], [null, 1]);
  decoded = [1, 41];
  await bench.wait();
  assert.equal(faces.slotOf(1), 0);
  assert.deepEqual(await bench.wait(), [], "then nobody looks any more");
  faces.take([1, 3]);
  await bench.settles();
  assert.deepEqual([faces.slotOf(1), faces.slotOf(2), faces.slotOf(3)], [0, null, null]);
  decoded = [1, 42];
  await bench.wait();
  assert.equal(faces.slotOf(3), 1);
  faces.take([1, null]);
  assert.equal(faces.slotOf(3), null);
});
