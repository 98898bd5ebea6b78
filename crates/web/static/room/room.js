// The live room: brings clock, line, bell, breath and circle together on the page.

import { Pool } from "./breath.js";
import { RoomClock } from "./clock.js";
import { wire } from "./controls.js";
import { Drawing } from "./drawing.js";
import { NO_SEAT, makeLine } from "./line.js";
import { LATE, LATE_SHOWN, Notices, SOUND, ofLine } from "./notices.js";
import { MEDIA, later, facts as read, part, tell } from "./page.js";
import { Pings } from "./pings.js";
import { Presence } from "./presence.js";
import { makeBells } from "./ring.js";
import { Stage, stageParts } from "./stage.js";
import { hasBegun, isLate, segmentAt } from "./timeline.js";
import { whereAreWe } from "./words.js";

/** From the end to the landing, and how long a browser has to let sound out, in ms. */
const LANDING = 30_000;
const SOUND_GRACE = 1_200;

const facts = read();
const now = () => performance.now();
const clock = new RoomClock();
clock.assume(now(), facts.now);
const presence = new Presence();
const you = { seat: NO_SEAT, ...facts.you };
let timeline = facts.timeline;

const ring = part("ring");
const notices = new Notices(part("notice"), part("let-me-hear"));
const drawing = new Drawing({ ring, here: part("here"), count: part("count"), names: part("names") });
const pools = [...document.querySelectorAll(".pool")];
const pool = new Pool(pools.map((one) => [...one.children]), part("breath-word"));
const stage = new Stage(stageParts(pools), facts.phases, pool);
const consoleRoot = document.getElementById("console");
/** @type {import("./guide.js").Console | null} */
let guide = null;

const { bells, sound, awake } = makeBells({
  title: facts.title,
  home: facts.home,
  clock,
  now,
  woke: () => clock.compare(now(), Date.now()) && pings.again(),
  send: (text) => line.send(text),
  shown: (bell) => {
    stage.ring(bell, clock.room(now()));
    look();
  },
  sound: (isOpen) => {
    document.documentElement.dataset.sound = isOpen ? "open" : "closed";
    if (isOpen) notices.set("sound", null);
  },
});

const pings = new Pings({
  clock,
  now,
  wall: () => Date.now(),
  send: (text) => line.send(text),
  later: (act, ms) => setTimeout(act, ms),
  cancel: (timer) => clearTimeout(timer),
  untilBell: () => bells.untilNext(),
  dead: () => line.dead(),
});

/** What each frame of the home means. @type {Record<string, (frame: any) => void>} */
const frames = {
  here: (frame) => {
    you.seat = frame.seat;
    you.quiet = frame.quiet;
    presence.forget();
    clock.assume(now(), frame.now);
    pings.start();
    draw();
  },
  timeline: (frame) => {
    timeline = frame;
    tell("timeline", { seq: frame.seq });
    expect();
    look();
  },
  presence: (frame) => {
    if (presence.take(frame)) draw();
    else line.send('{"k":"who"}');
  },
  pong: (frame) => {
    const wasSet = clock.isSet;
    const isAnew = pings.heard(frame);
    if (!wasSet || isAnew) expect();
    if (isAnew) look();
    tell("clock", { offset: clock.offset(now()), unc: clock.uncertainty, drift: clock.drift });
  },
  metoo: () => {
    ring.classList.add("met");
    setTimeout(() => ring.classList.remove("met"), 4_000);
  },
  bells: (frame) => guide?.bells(frame),
  round: (frame) => round.needed((it) => it.heard(frame)),
  feather: (frame) => together.needed((it) => it.heard(frame)),
  notnow: (frame) => together.needed((it) => it.heard(frame)),
  over: () => finish(),
  sorry: (frame) => notices.set("turn", { bold: frame.why, words: "" }),
};

const line = makeLine(facts, you, {
  have: () => timeline.seq,
  heard: (frame) => frames[frame.k]?.(frame),
  stands: (state) => {
    document.documentElement.dataset.line = state;
    tell("line", { state });
    if (state === "open") notices.set("turn", null);
    else pings.stop();
    media.also((it) => it.line(state));
    notices.set("line", ofLine(state, facts.media?.sealed === true));
    if (state === "over") finish();
    // The sit's page says it, with help beside it.
    if (state === "removed") location.replace(facts.live.slice(0, -5));
  },
});

function expect() {
  if (clock.isSet) bells.expect([...timeline.strikes, ...turn]);
}

