// The review page: judges cases one after the other, by key or button, and sends the verdicts behind one's back.
import { Refused } from "./review-api.js";
import { Live } from "./review-live.js";
import { listen } from "./review-keys.js";
import { Media } from "./review-media.js";
import { Notices } from "./review-notices.js";
import { Outbox } from "./review-outbox.js";
import { Queue } from "./review-queue.js";
import { Sitting } from "./review-sitting.js";
import { View } from "./review-view.js";

const AHEAD = 3; // cases whose pictures are ready before they are asked for
const STRIP = 8; // cases in the strip
const FRAME_S = 0.04;

const root = document.querySelector(".review");
const data = JSON.parse(document.querySelector("#review-data").textContent);
const view = new View(root, data);
const media = new Media();
const sitting = new Sitting();
const notices = new Notices(view.get(".notices"), view.text("close"));
const outbox = new Outbox(root.dataset.user, { sent, conflict, refused, changed: tellOutbox });
const queue = new Queue(data.window, data.query, came, failed);
const buttons = new Map([...root.querySelectorAll("[name=judgement][data-status]")].map((one) => [one.value, one]));
const remark = view.get("[name=remark]");
const undone = []; // { item, entry }, the last one last: what can be taken back
const orders = new Set(); // cases whose order is written once they are confirmed
let shown = null; // the case on the screen, once one can see it
let overruled = null; // the case that somebody else has judged while it was on the screen

// --- what one sees ---------------------------------------------------------------------------------------------

async function show(began = performance.now()) {
  const item = queue.current;
  shown = overruled = null;
  view.busy(true);
  view.get(".case").hidden = !item;
  view.get(".empty").hidden = Boolean(item);
  await (item && view.show(item, media.of(item))); // waits even for none: the verdict is put into the outbox meanwhile
  if (queue.current !== item) return;
  if (item) performance.measure("review.ready", { start: began, end: performance.now() });
  shown = item;
  view.busy(false);
  sitting.begin();
  complete(item);
}

// All that the reviewer need not wait for.
function complete(item) {
  if (item) view.complete(item);
  tellCounts();
  preload();
  outbox.send();
  queue.fill();
}

function preload() {
  media.keep([queue.current, ...queue.ahead(AHEAD)].filter(Boolean));
}

function tellCounts() {
  view.coming(queue.ahead(STRIP));
  view.get(".waiting").textContent = Math.max(0, queue.waiting);
  view.get(".sitting").hidden = !sitting.done;
  view.get(".sitting span").textContent = view.text("sitting", { n: sitting.done, s: sitting.pace.toFixed(1) });
  Object.assign(view.get("progress"), { max: sitting.done + Math.max(1, queue.waiting), value: sitting.done });
  view.get("[data-does=undo]").disabled = !undone.length;
  view.get(".skipped").hidden = !queue.skipped;
  view.get(".skipped").textContent = view.text("skipped", { n: queue.skipped });
}

function came() {
  if (queue.current && view.get(".case").hidden) show();
  else tellCounts();
  preload();
  recount();
}

// Whether it is of no use to try again.
function failed(error) {
  if (error instanceof Refused && error.status === 401) tellSignedOut();
  return error instanceof Refused && error.status < 500;
}

// --- judging ---------------------------------------------------------------------------------------------------

function judge(name, began) {
  if (!shown) return;
  if (overruled === shown) {
    tellConflict(overruled.now, name);
    queue.drop(shown.id);
    return show(began);
  }
  const said = { ...verdictOf(name), remark: remark.value.trim() };
  const item = queue.take();
  remark.value = "";
  sitting.count();
  const next = show(began);
  const entry = { case: item.id, name: view.name(item), said, revision: item.revision };
  undone.push({ item, entry });
  outbox.add(entry);
  return next;
}

function verdictOf(name) {
  const { status, reason, mistaken } = buttons.get(name).dataset;
  return { status, reason, mistaken: mistaken || null };
}

function undo(began) {
  const last = undone.pop();
  if (!last) return;
  const { item, entry } = last;
  orders.delete(item.id);
  sitting.discount();
  if (!outbox.cancel(entry)) outbox.add({ case: item.id, name: entry.name, said: null, revision: item.revision });
  queue.putBack(item);
  show(began);
  remark.value = entry.said.remark;
}

const does = {
  undo,
  order: (began) => {
    if (shown && overruled !== shown) orders.add(shown.id);
    judge("confirm", began);
  },
  skip: (began) => { queue.step(1); show(began); },
  back: (began) => { queue.step(-1); show(began); },
  boxes: () => document.querySelector("#boxes").click(),
  play: () => (view.video?.paused ? view.video.play() : view.video?.pause()),
  second_back: () => seek(-1),
  second_on: () => seek(1),
  frame_back: () => seek(-FRAME_S, true),
  frame_on: () => seek(FRAME_S, true),
  remark: () => remark.focus(),
  keys: () => document.querySelector("dialog.keys").showModal(),
};

function act(name, began) {
  if (buttons.has(name)) judge(name, began);
  else does[name](began);
}

function seek(seconds, still = false) {
  if (!view.video) return;
  if (still) view.video.pause();
  view.video.currentTime += seconds;
}

