// The cases that wait, in order, a window ahead of the one that is judged.
import { ask } from "./review-api.js";

const LOW = 6; // cases ahead, below which more are fetched
const WINDOW = 12;
const RETRY_MS = 3000;

export class Queue {
  #judged = new Set();
  #place = null; // of the last case fetched
  #more = true; // whether there are others beyond it
  #renew = false; // whether cases may have come before it
  #filling = false;

  // `query` is what the page asks for; `changed` is called when cases have come, `failed` with why they have not.
  constructor(first, query, changed, failed) {
    Object.assign(this, { items: [], at: 0, waiting: first.waiting, query, changed, failed });
    this.add(first);
  }

  get current() {
    return this.items[this.at] ?? null;
  }

  get skipped() {
    return this.at;
  }

  ahead(number) {
    return this.items.slice(this.at + 1, this.at + 1 + number);
  }

  add({ items, more }) {
    const known = new Set(this.items.map((item) => item.id));
    this.items.push(...items.filter((item) => !known.has(item.id) && !this.#judged.has(item.id)));
    this.#place = items.at(-1)?.place ?? this.#place;
    this.#more = more;
    if (!more && this.#renew) this.#again();
  }

  // The current case has been judged: the next one takes its place.
  take() {
    const [item] = this.items.splice(this.at, 1);
    this.#judged.add(item.id);
    this.waiting -= 1;
    return item;
  }

  hide(id) {
    this.#judged.add(id);
    this.drop(id);
  }

  putBack(item) {
    this.#judged.delete(item.id);
    this.items.splice(this.at, 0, item);
    this.waiting += 1;
  }

  step(by) {
    this.at = Math.min(Math.max(this.at + by, 0), this.items.length);
  }

  jump(id) {
    this.at = Math.max(0, this.items.findIndex((item) => item.id === id));
  }

  find(id) {
    return this.items.find((item) => item.id === id);
  }

  // Somebody else has judged it.
  drop(id) {
    const index = this.items.findIndex((item) => item.id === id);
    if (index < 0) return;
    this.items.splice(index, 1);
    if (index < this.at) this.at -= 1;
    this.fill();
  }

  // There are new cases, or one waits again.
  renew(id) {
    this.#judged.delete(id);
    if (this.#more) this.#renew = true;
    else this.#again();
    this.fill();
  }

  async fill() {
    if (this.#filling || !this.#more || this.items.length - this.at > LOW) return;
    this.#filling = true;
    try {
      this.add(await ask(`/review/next?${this.#asked(WINDOW)}`));
      this.changed();
    } catch (error) {
      if (!this.failed(error)) setTimeout(() => this.fill(), RETRY_MS);
      return;
    } finally {
      this.#filling = false;
    }
    this.fill();
  }

  async count() {
    const { waiting } = await ask(`/review/next?${this.#asked(0)}`);
    return waiting;
  }

  #again() {
    this.#place = null;
    this.#more = true;
    this.#renew = false;
  }

  #asked(limit) {
    const asked = new URLSearchParams({ ...this.query, limit });
    if (this.#place) asked.set("after", this.#place);
    return asked;
  }
}
