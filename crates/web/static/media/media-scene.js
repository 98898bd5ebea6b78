// What is shown of sound and video: tiles or the circle, and the notices about them.

import { requireElement } from "../room/page.js";
import { CircleMarks } from "./circle-marks.js";
import { hasFaces } from "./people.js";
import { DEVICE_LOST, POOR_LINK, describeDimmed, describeMuted, describeUnreadable } from "./media-phrases.js";
import { layOutTiles } from "./tiles-layout.js";
import { Tiles } from "./tiles.js";

/** Wide enough for the desktop layouts, and narrow as a phone; the same as in tiles.css. */
const WIDE_QUERY = "(min-width: 48rem) and (orientation: landscape), (min-width: 64rem)";
const PHONE_QUERY = "(max-width: 47.99rem)";
/** How long the guide's microphone stays lowered after a strike. */
const DUCK_MS = 4_000;
/** Strikes further off than this are handled by a later update. */
const DUCK_LOOKAHEAD_MS = 60_000;
/** A poor link is mentioned once, after it was poor for this long, and for how long. */
const POOR_FOR_MS = 6_000;
const POOR_SHOWN_MS = 12_000;
/** Requested heights in device pixels; in steps, so that turning a phone asks only once. */
const HEIGHT_STEPS = [90, 180, 360, 720];

/**
 * @typedef {import("./people.js").Person} Person
 * @typedef {{frame: import("./people.js").MediaFrame, people: Person[],
 *   preferences: import("./view-preferences.js").ViewPreferences, isSilent: boolean,
 *   hasRound: boolean, isSpoken: boolean, layFeather: () => void}} SceneInput
 */

export class MediaScene {
  #engine;
  #notices;
  #tiles;
  #marks = new CircleMarks();
  #wide = matchMedia(WIDE_QUERY);
  #phone = matchMedia(PHONE_QUERY);
  /** The seat that had the large tile. @type {number | null} */
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
    this.#notices = notices;
    this.#tiles = new Tiles(requireElement("ring"), (person) => this.#faceOf(person));
    for (const media of [this.#wide, this.#phone]) media.addEventListener("change", redraw);
    addEventListener("resize", redraw);
  }

  /** @type {import("./view-preferences.js").ViewPreferences} */
  #preferences = { see: "faces", self: false, captions: true };

  /** @param {Person} person */
  #faceOf(person) {
    if (!person.hasCam) return null;
    if (!person.isYou) return this.#engine.faceOf(person.seat);
    return this.#preferences.self ? this.#engine.mine() : null;
  }

  /** @param {SceneInput} now */
  show(now) {
    const { frame, people, preferences, isSilent } = now;
    this.#preferences = preferences;
    const isQuiet = isSilent || document.body.classList.contains("paused");
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
   * Tells the engine what to receive, on a change.
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
   * @param {boolean} isDim whether faces are hidden by the guide
   */
  #updateNotices({ frame, people, isSilent, hasRound, isSpoken, layFeather }, isDim) {
    const { state } = this.#engine;
    const notices = this.#notices;
    const you = people.find((person) => person.isYou);
    notices.set("dim", isDim ? { words: describeDimmed(frame, people) } : null);
    notices.set("held", { words: describeMuted(frame, people, { mic: state.mic, isSilent, hasRound, isSpoken }) });
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

  /** A poor link is mentioned once, and not at its first stumble. @param {string} poor */
  #updateLinkNotice(poor) {
    if (!POOR_LINK[poor]) {
      clearTimeout(this.#poorTimer);
      this.#poorTimer = null;
    } else if (!this.#saidPoor) {
      this.#poorTimer ??= setTimeout(() => {
        this.#saidPoor = true;
        this.#notices.setFor("poor", { words: POOR_LINK[this.#engine.state.poor] ?? "" }, POOR_SHOWN_MS);
      }, POOR_FOR_MS);
    }
  }

  /** @param {Person[]} people */
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
   * Every browser rings the strikes by itself: a guide's microphone must not carry them again.
   * @param {import("../room/timeline.js").Strike[]} strikes
   * @param {number} offset room time minus local time, in ms
   */
  duck(strikes, offset) {
    const now = performance.now();
    const soon = strikes.map(({ at }) => at - offset).filter((at) => at + DUCK_MS > now && at - now < DUCK_LOOKAHEAD_MS);
    this.#engine.duck(soon, DUCK_MS);
  }
}
