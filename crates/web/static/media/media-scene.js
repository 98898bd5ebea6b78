// What is seen of sound and picture: tiles or circle, and the words that go with them.

import { requireElement } from "../room/page.js";
import { CircleMarks } from "./circle-marks.js";
import { hasFaces } from "./people.js";
import { DEVICE_LOST, POOR_LINK, describeDimmed, describeMuted, describeUnreadable } from "./media-phrases.js";
import { layOutTiles } from "./tiles-layout.js";
import { Tiles } from "./tiles.js";

/** Wide enough for the layouts of a desk, and narrow as a phone; as tiles.css has it. */
const WIDE_QUERY = "(min-width: 48rem) and (orientation: landscape), (min-width: 64rem)";
const PHONE_QUERY = "(max-width: 47.99rem)";
/** The guide's microphone is lowered from a little before a strike on, for so long, in ms. */
const DUCK_MS = 4_000;
/** Strikes that are further off are taken care of later, in ms: the room is looked at often enough. */
const DUCK_LOOKAHEAD_MS = 60_000;
/** A line that is thin for so long is called so, once; and for how long that stands, in ms. */
const POOR_FOR_MS = 6_000;
const POOR_SHOWN_MS = 12_000;
/** What is asked for is asked in steps, in device pixels, so that a turned phone asks once. */
const HEIGHT_STEPS = [90, 180, 360, 720];

/**
 * @typedef {import("./people.js").Person} One
 * @typedef {{frame: import("./people.js").MediaFrame, people: One[],
 *   preferences: import("./view-preferences.js").ViewPreferences, kind: string, hasRound: boolean, isSpoken: boolean,
 *   layFeather: () => void}} SceneInput
 */

export class MediaScene {
  #engine;
  #notes;
  #tiles;
  #marks = new CircleMarks();
  #wide = matchMedia(WIDE_QUERY);
  #phone = matchMedia(PHONE_QUERY);
  /** @type {number | null} who had the one large place */
  #largeSeat = null;
  #wantedKey = "";
  /** @type {any} */
  #poorTimer = null;
  #saidPoor = false;

  /**
   * @param {{engine: import("./engine.js").Engine, notices: import("./media-notices.js").MediaNotices,
   *   redraw: () => void}} env
   */
  constructor({ engine, notices, redraw }) {
    this.#engine = engine;
    this.#notes = notices;
    this.#tiles = new Tiles(requireElement("ring"), (person) => this.#faceOf(person));
    for (const media of [this.#wide, this.#phone]) media.addEventListener("change", redraw);
    addEventListener("resize", redraw);
  }

  /** @type {import("./view-preferences.js").ViewPreferences} */
  #preferences = { see: "faces", self: false, captions: true };

  /** @param {One} person */
  #faceOf(person) {
    if (!person.hasCam) return null;
    if (!person.isYou) return this.#engine.faceOf(person.seat);
    return this.#preferences.self ? this.#engine.mine() : null;
  }

  /** @param {SceneInput} now */
  show(now) {
    const { frame, people, preferences, kind } = now;
    this.#preferences = preferences;
    const isQuiet = kind === "silence" || document.body.classList.contains("paused");
    const wantsFaces = preferences.see !== "circle" && hasFaces(people, { showsSelf: preferences.self });
    const showsFaces = wantsFaces && !frame.rest && !isQuiet;
    document.body.classList.toggle("with-faces", showsFaces);
    if (showsFaces) this.#showTiles(now);
    else {
      this.#tiles.hide();
      this.#largeSeat = null;
      this.#setWanted(preferences.see, HEIGHT_STEPS[0]);
    }
    this.#marks.show(people);
    this.#updateNotices(now, wantsFaces && frame.rest && !isQuiet);
  }

  /** @param {SceneInput} now */
  #showTiles({ frame, people, preferences }) {
    const layout = layOutTiles(people, {
      see: preferences.see,
      spotlight: frame.spotlight,
      largeBefore: this.#largeSeat,
      isWide: this.#wide.matches,
      isPhone: this.#phone.matches,
    });
    this.#largeSeat = layout.first;
    this.#tiles.show(layout);
    const tileHeight = this.#tiles.tall;
    this.#setWanted(preferences.see, HEIGHT_STEPS.find((step) => step >= tileHeight) ?? HEIGHT_STEPS[HEIGHT_STEPS.length - 1]);
  }

