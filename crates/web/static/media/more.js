// What somebody may choose about sound and picture, under "Sound and more".

import { keep } from "../room/kept.js";
import { part } from "../room/page.js";
import { choices, element, pick } from "./preview-parts.js";
import { PRESETS, preset } from "./preview.js";
import { sealing } from "./room-words.js";
import { liked, seeing } from "./see.js";

export class More {
  #root = element("div", "stack", "");

  /**
   * @param {{
   *   isSealed: boolean, canCaption: boolean,
   *   changed: () => void,
   *   preset: (name: "voice" | "bowl") => void,
   *   ownCaptions: (on: boolean) => void,
   * }} ways
   */
  constructor({ isSealed, canCaption, changed, preset: turned, ownCaptions }) {
    const root = this.#root;
    root.id = "media-more";
    const { self, captions } = liked();
    const keeps = (/** @type {string} */ name) => (/** @type {boolean} */ on) => {
      keep(name, on ? "on" : "off");
      changed();
    };
    const views = seeing();
    views.addEventListener("change", changed);
    const checks = element("div", "stack near", "");
    checks.append(
      pick("checkbox", "self", ["on", "Show me to myself", "Others see you either way, while your camera is on."],
        self, keeps("self")),
      pick("checkbox", "captions", ["on", "Show captions", "The lines of a practice, and what people let be written as they speak."],
        captions, keeps("captions")),
    );
    if (canCaption && !isSealed) {
      checks.append(pick("checkbox", "own-captions", ["on", "Write along what I say",
        "To do that, your voice goes to the maker of this browser, who turns it into words. The people here read them; this home keeps none."],
        false, ownCaptions));
    }
    const sound = choices("own-preset", "Your microphone is for", PRESETS, preset(), (value) => {
      keep("preset", value);
      turned(preset());
    });
    root.append(views, checks, sound, element("p", "soft small", sealing(isSealed)));
    const names = part("names").closest("details");
    names?.before(root);
  }

  /** The preset may have been chosen elsewhere since. */
  refresh() {
    const now = this.#root.querySelector(`[name="own-preset"][value="${preset()}"]`);
    if (now instanceof HTMLInputElement) now.checked = true;
  }
}
