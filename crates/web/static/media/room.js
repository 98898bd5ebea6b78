// Sound and video in the room. Loaded only when somebody wants to use or set something, or when the
// server says that somebody is heard or seen; silence and the circle need none of it.

import { requireElement, emitEvent } from "../room/page.js";
import { hasFlag } from "../room/timeline.js";
import { MediaToolbar } from "./toolbar.js";
import { Engine } from "./engine.js";
import { MediaSettings } from "./media-settings.js";
import { Preview, readDevice, readPreset } from "./preview.js";
import { CaptionView } from "./caption-view.js";
import { MediaNotices } from "./media-notices.js";
import { MediaScene } from "./media-scene.js";
import { EMPTY_FRAME, listPeople } from "./people.js";
import { QUIET_SEAT, describeCalmRequest, describeMuteRequest, describeFailure } from "./media-phrases.js";
import { readViewPreferences } from "./view-preferences.js";

/** How long a notice without a button is shown. */
const NOTICE_MS = 12_000;
/** How long the guide's request to mute is shown. */
const MUTE_REQUEST_MS = 30_000;
/** Redraws are batched, because several frames may arrive at once. */
const DRAW_DELAY_MS = 20;

/** A home without sound and video never loads this module. */
const NO_MEDIA = { up: "", down: "", ice: [], sealed: false };

/**
 * @typedef {{
 *   facts: import("../room/page.js").RoomFacts,
 *   you: import("./people.js").SelfFacts,
 *   presence: import("../room/presence.js").Presence,
 *   consoleRoot: HTMLElement | null,
 *   send: (text: string) => boolean,
 *   update: () => void,
 * }} MediaRoomOptions
 */

export class MediaRoom {
  #env;
  #engine;
  #toolbar;
  #notices;
  #captions;
  #scene;
  #settings;
  /** @type {Preview | null} */
  #preview = null;
  /** @type {import("./media-console.js").MediaConsole | null} */
  #console = null;
  /** @type {import("./people.js").MediaFrame} */
  #frame = EMPTY_FRAME;
  /** @type {number[]} */
  #speaking = [];
  /** @type {import("../room/timeline.js").Segment | null} */
  #segment = null;
  #hasRound = false;
  /** Whether to caption one's own speech while the microphone is on. */
  #captionsOwn = false;
  /** @type {Set<string>} devices that were met in the preview */
  #previewed = new Set();
  /** @type {any} */
  #drawTimer = null;

