// Sound and picture of the room in this browser: what one gives (up), what one gets (down), and how
// it stands with both. Whoever draws the room uses nothing beside this.
//
// Nothing here ever turns a microphone or a camera on but a tap of the person in front of it.

import { Captions, canCaption } from "./captions.js";
import { Devices } from "./devices.js";
import { Down } from "./down.js";
import { Given } from "./given.js";
import { browserWorld } from "./line.js";
import { Said } from "./said.js";
import { Seal } from "./seal.js";
import { Heard } from "./sound.js";
import { Up } from "./up.js";
import { Window } from "./window.js";

/** @typedef {{voices: (number | null)[], faces: (number | null)[]}} Slots */

/**
 * @typedef {{
 *   up: string, down: string, ice: RTCIceServer[], sealed: boolean, readonly seat: number,
 *   isGuide: boolean, send: (text: string) => boolean, changed: () => void,
 * }} Ways  `up` and `down` are addresses of the home, `send` puts a text on the room's line
 */

export class Engine {
  #ways;
  #up;
  #down;
  #given;
  #heard;
  #devices;
  #captions;
  #seal;
  #window;
  #said;
  #seat = -1;
  #isElsewhere = false;
  /** @type {number[]} */
  #speaking = [];
  /** @type {"sound" | "some" | "all"} */
  #poor = "all";
  /** @type {Slots} */
  #slots = { voices: [], faces: [] };

