// The room's socket in a browser: a WebSocket, a fetch for a new ticket, real timers.

import { RoomSocket } from "./socket.js";

/** No seat yet: the server assigns one when the socket opens. */
export const NO_SEAT = -1;

/**
 * @param {import("./page.js").RoomFacts} facts
 * @param {{seat: number, quiet: boolean}} you as they are when the socket opens
 * @param {Pick<import("./socket.js").SocketEnv, "lastSeq" | "onFrame" | "onState">} callbacks
 */
export function makeRoomSocket(facts, you, callbacks) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new RoomSocket({
    open: (ticket, have) => {
      const query = new URLSearchParams({ ticket, have: String(have) });
      // On reconnecting, keep what was chosen in this room since.
      if (you.seat !== NO_SEAT) query.set("quiet", String(you.quiet));
      return new WebSocket(`${scheme}://${location.host}${facts.live}?${query}`);
    },
    ticket: facts.ticket,
    freshTicket: async () => {
      const response = await fetch(facts.ticketAt, { headers: { Accept: "application/json" } });
      return response.ok ? (await response.json()).ticket : null;
    },
    random: Math.random,
    setTimer: (act, ms) => setTimeout(act, ms),
    clearTimer: (timer) => clearTimeout(timer),
    ...callbacks,
  });
}
