// Keeps true what the wall says about the machine: it hangs there for days.
import { exchange } from "./live-parts.js";

const MINUTE_MS = 60_000;

async function ask() {
  const answer = await fetch(location.href);
  if (answer.ok && !answer.redirected) exchange(await answer.text());
}

setInterval(() => { if (!document.hidden) ask().catch(() => {}); }, MINUTE_MS);