  /**
   * @param {Ways} ways
   * @param {import("./line.js").World} [world]
   */
  constructor(ways, world = browserWorld(ways.ice, ways.sealed)) {
    this.#ways = ways;
    const { changed, send } = ways;
    this.#seal = ways.sealed
      ? new Seal({ sit: ways.up.split("/").at(-2) ?? "", isGuide: ways.isGuide, send, changed })
      : null;
    this.#window = new Window(ways.up, {
      taken: () => this.#leaves(),
      turned: () => this.#turned(),
      online: () => this.#check(),
      stands: () => this.#said.wanted(),
    });
    this.#heard = new Heard(changed);
    this.#devices = new Devices(changed);
    this.#said = new Said(send, () => ({ mic: this.#given.isOn("audio"), cam: this.#given.isOn("video") }), world);
    this.#captions = new Captions((text) => this.#said.caption(text));
    const seal = this.#seal;
    const goodbye = () => this.#window.goodbye();
    this.#up = new Up({ path: ways.up, world, seal: seal && seal.closes.bind(seal), goodbye, changed });
    this.#down = new Down({
      path: ways.down,
      world,
      unseal: seal && seal.opens.bind(seal),
      voices: (tracks) => this.#heard.take(tracks),
      restarted: () => this.#up.anew(),
      goodbye,
      changed,
    });
    this.#given = new Given({
      up: this.#up,
      isGuide: ways.isGuide,
      tell: () => {
        this.#said.mine();
        if (!this.#given.isOn("audio")) this.#captions.turn(false);
      },
      found: () => void this.#devices.look(),
      changed,
    });
  }

  /** What the home said on the room's line. @param {any} frame */
  frame(frame) {
    if (frame.k === "seal") return void this.#seal?.heard(frame.from, frame.box);
    if (frame.k === "rekey") return void this.rekey(frame.without);
    if (frame.k === "speak") this.#speaking = frame.seats;
    if (frame.k === "line") this.#poor = frame.carries;
    if (frame.k === "media") this.#take(frame);
    this.#ways.changed();
  }

  /** The room's line is open, for the first time or again. @param {number} [seat] ours */
  opened(seat = this.#ways.seat) {
    this.#seat = seat;
    this.#window.opened();
    if (this.#isElsewhere) return;
    this.#said.mine();
    this.#said.wanted();
    this.#seal?.opened();
    this.#check();
  }

  /** Turns one's microphone on or off. @param {boolean} on @param {{deviceId?: string}} [how] */
  microphone(on, how) {
    this.#comesBack(on);
    return this.#given.turn("audio", on, how?.deviceId);
  }

  /** As {@link microphone}, for one's camera. @param {boolean} on @param {{deviceId?: string}} [how] */
  camera(on, how) {
    this.#comesBack(on);
    return this.#given.turn("video", on, how?.deviceId);
  }

  /** How one's own sound is made. @param {string} name "voice" or "bowl" */
  preset(name) {
    return this.#given.shape(name === "bowl" ? "bowl" : "voice");
  }

  /** What is wanted: "faces", "speaker" or "circle". @param {string} mode @param {number} tall in device pixels */
  see(mode, tall) {
    this.#said.want(mode, tall);
  }

  /** The devices there are; named once the browser has allowed one. */
  devices() {
    return this.#devices.all;
  }

  /** Lets others be heard through another loudspeaker. @param {string} deviceId */
  loudspeaker(deviceId) {
    return this.#heard.through(deviceId);
  }

  /** One's own camera. */
  mine() {
    return this.#given.picture;
  }

  /** Somebody's face, once a picture of it has come. @param {number} seat */
  faceOf(seat) {
    return this.#isElsewhere || seat === this.#seat ? null : this.#down.faceOf(seat);
  }

  /** @returns {import("./said.js").State} */
  get state() {
    return {
      mic: this.#given.isOn("audio"),
      cam: this.#given.isOn("video"),
      preset: this.#given.preset,
      up: this.#up.state,
      down: this.#isElsewhere ? "elsewhere" : this.#down.state,
      poor: this.#poor,
      sealed: this.#seal?.state ?? "no",
      unheard: this.#seal?.unheard(this.#slots, this.#down) ?? [],
      speaking: this.#speaking,
      captions: this.#captions.isOn,
      touch: this.#heard.isBlocked,
      why: this.#up.held || null,
      gone: this.#given.gone,
    };
  }

  /** Lowers a guide's microphone around these strikes alone. @param {number[]} atPerfMs @param {number} ms */
  duck(atPerfMs, ms) {
    this.#given.duck(atPerfMs, ms);
  }

  /** Whether this browser can make captions of one's own speech. */
  canCaption = canCaption();

  /** Live captions of one's own speech, while the microphone is on. @param {boolean} on */
  captions(on) {
    this.#captions.turn(on && this.#given.isOn("audio"));
    this.#ways.changed();
  }

  /** Takes sound and picture back from another window, at a tap. */
  here = () => this.#comesBack(true);

  /** A new key for a sealed sit, which these seats do not get. @param {number[]} without */
  rekey = (without) => this.#seal?.turn(without);

  /** Frees everything. */
  close() {
    this.#captions.turn(false);
    this.#given.close();
    this.#up.close();
    this.#down.close();
    this.#heard.close();
    this.#devices.close();
    this.#seal?.close();
    this.#said.close();
    this.#window.close();
  }

  /** @param {Slots & {on: [seat: number, name: string, dye: number, bits: number][]}} frame */
  #take({ voices, faces, on }) {
    this.#slots = { voices, faces };
    this.#said.shown(on.find(([seat]) => seat === this.#seat)?.[3] ?? 0);
    if (this.#isElsewhere) return;
    this.#down.slots(this.#slots);
    if (this.#down.state !== "none") this.#window.takes();
  }

  #check() {
    if (this.#isElsewhere) return;
    this.#up.check();
    this.#down.check();
  }

  #turned() {
    if (!this.#isElsewhere) this.#said.wanted();
    if (document.visibilityState === "hidden") return;
    this.#heard.play();
    this.#check();
  }

  /** Another window of ours has taken over: this one gives and gets nothing. */
  #leaves() {
    if (this.#isElsewhere) return;
    this.#isElsewhere = true;
    this.#captions.turn(false);
    this.#given.rest();
    this.#up.rest();
    this.#down.rest();
    this.#heard.take([]);
    this.#ways.changed();
  }

  /** @param {boolean} isWanted */
  #comesBack(isWanted) {
    if (isWanted) this.#window.takes();
    if (!isWanted || !this.#isElsewhere) return;
    this.#isElsewhere = false;
    this.#down.slots(this.#slots);
    this.#said.mine();
    this.#said.wanted();
  }
}
