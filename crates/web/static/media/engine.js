// Sound and video of the room in this browser: what it sends (up), what it receives (down), and the
// state of both. Whoever draws the room needs nothing else.
//
// Nothing here turns on a microphone or a camera but a tap of the person in front of it.

import { SpeechCaptions, canCaptionSpeech } from "./speech-captions.js";
import { Devices } from "./devices.js";
import { DownConnection } from "./down.js";
import { LocalMedia } from "./local-media.js";
import { makeBrowserEnv } from "./reconnect.js";
import { Signalling } from "./signalling.js";
import { Seal } from "./seal.js";
import { VoicePlayer } from "./voice-player.js";
import { UpConnection } from "./up.js";
import { ActiveWindow } from "./active-window.js";

/** @typedef {{voices: (number | null)[], faces: (number | null)[]}} MediaSlots */

/**
 * @typedef {{
 *   up: string, down: string, ice: RTCIceServer[], sealed: boolean, readonly seat: number,
 *   isGuide: boolean, send: (text: string) => boolean, changed: () => void,
 * }} EngineOptions  `up` and `down` are paths on the server, `send` sends on the room's socket
 */

export class Engine {
  #options;
  #up;
  #down;
  #localMedia;
  #voicePlayer;
  #devices;
  #captions;
  #seal;
  #activeWindow;
  #signalling;
  #seat = -1;
  #isInOtherWindow = false;
  /** @type {number[]} */
  #speaking = [];
  /** @type {"sound" | "some" | "all"} */
  #linkCarries = "all";
  /** @type {MediaSlots} */
  #slots = { voices: [], faces: [] };

