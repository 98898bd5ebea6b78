// The room's line as browsers have it: a WebSocket, a fetch for a fresh ticket, real timers.

import { RoomLine } from "./socket.js";

/** No seat yet: the home gives one when the line opens. */
export const NO_SEAT = -1;

/**
 * @param {import("./page.js").Facts} facts
 * @param {{seat: number, quiet: boolean}} you as it stands when the line opens
 * @param {Pick<import("./socket.js").World, "have" | "heard" | "stands">} ways
 */
export function makeLine(facts, you, ways) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new RoomLine({
    open: (ticket, have) => {
      const query = new URLSearchParams({ ticket, have: String(have) });
      // On coming back, as it was chosen in this room since.
      if (you.seat !== NO_SEAT) query.set("quiet", String(you.quiet));
      return new WebSocket(`${scheme}://${location.host}${facts.live}?${query}`);
    },
    ticket: facts.ticket,
    freshTicket: async () => {
      const answer = await fetch(facts.ticketAt, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).ticket : null;
    },
    roll: Math.random,
    later: (act, ms) => setTimeout(act, ms),
    cancel: (timer) => clearTimeout(timer),
    ...ways,
  });
}
