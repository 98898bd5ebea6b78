// What one gives: one connection for voice and face, made at the first tap. Turning something on
// or off puts a track on it or takes it away and asks nobody; a connection that breaks is made anew.

import { Reconnector, isPeerAlive, closePeer } from "./reconnect.js";
import { audioBitrate, applyPreset, makeEncodings } from "./preset.js";

/** Answers of the home that mean: not now, and trying again by itself would be no use. */
const REFUSED_STATUSES = new Set([409, 413, 422, 503]);

/**
 * @typedef {{
 *   path: string,
 *   env: import("./reconnect.js").PeerEnv,
 *   seal: ((sender: RTCRtpSender, kind: "audio" | "video") => void) | null,
 *   onEnded: () => void,
 *   changed: () => void,
 * }} UpOptions  `goodbye`: the home has ended the connection
 */

export class UpConnection {
  #options;
  #reconnector;
  /** @type {RTCPeerConnection | null} */
  #peer = null;
  /** @type {Record<"audio" | "video", MediaStreamTrack | null>} */
  #tracks = { audio: null, video: null };
  /** @type {Record<"audio" | "video", RTCRtpSender | null>} */
  #senders = { audio: null, video: null };
  /** @type {import("./preset.js").Preset} */
  #preset = "voice";
  /** Whether the home has ended it. */
  #isEnded = false;
  /** The home's answer, as it was. */
  #sdpAnswer = "";
  /** Why nothing can be given now, in the home's words. @type {string | null} */
  refusal = null;

  /** @param {UpOptions} options */
  constructor(options) {
    this.#options = options;
    this.#reconnector = new Reconnector(options.env, () => this.#connect(), options.changed);
  }

  /** @returns {"none" | "opening" | "open" | "lost"} */
  get state() {
    if (this.refusal !== null) return "none";
    if (this.#peer?.connectionState === "connected") return "open";
    if (this.#peer) return isPeerAlive(this.#peer) ? "opening" : "lost";
    return this.#isWanted ? "lost" : "none";
  }

  get #isWanted() {
    return this.#tracks.audio !== null || this.#tracks.video !== null;
  }

  /**
   * Puts a track on the line, or takes it away. Whether the home takes it.
   * @param {"audio" | "video"} kind
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(kind, track) {
    this.#tracks[kind] = track;
    await this.#senders[kind]?.replaceTrack(track);
    if (track === null) return true;
    if (!isPeerAlive(this.#peer)) {
      this.refusal = null;
      this.#isEnded = false;
      await this.#reconnector.retryNow();
    }
    return this.refusal === null;
  }

  /** @param {import("./preset.js").Preset} preset */
  async setPreset(preset) {
    this.#preset = preset;
    const peer = this.#peer;
    if (!peer || this.#sdpAnswer === "" || peer.signalingState !== "stable") return;
    await this.#limitBitrate();
    await peer.setLocalDescription(await peer.createOffer());
    await this.#applySdpAnswer(peer);
  }

  /** The network may be another, or the home: looks whether the connection still stands. */
  check() {
    if (!this.#isWanted || this.refusal !== null || isPeerAlive(this.#peer)) return;
    this.#isEnded = false;
    void this.#reconnector.retryNow();
  }

  /** The home has forgotten us: makes the connection anew, if there was one. */
  replace() {
    if (!this.#peer && !this.#isWanted) return;
    this.#closePeer();
    this.#isEnded = false;
    if (this.#isWanted) void this.#reconnector.retryNow();
  }

  async #connect() {
    if (!this.#isWanted || this.#isEnded || isPeerAlive(this.#peer)) return true;
    this.#closePeer();
    const peer = this.#options.env.createPeer();
    this.#peer = peer;
    this.#reconnector.watch(peer, {
      lost: () => this.#onLost(peer),
      goodbye: () => this.#onEnded(peer),
    });
    this.#addTransceivers(peer);
    await peer.setLocalDescription(await peer.createOffer());
    const sdpOffer = peer.localDescription?.sdp ?? "";
    const { status, body } = await this.#options.env.post(this.#options.path, { offer: sdpOffer, again: false });
    if (peer !== this.#peer) return true;
    if (status !== 200) {
      this.#closePeer();
      // Without words it was not the home, but something on the way to it.
      if (REFUSED_STATUSES.has(status) && body?.why) this.refusal = body.why;
      return this.refusal !== null;
    }
    this.#sdpAnswer = body.answer;
    await this.#applySdpAnswer(peer);
    await this.#limitBitrate();
    return true;
  }

  /** Both lines are there from the beginning, so that nothing is agreed on again later. */
  #addTransceivers(peer = this.#peer) {
    if (!peer) return;
    const { audio, video } = this.#tracks;
    const audioTransceiver = peer.addTransceiver(audio ?? "audio", {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: audioBitrate(this.#preset) }],
    });
    preferCodecs(audioTransceiver, "audio", /\/(red|opus)$/i);
    const videoTransceiver = peer.addTransceiver(video ?? "video", {
      direction: "sendonly",
      sendEncodings: makeEncodings(),
    });
    preferCodecs(videoTransceiver, "video", /\/(vp8|rtx)$/i);
    this.#senders = { audio: audioTransceiver.sender, video: videoTransceiver.sender };
    this.#options.seal?.(audioTransceiver.sender, "audio");
    this.#options.seal?.(videoTransceiver.sender, "video");
  }

  /** @param {RTCPeerConnection} peer */
  async #applySdpAnswer(peer) {
    const sdp = applyPreset(this.#sdpAnswer, this.#preset, this.#options.seal !== null);
    await peer.setRemoteDescription({ type: "answer", sdp });
  }

  /** How many bits a second the sound may take, as the preset wants it. */
  async #limitBitrate() {
    const sender = this.#senders.audio;
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings?.length) return;
    parameters.encodings[0].maxBitrate = audioBitrate(this.#preset);
    await sender.setParameters(parameters).catch(() => undefined);
  }

  /** @param {RTCPeerConnection} peer */
  #onLost(peer) {
    if (peer !== this.#peer) return;
    this.#closePeer();
    if (this.#isWanted) void this.#reconnector.ensure();
  }

  /**
   * The home itself has ended it: then it is not for us to make it anew, until somebody asks.
   * @param {RTCPeerConnection} peer
   */
  #onEnded(peer) {
    if (peer !== this.#peer) return;
    this.#isEnded = true;
    this.#closePeer();
    this.#options.onEnded();
  }

  #closePeer() {
    closePeer(this.#peer);
    this.#peer = null;
    this.#sdpAnswer = "";
    this.#senders = { audio: null, video: null };
  }

  /** Gives nothing any more, until it is asked to again. */
  pause() {
    this.#tracks = { audio: null, video: null };
    this.#closePeer();
  }

  close() {
    this.#reconnector.close();
    this.#closePeer();
  }
}

/**
 * Offers these codings alone, the best first: what the home does not forward need not be offered.
 * @param {RTCRtpTransceiver} transceiver
 * @param {"audio" | "video"} kind
 * @param {RegExp} wanted
 */
function preferCodecs(transceiver, kind, wanted) {
  const all = globalThis.RTCRtpSender?.getCapabilities?.(kind)?.codecs ?? [];
  const codecs = all.filter((one) => wanted.test(one.mimeType));
  const rank = (/** @type {{mimeType: string}} */ one) => Number(!/red|vp8/i.test(one.mimeType));
  codecs.sort((a, b) => rank(a) - rank(b));
  if (codecs.length && transceiver.setCodecPreferences) transceiver.setCodecPreferences(codecs);
}
