// Hears what others do with the cases, over the event stream.
import { ask, Refused } from "./review-api.js";

export class Live {
  // `told` has: isOurs(id, revision), find(id), appeared(id), decided(now), grown(now), signedOut().
  constructor(after, told) {
    this.told = told;
    this.stream = new EventSource(`/api/v1/alerts/stream?after=${after}`);
    this.#on("opened", ({ case: id }) => told.appeared(id));
    this.#on("verdict", (said) => this.#verdict(said));
    this.#on("clip", ({ case: id }) => told.find(id) && this.#look(id, (now) => told.grown(now)));
    this.stream.addEventListener("error", () => this.#ended());
    addEventListener("pagehide", () => this.stream.close());
  }

  #on(name, hear) {
    this.stream.addEventListener(`cn.kitchenwatch.case.${name}`, (event) => hear(JSON.parse(event.data).data));
  }

  #verdict({ case: id, revision, status }) {
    if (this.told.isOurs(id, revision)) return;
    const item = this.told.find(id);
    if (item && item.revision >= revision) return;
    if (status === "open") this.told.appeared(id);
    else if (item) this.#look(id, (now) => this.told.decided(now));
    else this.told.decided({ id });
  }

  async #look(id, then) {
    const now = await ask(`/review/${id}`).catch(() => null);
    if (now && this.told.find(id)) then(now);
  }

  // A browser does not come back by itself where it was refused.
  async #ended() {
    if (this.stream.readyState !== EventSource.CLOSED) return;
    const error = await ask("/me").catch((found) => found);
    if (error instanceof Refused && error.status === 401) this.told.signedOut();
  }
}
