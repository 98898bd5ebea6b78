// What this browser receives: one connection offered by the server, with slots for voices and
// faces. It is made when there is something to hear or see, gets more slots when needed, and is
// remade when it breaks, without any action by the person.

import { FaceSlots } from "./face-slots.js";
import { Reconnector, isPeerAlive, closePeer } from "./reconnect.js";
import { isSameConnection, requestStereo } from "./preset.js";

/**
 * @typedef {{
 *   path: string,
 *   env: import("./reconnect.js").PeerEnv,
 *   openSeal: ((receiver: RTCRtpReceiver, kind: "audio" | "video") => void) | null,
 *   setVoices: (tracks: MediaStreamTrack[]) => void,
 *   onRestarted: () => void,
 *   onEnded: () => void,
 *   changed: () => void,
 * }} DownOptions  `onRestarted`: the server has forgotten us; `onEnded`: it has ended the connection
 */

export class DownConnection {
  #options;
  #reconnector;
  #faceSlots;
  /** @type {RTCPeerConnection | null} */
  #peer = null;
  /** Number of the SDP offer in force. @type {number | null} */
  #sdpOfferNumber = null;
  /** Number of slots needed. */
  #needed = { voices: 0, faces: 0 };
  /** Whether to ask the server although all slots are there. */
  #mustCheck = false;
  #hasBeenOpen = false;
  /** Whether the server has ended the connection. */
  #isEnded = false;

  /** @param {DownOptions} options */
  constructor(options) {
    this.#options = options;
    const { env, changed } = options;
    this.#reconnector = new Reconnector(env, () => this.#connect(), changed);
    this.#faceSlots = new FaceSlots({
      countDecoded: (slot) => this.#countDecoded(slot),
      setTimer: env.setTimer,
      clearTimer: env.clearTimer,
      changed,
    });
  }

  /** @returns {"none" | "opening" | "open" | "lost"} */
  get state() {
    if (!this.#isWanted) return "none";
    if (this.#peer?.connectionState === "connected") return "open";
    return this.#hasBeenOpen ? "lost" : "opening";
  }

  get #isWanted() {
    return this.#needed.voices + this.#needed.faces > 0;
  }

  /**
   * Sets who is in which slot.
   * @param {{voices: (number | null)[], faces: (number | null)[]}} slots
   */
  setSlots({ voices, faces }) {
    this.#needed = { voices: voices.length, faces: faces.length };
    this.#faceSlots.setSeats(faces);
    if (this.#isWanted && !this.#hasAllSlots()) void this.#reconnector.ensure();
  }

  /** The video track of a seat, once a new frame of it was decoded. @param {number} seat */
  faceOf(seat) {
    const slot = this.#faceSlots.slotOf(seat);
    return slot === null ? null : this.#receivers("video")[slot]?.track ?? null;
  }

  /**
   * The receiver of a slot.
   * @param {"audio" | "video"} kind
   * @param {number} slot
   */
  receiver(kind, slot) {
    return this.#receivers(kind)[slot] ?? null;
  }

  /** Checks the connection: the network or the server may have changed. */
  check() {
    if (!this.#isWanted) return;
    this.#mustCheck = true;
    this.#isEnded = false;
    void this.#reconnector.retryNow();
  }

  async #connect() {
    if (!this.#isWanted || this.#isEnded) return true;
    if (!isPeerAlive(this.#peer)) this.#closePeer();
    if (this.#hasAllSlots() && !this.#mustCheck) return true;
    const { env, path } = this.#options;
    const { status, body } = await env.post(path, { have: this.#sdpOfferNumber, paced: true });
    if (status === 204) {
      this.#mustCheck = false;
      return true;
    }
    return status === 200 && (await this.#acceptSdpOffer(body.n, body.offer));
  }

  /**
   * @param {number} n
   * @param {string} sdpOffer
   */
  async #acceptSdpOffer(n, sdpOffer) {
    const sdpBefore = this.#peer?.remoteDescription?.sdp;
    if (!sdpBefore || !isSameConnection(sdpBefore, sdpOffer)) this.#replacePeer(sdpBefore !== undefined);
    const peer = this.#peer;
    if (!peer) return false;
    await peer.setRemoteDescription({ type: "offer", sdp: sdpOffer });
    const sdpAnswer = await peer.createAnswer();
    await peer.setLocalDescription({ type: "answer", sdp: requestStereo(sdpAnswer.sdp ?? "") });
    const reply = { n, answer: peer.localDescription?.sdp };
    const { status } = await this.#options.env.post(`${this.#options.path}/answer`, reply);
    if (peer !== this.#peer) return true;
    if (status !== 204) {
      this.#closePeer();
      return false;
    }
    this.#sdpOfferNumber = n;
    this.#mustCheck = false;
    this.#options.setVoices(this.#receivers("audio").map((receiver) => receiver.track));
    return true;
  }

  /** @param {boolean} hadPeer */
  #replacePeer(hadPeer) {
    this.#closePeer();
    const peer = this.#options.env.createPeer();
    this.#peer = peer;
    peer.ontrack = ({ receiver, track }) =>
      this.#options.openSeal?.(receiver, track.kind === "audio" ? "audio" : "video");
    this.#reconnector.watch(peer, {
      onLost: () => this.#onLost(peer),
      onEnded: () => this.#onEnded(peer),
      onConnected: () => (this.#hasBeenOpen = true),
    });
    this.#faceSlots.reset();
    if (hadPeer) this.#options.onRestarted();
  }

  /** @param {RTCPeerConnection} peer */
  #onLost(peer) {
    if (peer !== this.#peer) return;
    this.#closePeer();
    void this.#reconnector.ensure();
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
    this.#sdpOfferNumber = null;
  }

  #hasAllSlots() {
    const { voices, faces } = this.#needed;
    return this.#receivers("audio").length >= voices && this.#receivers("video").length >= faces;
  }

  /**
   * The receivers of one kind in the order they were offered; the first carries the first slot.
   * @param {"audio" | "video"} kind
   */
  #receivers(kind) {
    const all = this.#peer?.getTransceivers().filter((transceiver) => transceiver.mid !== null) ?? [];
    return all.map((transceiver) => transceiver.receiver).filter((receiver) => receiver.track.kind === kind);
  }

  /** @param {number} slot */
  async #countDecoded(slot) {
    const stats = await this.#receivers("video")[slot]?.getStats();
    if (!stats) return null;
    for (const report of stats.values()) if (report.type === "inbound-rtp") return report.framesDecoded ?? 0;
    return 0;
  }

  /** Receives nothing until slots are set again. */
  pause() {
    this.#needed = { voices: 0, faces: 0 };
    this.#hasBeenOpen = false;
    this.#isEnded = false;
    this.#closePeer();
  }

  close() {
    this.#reconnector.close();
    this.#faceSlots.close();
    this.#closePeer();
  }
}
