// A struck bowl as a microphone hears it, and how it is measured where it is listened to.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./wait.js";

const RATE = 48_000;
/** How long until it is struck again, in s; how loud a strike is, of 1; how fast it dies away, in s. */
const PERIOD = 5;
const LOUD = 0.4;
const DYING = 1.6;
/** The tones of the left and of the right side, in Hz. */
const LEFT = 660;
const RIGHT = 880;
/** What its level loses in a second, in dB. */
export const FALL = (20 * Math.LOG10E) / DYING;

/** When a level is looked at, in s after a strike; all are held to the first. */
const FIRST_LOOK = 0.5;
const LOOKS = [1, 2, 3, 4];
/** A rise like this, to a level like this, is a strike, in dB: not what is left of sound put right. */
const STRIKE = 8;
const STRIKE_FROM = -45;
/** Sound that begins while a strike dies away rises as well: no strike is so near to the first sound, in s. */
const SETTLED = 1;

/** A file with the bowl, for a browser's microphone to play again and again. */
export function bowl() {
  return played(PERIOD, (at) => LOUD * Math.exp(-at / DYING));
}

/** As {@link bowl}: a tone on each side that never ends and is always as loud. */
export function hum() {
  return played(1, () => LOUD);
}

/**
 * @param {number} period in s
 * @param {(at: number) => number} loud how loud it is, of 1
 */
function played(period, loud) {
  const folder = mkdtempSync(join(tmpdir(), "sitwith-bowl-"));
  const file = join(folder, "bowl.wav");
  const frames = RATE * period;
  const wav = Buffer.alloc(44 + frames * 4);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + frames * 4, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 4, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(frames * 4, 40);
  for (let frame = 0; frame < frames; frame += 1) {
    const at = frame / RATE;
    const size = 32_767 * loud(at);
    for (const [side, tone] of [LEFT, RIGHT].entries()) {
      const sample = Math.round(size * Math.sin(2 * Math.PI * tone * at));
      wav.writeInt16LE(sample, 44 + frame * 4 + side * 2);
    }
  }
  writeFileSync(file, wav);
  return { file, forget: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * One look at both sides: when, in s of the sound and in ms of the page, and the level of each tone on each side, in dB.
 * @typedef {{at: number, seen: number, left: [low: number, high: number], right: [low: number, high: number]}} Look
 */

/** Runs in a page: looks at a voice that comes down, both sides apart, over and over. */
const LISTEN = (/** @type {{slot: number, tones: number[]}} */ { slot, tones }) => {
  const page = /** @type {any} */ (window);
  const receivers = page.peers
    .filter((/** @type {RTCPeerConnection} */ peer) => peer.connectionState === "connected")
    .flatMap((/** @type {RTCPeerConnection} */ peer) => peer.getTransceivers())
    .filter((/** @type {RTCRtpTransceiver} */ line) => line.currentDirection === "recvonly")
    .map((/** @type {RTCRtpTransceiver} */ line) => line.receiver)
    .filter((/** @type {RTCRtpReceiver} */ one) => one.track.kind === "audio");
  const context = new AudioContext({ sampleRate: 48_000 });
  const sides = context.createChannelSplitter(2);
  context.createMediaStreamSource(new MediaStream([receivers[slot].track])).connect(sides);
  const meters = [0, 1].map((side) => {
    const meter = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    sides.connect(meter, side);
    return meter;
  });
  const levels = new Float32Array(2048);
  const level = (/** @type {number} */ tone) => {
    const place = Math.round(tone / (48_000 / 4096));
    return Math.max(...levels.subarray(place - 1, place + 2));
  };
  page.looks = [];
  page.listening = setInterval(() => {
    if (context.state !== "running") return;
    const [left, right] = meters.map((meter) => {
      meter.getFloatFrequencyData(levels);
      return tones.map(level);
    });
    page.looks.push({ at: context.currentTime, seen: performance.now(), left, right });
  }, 40);
  page.hushes = () => {
    clearInterval(page.listening);
    return context.close();
  };
};

/**
 * Listens to a voice that comes down until it was struck once and has died away.
 * @param {import("./people.js").Person} person
 * @param {number} slot
 */
export async function hearsStrike(person, slot) {
  await person.page.evaluate(LISTEN, { slot, tones: [LEFT, RIGHT] });
  const looks = await until("a strike that dies away", async () => {
    /** @type {Look[]} */
    const all = await person.page.evaluate(() => /** @type {any} */ (window).looks);
    return struck(all);
  }, { within: 25_000, every: 200 });
  await person.page.evaluate(() => /** @type {any} */ (window).hushes());
  return measured(looks);
}

/**
 * Listens to a voice that comes down from now on. Gives how loud it was in the middle between two
 * times of the page, in dB; nothing while that is not over.
 * @param {import("./people.js").Person} person
 * @param {number} slot
 */
export async function listens(person, slot) {
  await person.page.evaluate(LISTEN, { slot, tones: [LEFT, RIGHT] });
  return async (/** @type {number} */ from, /** @type {number} */ to) => {
    /** @type {Look[]} */
    const looks = await person.page.evaluate(() => /** @type {any} */ (window).looks);
    if ((looks.at(-1)?.seen ?? 0) <= to) return undefined;
    const all = looks.filter(({ seen }) => from <= seen && seen <= to).map(({ left }) => left[0]);
    return all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  };
}

/**
 * The looks from a strike on, if they go on long enough.
 * @param {Look[]} all
 */
function struck(all) {
  const level = (/** @type {number} */ place) => all[place]?.left[0];
  const settled = (all.find(({ left }) => left[0] > STRIKE_FROM)?.at ?? Infinity) + SETTLED;
  const begins = all.findIndex(({ at }, place) => place > 2 && at > settled && level(place) > STRIKE_FROM
    && level(place) - level(place - 3) > STRIKE && level(place) > level(place + 1));
  const looks = begins < 0 ? [] : all.slice(begins);
  const lasts = (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0);
  return lasts > Math.max(...LOOKS) + 0.1 ? looks : null;
}

/**
 * How far its dying away is from the bowl's own, and how far the sides stay apart, at the worst.
 * @param {Look[]} looks from the strike on
 */
function measured(looks) {
  const at = (/** @type {number} */ after) => looks.reduce((best, look) =>
    (Math.abs(look.at - looks[0].at - after) < Math.abs(best.at - looks[0].at - after) ? look : best));
  const first = at(FIRST_LOOK);
  const off = LOOKS.map((after) => at(after)).flatMap((look) => {
    const fallen = (look.at - first.at) * FALL;
    return [look.left[0] - first.left[0] + fallen, look.right[1] - first.right[1] + fallen];
  });
  const apart = [FIRST_LOOK, ...LOOKS].map(at).flatMap(({ left, right }) =>
    [left[0] - left[1], right[1] - right[0]]);
  const round = (/** @type {number} */ one) => Math.round(one * 10) / 10;
  return {
    off: round(Math.max(...off.map(Math.abs))),
    apart: round(Math.min(...apart)),
    levels: [FIRST_LOOK, ...LOOKS].map(at).map(({ left }) => round(left[0])),
  };
}
