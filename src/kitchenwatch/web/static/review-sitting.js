// How much has been judged in this sitting, and how fast; a reload does not begin it anew.
const KEY = "kitchenwatch.sitting";
const PAUSE_MS = 60000; // longer than this over one case, and one has been away

export class Sitting {
  #began = 0;

  constructor() {
    Object.assign(this, { done: 0, spent: 0 }, JSON.parse(sessionStorage.getItem(KEY)));
  }

  // Seconds a case.
  get pace() {
    return this.done ? this.spent / this.done / 1000 : 0;
  }

  begin() {
    this.#began = performance.now();
  }

  count() {
    this.#change(1, Math.min(performance.now() - this.#began, PAUSE_MS));
  }

  discount() {
    this.#change(-1, -this.pace * 1000);
  }

  #change(cases, ms) {
    this.done = Math.max(0, this.done + cases);
    this.spent = Math.max(0, this.spent + ms);
    sessionStorage.setItem(KEY, JSON.stringify({ done: this.done, spent: this.spent }));
  }
}
