// What one gets: one connection that the home offers, with slots for voices and faces. It is made
// when there is something to hear or see, gets more slots when there are more, and is made anew
// when it breaks. Nobody has to touch anything for that.

import { Faces } from "./down-slots.js";
import { Mended, isAlive, letGo } from "./line.js";
import { isSameConnection, listening } from "./preset.js";

/**
 * @typedef {{
 *   path: string,
 *   world: import("./line.js").World,
 *   unseal: ((receiver: RTCRtpReceiver, kind: "audio" | "video") => void) | null,
 *   voices: (tracks: MediaStreamTrack[]) => void,
 *   restarted: () => void,
 *   goodbye: () => void,
 *   changed: () => void,
 * }} Ways  `restarted`: the home has forgotten us; `goodbye`: it has ended the connection
 */

export class Down {
  #ways;
  #mended;
  #faces;
  /** @type {RTCPeerConnection | null} */
  #peer = null;
  /** The offer we go by. @type {number | null} */
  #n = null;
  /** How many slots are needed. */
  #needed = { voices: 0, faces: 0 };
  /** Whether the home is to be asked although we have all slots. */
  #isDoubted = false;
  #hasBeenOpen = false;
  /** Whether the home has ended it. */
  #isOver = false;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
    const { world, changed } = ways;
    this.#mended = new Mended(world, () => this.#make(), changed);
    this.#faces = new Faces({
      decoded: (slot) => this.#decoded(slot),
      later: world.later,
      cancel: world.cancel,
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
   * Who is in which slot now.
   * @param {{voices: (number | null)[], faces: (number | null)[]}} slots
   */
  slots({ voices, faces }) {
    this.#needed = { voices: voices.length, faces: faces.length };
    this.#faces.take(faces);
    if (this.#isWanted && !this.#hasAll()) void this.#mended.look();
  }

  /** The face of a seat, once a picture of it has come. @param {number} seat */
  faceOf(seat) {
    const slot = this.#faces.slotOf(seat);
    return slot === null ? null : this.#receivers("video")[slot]?.track ?? null;
  }

  /**
   * The line that carries a slot.
   * @param {"audio" | "video"} kind
   * @param {number} slot
   */
  receiver(kind, slot) {
    return this.#receivers(kind)[slot] ?? null;
  }

  /** The network may be another, or the home: asks whether the connection still stands. */
  check() {
    if (!this.#isWanted) return;
    this.#isDoubted = true;
    this.#isOver = false;
    void this.#mended.hurry();
  }

  async #make() {
    if (!this.#isWanted || this.#isOver) return true;
    if (!isAlive(this.#peer)) this.#drop();
    if (this.#hasAll() && !this.#isDoubted) return true;
    const { world, path } = this.#ways;
    const { status, body } = await world.ask(path, { have: this.#n, paced: true });
    if (status === 204) {
      this.#isDoubted = false;
      return true;
    }
    return status === 200 && (await this.#takes(body.n, body.offer));
  }

  /**
   * @param {number} n
   * @param {string} offer
   */
  async #takes(n, offer) {
    const before = this.#peer?.remoteDescription?.sdp;
    if (!before || !isSameConnection(before, offer)) this.#anew(before !== undefined);
    const peer = this.#peer;
    if (!peer) return false;
    await peer.setRemoteDescription({ type: "offer", sdp: offer });
    const answer = await peer.createAnswer();
    await peer.setLocalDescription({ type: "answer", sdp: listening(answer.sdp ?? "") });
    const said = { n, answer: peer.localDescription?.sdp };
    const { status } = await this.#ways.world.ask(`${this.#ways.path}/answer`, said);
    if (peer !== this.#peer) return true;
    if (status !== 204) {
      this.#drop();
      return false;
    }
    this.#n = n;
    this.#isDoubted = false;
    this.#ways.voices(this.#receivers("audio").map((receiver) => receiver.track));
    return true;
  }

  /** @param {boolean} wasThere */
  #anew(wasThere) {
    this.#drop();
    const peer = this.#ways.world.peer();
    this.#peer = peer;
    peer.ontrack = ({ receiver, track }) =>
      this.#ways.unseal?.(receiver, track.kind === "audio" ? "audio" : "video");
    this.#mended.watch(peer, {
      lost: () => this.#lost(peer),
      goodbye: () => this.#goodbye(peer),
      open: () => (this.#hasBeenOpen = true),
    });
    this.#faces.forget();
    if (wasThere) this.#ways.restarted();
  }

  /** @param {RTCPeerConnection} peer */
  #lost(peer) {
    if (peer !== this.#peer) return;
    this.#drop();
    void this.#mended.look();
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
    this.#n = null;
  }

  #hasAll() {
    const { voices, faces } = this.#needed;
    return this.#receivers("audio").length >= voices && this.#receivers("video").length >= faces;
  }

  /**
   * The lines of one kind in the order they were offered: the first carries the first slot.
   * @param {"audio" | "video"} kind
   */
  #receivers(kind) {
    const all = this.#peer?.getTransceivers().filter((one) => one.mid !== null) ?? [];
    return all.map((one) => one.receiver).filter((one) => one.track.kind === kind);
  }

  /** @param {number} slot */
  async #decoded(slot) {
    const stats = await this.#receivers("video")[slot]?.getStats();
    if (!stats) return null;
    for (const one of stats.values()) if (one.type === "inbound-rtp") return one.framesDecoded ?? 0;
    return 0;
  }

  /** Gets nothing any more, until it is told of slots again. */
  rest() {
    this.#needed = { voices: 0, faces: 0 };
    this.#hasBeenOpen = false;
    this.#isOver = false;
    this.#drop();
  }

  close() {
    this.#mended.close();
    this.#faces.close();
    this.#drop();
  }
}
