// Settings for sound and video, under "Sound and more".

import { savePreference } from "../room/preferences.js";
import { requireElement } from "../room/page.js";
import { makeRadioGroup, makeElement, makeChoice } from "./form-elements.js";
import { PRESET_OPTIONS, readPreset } from "./preview.js";
import { describeSealing } from "./media-phrases.js";
import { readViewPreferences, ensureViewChoices } from "./view-preferences.js";

export class MediaSettings {
  #root = makeElement("div", "stack", "");

  /**
   * @param {{
   *   isSealed: boolean, canCaption: boolean,
   *   changed: () => void,
   *   preset: (name: "voice" | "bowl") => void,
   *   onOwnCaptions: (on: boolean) => void,
   * }} options
   */
  constructor({ isSealed, canCaption, changed, preset: onPreset, onOwnCaptions }) {
    const root = this.#root;
    root.id = "media-more";
    const { self, captions } = readViewPreferences();
    const saveSwitch = (/** @type {string} */ name) => (/** @type {boolean} */ on) => {
      savePreference(name, on ? "on" : "off");
      changed();
    };
    const viewChoices = ensureViewChoices();
    viewChoices.addEventListener("change", changed);
    const switches = makeElement("div", "stack near", "");
    switches.append(
      makeChoice("checkbox", "self", ["on", "Show me to myself", "Others see you either way, while your camera is on."],
        self, saveSwitch("self")),
      makeChoice("checkbox", "captions", ["on", "Show captions", "The lines of a practice, and what people let be written as they speak."],
        captions, saveSwitch("captions")),
    );
    if (canCaption && !isSealed) {
      switches.append(makeChoice("checkbox", "own-captions", ["on", "Write along what I say",
        "To do that, your voice goes to the maker of this browser, who turns it into words. The people here read them; this home keeps none."],
        false, onOwnCaptions));
    }
    const presetChoices = makeRadioGroup("own-preset", "Your microphone is for", PRESET_OPTIONS, readPreset(), (value) => {
      savePreference("preset", value);
      onPreset(readPreset());
    });
    root.append(viewChoices, switches, presetChoices, makeElement("p", "soft small", describeSealing(isSealed)));
    const names = requireElement("names").closest("details");
    names?.before(root);
  }

  /** Shows the current preset, which may have been changed elsewhere. */
  syncPreset() {
    const now = this.#root.querySelector(`[name="own-preset"][value="${readPreset()}"]`);
    if (now instanceof HTMLInputElement) now.checked = true;
  }
}
