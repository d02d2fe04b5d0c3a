// What a reviewer must be told beside the cases: it stays until they close it.
import { element } from "./review-view.js";

export class Notices {
  #box;
  #standing = new Map();

  constructor(box, close) {
    this.#box = box;
    this.close = close;
  }

  // `ways` lead on: a text each, with an address or something to do.
  tell(text, ways = {}) {
    const notice = element("div", { className: "notice" }, element("p", { textContent: text }));
    const away = () => notice.remove();
    for (const [name, way] of Object.entries(ways)) notice.append(this.#way(name, way, away));
    notice.append(this.#way(this.close, () => {}, away));
    this.#box.append(notice);
    return notice;
  }

  // One notice of a kind at a time, such as of a lost connection; no text takes it away.
  stand(kind, text, ways = {}) {
    this.#standing.get(kind)?.remove();
    this.#standing.delete(kind);
    if (text) this.#standing.set(kind, this.tell(text, ways));
  }

  #way(name, way, away) {
    if (typeof way === "string") return element("a", { className: "button quiet small", href: way, textContent: name });
    const button = element("button", { type: "button", className: "quiet small", textContent: name });
    button.addEventListener("click", () => { away(); way(); });
    return button;
  }
}
