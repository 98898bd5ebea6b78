// Sending and receiving over connections that break and are remade.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FaceSlots } from "../../static/media/face-slots.js";
import { DownConnection } from "../../static/media/down.js";
import { UpConnection } from "../../static/media/up.js";
import { FakeServer, makeSdpOffer, makeTrack } from "./fake-peers.js";

/** @param {FakeServer} server */
function makeUp(server) {
  server.respond = () => ({ status: 200, body: { answer: "m=audio 9 x 111" } });
  return new UpConnection({ path: "/up", env: server.env, seal: null, onEnded: () => {}, changed: () => {} });
}

/** @param {FakeServer} server */
function makeDown(server) {
  const seen = { voices: 0, restarted: 0, goodbyes: 0 };
  let n = 0;
  server.respond = (path) => (path.endsWith("/answer")
    ? { status: 204 }
    : { status: 200, body: { n: (n += 1), offer: makeSdpOffer("one", 1, 1) } });
  const connection = new DownConnection({
    path: "/down", env: server.env, openSeal: null,
    setVoices: (tracks) => (seen.voices = tracks.length),
    onRestarted: () => (seen.restarted += 1),
    onEnded: () => (seen.goodbyes += 1),
    changed: () => {},
  });
  return { connection, seen };
}

test("nothing is requested before a device is on, and both transceivers are there from the beginning", async () => {
  const server = new FakeServer();
  const connection = makeUp(server);
  assert.equal(connection.state, "none");
  assert.equal(server.peers.length, 0);
  const [mic, cam] = [makeTrack("audio"), makeTrack("video")];
  const [a, b] = await Promise.all([connection.setTrack("audio", mic), connection.setTrack("video", cam)]);
  assert.ok(a && b);
  assert.equal(server.requests.length, 1, "two taps at once make one connection");
  assert.deepEqual(server.peers[0].transceivers.map((line) => line.sender.track), [mic, cam]);
  assert.equal(connection.state, "opening");
  server.peers[0].setState("connected");
  assert.equal(connection.state, "open");
  await connection.setTrack("video", null);
  assert.equal(server.peers[0].transceivers[1].sender.track, null);
  assert.equal(server.requests.length, 1, "turning off asks nobody");
});

test("a refusal is reported and not retried by itself", async () => {
  const server = new FakeServer();
  const connection = makeUp(server);
  server.respond = () => ({ status: 409, body: { why: "You sit quietly." } });
  assert.equal(await connection.setTrack("audio", makeTrack("audio")), false);
  assert.equal(connection.refusal, "You sit quietly.");
  assert.ok(server.peers[0].isClosed);
  await connection.setTrack("audio", null);
  assert.deepEqual(await server.runTimers(), []);
  server.respond = () => ({ status: 200, body: { answer: "" } });
  assert.ok(await connection.setTrack("audio", makeTrack("audio")), "another tap tries again");
});

test("without a network it is retried with growing delays until it succeeds", async () => {
  const server = new FakeServer();
  const connection = makeUp(server);
  server.respond = () => ({ status: 0 });
  assert.ok(await connection.setTrack("audio", makeTrack("audio")), "the microphone stays on meanwhile");
  assert.equal(connection.state, "lost");
  const [first] = await server.runTimers();
  const [second] = await server.runTimers();
  assert.ok(second > first);
  server.respond = () => ({ status: 200, body: { answer: "" } });
  await server.runTimers();
  assert.equal(connection.state, "opening");
  assert.ok(server.peers.slice(0, -1).every((peer) => peer.isClosed));
  assert.deepEqual(await server.runTimers(), []);
});

test("a lost connection is remade with its tracks, without a tap", async () => {
  const server = new FakeServer();
  const connection = makeUp(server);
  const mic = makeTrack("audio");
  await connection.setTrack("audio", mic);
  server.peers[0].setState("connected");
  server.peers[0].setState("disconnected");
  assert.equal(server.peers.length, 1, "for a moment it may find its way back");
  await server.runTimers();
  assert.equal(server.peers.length, 2);
  assert.equal(server.peers[1].transceivers[0].sender.track, mic);
  server.peers[1].setState("failed");
  await server.flush();
  assert.equal(server.peers.length, 3);
});

test("a disconnected connection that recovers is left alone", async () => {
  const server = new FakeServer();
  const connection = makeUp(server);
  await connection.setTrack("audio", makeTrack("audio"));
  server.peers[0].setState("disconnected");
  server.peers[0].setState("connected");
  await server.runTimers();
  assert.equal(server.peers.length, 1);
});

test("a preset is applied to the open connection without a request", async () => {
  const server = new FakeServer();
  const connection = makeUp(server);
  server.respond = () => ({ status: 200, body: { answer: "m=audio 9 x 111\r\na=rtpmap:111 opus/48000/2\r\n" } });
  await connection.setTrack("audio", makeTrack("audio"));
  assert.doesNotMatch(server.peers[0].remoteDescription.sdp, /stereo/);
  assert.equal(server.peers[0].transceivers[0].sender.how.encodings[0].maxBitrate, 32_000);
  await connection.setPreset("bowl");
  assert.match(server.peers[0].remoteDescription.sdp, /stereo=1/);
  assert.equal(server.peers[0].transceivers[0].sender.how.encodings[0].maxBitrate, 128_000);
  assert.equal(server.requests.length, 1);
});

