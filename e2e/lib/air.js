// The way of sound and picture between a page and a home, inside this program: datagrams in,
// datagrams out, which can be cut without anybody being told. What comes over it has another
// address each time it is mended, as on a phone that goes from one network to the next.

import { createSocket } from "node:dgram";

/** One way through the air, to a port of this machine. */
export class Air {
  #near = createSocket("udp4");
  /** Where the home is; known with the first offer of the home. */
  #to = { address: "", port: 0 };
  /** By who sends: the socket through which the home sees them. @type {Map<string, import("node:dgram").Socket>} */
  #far = new Map();
  #isCut = false;
  port = 0;

  static async open() {
    const air = new Air();
    air.#near.on("message", (bytes, from) => air.#carry(bytes, from));
    air.port = await new Promise((resolve) => {
      air.#near.bind(0, "127.0.0.1", () => resolve(air.#near.address().port));
    });
    return air;
  }

  /**
   * Lets a person's page know the home by this way alone.
   * @param {import("./people.js").Person} person
   */
  async leads(person) {
    await person.context.exposeFunction("homeIsAt", (/** @type {string} */ address, /** @type {number} */ port) => {
      this.#to = { address, port };
      return this.port;
    });
    await person.context.addInitScript(`(() => {
      const take = RTCPeerConnection.prototype.setRemoteDescription;
      RTCPeerConnection.prototype.setRemoteDescription = async function (said) {
        const lines = said.sdp.split("\\r\\n").filter((line) => !/^a=candidate:\\S+ \\d tcp /i.test(line));
        const way = /^(a=candidate:\\S+ \\d udp \\d+ )(\\S+) (\\d+) (.*)$/i;
        const home = lines.map((line) => way.exec(line)).find((found) => found);
        const port = home && await window.homeIsAt(home[2], Number(home[3]));
        const sdp = lines.filter((line) => !way.test(line)).join("\\r\\n");
        const [first, ...parts] = sdp.split(/(?=^m=)/m);
        const ours = home ? home[1] + "127.0.0.1 " + port + " " + home[4] + "\\r\\n" : "";
        const told = parts.map((part, place) => (place === 0 ? part + ours : part));
        return take.call(this, { type: said.type, sdp: first + told.join("") });
      };
    })();`);
  }

  /** @param {Buffer} bytes @param {import("node:dgram").RemoteInfo} from */
  #carry(bytes, { address, port }) {
    if (this.#isCut || this.#to.port === 0) return;
    const from = `${address} ${port}`;
    let far = this.#far.get(from);
    if (!far) {
      far = createSocket("udp4");
      far.on("message", (bytes) => this.#isCut || this.#near.send(bytes, port, address));
      this.#far.set(from, far);
    }
    far.send(bytes, this.#to.port, this.#to.address);
  }

  /** Nothing passes any more, and nobody is told. */
  cut() {
    this.#isCut = true;
  }

  /** It is open again, and the home sees everybody come from another address. */
  mend() {
    for (const far of this.#far.values()) far.close();
    this.#far.clear();
    this.#isCut = false;
  }

  close() {
    this.mend();
    this.#near.close();
  }
}
