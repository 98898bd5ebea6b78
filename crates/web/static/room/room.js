// The live room: connects clock, socket, bell, breath and circle to the page.

import { BreathView } from "./breath.js";
import { RoomClock } from "./clock.js";
import { wireControls } from "./controls.js";
import { CircleView } from "./circle-view.js";
import { NO_SEAT, makeRoomSocket } from "./browser-socket.js";
import { LATE, LATE_SHOWN_MS, Notices, SOUND, noticeFor } from "./notices.js";
import { MEDIA_FRAMES, lazyLoad, readFacts, requireElement, emitEvent } from "./page.js";
import { Pings } from "./pings.js";
import { Presence } from "./presence.js";
import { makeBells } from "./bell-setup.js";
import { Stage, findStageElements } from "./stage.js";
import { hasBegun, hasFlag, isLate, segmentAt } from "./timeline.js";
import { describeProgress } from "./phrases.js";

/** Time from the end to the landing page, and how long the browser may take to allow sound. */
const LANDING_MS = 30_000;
const SOUND_GRACE_MS = 1_200;

const facts = readFacts();
const now = () => performance.now();
const clock = new RoomClock();
clock.assume(now(), facts.now);
const presence = new Presence();
const you = { seat: NO_SEAT, ...facts.you };
let timeline = facts.timeline;

const ring = requireElement("ring");
const notices = new Notices(requireElement("notice"), requireElement("let-me-hear"));
const circle = new CircleView({ ring, here: requireElement("here"), count: requireElement("count"), names: requireElement("names") });
const pools = [...document.querySelectorAll(".pool")];
const breathView = new BreathView(pools.map((one) => [...one.children]), requireElement("breath-word"));
const stage = new Stage(findStageElements(pools), facts.phases, breathView);
const consoleRoot = document.getElementById("console");
/** @type {import("./guide-console.js").GuideConsole | null} */
let guide = null;

const { bells, sound, keepAwake } = makeBells({
  title: facts.title,
  home: facts.home,
  clock,
  now,
  checkSleep: () => clock.detectSleep(now(), Date.now()) && pings.burst(),
  send: (text) => roomSocket.send(text),
  onRing: (bell) => {
    stage.showBell(bell, clock.roomTime(now()));
    update();
  },
  onSound: (isOpen) => {
    document.documentElement.dataset.sound = isOpen ? "open" : "closed";
    if (isOpen) notices.set("sound", null);
  },
});

const pings = new Pings({
  clock,
  now,
  wall: () => Date.now(),
  send: (text) => roomSocket.send(text),
  setTimer: (act, ms) => setTimeout(act, ms),
  clearTimer: (timer) => clearTimeout(timer),
  timeToBell: () => bells.timeToNext(),
  timedOut: () => roomSocket.timedOut(),
});

/** Handlers by kind of frame. @type {Record<string, (frame: any) => void>} */
const handlers = {
  here: (frame) => {
    you.seat = frame.seat;
    you.quiet = frame.quiet;
    presence.reset();
    clock.assume(now(), frame.now);
    pings.socketOpened();
    drawCircle();
  },
  timeline: (frame) => {
    timeline = frame;
    emitEvent("timeline", { seq: frame.seq });
    scheduleBells();
    update();
  },
  presence: (frame) => {
    if (presence.apply(frame)) drawCircle();
    else roomSocket.send('{"k":"who"}');
  },
  pong: (frame) => {
    const wasSynced = clock.isSynced;
    const wasReset = pings.addPong(frame);
    if (!wasSynced || wasReset) scheduleBells();
    if (wasReset) update();
    emitEvent("clock", { offset: clock.offset(now()), unc: clock.uncertainty, drift: clock.drift });
  },
  metoo: () => {
    ring.classList.add("met");
    setTimeout(() => ring.classList.remove("met"), 4_000);
  },
  bells: (frame) => guide?.showBellReport(frame),
  round: (frame) => round.use((it) => it.receive(frame)),
  feather: (frame) => feather.use((it) => it.receive(frame)),
  notnow: (frame) => feather.use((it) => it.receive(frame)),
  over: () => finish(),
  sorry: (frame) => notices.set("turn", { bold: frame.why, words: "" }),
};

const roomSocket = makeRoomSocket(facts, you, {
  lastSeq: () => timeline.seq,
  onFrame: (frame) => handlers[frame.k]?.(frame),
  onState: (state) => {
    document.documentElement.dataset.line = state;
    emitEvent("line", { state });
    if (state === "open") notices.set("turn", null);
    else pings.socketClosed();
    media.useIfRequested((it) => it.onSocketState(state));
    notices.set("line", noticeFor(state, facts.media?.sealed === true));
    if (state === "over") finish();
    // The sit's page explains it, and offers help.
    if (state === "removed") location.replace(facts.live.slice(0, -5));
  },
});

function scheduleBells() {
  if (clock.isSynced) bells.setStrikes([...timeline.strikes, ...turnStrikes]);
}

function drawCircle() {
  circle.show(presence, you);
  media.useIfRequested((it) => it.draw());
}

