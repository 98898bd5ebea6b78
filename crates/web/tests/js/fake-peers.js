// Fake peer connections and a fake server, for tests of the engine.

/** @param {string} kind @returns {any} */
export function makeTrack(kind) {
  return { kind, stopped: false, stop() { this.stopped = true; } };
}

/** A connection that changes its state when told to. */
export class FakePeer {
  connectionState = "new";
  signalingState = "stable";
  isClosed = false;
  /** @type {any} */
  localDescription = null;
  /** @type {any} */
  remoteDescription = null;
  /** @type {any[]} */
  transceivers = [];
  /** @type {{state: string, onstatechange: (() => void) | null}} */
  transport = { state: "connected", onstatechange: null };
  /** @type {(() => void) | null} */
  onconnectionstatechange = null;
  /** @type {((event: any) => void) | null} */
  ontrack = null;

  /** @param {any} what @param {any} options */
  addTransceiver(what, options) {
    const kind = typeof what === "string" ? what : what.kind;
    const sender = {
      track: typeof what === "string" ? null : what,
      how: { encodings: options.sendEncodings },
      replaceTrack: async (/** @type {any} */ other) => void (sender.track = other),
      getParameters: () => sender.how,
      setParameters: async (/** @type {any} */ parameters) => void (sender.how = parameters),
    };
    const transceiver = { mid: null, kind, sender, how: options };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers() {
    return this.transceivers;
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

  /** Adds a receiver for each new section of the SDP offer. @param {any} description */
  async setRemoteDescription(description) {
    this.remoteDescription = description;
    if (description.type !== "offer") return;
    const kinds = [...description.sdp.matchAll(/^m=(audio|video)/gm)].map((found) => found[1]);
    for (const kind of kinds.slice(this.transceivers.length)) {
      const receiver = { track: { kind }, decoded: 0, getStats: async () => new Map([["a", { type: "inbound-rtp", framesDecoded: receiver.decoded }]]) };
      this.transceivers.push({ mid: String(this.transceivers.length), kind, receiver });
      this.ontrack?.({ receiver, track: receiver.track });
    }
  }

  /** @param {string} state */
  setState(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  getReceivers() {
    return [{ transport: this.transport }];
  }

  /** Closes the transport, as the server does at the end. */
  endTransport() {
    this.transport.state = "closed";
    this.transport.onstatechange?.();
  }

  close() {
    this.isClosed = true;
    this.connectionState = "closed";
  }
}

/**
 * An SDP offer of the server.
 * @param {string} name identity of the connection
 * @param {number} voices
 * @param {number} faces
 */
export function makeSdpOffer(name, voices, faces) {
  const transceivers = [...Array(voices).fill("m=audio 9 x 111"), ...Array(faces).fill("m=video 9 x 96")];
  return [`a=ice-ufrag:${name}`, `a=fingerprint:sha-256 ${name}`, ...transceivers].join("\n");
}

/** A fake environment: timers run on demand, responses are set by the test. */
export class FakeServer {
  /** @type {FakePeer[]} */
  peers = [];
  /** @type {{path: string, body: any}[]} */
  requests = [];
  /** @type {{act: () => void, ms: number, isOver: boolean}[]} */
  timers = [];
  /** The server's response to a request. @type {(path: string, body: any) => any} */
  respond = () => ({ status: 0 });

  /** @returns {any} */
  get env() {
    return {
      createPeer: () => {
        const peer = new FakePeer();
        this.peers.push(peer);
        return peer;
      },
      post: async (/** @type {string} */ path, /** @type {any} */ body) => {
        this.requests.push({ path, body });
        return { body: null, ...this.respond(path, body) };
      },
      setTimer: (/** @type {() => void} */ act, /** @type {number} */ ms) => {
        const timer = { act, ms, isOver: false };
        this.timers.push(timer);
        return timer;
      },
      clearTimer: (/** @type {any} */ timer) => {
        if (timer) timer.isOver = true;
      },
      random: () => 0.5,
    };
  }

  /** Runs all pending timers and returns their delays in ms. */
  async runTimers() {
    const due = this.timers.filter((timer) => !timer.isOver);
    for (const timer of due) {
      timer.isOver = true;
      timer.act();
    }
    await this.flush();
    return due.map((timer) => timer.ms);
  }

  /** Lets settled promises run on. */
  async flush() {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
  }
}
