// What is seen of sound and picture: tiles or circle, and the words that go with them.

import { part } from "../room/page.js";
import { CircleMarks } from "./room-circle.js";
import { hasFaces } from "./room-state.js";
import { GONE, POOR, dimmed, heldBack, unread } from "./room-words.js";
import { laidOut } from "./tiles-layout.js";
import { Tiles } from "./tiles.js";

/** Wide enough for the layouts of a desk, and narrow as a phone; as tiles.css has it. */
const WIDE = "(min-width: 48rem) and (orientation: landscape), (min-width: 64rem)";
const PHONE = "(max-width: 47.99rem)";
/** The guide's microphone is lowered from a little before a strike on, for so long, in ms. */
const DUCK = 4_000;
/** Strikes that are further off are taken care of later, in ms: the room is looked at often enough. */
const SOON = 60_000;
/** A line that is thin for so long is called so, once; and for how long that stands, in ms. */
const THIN_FOR = 6_000;
const THIN_SAID = 12_000;
/** What is asked for is asked in steps, in device pixels, so that a turned phone asks once. */
const STEPS = [90, 180, 360, 720];

/**
 * @typedef {import("./room-state.js").One} One
 * @typedef {{frame: import("./room-state.js").Frame, all: One[],
 *   like: import("./see.js").Liked, kind: string, hasRound: boolean, isSpoken: boolean,
 *   lay: () => void}} Now
 */

export class MediaScene {
  #engine;
  #notes;
  #tiles;
  #marks = new CircleMarks();
  #wide = matchMedia(WIDE);
  #phone = matchMedia(PHONE);
  /** @type {number | null} who had the one large place */
  #large = null;
  #asked = "";
  /** @type {any} */
  #thin = null;
  #saidThin = false;

  /**
   * @param {{engine: import("./engine.js").Engine, notes: import("./room-notes.js").Notes,
   *   redraw: () => void}} world
   */
  constructor({ engine, notes, redraw }) {
    this.#engine = engine;
    this.#notes = notes;
    this.#tiles = new Tiles(part("ring"), (one) => this.#faceOf(one));
    for (const media of [this.#wide, this.#phone]) media.addEventListener("change", redraw);
    addEventListener("resize", redraw);
  }

  /** @type {import("./see.js").Liked} */
  #like = { see: "faces", self: false, captions: true };

  /** @param {One} one */
  #faceOf(one) {
    if (!one.hasCam) return null;
    if (!one.isYou) return this.#engine.faceOf(one.seat);
    return this.#like.self ? this.#engine.mine() : null;
  }

  /** @param {Now} now */
  show(now) {
    const { frame, all, like, kind } = now;
    this.#like = like;
    const isStill = kind === "silence" || document.body.classList.contains("paused");
    const wants = like.see !== "circle" && hasFaces(all, { showsSelf: like.self });
    const isSeen = wants && !frame.rest && !isStill;
    document.body.classList.toggle("with-faces", isSeen);
    if (isSeen) this.#show(now);
    else {
      this.#tiles.hide();
      this.#large = null;
      this.#ask(like.see, STEPS[0]);
    }
    this.#marks.show(all);
    this.#say(now, wants && frame.rest && !isStill);
  }

  /** @param {Now} now */
  #show({ frame, all, like }) {
    const layout = laidOut(all, {
      see: like.see,
      spotlight: frame.spotlight,
      before: this.#large,
      isWide: this.#wide.matches,
      isPhone: this.#phone.matches,
    });
    this.#large = layout.first;
    this.#tiles.show(layout);
    const tall = this.#tiles.tall;
    this.#ask(like.see, STEPS.find((step) => step >= tall) ?? STEPS[STEPS.length - 1]);
  }

  /**
   * Tells the engine what is wanted, when it differs.
   * @param {import("./see.js").Liked["see"]} see
   * @param {number} tall
   */
  #ask(see, tall) {
    const asked = `${see} ${tall}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#engine.see(see, tall);
  }

  /**
   * @param {Now} now
   * @param {boolean} isDim faces would be here, and rest
   */
  #say({ frame, all, kind, hasRound, isSpoken, lay }, isDim) {
    const { state } = this.#engine;
    const notes = this.#notes;
    const you = all.find((one) => one.isYou);
    notes.set("dim", isDim ? { words: dimmed(frame, all) } : null);
    notes.set("held", { words: heldBack(frame, all, { mic: state.mic, kind, hasRound, isSpoken }) });
    if (!state.mic) notes.set("asked", null);
    notes.set("feather", you?.holds && !isSpoken
      ? { words: "You hold the feather. Take your time.", button: ["Lay it down", lay] }
      : null);
    const here = () => this.#engine.here();
    notes.set("elsewhere", state.down === "elsewhere"
      ? { words: "The sound is in your other window.", button: ["Have it here", here] }
      : null);
    notes.set("gone", { words: state.gone ? GONE[state.gone] : "" });
    notes.set("home", { words: state.why ?? "" });
    notes.set("lost", state.down === "lost"
      ? { words: "We lost the sound for a moment, and are bringing it back. The sit goes on." }
      : null);
    notes.set("touch", state.touch
      ? { words: "You hear nobody yet: browsers let sound out at your first touch.", button: ["Let me hear", () => {}] }
      : null);
    this.#line(state.poor);
    notes.set("sealed", { words: this.#sealed(all) });
  }

  /** A line that cannot carry all is spoken of once, and not at its first stumble. @param {string} poor */
  #line(poor) {
    if (!POOR[poor]) {
      clearTimeout(this.#thin);
      this.#thin = null;
    } else if (!this.#saidThin) {
      this.#thin ??= setTimeout(() => {
        this.#saidThin = true;
        this.#notes.setFor("poor", { words: POOR[this.#engine.state.poor] ?? "" }, THIN_SAID);
      }, THIN_FOR);
    }
  }

  /** @param {One[]} all */
  #sealed(all) {
    const { sealed, unheard } = this.#engine.state;
    if (sealed === "nokey") {
      return "This sit is sealed, and this browser has no key to it. Come in again by the whole link, or wait until a guide is here.";
    }
    if (sealed !== "mismatch") return "";
    const names = all.filter((one) => unheard.includes(one.seat)).map((one) => one.name);
    return unread(names);
  }

  /**
   * Strikes ring in every browser by themselves: a guide's microphone does not carry them twice.
   * @param {import("../room/timeline.js").Strike[]} strikes
   * @param {number} offset room time less this browser's
   */
  duck(strikes, offset) {
    const now = performance.now();
    const soon = strikes.map(({ at }) => at - offset).filter((at) => at + DUCK > now && at - now < SOON);
    this.#engine.duck(soon, DUCK);
  }
}
