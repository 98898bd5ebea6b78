// The faces in the room, one tile for each person: a picture where there is one, otherwise their
// cushion with their initial. Moved rather than made anew, so that nothing flickers.

import { DYES } from "../room/circle.js";
import { say } from "../room/page.js";
import { icon } from "./bar.js";
import { andMore, nameOn } from "./room-words.js";

/** @typedef {import("./room-state.js").One} One */
/** @typedef {ReturnType<typeof import("./tiles-layout.js").laidOut>} Layout */
/** @typedef {{tile: HTMLLIElement, name: HTMLElement, state: HTMLElement, more: HTMLElement,
 *   cushion: HTMLElement, up: HTMLElement, video: HTMLVideoElement | null}} Parts */

export class Tiles {
  #root = document.createElement("ul");
  #more = document.createElement("p");
  #faceOf;
  /** @type {Map<string, Parts>} */
  #tiles = new Map();

  /**
   * @param {HTMLElement} ring where the circle is drawn; the tiles take its place
   * @param {(one: One) => MediaStreamTrack | null} faceOf whose picture there is now
   */
  constructor(ring, faceOf) {
    this.#faceOf = faceOf;
    this.#root.className = "tiles";
    this.#root.setAttribute("aria-label", "People here");
    this.#root.hidden = true;
    this.#more.className = "and-more soft";
    this.#more.hidden = true;
    ring.prepend(this.#root, this.#more);
  }

  /** How tall a small tile is, in device pixels; 0 while there is none. */
  get tall() {
    const height = this.#root.lastElementChild?.clientHeight ?? 0;
    return Math.round(height * devicePixelRatio);
  }

  /** @param {Layout} layout */
  show(layout) {
    const { shown, large, isSmall } = layout;
    this.#root.hidden = false;
    this.#root.dataset.n = String(shown.length);
    this.#root.style.setProperty("--c", String(layout.columns));
    this.#root.classList.toggle("small", isSmall);
    say(this.#more, andMore(layout.more));
    this.#more.hidden = layout.more === 0;
    const gone = new Set(this.#tiles.keys());
    for (const [place, one] of shown.entries()) {
      const key = one.isYou ? "you" : `${one.seat} ${one.dye} ${one.name}`;
      gone.delete(key);
      const parts = this.#tiles.get(key) ?? this.#make(one, key);
      this.#fill(parts, one);
      parts.tile.classList.toggle("large", one.seat === large);
      if (this.#root.children[place] !== parts.tile) {
        this.#root.insertBefore(parts.tile, this.#root.children[place] ?? null);
      }
    }
    for (const key of gone) this.#remove(key);
  }

  /** The circle is back: no picture is kept. */
  hide() {
    this.#root.hidden = true;
    this.#more.hidden = true;
    for (const key of [...this.#tiles.keys()]) this.#remove(key);
  }

  /** @param {string} key */
  #remove(key) {
    const parts = this.#tiles.get(key);
    if (parts?.video) parts.video.srcObject = null;
    parts?.tile.remove();
    this.#tiles.delete(key);
  }

  /**
   * @param {One} one
   * @param {string} key
   */
  #make(one, key) {
    const dye = `d-${DYES[one.dye] ?? "plain"}`;
    const tile = document.createElement("li");
    tile.className = `tile ${dye}`;
    tile.dataset.seat = String(one.seat);
    const cushion = part("seat", [...(one.name || "You")][0]?.toLocaleUpperCase() ?? "");
    cushion.setAttribute("aria-hidden", "true");
    const name = part("nm", "");
    const shown = part("who", "");
    const state = part("is", "");
    const more = part("vh", "");
    name.append(shown, state, more);
    const up = part("up", "");
    const words = part("vh", "Feather raised");
    up.append(icon("feather"), words);
    tile.append(cushion, name, up);
    const parts = { tile, name: shown, state, more, cushion, up, video: null };
    this.#tiles.set(key, parts);
    return parts;
  }

  /**
   * @param {Parts} parts
   * @param {One} one
   */
  #fill(parts, one) {
    const [shown, state, more] = nameOn(one);
    say(parts.name, shown);
    say(parts.state, state);
    say(parts.more, more);
    parts.tile.dataset.seat = String(one.seat);
    for (const look of ["speaks", "sewn"]) parts.tile.classList.toggle(look, one.speaks);
    parts.tile.classList.toggle("holds", one.holds);
    parts.up.hidden = !one.raised;
    const track = this.#faceOf(one);
    if (!track) {
      if (parts.video) parts.video.srcObject = null;
      parts.video?.remove();
      parts.video = null;
      return;
    }
    parts.video ??= picture(parts.cushion, one.isYou);
    const now = /** @type {MediaStream | null} */ (parts.video.srcObject);
    if (now?.getVideoTracks()[0] === track) return;
    parts.video.classList.remove("seen");
    parts.video.srcObject = new MediaStream([track]);
    parts.video.play().catch(() => undefined);
  }
}

/**
 * A picture over the cushion; seen only once there is something to see, so that it is never black.
 * @param {HTMLElement} cushion
 * @param {boolean} isYou one's own is a mirror
 */
function picture(cushion, isYou) {
  const video = document.createElement("video");
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.setAttribute("aria-hidden", "true");
  video.classList.toggle("mirror", isYou);
  video.addEventListener("loadeddata", () => video.classList.add("seen"));
  cushion.after(video);
  return video;
}

/**
 * @param {string} look
 * @param {string} words
 */
function part(look, words) {
  const made = document.createElement("span");
  if (look) made.className = look;
  made.textContent = words;
  return made;
}
