// Faces in the room, one tile per person: video where there is some, otherwise their cushion with
// an initial. Tiles are moved rather than recreated, so that nothing flickers.

import { DYES } from "../room/circle.js";
import { setText } from "../room/page.js";
import { makeIcon } from "./toolbar.js";
import { describeOverflow, describeTile } from "./media-phrases.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {ReturnType<typeof import("./tiles-layout.js").layOutTiles>} TileLayout */
/** @typedef {{tile: HTMLLIElement, name: HTMLElement, state: HTMLElement, more: HTMLElement,
 *   cushion: HTMLElement, raised: HTMLElement, video: HTMLVideoElement | null}} TileElements */

export class Tiles {
  #root = document.createElement("ul");
  #overflow = document.createElement("p");
  #faceOf;
  /** @type {Map<string, TileElements>} */
  #tiles = new Map();

  /**
   * @param {HTMLElement} ring the drawing of the circle; the tiles replace it
   * @param {(person: Person) => MediaStreamTrack | null} faceOf the video to show, if any
   */
  constructor(ring, faceOf) {
    this.#faceOf = faceOf;
    this.#root.className = "tiles";
    this.#root.setAttribute("aria-label", "People here");
    this.#root.hidden = true;
    this.#overflow.className = "and-more soft";
    this.#overflow.hidden = true;
    ring.prepend(this.#root, this.#overflow);
  }

  /** Height of a small tile in device pixels; 0 while there is none. */
  get tall() {
    const height = this.#root.lastElementChild?.clientHeight ?? 0;
    return Math.round(height * devicePixelRatio);
  }

  /** @param {TileLayout} layout */
  show(layout) {
    const { shown, large, isSmall } = layout;
    this.#root.hidden = false;
    this.#root.dataset.n = String(shown.length);
    this.#root.style.setProperty("--c", String(layout.columns));
    this.#root.classList.toggle("small", isSmall);
    setText(this.#overflow, describeOverflow(layout.more));
    this.#overflow.hidden = layout.more === 0;
    const gone = new Set(this.#tiles.keys());
    for (const [index, person] of shown.entries()) {
      const key = person.isYou ? "you" : `${person.seat} ${person.dye} ${person.name}`;
      gone.delete(key);
      const elements = this.#tiles.get(key) ?? this.#makeTile(person, key);
      this.#fillTile(elements, person);
      elements.tile.classList.toggle("large", person.seat === large);
      if (this.#root.children[index] !== elements.tile) {
        this.#root.insertBefore(elements.tile, this.#root.children[index] ?? null);
      }
    }
    for (const key of gone) this.#remove(key);
  }

  /** Back to the circle: releases all video. */
  hide() {
    this.#root.hidden = true;
    this.#overflow.hidden = true;
    for (const key of [...this.#tiles.keys()]) this.#remove(key);
  }

  /** @param {string} key */
  #remove(key) {
    const elements = this.#tiles.get(key);
    if (elements?.video) elements.video.srcObject = null;
    elements?.tile.remove();
    this.#tiles.delete(key);
  }

  /**
   * @param {Person} person
   * @param {string} key
   */
  #makeTile(person, key) {
    const dye = `d-${DYES[person.dye] ?? "plain"}`;
    const tile = document.createElement("li");
    tile.className = `tile ${dye}`;
    tile.dataset.seat = String(person.seat);
    const cushion = makeSpan("seat", [...(person.name || "You")][0]?.toLocaleUpperCase() ?? "");
    cushion.setAttribute("aria-hidden", "true");
    const name = makeSpan("nm", "");
    const shownName = makeSpan("who", "");
    const state = makeSpan("is", "");
    const more = makeSpan("vh", "");
    name.append(shownName, state, more);
    const raised = makeSpan("up", "");
    const words = makeSpan("vh", "Feather raised");
    raised.append(makeIcon("feather"), words);
    tile.append(cushion, name, raised);
    const elements = { tile, name: shownName, state, more, cushion, raised, video: null };
    this.#tiles.set(key, elements);
    return elements;
  }

  /**
   * @param {TileElements} elements
   * @param {Person} person
   */
  #fillTile(elements, person) {
    const [shownName, state, more] = describeTile(person);
    setText(elements.name, shownName);
    setText(elements.state, state);
    setText(elements.more, more);
    elements.tile.dataset.seat = String(person.seat);
    for (const className of ["speaks", "sewn"]) elements.tile.classList.toggle(className, person.speaks);
    elements.tile.classList.toggle("holds", person.holds);
    elements.raised.hidden = !person.raised;
    const track = this.#faceOf(person);
    if (!track) {
      if (elements.video) elements.video.srcObject = null;
      elements.video?.remove();
      elements.video = null;
      return;
    }
    elements.video ??= makeVideo(elements.cushion, person.isYou);
    const now = /** @type {MediaStream | null} */ (elements.video.srcObject);
    if (now?.getVideoTracks()[0] === track) return;
    elements.video.classList.remove("seen");
    elements.video.srcObject = new MediaStream([track]);
    elements.video.play().catch(() => undefined);
  }
}

/**
 * A video over the cushion, visible only once there is a frame, so that it is never black.
 * @param {HTMLElement} cushion
 * @param {boolean} isYou one's own video is mirrored
 */
function makeVideo(cushion, isYou) {
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
 * @param {string} className
 * @param {string} words
 */
function makeSpan(className, words) {
  const span = document.createElement("span");
  if (className) span.className = className;
  span.textContent = words;
  return span;
}
