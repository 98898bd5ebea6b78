// Presets for a voice and for a bowl: constraints, encodings and SDP.

import assert from "node:assert/strict";
import { test } from "node:test";

import { trimCaption } from "../../static/media/speech-captions.js";
import { classifyError } from "../../static/media/devices.js";
import { backoffDelay } from "../../static/media/reconnect.js";
import {
  isSameConnection, requestStereo, videoConstraints, applyPreset, makeEncodings, audioConstraints,
} from "../../static/media/preset.js";

const sdp = (/** @type {string[]} */ ...all) => all.map((line) => `${line}\r\n`).join("");
const ANSWER = sdp(
  "v=0", "o=- 1 2 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=fingerprint:sha-256 AA:BB", "a=ice-lite",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "a=mid:0", "a=ice-ufrag:w0xabc",
  "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111",
  "a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "a=mid:1", "a=rtpmap:96 VP8/90000", "a=fmtp:97 apt=96",
);
/** @param {string} sdp */
const opusParameters = (sdp) => /a=fmtp:111 (.*)\r/.exec(sdp)?.[1].split(";").sort();

test("a voice uses DTX, RED where negotiated, and mono", () => {
  const voice = applyPreset(ANSWER, "voice");
  assert.match(voice, /m=audio 9 UDP\/TLS\/RTP\/SAVPF 63 111\r\n/);
  assert.deepEqual(opusParameters(voice), ["maxaveragebitrate=32000", "minptime=10", "usedtx=1", "useinbandfec=1"]);
});

test("sealed sound uses neither DTX nor RED", () => {
  assert.doesNotMatch(applyPreset(ANSWER, "voice", true), /usedtx/);
  assert.match(applyPreset(ANSWER, "voice", true), /SAVPF 111 63\r\n/);
});

test("a bowl uses neither DTX nor RED, and stereo", () => {
  const bowl = applyPreset(ANSWER, "bowl");
  assert.match(bowl, /m=audio 9 UDP\/TLS\/RTP\/SAVPF 111 63\r\n/);
  assert.deepEqual(opusParameters(bowl), ["maxaveragebitrate=128000", "minptime=10", "stereo=1", "useinbandfec=1"]);
});

test("switching presets back and forth leaves nothing behind", () => {
  assert.equal(applyPreset(applyPreset(ANSWER, "bowl"), "voice"), applyPreset(ANSWER, "voice"));
  assert.equal(applyPreset(applyPreset(ANSWER, "voice"), "bowl"), applyPreset(ANSWER, "bowl"));
});

test("only audio sections are changed", () => {
  const parts = (/** @type {string} */ sdp) => sdp.split(/^(?=m=)/m);
  for (const preset of /** @type {const} */ (["voice", "bowl"])) {
    const [before, after] = [parts(ANSWER), parts(applyPreset(ANSWER, preset))];
    assert.equal(after[0], before[0]);
    assert.equal(after[2], before[2]);
  }
});

test("without Opus nothing is changed", () => {
  const other = ANSWER.replaceAll("opus/48000/2", "PCMU/8000");
  assert.equal(applyPreset(other, "bowl"), other);
  assert.equal(requestStereo(other), other);
});

test("fmtp is added where there was none", () => {
  const bare = ANSWER.replace(/a=fmtp:111 [^\r]*\r\n/, "");
  assert.deepEqual(opusParameters(applyPreset(bare, "bowl")), ["maxaveragebitrate=128000", "stereo=1", "useinbandfec=1"]);
});

test("every receiving slot asks for stereo", () => {
  const two = ANSWER + ANSWER.slice(ANSWER.indexOf("m=audio"));
  assert.equal(requestStereo(two).match(/stereo=1/g)?.length, 2);
  assert.equal(requestStereo(requestStereo(two)), requestStereo(two));
});

test("another ufrag or fingerprint is another connection", () => {
  assert.ok(isSameConnection(ANSWER, ANSWER + sdp("m=audio 9 UDP/TLS/RTP/SAVPF 111")));
  assert.ok(!isSameConnection(ANSWER, ANSWER.replace("w0xabc", "w0xdef")));
  assert.ok(!isSameConnection(ANSWER, ANSWER.replace("AA:BB", "AA:BC")));
});

test("a bowl is captured unprocessed, a voice processed", () => {
  const voice = audioConstraints("voice");
  const bowl = audioConstraints("bowl", "here");
  for (const key of /** @type {const} */ (["echoCancellation", "noiseSuppression", "autoGainControl"])) {
    assert.equal(voice[key], true);
    assert.equal(bowl[key], false);
  }
  assert.deepEqual(bowl.deviceId, { exact: "here" });
  assert.equal(voice.deviceId, undefined);
  assert.equal(videoConstraints().facingMode, "user");
  assert.equal(videoConstraints("here").facingMode, undefined);
});

test("a face is sent in two encodings, the small one first", () => {
  const [small, large] = makeEncodings();
  assert.ok(small.maxBitrate < large.maxBitrate);
  assert.ok(small.scaleResolutionDownBy > large.scaleResolutionDownBy);
  assert.deepEqual([small.rid, large.rid], ["q", "h"]);
});

test("device errors are classified", () => {
  const errorNamed = (/** @type {string} */ name) => Object.assign(new Error(), { name });
  assert.equal(classifyError(errorNamed("NotAllowedError")), "refused");
  assert.equal(classifyError(errorNamed("NotReadableError")), "busy");
  assert.equal(classifyError(errorNamed("NotFoundError")), "none");
  assert.equal(classifyError(undefined), "none");
});

test("backoff grows up to a limit, with jitter", () => {
  assert.ok(backoffDelay(0, 0) >= 100);
  assert.ok(backoffDelay(3, 0.5) > backoffDelay(1, 0.5));
  assert.ok(backoffDelay(50, 1) <= 10_000);
  assert.notEqual(backoffDelay(4, 0.1), backoffDelay(4, 0.9));
});

test("a long caption keeps its end, starting at a word", () => {
  assert.equal(trimCaption("  So   be it. "), "So be it.");
  const long = trimCaption("word ".repeat(100));
  assert.ok(long.length <= 200);
  assert.match(long, /^word .* word$/);
  assert.equal(trimCaption("a".repeat(300)).length, 200);
});