test("down is opened when there is something to hear, and grows on the same connection", async () => {
  const server = new FakeServer();
  const { connection, seen } = makeDown(server);
  connection.setSlots({ voices: [], faces: [] });
  await server.flush();
  assert.equal(server.requests.length, 0, "who needs nothing asks nothing");
  connection.setSlots({ voices: [4], faces: [4] });
  await server.flush();
  assert.deepEqual(server.requests[0].body, { have: null, paced: true });
  assert.deepEqual(server.requests[1], { path: "/down/answer", body: { n: 1, answer: "answer" } });
  assert.equal(seen.voices, 1);
  server.peers[0].setState("connected");
  connection.setSlots({ voices: [4], faces: [null] });
  await server.flush();
  assert.equal(server.requests.length, 2, "others in the same slots need nothing new");
  server.respond = (path) => (path.endsWith("/answer")
    ? { status: 204 } : { status: 200, body: { n: 2, offer: `${makeSdpOffer("one", 1, 1)}\n${makeSdpOffer("one", 2, 0)}` } });
  connection.setSlots({ voices: [4, 5, null], faces: [4] });
  await server.flush();
  assert.equal(server.requests[2].body.have, 1);
  assert.equal(server.peers.length, 1);
  assert.equal(seen.voices, 3);
  assert.equal(seen.restarted, 0);
});

test("a restarted server offers another connection, and the one up is remade too", async () => {
  const server = new FakeServer();
  const { connection, seen } = makeDown(server);
  connection.setSlots({ voices: [4], faces: [4] });
  await server.flush();
  server.peers[0].setState("connected");
  server.respond = (path) => (path.endsWith("/answer")
    ? { status: 204 } : { status: 200, body: { n: 1, offer: makeSdpOffer("two", 1, 1) } });
  connection.check();
  await server.flush();
  assert.equal(server.peers.length, 2);
  assert.ok(server.peers[0].isClosed);
  assert.equal(seen.restarted, 1);
});

test("when all is well the server is asked once and nothing changes", async () => {
  const server = new FakeServer();
  const { connection } = makeDown(server);
  connection.setSlots({ voices: [4], faces: [4] });
  await server.flush();
  server.peers[0].setState("connected");
  server.respond = () => ({ status: 204 });
  connection.check();
  await server.flush();
  assert.equal(server.requests.length, 3);
  assert.equal(server.peers.length, 1);
  assert.deepEqual((await server.runTimers()).filter((ms) => ms > 200), []);
});

test("a connection ended by the server is not remade before somebody asks", async () => {
  const server = new FakeServer();
  const { connection, seen } = makeDown(server);
  connection.setSlots({ voices: [4], faces: [4] });
  await server.flush();
  server.peers[0].setState("connected");
  server.peers[0].endTransport();
  server.peers[0].setState("closed");
  connection.setSlots({ voices: [4, 5], faces: [4] });
  await server.flush();
  assert.equal(seen.goodbyes, 1);
  assert.equal(server.peers.length, 1);
  assert.deepEqual((await server.runTimers()).filter((ms) => ms > 200), []);
  connection.check();
  await server.flush();
  assert.equal(server.peers.length, 2, "the room's line is open again");
});

test("a rejected SDP answer is retried from the beginning", async () => {
  const server = new FakeServer();
  const { connection } = makeDown(server);
  const healthy = server.respond;
  server.respond = (path, body) => (path.endsWith("/answer") ? { status: 422 } : healthy(path, body));
  connection.setSlots({ voices: [4], faces: [4] });
  await server.flush();
  assert.ok(server.peers[0].isClosed);
  server.respond = healthy;
  await server.runTimers();
  assert.equal(server.peers.length, 2);
  assert.equal(connection.state, "opening");
});

test("a face is shown once a frame was decoded after its slot was assigned, not before", async () => {
  const server = new FakeServer();
  let decoded = /** @type {(number | null)[]} */ ([null, 40]);
  const { setTimer, clearTimer } = server.env;
  const faces = new FaceSlots({ countDecoded: async (slot) => decoded[slot], setTimer, clearTimer, changed: () => {} });
  faces.setSeats([1, 2]);
  await server.flush();
  assert.deepEqual([faces.slotOf(1), faces.slotOf(2)], [null, null]);
  decoded = [0, 41];
  await server.runTimers();
  assert.deepEqual([faces.slotOf(1), faces.slotOf(2)], [null, 1]);
  decoded = [1, 41];
  await server.runTimers();
  assert.equal(faces.slotOf(1), 0);
  assert.deepEqual(await server.runTimers(), [], "then nobody looks any more");
  faces.setSeats([1, 3]);
  await server.flush();
  assert.deepEqual([faces.slotOf(1), faces.slotOf(2), faces.slotOf(3)], [0, null, null]);
  decoded = [1, 42];
  await server.runTimers();
  assert.equal(faces.slotOf(3), 1);
  faces.setSeats([1, null]);
  assert.equal(faces.slotOf(3), null);
});
