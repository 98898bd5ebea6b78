// A browser's connections and a home, small enough to hold in the hand: for tests of the engine.

/** A track that can be stopped. @param {string} kind @returns {any} */
export function track(kind) {
  return { kind, stopped: false, stop() { this.stopped = true; } };
}

/** A connection that connects when told to. */
export class Peer {
  connectionState = "new";
  signalingState = "stable";
  isClosed = false;
  /** @type {any} */
  localDescription = null;
  /** @type {any} */
  remoteDescription = null;
  /** @type {any[]} */
  lines = [];
  /** @type {{state: string, onstatechange: (() => void) | null}} */
  transport = { state: "connected", onstatechange: null };
  /** @type {(() => void) | null} */
  onconnectionstatechange = null;
  /** @type {((event: any) => void) | null} */
  ontrack = null;

  /** @param {any} what @param {any} how */
  addTransceiver(what, how) {
    const kind = typeof what === "string" ? what : what.kind;
    const sender = {
      track: typeof what === "string" ? null : what,
      how: { encodings: how.sendEncodings },
      replaceTrack: async (/** @type {any} */ other) => void (sender.track = other),
      getParameters: () => sender.how,
      setParameters: async (/** @type {any} */ parameters) => void (sender.how = parameters),
    };
    const line = { mid: null, kind, sender, how };
    this.lines.push(line);
    return line;
  }

  getTransceivers() {
    return this.lines;
  }

  async createOffer() {
    return { type: "offer", sdp: "offer" };
  }

  async createAnswer() {
    return { type: "answer", sdp: "answer" };
  }

  /** @param {any} description */
  async setLocalDescription(description) {
    this.localDescription = description;
  }

  /** An offer lists its lines: `voice` and `face`. @param {any} description */
  async setRemoteDescription(description) {
    this.remoteDescription = description;
    if (description.type !== "offer") return;
    const kinds = [...description.sdp.matchAll(/^m=(audio|video)/gm)].map((found) => found[1]);
    for (const kind of kinds.slice(this.lines.length)) {
      const receiver = { track: { kind }, decoded: 0, getStats: async () => new Map([["a", { type: "inbound-rtp", framesDecoded: receiver.decoded }]]) };
      this.lines.push({ mid: String(this.lines.length), kind, receiver });
      this.ontrack?.({ receiver, track: receiver.track });
    }
  }

  /** @param {string} state */
  becomes(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  getReceivers() {
    return [{ transport: this.transport }];
  }

  /** The far end says goodbye. */
  ends() {
    this.transport.state = "closed";
    this.transport.onstatechange?.();
  }

  close() {
    this.isClosed = true;
    this.connectionState = "closed";
  }
}

/**
 * An offer of the home.
 * @param {string} name of the connection
 * @param {number} voices
 * @param {number} faces
 */
export function offer(name, voices, faces) {
  const lines = [...Array(voices).fill("m=audio 9 x 111"), ...Array(faces).fill("m=video 9 x 96")];
  return [`a=ice-ufrag:${name}`, `a=fingerprint:sha-256 ${name}`, ...lines].join("\n");
}

/** A world by hand: timers that are run, answers that are given. */
export class Bench {
  /** @type {Peer[]} */
  peers = [];
  /** @type {{path: string, body: any}[]} */
  asked = [];
  /** @type {{act: () => void, ms: number, isOver: boolean}[]} */
  timers = [];
  /** How the home answers. @type {(path: string, body: any) => any} */
  answers = () => ({ status: 0 });

  /** @returns {any} */
  get world() {
    return {
      peer: () => {
        const peer = new Peer();
        this.peers.push(peer);
        return peer;
      },
      ask: async (/** @type {string} */ path, /** @type {any} */ body) => {
        this.asked.push({ path, body });
        return { body: null, ...this.answers(path, body) };
      },
      later: (/** @type {() => void} */ act, /** @type {number} */ ms) => {
        const timer = { act, ms, isOver: false };
        this.timers.push(timer);
        return timer;
      },
      cancel: (/** @type {any} */ timer) => {
        if (timer) timer.isOver = true;
      },
      roll: () => 0.5,
    };
  }

  /** Runs what is waited for, and gives how long that would have been, in ms. */
  async wait() {
    const due = this.timers.filter((timer) => !timer.isOver);
    for (const timer of due) {
      timer.isOver = true;
      timer.act();
    }
    await this.settles();
    return due.map((timer) => timer.ms);
  }

  /** Lets promises come true. */
  async settles() {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
  }
}
