// Sound and picture in the room. Fetched only when somebody wants to give or choose something, or
// when the home says that somebody is heard or seen; silence and the circle need none of it.

import { part, tell } from "../room/page.js";
import { Bar } from "./bar.js";
import { Engine } from "./engine.js";
import { More } from "./more.js";
import { Preview, chosenDevice, preset } from "./preview.js";
import { Captions } from "./room-captions.js";
import { Notes } from "./room-notes.js";
import { MediaScene } from "./room-scene.js";
import { NOTHING, everybody } from "./room-state.js";
import { QUIET, askedForCalm, askedToMute, whyNot } from "./room-words.js";
import { liked } from "./see.js";

/** How long words stand that nobody has to answer, in ms. */
const SHORT = 12_000;
/** How long the guide's asking stands, in ms. */
const ASKED = 30_000;
/** Draws come at most so often, in ms: several frames may come at once. */
const DRAW_AFTER = 20;

/** A home without sound and picture never fetches this module. */
const NOWHERE = { up: "", down: "", ice: [], sealed: false };

/**
 * @typedef {{
 *   facts: import("../room/page.js").Facts,
 *   you: import("./room-state.js").You,
 *   presence: import("../room/presence.js").Presence,
 *   consoleRoot: HTMLElement | null,
 *   send: (text: string) => boolean,
 *   look: () => void,
 * }} World
 */

