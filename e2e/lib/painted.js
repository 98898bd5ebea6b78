// Faces that are painted, for looking at layouts: an engine of sound and picture that connects to
// nobody and has a face for every seat. The page, its tiles and its buttons are the real ones.

import { until } from "./wait.js";

/** Takes the place of the engine's module in a page. */
const ENGINE = `
export class Engine {
  #ways;
  #state = { mic: false, cam: false, preset: "voice", up: "none", down: "none", poor: "all",
    sealed: "no", unheard: [], speaking: [], captions: false, touch: false, why: null };
  #faces = new Map();
  constructor(ways) { this.#ways = ways; window.painted = this; }
  receive() { this.#ways.changed(); }
  opened() {}
  async microphone(on) { this.#state.mic = on; this.#ways.changed(); return on ? "on" : "off"; }
  async camera(on) { this.#state.cam = on; this.#ways.changed(); return on ? "on" : "off"; }
  async preset() {}
  see() {}
  devices() { return []; }
  mine() { return this.faceOf(-7); }
  faceOf(seat) {
    if (!this.#faces.has(seat)) this.#faces.set(seat, paint(Math.abs(seat)));
    return this.#faces.get(seat);
  }
  get state() { return this.#state; }
  stands(more) { Object.assign(this.#state, more); this.#ways.changed(); }
  duck() {}
  here() { this.stands({ down: "open" }); }
  captions() {}
  get canCaption() { return true; }
  close() {}
}
const SKIN = ["#8a5a3c", "#e0b08c", "#c98f68", "#f0cdb0", "#5f3d2b", "#d9a27c", "#b07a55", "#f3d6c0"];
const HAIR = ["#1f1714", "#5a3a22", "#2a201c", "#b9a58c", "#17120f", "#7a4526", "#3a2a20", "#8d8a86"];
const COAT = ["#a4553b", "#38707a", "#44536b", "#6d7a45", "#9c5b5f", "#3f5f86", "#c09440", "#6b5645"];
const WALL = ["#e8d9c3", "#cfd9d4", "#e4d3d3", "#d3d8e4", "#dfe0c8", "#d9cfe0", "#e6dcc8", "#cddfe2"];
function paint(seat) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  const brush = canvas.getContext("2d");
  const n = seat % 8;
  const round = (colour, ...how) => {
    brush.fillStyle = colour;
    brush.beginPath();
    brush.ellipse(...how, 0, 0, 7);
    brush.fill();
  };
  const draw = () => {
    brush.fillStyle = WALL[n];
    brush.fillRect(0, 0, 640, 360);
    round(COAT[n], 320, 400, 190, 130);
    round(HAIR[n], 320, 150, 92, 108);
    brush.fillStyle = SKIN[n];
    brush.fillRect(292, 220, 56, 70);
    round(SKIN[n], 320, 172, 72, 90);
  };
  draw();
  setInterval(draw, 200);
  return canvas.captureStream(10).getVideoTracks()[0];
}`;

/** Names for as many as are wanted. */
const NAMES = [
  "Leïla", "Rosa", "Marit", "Tomás", "Jun", "Dev", "Hanne", "Owen", "Priya", "Samuel", "Noor", "Mina",
  "Theo", "Bea", "Kofi", "Aiko", "Ruth", "Pavel", "Lin", "Fatima", "Joan", "Elias", "Yara", "Bram",
];
/** Those whose camera is off. */
const UNSEEN = new Set(["Jun", "Hanne", "Priya", "Theo", "Kofi", "Pavel", "Joan"]);
/** Seats of painted people begin here. */
export const SEATS = 100;

/**
 * From now on this person's page paints instead of connecting.
 * @param {import("./people.js").Person} person
 */
export async function paints({ page }) {
  const contentType = "text/javascript";
  await page.route("**/media/engine.js", (route) => route.fulfill({ body: ENGINE, contentType }));
}

/**
 * A frame with so many others in the room; Leïla speaks from the first place, Marit guides, Tomás
 * has raised the feather.
 * @param {number} count
 * @param {object} [more]
 */
export function others(count, more = {}) {
  const on = Array.from({ length: count }, (_, place) => {
    const name = NAMES[place % NAMES.length];
    const bits = UNSEEN.has(name) ? 1 : 3;
    const one = [SEATS + place, name, place % 7, bits];
    return name === "Marit" ? [...one, 1] : one;
  });
  return {
    k: "media", v: 1, on, voices: [], faces: [], heard: "all", feather: null, rest: false,
    spotlight: null, raised: count > 3 ? [SEATS + 3] : [], calm: 0, ...more,
  };
}

/**
 * Frames come to a page as if the home had sent them.
 * @param {import("./people.js").Person} person
 * @param {object[]} frames
 */
export async function hears({ page }, ...frames) {
  await page.evaluate((texts) => {
    const sockets = /** @type {any} */ (window).sockets;
    const line = sockets.filter((/** @type {WebSocket} */ one) => one.readyState === 1).at(-1);
    for (const data of texts) line.onmessage({ data });
  }, frames.map((frame) => JSON.stringify(frame)));
}

/**
 * Waits until so many tiles are on the page, and every face that is to be seen is.
 * @param {import("./people.js").Person} person
 * @param {number} tiles
 */
export async function showsTiles({ page }, tiles) {
  await until(`${tiles} tiles with their faces`, () => page.evaluate((tiles) => {
    const videos = [...document.querySelectorAll(".tile video")];
    return document.querySelectorAll(".tile").length === tiles
      && videos.every((video) => video.classList.contains("seen"));
  }, tiles));
}

/**
 * How it stands with a painted engine, as if something had happened to it.
 * @param {import("./people.js").Person} person
 * @param {object} state
 */
export async function stands({ page }, state) {
  await page.evaluate((state) => /** @type {any} */ (window).painted.stands(state), state);
}