function draw() {
  drawing.show(presence, you);
  media.also((it) => it.draw());
}

/** Only who comes to a round fetches what rounds need. */
const round = later(async () => {
  const { RoundStage } = await import("../round/room.js");
  return new RoundStage(facts.live.slice(0, -5));
});

/** The bell of who speaks. @type {import("./timeline.js").Strike[]} */
let turn = [];
/** The feather and the pause bell, for who is in more than silence. */
const together = later(async () => {
  const { Together } = await import("./together.js");
  return new Together({
    phases: facts.phases,
    isGuide: you.guide,
    send: (text) => line.send(text),
    look,
    strikes: (strikes) => {
      turn = strikes;
      expect();
    },
    others: () => presence.inOrder().filter((who) => who.seat !== you.seat),
  });
});

/** Sound and picture, for who asks for them or is in a room where somebody gives them. */
const media = later(async () => {
  const { MediaRoom } = await import("../media/room.js");
  return new MediaRoom({ facts, you, presence, consoleRoot, send: (text) => line.send(text), look });
});
if (facts.media) {
  for (const k of MEDIA) frames[k] = (frame) => media.needed((it) => it.heard(frame));
  for (const button of document.querySelectorAll(".give, #more")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => media[button.id === "more" ? "also" : "needed"]((it) => it.tap(button.id)));
  }
  part("more").addEventListener("click", () => void import("../media/see.js").then((it) => it.seeing()));
}
/** @type {any} */
let looking = null;
function look() {
  clearTimeout(looking);
  const room = clock.room(now());
  const wait = stage.show(timeline, room);
  const { phase, kind = "over" } = segmentAt(timeline, room) ?? {};
  const isOn = hasBegun(timeline, room);
  const isWritten = isOn && facts.phases[phase ?? -1]?.written === true;
  if (round.isHere || isWritten) round.needed((it) => it.show(isWritten, kind));
  const isSaid = isOn && kind !== "silence";
  if (together.isHere || isSaid) together.needed((it) => it.show(timeline, room));
  guide?.show(timeline, room);
  media.also((it) => it.show(kind, timeline, clock.offset(now())));
  looking = setTimeout(look, consoleRoot?.hasAttribute("open") ? Math.min(wait, 1_000) : wait);
}

let isFinished = false;
/** The sit is over: nobody is hurried out. */
function finish() {
  if (isFinished) return;
  isFinished = true;
  // The home knows best when it is over, even if this browser's clock does not agree yet.
  timeline = { ...timeline, over: Math.min(timeline.over ?? Infinity, clock.room(now())) };
  look();
  awake.end();
  notices.set("late", null);
  part("landing").hidden = false;
  // Whoever reads the quilt is not taken away from it.
  const isReading = () => document.body.classList.contains("in-round");
  setTimeout(() => isReading() || location.assign(facts.landing), LANDING);
}

wire(
  {
    whereAreWe: () => {
      const room = clock.room(now());
      return whereAreWe(timeline, segmentAt(timeline, room), room);
    },
    sound: (isOn) => sound.turn(isOn),
    tryBell: () => void sound.open().then(() => sound.try()),
    breath: (isOn) => {
      document.body.classList.toggle("no-breath", !isOn);
      stage.moves = isOn && !matchMedia("(prefers-reduced-motion: reduce)").matches;
      look();
    },
    delay: (ms) => (sound.delay = ms),
    quiet: (isOn) => {
      you.quiet = isOn;
      line.send(JSON.stringify({ k: "quiet", on: isOn }));
      // So that it stays so when the page is loaded again.
      history.replaceState(null, "", isOn ? "?quiet=1" : location.pathname);
      draw();
    },
    meToo: () => line.send('{"k":"metoo"}'),
    leave: () => line.leave(),
  },
  { isQuiet: you.quiet },
);

part("let-me-hear").addEventListener("click", () => void sound.open());
setTimeout(() => sound.isOpen || notices.set("sound", SOUND), SOUND_GRACE);
if (isLate(timeline, facts.now)) notices.setFor("late", LATE, LATE_SHOWN);
const back = () => {
  pings.again();
  line.hurry();
  look();
};
document.addEventListener("visibilitychange", back);
addEventListener("online", back);
addEventListener("pageshow", (event) => event.persisted && location.reload());

if (consoleRoot) {
  // Only guides fetch what only guides need.
  void import("./guide.js").then(({ Console }) => {
    guide = new Console(consoleRoot, facts.phases, look);
    look();
  });
}
presence.take(facts.presence);
draw();
look();
line.open();