export class MediaRoom {
  #world;
  #engine;
  #bar;
  #notes;
  #captions;
  #scene;
  #more;
  /** @type {Preview | null} */
  #preview = null;
  /** @type {import("./guide.js").Leading | null} */
  #leading = null;
  /** @type {import("./room-state.js").Frame} */
  #frame = NOTHING;
  /** @type {number[]} */
  #speaking = [];
  #kind = "";
  #hasRound = false;
  /** Whether one's own words are to be written along, while the microphone is on. */
  #writes = false;
  /** @type {Set<string>} devices that were met in the preview */
  #met = new Set();
  /** @type {any} */
  #drawing = null;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
    const { facts, you } = world;
    const ways = facts.media ?? NOWHERE;
    for (const name of ["room.css", "tiles.css", "phone.css", "preview.css"]) sheet(name);
    document.body.classList.add("with-media");
    this.#engine = new Engine({
      ...ways,
      get seat() {
        return you.seat;
      },
      isGuide: you.guide,
      send: world.send,
      changed: () => this.draw(),
    });
    this.#bar = new Bar((on) => this.#raise(on));
    this.#notes = new Notes(part("count"));
    this.#captions = new Captions(part("count"));
    this.#scene = new MediaScene({ engine: this.#engine, notes: this.#notes, redraw: () => this.draw() });
    this.#more = new More({
      isSealed: ways.sealed,
      canCaption: this.#engine.canCaption === true,
      changed: () => this.draw(),
      preset: (name) => void this.#engine.preset(name),
      ownCaptions: (on) => {
        this.#writes = on;
        this.#engine.captions(on);
      },
    });
    if (you.guide && world.consoleRoot) void this.#lead(world.consoleRoot);
    this.#engine.opened();
    world.look();
    this.draw();
  }

  /** What the home says. @param {any} frame */
  heard(frame) {
    this.#engine.frame(frame);
    if (frame.k === "media") {
      if (frame.calm > this.#frame.calm && this.#frame.v >= 0) this.#calm();
      this.#frame = frame;
    } else if (frame.k === "speak") {
      this.#speaking = frame.seats;
    } else if (frame.k === "asked") {
      this.#asked();
    } else if (frame.k === "caption" && liked().captions) {
      this.#captions.say(frame);
    }
    this.draw();
  }

  /** How it stands with the line of the room. @param {string} state */
  line(state) {
    if (state === "open") this.#engine.opened();
    if (state === "left" || state === "over") this.#engine.close();
  }

  /**
   * Somebody touched one of the buttons that were there before this module.
   * @param {"mic" | "cam" | "more"} what
   */
  tap(what) {
    if (what === "more") return this.#more.refresh();
    const { mic, cam } = this.#engine.state;
    const isOn = what === "mic" ? mic : cam;
    if (isOn) return void this.#turn(what, false);
    if (this.#world.you.quiet) return this.#notes.setFor("why", { words: QUIET }, SHORT);
    if (this.#met.has(what)) return void this.#turn(what, true);
    this.#preview ??= new Preview((kind, deviceId) => this.#turn(kind, true, deviceId));
    this.#preview.open(what);
  }

  /**
   * What part of the sit is on.
   * @param {string} kind
   * @param {import("../room/timeline.js").Timeline} timeline
   * @param {number} offset room time less this browser's
   */
  show(kind, timeline, offset) {
    const now = performance.now() + offset;
    this.#kind = kind;
    this.#hasRound = timeline.segments.some((one) => one.kind === "round" && one.from > now);
    if (this.#world.you.guide) this.#scene.duck(timeline.strikes, offset);
    this.draw();
  }

  /** Shows it all anew, soon. */
  draw() {
    this.#drawing ??= setTimeout(() => {
      this.#drawing = null;
      this.#draw();
    }, DRAW_AFTER);
  }

  #draw() {
    const { you, presence } = this.#world;
    const { state } = this.#engine;
    const frame = this.#frame;
    // Whoever sits quietly gives nothing: no light burns, and nothing is on when the name is back.
    if (you.quiet && state.mic) void this.#engine.microphone(false);
    if (you.quiet && state.cam) void this.#engine.camera(false);
    const speaking = this.#kind === "silence" ? [] : this.#speaking;
    const all = everybody(frame, presence.inOrder(), you, speaking);
    const like = liked();
    document.body.classList.toggle("no-captions", !like.captions);
    if (!like.captions) this.#captions.hide();
    const isSpoken = document.body.classList.contains("with-feather");
    this.#bar.show({
      mic: state.mic,
      cam: state.cam,
      raised: frame.raised.includes(you.seat),
      canRaise: frame.v >= 0 && !you.quiet && !you.guide && !isSpoken && this.#kind !== "silence",
    });
    this.#scene.show({ frame, all, like, kind: this.#kind, hasRound: this.#hasRound, isSpoken, lay: () => this.#lay() });
    this.#leading?.show(frame, all, isSpoken);
    tell("faces", { shown: document.body.classList.contains("with-faces"), state });
  }

  /**
   * @param {"mic" | "cam"} what
   * @param {boolean} on
   * @param {string} [deviceId]
   */
  async #turn(what, on, deviceId = chosenDevice(what)) {
    this.#bar.busy(what, true);
    const how = deviceId ? { deviceId } : {};
    if (on && what === "mic") await this.#engine.preset(preset());
    const word = what === "mic"
      ? await this.#engine.microphone(on, how)
      : await this.#engine.camera(on, how);
    this.#bar.busy(what, false);
    if (word === "on") this.#met.add(what);
    if (word === "on" && what === "mic" && this.#writes) this.#engine.captions(true);
    const isWhy = word !== "on" && word !== "off" && !document.querySelector("#preview[open]");
    if (isWhy) this.#notes.setFor("why", { words: whyNot(what, word) }, SHORT);
    this.draw();
    return word;
  }

  /** @param {boolean} on */
  #raise(on) {
    this.#world.send(JSON.stringify({ k: "raise", on }));
  }

  #lay() {
    this.#world.send(JSON.stringify({ k: "feather", do: "lay" }));
  }

  #asked() {
    const words = askedToMute(this.#all());
    const off = () => {
      this.#notes.set("asked", null);
      void this.#turn("mic", false);
    };
    this.#notes.setFor("asked", { words, button: ["Turn it off", off] }, ASKED);
  }

  #calm() {
    if (this.#world.you.guide) return;
    this.#notes.setFor("calm", { words: askedForCalm(this.#all()) }, SHORT);
  }

  #all() {
    return everybody(this.#frame, this.#world.presence.inOrder(), this.#world.you, this.#speaking);
  }

  /** Only guides fetch what only guides need. @param {HTMLElement} root */
  async #lead(root) {
    const { Leading } = await import("./guide.js");
    this.#leading = new Leading(root, this.#world.send);
    this.draw();
  }
}

/** @param {string} name of a style sheet beside this module */
function sheet(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(name, import.meta.url).href;
  document.head.append(link);
}