  /** @param {MediaRoomOptions} env */
  constructor(env) {
    this.#env = env;
    const { facts, you } = env;
    const mediaFacts = facts.media ?? NO_MEDIA;
    for (const name of ["room.css", "tiles.css", "phone.css", "preview.css"]) addStyleSheet(name);
    document.body.classList.add("with-media");
    this.#engine = new Engine({
      ...mediaFacts,
      get seat() {
        return you.seat;
      },
      isGuide: you.guide,
      send: env.send,
      changed: () => this.draw(),
    });
    this.#toolbar = new MediaToolbar((isOn) => this.#setRaised(isOn));
    this.#notices = new MediaNotices(requireElement("count"));
    this.#captions = new CaptionView(requireElement("count"));
    this.#scene = new MediaScene({ engine: this.#engine, notices: this.#notices, redraw: () => this.draw() });
    this.#settings = new MediaSettings({
      isSealed: mediaFacts.sealed,
      canCaption: this.#engine.canCaption === true,
      changed: () => this.draw(),
      preset: (name) => void this.#engine.preset(name),
      onOwnCaptions: (isOn) => {
        this.#captionsOwn = isOn;
        this.#engine.captions(isOn);
      },
    });
    if (you.guide && env.consoleRoot) void this.#loadConsole(env.consoleRoot);
    this.#engine.opened();
    env.update();
    this.draw();
  }

  /** Handles a frame from the room's socket. @param {any} frame */
  receive(frame) {
    this.#engine.receive(frame);
    if (frame.k === "media") {
      if (frame.calm > this.#frame.calm && this.#frame.v >= 0) this.#showCalmRequest();
      this.#frame = frame;
    } else if (frame.k === "speak") {
      this.#speaking = frame.seats;
    } else if (frame.k === "asked") {
      this.#showMuteRequest();
    } else if (frame.k === "caption" && readViewPreferences().captions) {
      this.#captions.show(frame);
    }
    this.draw();
  }

  /** Follows the state of the room's socket. @param {string} state */
  onSocketState(state) {
    if (state === "open") this.#engine.opened();
    if (state === "left" || state === "over") this.#engine.close();
  }

  /**
   * Handles a tap on a button that was there before this module was loaded.
   * @param {"mic" | "cam" | "more"} what
   */
  tap(what) {
    if (what === "more") return this.#settings.syncPreset();
    const { mic, cam } = this.#engine.state;
    const isOn = what === "mic" ? mic : cam;
    if (isOn) return void this.#setDevice(what, false);
    if (this.#env.you.quiet) return this.#notices.setFor("why", { words: QUIET_SEAT }, NOTICE_MS);
    if (this.#previewed.has(what)) return void this.#setDevice(what, true);
    this.#preview ??= new Preview((kind, deviceId) => this.#setDevice(kind, true, deviceId));
    this.#preview.open(what);
  }

  /**
   * Follows the course of the sit.
   * @param {import("../room/timeline.js").Segment | null} segment
   * @param {import("../room/timeline.js").Timeline} timeline
   * @param {number} offset room time minus local time, in ms
   */
  show(segment, timeline, offset) {
    const now = performance.now() + offset;
    this.#segment = segment;
    this.#hasRound = timeline.segments.some((later) => hasFlag(later, "round") && later.from > now);
    if (this.#env.you.guide) this.#scene.duck(timeline.strikes, offset);
    this.draw();
  }

  /** Redraws soon. */
  draw() {
    this.#drawTimer ??= setTimeout(() => {
      this.#drawTimer = null;
      this.#draw();
    }, DRAW_DELAY_MS);
  }

  #draw() {
    const { you, presence } = this.#env;
    const { state } = this.#engine;
    const frame = this.#frame;
    // A quiet sitter sends nothing: devices are released, and nothing is on when the name is back.
    if (you.quiet && state.mic) void this.#engine.microphone(false);
    if (you.quiet && state.cam) void this.#engine.camera(false);
    const isSilent = hasFlag(this.#segment, "silent");
    const mayRaise = this.#segment === null || hasFlag(this.#segment, "raise");
    const speaking = isSilent ? [] : this.#speaking;
    const people = listPeople(frame, presence.bySeat(), you, speaking);
    const preferences = readViewPreferences();
    document.body.classList.toggle("no-captions", !preferences.captions);
    if (!preferences.captions) this.#captions.hide();
    const isSpoken = document.body.classList.contains("with-feather");
    this.#toolbar.show({
      mic: state.mic,
      cam: state.cam,
      raised: frame.raised.includes(you.seat),
      canRaise: frame.v >= 0 && !you.quiet && !you.guide && !isSpoken && mayRaise,
    });
    const layFeather = () => this.#layFeather();
    this.#scene.show({ frame, people, preferences, isSilent, hasRound: this.#hasRound, isSpoken, layFeather });
    this.#console?.show(frame, people, isSpoken);
    emitEvent("faces", { shown: document.body.classList.contains("with-faces"), state });
  }

  /**
   * @param {"mic" | "cam"} what
   * @param {boolean} isOn
   * @param {string} [deviceId]
   */
  async #setDevice(what, isOn, deviceId = readDevice(what)) {
    this.#toolbar.setBusy(what, true);
    const how = deviceId ? { deviceId } : {};
    if (isOn && what === "mic") await this.#engine.preset(readPreset());
    const result = what === "mic"
      ? await this.#engine.microphone(isOn, how)
      : await this.#engine.camera(isOn, how);
    this.#toolbar.setBusy(what, false);
    if (result === "on") this.#previewed.add(what);
    if (result === "on" && what === "mic" && this.#captionsOwn) this.#engine.captions(true);
    const isFailure = result !== "on" && result !== "off" && !document.querySelector("#preview[open]");
    if (isFailure) this.#notices.setFor("why", { words: describeFailure(what, result) }, NOTICE_MS);
    this.draw();
    return result;
  }

  /** @param {boolean} isOn */
  #setRaised(isOn) {
    this.#env.send(JSON.stringify({ k: "raise", on: isOn }));
  }

  #layFeather() {
    this.#env.send(JSON.stringify({ k: "feather", do: "lay" }));
  }

  #showMuteRequest() {
    const words = describeMuteRequest(this.#people());
    const off = () => {
      this.#notices.set("asked", null);
      void this.#setDevice("mic", false);
    };
    this.#notices.setFor("asked", { words, button: ["Turn it off", off] }, MUTE_REQUEST_MS);
  }

  #showCalmRequest() {
    if (this.#env.you.guide) return;
    this.#notices.setFor("calm", { words: describeCalmRequest(this.#people()) }, NOTICE_MS);
  }

  #people() {
    return listPeople(this.#frame, this.#env.presence.bySeat(), this.#env.you, this.#speaking);
  }

  /** Loads what only guides need. @param {HTMLElement} root */
  async #loadConsole(root) {
    const { MediaConsole } = await import("./media-console.js");
    this.#console = new MediaConsole(root, this.#env.send);
    this.draw();
  }
}

/** @param {string} name of a style sheet next to this module */
function addStyleSheet(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(name, import.meta.url).href;
  document.head.append(link);
}