  /** @param {EngineOptions} options @param {import("./reconnect.js").PeerEnv} [env] */
  constructor(options, env = makeBrowserEnv(options.ice, options.sealed)) {
    this.#options = options;
    const { changed, send } = options;
    this.#seal = options.sealed
      ? new Seal({ sit: options.up.split("/").at(-2) ?? "", isGuide: options.isGuide, send, changed })
      : null;
    this.#activeWindow = new ActiveWindow(options.up, {
      onTakenOver: () => this.#standDown(),
      onVisibilityChange: () => this.#visibilityChanged(),
      onOnline: () => this.#check(),
      isSocketOpen: () => this.#signalling.sendWanted(),
    });
    this.#voicePlayer = new VoicePlayer(changed);
    this.#devices = new Devices(changed);
    const readState = () => ({ mic: this.#localMedia.isOn("audio"), cam: this.#localMedia.isOn("video") });
    this.#signalling = new Signalling(send, readState, env);
    this.#captions = new SpeechCaptions((text) => this.#signalling.sendCaption(text));
    const seal = this.#seal;
    const onEnded = () => this.#activeWindow.connectionEnded();
    this.#up = new UpConnection({ path: options.up, env, seal: seal && seal.sealSender.bind(seal), onEnded, changed });
    this.#down = new DownConnection({
      path: options.down,
      env,
      openSeal: seal && seal.openReceiver.bind(seal),
      setVoices: (tracks) => this.#voicePlayer.setTracks(tracks),
      onRestarted: () => this.#up.replace(),
      onEnded,
      changed,
    });
    this.#localMedia = new LocalMedia({
      up: this.#up,
      isGuide: options.isGuide,
      report: () => {
        this.#signalling.sendState();
        if (!this.#localMedia.isOn("audio")) this.#captions.setOn(false);
      },
      onDevicesNamed: () => void this.#devices.refresh(),
      changed,
    });
  }

  /** Handles a frame from the room's socket. @param {any} frame */
  receive(frame) {
    if (frame.k === "seal") return void this.#seal?.receiveBox(frame.from, frame.box);
    if (frame.k === "rekey") return void this.rekey(frame.without);
    if (frame.k === "speak") this.#speaking = frame.seats;
    if (frame.k === "line") this.#linkCarries = frame.carries;
    if (frame.k === "media") this.#applyMediaFrame(frame);
    this.#options.changed();
  }

  /** The room's socket has opened or reopened. @param {number} [seat] our seat */
  opened(seat = this.#options.seat) {
    this.#seat = seat;
    this.#activeWindow.socketOpened();
    if (this.#isInOtherWindow) return;
    this.#signalling.sendState();
    this.#signalling.sendWanted();
    this.#seal?.socketOpened();
    this.#check();
  }

  /** Turns the microphone on or off. @param {boolean} isOn @param {{deviceId?: string}} [how] */
  microphone(isOn, how) {
    this.#takeOver(isOn);
    return this.#localMedia.setOn("audio", isOn, how?.deviceId);
  }

  /** Turns the camera on or off. @param {boolean} isOn @param {{deviceId?: string}} [how] */
  camera(isOn, how) {
    this.#takeOver(isOn);
    return this.#localMedia.setOn("video", isOn, how?.deviceId);
  }

  /** Sets the audio preset. @param {string} name "voice" or "bowl" */
  preset(name) {
    return this.#localMedia.setPreset(name === "bowl" ? "bowl" : "voice");
  }

  /** Which faces to receive. @param {string} mode faces, speaker or circle @param {number} tileHeight px */
  see(mode, tileHeight) {
    this.#signalling.setWanted(mode, tileHeight);
  }

  /** The devices known; named once the browser has allowed one. */
  devices() {
    return this.#devices.all;
  }

  /** Plays others through another loudspeaker. @param {string} deviceId */
  loudspeaker(deviceId) {
    return this.#voicePlayer.setOutput(deviceId);
  }

  /** The track of one's own camera. */
  mine() {
    return this.#localMedia.videoTrack;
  }

  /** Somebody's video track, once a new frame of it was decoded. @param {number} seat */
  faceOf(seat) {
    return this.#isInOtherWindow || seat === this.#seat ? null : this.#down.faceOf(seat);
  }

  /** @returns {import("./signalling.js").MediaState} */
  get state() {
    return {
      mic: this.#localMedia.isOn("audio"),
      cam: this.#localMedia.isOn("video"),
      preset: this.#localMedia.preset,
      up: this.#up.state,
      down: this.#isInOtherWindow ? "elsewhere" : this.#down.state,
      poor: this.#linkCarries,
      sealed: this.#seal?.state ?? "no",
      unheard: this.#seal?.listUnreadable(this.#slots, this.#down) ?? [],
      speaking: this.#speaking,
      captions: this.#captions.isOn,
      touch: this.#voicePlayer.isBlocked,
      why: this.#up.refusal || null,
      gone: this.#localMedia.lostDevice,
    };
  }

  /** Lowers a guide's microphone for `ms` after these. @param {number[]} strikesAt @param {number} ms */
  duck(strikesAt, ms) {
    this.#localMedia.duck(strikesAt, ms);
  }

  /** Whether this browser can caption its own speech. */
  canCaption = canCaptionSpeech();

  /** Captions of one's own speech; they need the microphone on. @param {boolean} isOn */
  captions(isOn) {
    this.#captions.setOn(isOn && this.#localMedia.isOn("audio"));
    this.#options.changed();
  }

  /** Takes sound and video back from another window, at a tap. */
  here = () => this.#takeOver(true);

  /** Makes a new key for a sealed sit; these seats do not get it. @param {number[]} without */
  rekey = (without) => this.#seal?.rotateKey(without);

  /** Releases everything. */
  close() {
    this.#captions.setOn(false);
    this.#localMedia.close();
    this.#up.close();
    this.#down.close();
    this.#voicePlayer.close();
    this.#devices.close();
    this.#seal?.close();
    this.#signalling.close();
    this.#activeWindow.close();
  }

  /** @param {MediaSlots & {on: [seat: number, name: string, dye: number, bits: number][]}} frame */
  #applyMediaFrame({ voices, faces, on }) {
    this.#slots = { voices, faces };
    this.#signalling.setShown(on.find(([seat]) => seat === this.#seat)?.[3] ?? 0);
    if (this.#isInOtherWindow) return;
    this.#down.setSlots(this.#slots);
    if (this.#down.state !== "none") this.#activeWindow.claim();
  }

  #check() {
    if (this.#isInOtherWindow) return;
    this.#up.check();
    this.#down.check();
  }

  #visibilityChanged() {
    if (!this.#isInOtherWindow) this.#signalling.sendWanted();
    if (document.visibilityState === "hidden") return;
    this.#voicePlayer.play();
    this.#check();
  }

  /** Another window has taken over: this one sends and receives nothing. */
  #standDown() {
    if (this.#isInOtherWindow) return;
    this.#isInOtherWindow = true;
    this.#captions.setOn(false);
    this.#localMedia.releaseAll();
    this.#up.pause();
    this.#down.pause();
    this.#voicePlayer.setTracks([]);
    this.#options.changed();
  }

  /** @param {boolean} isWanted */
  #takeOver(isWanted) {
    if (isWanted) this.#activeWindow.claim();
    if (!isWanted || !this.#isInOtherWindow) return;
    this.#isInOtherWindow = false;
    this.#down.setSlots(this.#slots);
    this.#signalling.sendState();
    this.#signalling.sendWanted();
  }
}