// --- what becomes of verdicts ----------------------------------------------------------------------------------

function sent(entry, revision) {
  for (const item of [...undone.map((one) => one.item), queue.find(entry.case)]) {
    if (item?.id === entry.case) item.revision = revision;
  }
  if (entry.said && orders.delete(entry.case)) openOrder(entry);
}

function openOrder(entry) {
  const place = `/cases/${entry.case}#dispatch`;
  if (!open(place)) notices.tell(view.text("order_ready", { case: entry.name }), { [view.text("order")]: place });
}

function conflict(entry, now) {
  forgetUndo(entry.case);
  tellConflict(now, entry.said);
  if (queue.find(now.id)) decided(now); // it had been taken back
  recount();
}

function refused(entry, error) {
  forgetUndo(entry.case);
  const told = view.text("refused", { case: entry.name, mine: mineIn(entry.said) });
  notices.tell(`${told} ${error.message}`, { [view.text("open_case")]: `/cases/${entry.case}` });
}

// Of an earlier visit, and not sent yet: its case does not wait, although the store still says so.
function resume(entry) {
  const item = queue.find(entry.case) ?? undone.find((one) => one.item.id === entry.case)?.item;
  if (!item) return;
  forgetUndo(item.id);
  if (!entry.said) return queue.putBack(item);
  queue.hide(item.id);
  undone.push({ item, entry });
}

function forgetUndo(id) {
  const index = undone.findLastIndex((one) => one.item.id === id);
  if (index >= 0) undone.splice(index, 1);
}

function mineIn(said) {
  return said ? view.verdict(said) : view.text("undone");
}

function tellConflict(now, said) {
  const told = {
    who: now.decided_by ?? view.text("somebody"),
    case: view.name(now),
    theirs: view.verdict(now),
    mine: mineIn(typeof said === "string" ? verdictOf(said) : said),
  };
  notices.tell(view.text(now.decided_by ? "conflict" : "changed", told), {
    [view.text("look_again")]: () => lookAgain(now),
    [view.text("open_case")]: `/cases/${now.id}`,
  });
}

// Whoever still thinks otherwise judges it again, knowing of the other verdict.
function lookAgain(item) {
  queue.putBack(item);
  show().then(() => item.decided_by && view.stamp(`${item.decided_by}: ${view.verdict(item)}`));
}

// --- what others do --------------------------------------------------------------------------------------------

const live = new Live(document.querySelector("script[data-after]").dataset.after, {
  isOurs: (id, revision) => outbox.has(id) || undone.some(({ item }) => item.id === id && item.revision >= revision),
  find: (id) => queue.find(id),
  appeared: (id) => { queue.renew(id); recount(); },
  decided: (now) => { decided(now); recount(); },
  grown: (now) => {
    const item = Object.assign(queue.find(now.id), now);
    if (queue.current === item) view.film(media.addFilm(item));
    else media.forget(item.id);
  },
  signedOut: tellSignedOut,
});

// What is on the screen stays there: a key that was meant for it must not fall on the next one.
function decided(now) {
  if (queue.current?.id !== now.id) return queue.drop(now.id);
  overruled = Object.assign(queue.current, { now });
  view.stamp(view.text("meanwhile", { who: now.decided_by ?? view.text("somebody"), theirs: view.verdict(now) }));
}

// The store counts what has not been sent yet among those that wait, so it is asked when all has been.
let recounting = null;
function recount() {
  recounting ??= setTimeout(async () => {
    recounting = null;
    const waiting = await queue.count().catch(() => queue.waiting);
    if (outbox.entries.length) return recount();
    queue.waiting = waiting;
    tellCounts();
  }, 1000);
}

// --- what has not been sent ------------------------------------------------------------------------------------

function tellOutbox(state) {
  const n = outbox.entries.length;
  view.get(".unsent").textContent = n ? view.text("unsent", { n }) : "";
  notices.stand("lost", state === "lost" ? view.text("lost", { n }) : null);
  if (state === "signed_out") tellSignedOut();
}

function tellSignedOut() {
  const place = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  const told = view.text("signed_out", { n: outbox.entries.length });
  notices.stand("signed_out", told, { [view.text("sign_in")]: place });
}

// Those who go to sign in again come back to send the rest.
let signingIn = false;
addEventListener("beforeunload", (event) => {
  if (outbox.entries.length && !signingIn) event.preventDefault();
});

// --- buttons ---------------------------------------------------------------------------------------------------

addEventListener("click", (event) => {
  signingIn = Boolean(event.target.closest("a[href^='/login']"));
  const button = event.target.closest(".review button, .review [data-does]");
  const { does: what, case: id } = button?.dataset ?? {};
  if (!what && !buttons.has(button?.value)) return;
  event.preventDefault();
  if (event.detail) button.blur(); // or the space bar would press it again
  if (what === "jump") { queue.jump(id); show(event.timeStamp); }
  else act(what ?? button.value, event.timeStamp);
});
view.get(".asked form").addEventListener("change", (event) => event.currentTarget.requestSubmit());

for (const hidden of root.querySelectorAll("[data-does][hidden]")) hidden.hidden = false;
for (const entry of outbox.entries) resume(entry);
listen(act);
show();
