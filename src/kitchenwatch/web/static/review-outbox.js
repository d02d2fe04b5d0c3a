// Sends verdicts in the background, one after the other; what is not sent yet survives the page.
import { ask, Refused } from "./review-api.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;

// An entry: { case, name, said, revision }, where `said` is the verdict's body, or null to take a verdict back.
export class Outbox {
  #prefix;
  #running = false;
  #sending = null;
  #wake = () => {};

  // `told` has: sent(entry, answer), conflict(entry, now), refused(entry, why), changed(state) of idle, sending,
  // lost or signed_out.
  constructor(user, told) {
    this.user = user;
    this.told = told;
    this.#prefix = `kitchenwatch.review.${user}.`;
    this.entries = this.#stored();
    addEventListener("online", () => this.send());
  }

  has(id) {
    return this.entries.some((entry) => entry.case === id);
  }

  // Keeps it at once; it leaves with the next `send`.
  add(entry) {
    const number = Math.max(Date.now(), 1 + Number(this.entries.at(-1)?.number ?? 0));
    this.entries.push(Object.assign(entry, { number }));
    this.#keep(entry);
    this.told.changed("sending");
  }

  // Whether it could be taken out before it left.
  cancel(entry) {
    if (entry === this.#sending || !this.entries.includes(entry)) return false;
    this.#forget(entry);
    return true;
  }

  async send() {
    this.#wake();
    if (this.#running) return;
    this.#running = true;
    if (this.entries.length) this.told.changed("sending");
    for (let wait = FIRST_WAIT_MS; this.entries.length; ) {
      this.#sending = this.entries[0];
      const state = await this.#deliver(this.#sending);
      this.#sending = null;
      this.told.changed(this.entries.length ? state : "idle");
      if (state === "signed_out") break;
      if (state !== "lost") wait = FIRST_WAIT_MS;
      else {
        await new Promise((done) => { this.#wake = done; setTimeout(done, wait); });
        wait = Math.min(2 * wait, LONGEST_WAIT_MS);
      }
    }
    this.#running = false;
  }

  async #deliver(entry) {
    try {
      this.#delivered(entry, await post(entry));
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) return "lost";
      if (error.status === 401) return "signed_out";
      if (error.status === 409) return this.#disputed(entry);
      this.#forget(entry);
      this.told.refused(entry, error);
    }
    return "sending";
  }

  // Was somebody faster, or was it we ourselves, in an answer that did not arrive?
  async #disputed(entry) {
    let now;
    try {
      now = await ask(`/review/${entry.case}`);
    } catch {
      return "lost";
    }
    if (this.#isOurs(entry, now)) {
      this.#delivered(entry, now);
    } else {
      for (const one of this.entries.filter((other) => other.case === entry.case)) this.#forget(one);
      this.told.conflict(entry, now);
    }
    return "sending";
  }

  #isOurs({ said, revision }, now) {
    if (now.revision !== revision + 1) return false;
    if (!said) return now.status === "open";
    return now.decided_by === this.user && ["status", "reason", "mistaken"].every((name) => now[name] === said[name]);
  }

  #delivered(entry, { revision }) {
    this.#forget(entry);
    for (const later of this.entries.filter((other) => other.case === entry.case)) {
      later.revision = revision;
      this.#keep(later);
    }
    this.told.sent(entry, revision);
  }

  #keep(entry) {
    localStorage.setItem(this.#prefix + entry.number, JSON.stringify(entry));
  }

  #forget(entry) {
    this.entries.splice(this.entries.indexOf(entry), 1);
    localStorage.removeItem(this.#prefix + entry.number);
  }

  #stored() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
    return keys.map((key) => JSON.parse(localStorage.getItem(key))).sort((a, b) => a.number - b.number);
  }
}

function post({ case: id, said, revision }) {
  const path = `/cases/${id}/verdict`;
  if (!said) return ask(`${path}?revision=${revision}`, { method: "DELETE" });
  return ask(path, { method: "POST", body: { ...said, revision } });
}
