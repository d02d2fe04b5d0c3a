// Puts a case on the screen.
import { fallBack } from "./preview.js";
import { decoded } from "./review-media.js";

const GLANCE_MS = 800; // a case that is judged at a glance needs no preview made

export class View {
  #left = new AbortController();
  #frames = new Map();

  // `words` calls the values of the model by their names, `texts` are the page's own.
  constructor(root, { words, texts }) {
    this.root = root;
    this.words = words;
    this.texts = texts;
    this.language = document.documentElement.lang;
    this.relative = new Intl.RelativeTimeFormat(this.language, { numeric: "always" });
    this.percent = new Intl.NumberFormat(this.language, { style: "percent" });
  }

  get(selector) {
    return this.root.querySelector(selector);
  }

  get video() {
    return this.get(".screen video");
  }

  text(name, values = {}) {
    return this.texts[name].replace(/{(\w+)}/g, (_, key) => values[key]);
  }

  word(value) {
    return this.words[value] ?? value;
  }

  // What somebody has said of a case.
  verdict({ status, reason, mistaken }) {
    const why = [reason !== "violation" && reason, mistaken !== "other" && mistaken].filter(Boolean);
    return [status, ...why].map((value) => this.word(value)).join(" · ");
  }

  name(item) {
    return `${item.site.name} · ${this.word(item.kind)}`;
  }

  busy(yes) {
    this.get(".case").ariaBusy = String(yes);
  }

  // Resolves when its picture is decoded and on the screen; the rest comes with `complete`.
  async show(item, media) {
    this.#left.abort();
    this.#left = new AbortController();
    this.#facts(item);
    this.#pictures(item, media.pictures);
    this.film(media.video);
    this.#chart(item.chart);
    this.get(".before ol").replaceChildren();
    this.stamp(null);
    if (scrollY) scrollTo(0, 0); // on a phone
    await decoded(this.root.querySelectorAll(".stage img"));
    await painted();
  }

  complete(item) {
    this.#before(item);
    this.play();
  }

  film(video) {
    this.get(".screen").replaceChildren(video ?? this.#none());
    for (const line of this.get(".preview").children) line.hidden = true;
  }

  play() {
    const { video } = this;
    if (!video) return;
    const signal = this.#left.signal;
    setTimeout(() => signal.aborted || fallBack(video, this.get(".preview"), signal), GLANCE_MS);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) video.play().catch(() => {});
  }

  stamp(text) {
    this.get(".stamp").textContent = text ?? "";
    this.get(".stamp").hidden = !text;
  }

  coming(items) {
    const frames = new Map(items.map((item) => [item.id, this.#frames.get(item.id) ?? this.#frame(item)]));
    this.#frames = frames;
    this.get(".strip-next ol").replaceChildren(...frames.values());
  }

  // Milliseconds ago, in the greatest unit that fits.
  ago(ms) {
    const units = [["day", 864e5], ["hour", 36e5], ["minute", 6e4], ["second", 1e3]];
    const [unit, size] = units.find(([, length]) => ms >= length) ?? units.at(-1);
    return this.relative.format(-Math.round(ms / size), unit);
  }

  #facts(item) {
    this.get(".facts .kind").textContent = this.word(item.kind);
    this.get(".facts .score").textContent = this.percent.format(item.score);
    this.get(".facts .site").textContent = item.site.name;
    this.get(".facts .camera").textContent = item.camera.name;
    this.get(".facts time").textContent = local(item.opened_at, item.timezone);
    this.get(".facts .more").href = `/cases/${item.id}`;
  }

  #pictures(item, { snapshot, annotated, crop }) {
    const stage = this.get(".stage");
    for (const image of stage.querySelectorAll("img")) image.remove();
    stage.prepend(...[snapshot, annotated].filter(Boolean));
    stage.classList.toggle("both", Boolean(snapshot && annotated));
    stage.querySelector(".none").hidden = Boolean(snapshot || annotated);
    for (const image of [snapshot, annotated, crop]) if (image) image.alt = this.word(image.className);
    this.get(".crop").replaceChildren(...[crop].filter(Boolean));
  }

  #chart(chart) {
    this.get(".chart").classList.toggle("blank", !chart);
    if (!chart) return;
    this.get(".chart").hidden = false;
    this.get("polyline").setAttribute("points", chart.points);
    for (const end of ["x1", "x2"]) this.get("line.opened").setAttribute(end, chart.opened);
    this.get(".chart .seconds").textContent = `${chart.seconds.toFixed(1)} s`;
  }

  #before(item) {
    this.get(".before ol").replaceChildren(...item.earlier.map((row) => {
      const status = element("span", { className: row.status, textContent: this.verdict(row) });
      const when = element("time", { textContent: this.ago(new Date(item.opened_at) - new Date(row.opened_at)) });
      const kind = element("b", { textContent: this.word(row.kind) });
      const link = element("a", { href: `/cases/${row.id}` }, thumb(row.picture), kind, status, when);
      return element("li", {}, link);
    }));
  }

  #frame(item) {
    const { crop, annotated, snapshot } = item.pictures;
    const kind = element("span", { textContent: this.word(item.kind) });
    const button = element("button", { type: "button", className: "quiet" }, thumb(crop ?? annotated ?? snapshot), kind);
    Object.assign(button.dataset, { does: "jump", case: item.id });
    return element("li", {}, button);
  }

  #none() {
    return element("p", { className: "none", textContent: this.texts.none });
  }
}

export function element(tag, given, ...children) {
  const made = Object.assign(document.createElement(tag), given);
  made.append(...children);
  return made;
}

function thumb(href) {
  return href ? element("img", { fetchPriority: "low", decoding: "async", alt: "", src: href }) : element("i", { className: "none" });
}

// As the site's clock shows it; Swedes write dates the way ISO does.
function local(at, timeZone) {
  const form = { dateStyle: "short", timeStyle: "medium", timeZone };
  return new Intl.DateTimeFormat("sv-SE", form).format(new Date(at));
}

function painted() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}