  /**
   * Tells the engine what is wanted, when it differs.
   * @param {import("./view-preferences.js").ViewPreferences["see"]} see
   * @param {number} tileHeight
   */
  #setWanted(see, tileHeight) {
    const asked = `${see} ${tileHeight}`;
    if (asked === this.#wantedKey) return;
    this.#wantedKey = asked;
    this.#engine.see(see, tileHeight);
  }

  /**
   * @param {SceneInput} now
   * @param {boolean} isDim faces would be here, and rest
   */
  #updateNotices({ frame, people, kind, hasRound, isSpoken, layFeather }, isDim) {
    const { state } = this.#engine;
    const notices = this.#notes;
    const you = people.find((person) => person.isYou);
    notices.set("dim", isDim ? { words: describeDimmed(frame, people) } : null);
    notices.set("held", { words: describeMuted(frame, people, { mic: state.mic, kind, hasRound, isSpoken }) });
    if (!state.mic) notices.set("asked", null);
    notices.set("feather", you?.holds && !isSpoken
      ? { words: "You hold the feather. Take your time.", button: ["Lay it down", layFeather] }
      : null);
    const here = () => this.#engine.here();
    notices.set("elsewhere", state.down === "elsewhere"
      ? { words: "The sound is in your other window.", button: ["Have it here", here] }
      : null);
    notices.set("gone", { words: state.gone ? DEVICE_LOST[state.gone] : "" });
    notices.set("home", { words: state.why ?? "" });
    notices.set("lost", state.down === "lost"
      ? { words: "We lost the sound for a moment, and are bringing it back. The sit goes on." }
      : null);
    notices.set("touch", state.touch
      ? { words: "You hear nobody yet: browsers let sound out at your first touch.", button: ["Let me hear", () => {}] }
      : null);
    this.#updateLinkNotice(state.poor);
    notices.set("sealed", { words: this.#describeSeal(people) });
  }

  /** A line that cannot carry all is spoken of once, and not at its first stumble. @param {string} poor */
  #updateLinkNotice(poor) {
    if (!POOR_LINK[poor]) {
      clearTimeout(this.#poorTimer);
      this.#poorTimer = null;
    } else if (!this.#saidPoor) {
      this.#poorTimer ??= setTimeout(() => {
        this.#saidPoor = true;
        this.#notes.setFor("poor", { words: POOR_LINK[this.#engine.state.poor] ?? "" }, POOR_SHOWN_MS);
      }, POOR_FOR_MS);
    }
  }

  /** @param {One[]} people */
  #describeSeal(people) {
    const { sealed, unheard } = this.#engine.state;
    if (sealed === "nokey") {
      return "This sit is sealed, and this browser has no key to it. Come in again by the whole link, or wait until a guide is here.";
    }
    if (sealed !== "mismatch") return "";
    const names = people.filter((person) => unheard.includes(person.seat)).map((person) => person.name);
    return describeUnreadable(names);
  }

  /**
   * Strikes ring in every browser by themselves: a guide's microphone does not carry them twice.
   * @param {import("../room/timeline.js").Strike[]} strikes
   * @param {number} offset room time less this browser's
   */
  duck(strikes, offset) {
    const now = performance.now();
    const soon = strikes.map(({ at }) => at - offset).filter((at) => at + DUCK_MS > now && at - now < DUCK_LOOKAHEAD_MS);
    this.#engine.duck(soon, DUCK_MS);
  }
}
