// Keeps the first page true: asks for it again when something has happened, and changes only the parts that differ.
import { exchange } from "./live-parts.js";
import { listen } from "./stream.js";

const PAUSE_MS = 5000; // between two questions, however much happens
const MINUTE_MS = 60000; // "3 minutes ago" grows old, too
const { after } = document.querySelector("script[data-after]").dataset;
const live = document.querySelector(".live");
let waiting = false;
let asked = performance.now();

async function refresh() {
  waiting = false;
  asked = performance.now();
  const answer = await fetch("/");
  if (answer.redirected) return location.reload();
  if (!answer.ok) return;
  exchange(await answer.text());
}

function soon() {
  if (waiting || document.hidden) return;
  waiting = true;
  setTimeout(() => refresh().catch(() => {}), Math.max(300, asked + PAUSE_MS - performance.now()));
}

listen(after, soon, (stands) => {
  live.classList.toggle("lost", !stands);
  live.textContent = stands ? live.dataset.on : live.dataset.off;
});
setInterval(soon, MINUTE_MS);
document.addEventListener("visibilitychange", soon);
