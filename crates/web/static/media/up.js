// What one gives: one connection for voice and face, made at the first tap. Turning something on
// or off puts a track on it or takes it away and asks nobody; a connection that breaks is made anew.

import { Mended, isAlive, letGo } from "./line.js";
import { bitrateOf, shaped, sizes } from "./preset.js";

/** Answers of the home that mean: not now, and trying again by itself would be no use. */
const HELD = new Set([409, 413, 422, 503]);

/**
 * @typedef {{
 *   path: string,
 *   world: import("./line.js").World,
 *   seal: ((sender: RTCRtpSender, kind: "audio" | "video") => void) | null,
 *   goodbye: () => void,
 *   changed: () => void,
 * }} Ways  `goodbye`: the home has ended the connection
 */

export class Up {
  #ways;
  #mended;
  /** @type {RTCPeerConnection | null} */
  #peer = null;
  /** @type {Record<"audio" | "video", MediaStreamTrack | null>} */
  #tracks = { audio: null, video: null };
  /** @type {Record<"audio" | "video", RTCRtpSender | null>} */
  #senders = { audio: null, video: null };
  /** @type {import("./preset.js").Preset} */
  #preset = "voice";
  /** Whether the home has ended it. */
  #isOver = false;
  /** The home's answer, as it was. */
  #answer = "";
  /** Why nothing can be given now, in the home's words. @type {string | null} */
  held = null;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
    this.#mended = new Mended(ways.world, () => this.#make(), ways.changed);
  }

  /** @returns {"none" | "opening" | "open" | "lost"} */
  get state() {
    if (this.held !== null) return "none";
    if (this.#peer?.connectionState === "connected") return "open";
    if (this.#peer) return isAlive(this.#peer) ? "opening" : "lost";
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
  async put(kind, track) {
    this.#tracks[kind] = track;
    await this.#senders[kind]?.replaceTrack(track);
    if (track === null) return true;
    if (!isAlive(this.#peer)) {
      this.held = null;
      this.#isOver = false;
      await this.#mended.hurry();
    }
    return this.held === null;
  }

  /** @param {import("./preset.js").Preset} preset */
  async shape(preset) {
    this.#preset = preset;
    const peer = this.#peer;
    if (!peer || this.#answer === "" || peer.signalingState !== "stable") return;
    await this.#bound();
    await peer.setLocalDescription(await peer.createOffer());
    await this.#agree(peer);
  }

  /** The network may be another, or the home: looks whether the connection still stands. */
  check() {
    if (!this.#isWanted || this.held !== null || isAlive(this.#peer)) return;
    this.#isOver = false;
    void this.#mended.hurry();
  }

  /** The home has forgotten us: makes the connection anew, if there was one. */
  anew() {
    if (!this.#peer && !this.#isWanted) return;
    this.#drop();
    this.#isOver = false;
    if (this.#isWanted) void this.#mended.hurry();
  }

  async #make() {
    if (!this.#isWanted || this.#isOver || isAlive(this.#peer)) return true;
    this.#drop();
    const peer = this.#ways.world.peer();
    this.#peer = peer;
    this.#mended.watch(peer, {
      lost: () => this.#lost(peer),
      goodbye: () => this.#goodbye(peer),
    });
    this.#lines(peer);
    await peer.setLocalDescription(await peer.createOffer());
    const offer = peer.localDescription?.sdp ?? "";
    const { status, body } = await this.#ways.world.ask(this.#ways.path, { offer, again: false });
    if (peer !== this.#peer) return true;
    if (status !== 200) {
      this.#drop();
      // Without words it was not the home, but something on the way to it.
      if (HELD.has(status) && body?.why) this.held = body.why;
      return this.held !== null;
    }
    this.#answer = body.answer;
    await this.#agree(peer);
    await this.#bound();
    return true;
  }

  /** Both lines are there from the beginning, so that nothing is agreed on again later. */
  #lines(peer = this.#peer) {
    if (!peer) return;
    const { audio, video } = this.#tracks;
    const sound = peer.addTransceiver(audio ?? "audio", {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: bitrateOf(this.#preset) }],
    });
    prefer(sound, "audio", /\/(red|opus)$/i);
    const picture = peer.addTransceiver(video ?? "video", {
      direction: "sendonly",
      sendEncodings: sizes(),
    });
    prefer(picture, "video", /\/(vp8|rtx)$/i);
    this.#senders = { audio: sound.sender, video: picture.sender };
    this.#ways.seal?.(sound.sender, "audio");
    this.#ways.seal?.(picture.sender, "video");
  }

  /** @param {RTCPeerConnection} peer */
  async #agree(peer) {
    const sdp = shaped(this.#answer, this.#preset, this.#ways.seal !== null);
    await peer.setRemoteDescription({ type: "answer", sdp });
  }

  /** How many bits a second the sound may take, as the preset wants it. */
  async #bound() {
    const sender = this.#senders.audio;
    const how = sender?.getParameters();
    if (!sender || !how?.encodings?.length) return;
    how.encodings[0].maxBitrate = bitrateOf(this.#preset);
    await sender.setParameters(how).catch(() => undefined);
  }

  /** @param {RTCPeerConnection} peer */
  #lost(peer) {
    if (peer !== this.#peer) return;
    this.#drop();
    if (this.#isWanted) void this.#mended.look();
  }

  /**
   * The home itself has ended it: then it is not for us to make it anew, until somebody asks.
   * @param {RTCPeerConnection} peer
   */
  #goodbye(peer) {
    if (peer !== this.#peer) return;
    this.#isOver = true;
    this.#drop();
    this.#ways.goodbye();
  }

  #drop() {
    letGo(this.#peer);
    this.#peer = null;
    this.#answer = "";
    this.#senders = { audio: null, video: null };
  }

  /** Gives nothing any more, until it is asked to again. */
  rest() {
    this.#tracks = { audio: null, video: null };
    this.#drop();
  }

  close() {
    this.#mended.close();
    this.#drop();
  }
}

/**
 * Offers these codings alone, the best first: what the home does not forward need not be offered.
 * @param {RTCRtpTransceiver} line
 * @param {"audio" | "video"} kind
 * @param {RegExp} wanted
 */
function prefer(line, kind, wanted) {
  const all = globalThis.RTCRtpSender?.getCapabilities?.(kind)?.codecs ?? [];
  const ours = all.filter((one) => wanted.test(one.mimeType));
  const rank = (/** @type {{mimeType: string}} */ one) => Number(!/red|vp8/i.test(one.mimeType));
  ours.sort((a, b) => rank(a) - rank(b));
  if (ours.length && line.setCodecPreferences) line.setCodecPreferences(ours);
}
