// What this browser sends: one connection for voice and face, made at the first tap. Turning a
// device on or off only replaces a track and needs no negotiation; a connection that breaks is
// remade.

import { Reconnector, isPeerAlive, closePeer } from "./reconnect.js";
import { audioBitrate, applyPreset, makeEncodings } from "./preset.js";

/** Statuses that mean "not now": retrying by itself would not help. */
const REFUSED_STATUSES = new Set([409, 413, 422, 503]);

/**
 * @typedef {{
 *   path: string,
 *   env: import("./reconnect.js").PeerEnv,
 *   seal: ((sender: RTCRtpSender, kind: "audio" | "video") => void) | null,
 *   onEnded: () => void,
 *   changed: () => void,
 * }} UpOptions  `onEnded`: the server has ended the connection
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
  /** @type {import("./preset.js").AudioPreset} */
  #preset = "voice";
  /** Whether the server has ended the connection. */
  #isEnded = false;
  /** The server's SDP answer, unmodified. */
  #sdpAnswer = "";
  /** Why the server refuses what we send, in its words. @type {string | null} */
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
   * Sends this track, or nothing. Returns whether the server accepts it.
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

  /** @param {import("./preset.js").AudioPreset} preset */
  async setPreset(preset) {
    this.#preset = preset;
    const peer = this.#peer;
    if (!peer || this.#sdpAnswer === "" || peer.signalingState !== "stable") return;
    await this.#limitBitrate();
    await peer.setLocalDescription(await peer.createOffer());
    await this.#applySdpAnswer(peer);
  }

  /** Checks the connection: the network or the server may have changed. */
  check() {
    if (!this.#isWanted || this.refusal !== null || isPeerAlive(this.#peer)) return;
    this.#isEnded = false;
    void this.#reconnector.retryNow();
  }

  /** The server has forgotten us: remakes the connection, if there was one. */
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
      onLost: () => this.#onLost(peer),
      onEnded: () => this.#onEnded(peer),
    });
    this.#addTransceivers(peer);
    await peer.setLocalDescription(await peer.createOffer());
    const sdpOffer = peer.localDescription?.sdp ?? "";
    const { status, body } = await this.#options.env.post(this.#options.path, { offer: sdpOffer, again: false });
    if (peer !== this.#peer) return true;
    if (status !== 200) {
      this.#closePeer();
      // Without a reason it came from something between us and the server.
      if (REFUSED_STATUSES.has(status) && body?.why) this.refusal = body.why;
      return this.refusal !== null;
    }
    this.#sdpAnswer = body.answer;
    await this.#applySdpAnswer(peer);
    await this.#limitBitrate();
    return true;
  }

  /** Both transceivers are there from the beginning, so that nothing is renegotiated later. */
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

  /** Applies the preset's audio bitrate. */
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
   * The server ended the connection: it is remade only when somebody asks.
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

  /** Sends nothing until asked again. */
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
 * Offers only these codecs, the best first: the server forwards no others.
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