/** Loaded only when there is a round. */
const round = lazyLoad(async () => {
  const { RoundStage } = await import("../round/room.js");
  return new RoundStage(facts.live.slice(0, -5));
});

/** The soft bell of the current speaker's turn. @type {import("./timeline.js").Strike[]} */
let turnStrikes = [];
/** The feather and the pause bell; loaded outside of silence. */
const feather = lazyLoad(async () => {
  const { FeatherAndPause } = await import("./feather-and-pause.js");
  return new FeatherAndPause({
    phases: facts.phases,
    isGuide: you.guide,
    send: (text) => roomSocket.send(text),
    redraw: update,
    setTurnStrikes: (strikes) => {
      turnStrikes = strikes;
      scheduleBells();
    },
    listOthers: () => presence.bySeat().filter((who) => who.seat !== you.seat),
  });
});

/** Sound and video; loaded when somebody asks for them or somebody else has them on. */
const media = lazyLoad(async () => {
  const { MediaRoom } = await import("../media/room.js");
  return new MediaRoom({ facts, you, presence, consoleRoot, send: (text) => roomSocket.send(text), update });
});
if (facts.media) {
  for (const k of MEDIA_FRAMES) handlers[k] = (frame) => media.use((it) => it.receive(frame));
  for (const button of document.querySelectorAll(".give, #more")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => media[button.id === "more" ? "useIfRequested" : "use"]((it) => it.tap(button.id)));
  }
  requireElement("more").addEventListener("click", () => void import("../media/view-preferences.js").then((it) => it.ensureViewChoices()));
}
/** @type {any} */
let updateTimer = null;
function update() {
  clearTimeout(updateTimer);
  const roomTime = clock.roomTime(now());
  const updateIn = stage.update(timeline, roomTime);
  const segment = segmentAt(timeline, roomTime);
  const isOn = hasBegun(timeline, roomTime);
  const isWritten = isOn && facts.phases[segment?.phase ?? -1]?.written === true;
  if (round.isRequested || isWritten) round.use((it) => it.show(isWritten, hasFlag(segment, "still")));
  const isSpoken = isOn && !hasFlag(segment, "silent");
  if (feather.isRequested || isSpoken) feather.use((it) => it.show(timeline, roomTime));
  guide?.show(timeline, roomTime);
  media.useIfRequested((it) => it.show(segment, timeline, clock.offset(now())));
  updateTimer = setTimeout(update, consoleRoot?.hasAttribute("open") ? Math.min(updateIn, 1_000) : updateIn);
}

let isFinished = false;
/** The sit is over; nobody is hurried out. */
function finish() {
  if (isFinished) return;
  isFinished = true;
  // The server decides when it is over, even if this browser's clock does not agree yet.
  timeline = { ...timeline, over: Math.min(timeline.over ?? Infinity, clock.roomTime(now())) };
  update();
  keepAwake.stop();
  notices.set("late", null);
  requireElement("landing").hidden = false;
  // Nobody is taken away from a round they are reading.
  const isReading = () => document.body.classList.contains("in-round");
  setTimeout(() => isReading() || location.assign(facts.landing), LANDING_MS);
}

wireControls(
  {
    whereAreWe: () => {
      const roomTime = clock.roomTime(now());
      return describeProgress(timeline, segmentAt(timeline, roomTime), roomTime);
    },
    sound: (isOn) => sound.setOn(isOn),
    tryBell: () => void sound.open().then(() => sound.ringOnce()),
    breath: (isOn) => {
      document.body.classList.toggle("no-breath", !isOn);
      stage.isAnimated = isOn && !matchMedia("(prefers-reduced-motion: reduce)").matches;
      update();
    },
    delay: (ms) => (sound.delay = ms),
    quiet: (isOn) => {
      you.quiet = isOn;
      roomSocket.send(JSON.stringify({ k: "quiet", on: isOn }));
      // So that it survives a reload.
      history.replaceState(null, "", isOn ? "?quiet=1" : location.pathname);
      drawCircle();
    },
    meToo: () => roomSocket.send('{"k":"metoo"}'),
    leave: () => roomSocket.leave(),
  },
  { isQuiet: you.quiet },
);

requireElement("let-me-hear").addEventListener("click", () => void sound.open());
setTimeout(() => sound.isOpen || notices.set("sound", SOUND), SOUND_GRACE_MS);
if (isLate(timeline, facts.now)) notices.setFor("late", LATE, LATE_SHOWN_MS);
const recheck = () => {
  pings.burst();
  roomSocket.retryNow();
  update();
};
document.addEventListener("visibilitychange", recheck);
addEventListener("online", recheck);
addEventListener("pageshow", (event) => event.persisted && location.reload());

if (consoleRoot) {
  // Loaded only for guides.
  void import("./guide-console.js").then(({ GuideConsole }) => {
    guide = new GuideConsole(consoleRoot, facts.phases, update);
    update();
  });
}
presence.apply(facts.presence);
drawCircle();
update();
roomSocket.open();
