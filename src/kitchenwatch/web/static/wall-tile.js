// One camera on the screen: film where the browser can play it, stills otherwise, its state, what is under way.
import { Boxes } from "./wall-boxes.js";
import { Link } from "./wall-link.js";
import { Player, playable } from "./wall-player.js";

const STILL_MS = 1000;
const DRAW_MS = 100;
const OLD_S = 3; // a picture older than that is no longer live
const KEEP_CASE_MS = 60_000;
const words = JSON.parse(document.querySelector("#wall-words").textContent);

export class Tile {
  // `news` is told in a sentence what should be read out.
  constructor(element, news) {
    const part = (name) => element.querySelector(name);
    this.element = element;
    this.news = news;
    this.camera = element.dataset.camera;
    this.parts = { video: part("video"), still: part(".still"), state: part(".badge"), age: part(".age"), closeness: part(".closeness"), trouble: part(".trouble"), case: part(".case") };
    this.player = new Player(this.parts.video, () => this.link.again());
    this.boxes = new Boxes(part("canvas"), words.labels);
    this.link = new Link(this.camera, (message) => this.hear(message), (state) => this.changed(state));
    this.announced = new Set();
    this.wanted = this.withBoxes = false;
    part(".enlarge").addEventListener("click", () => this.enlarge());
  }

  watch(wanted) {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) {
      this.link.open();
      this.timers = [setInterval(() => this.refresh(), STILL_MS), setInterval(() => this.draw(), DRAW_MS)];
      this.refresh();
    } else {
      this.timers.forEach(clearInterval);
      this.link.close();
      this.player.stop();
      this.boxes.clear();
    }
  }

  showBoxes(on) {
    this.withBoxes = on;
    this.link.say(on ? "boxes on" : "boxes off");
    if (!on) this.boxes.clear();
  }

  enlarge() {
    const { element } = this;
    if (document.fullscreenElement === element) return document.exitFullscreen();
    // Phones that know no full screen get the window's.
    if (element.requestFullscreen) return element.requestFullscreen();
    element.classList.toggle("enlarged");
  }

  changed(state) {
    this.element.dataset.link = state;
    if (state === "open" && this.withBoxes) this.link.say("boxes on");
    if (state === "open") return;
    this.player.stop();
    this.boxes.clear();
    if (state !== "lost") this.watch(false);
    this.say(words.link[state]);
  }

  hear(message) {
    if (message instanceof ArrayBuffer) return this.player.append(message);
    if (message.reel) this.play(message.reel);
    if (message.seen) this.boxes.add(message.seen);
    if (message.pulse) this.feel(message.pulse);
  }

  play(reel) {
    if (playable(reel.mime)) return this.player.begin(reel);
    this.player.stop();
    this.link.say("film off");
  }

  feel({ states, age_s: age, violations, attention }) {
    const { state, age: old, closeness } = this.parts;
    const worst = states[0] ?? "online";
    this.element.dataset.state = worst;
    state.className = `badge ${worst}`;
    state.textContent = words.states[worst];
    closeness.textContent = words.closeness[attention] ?? "";
    old.textContent = age === null ? "" : ago(age);
    old.classList.toggle("old", age !== null && age > OLD_S);
    this.say(trouble(states, age));
    this.warn(violations);
  }

  say(text) {
    this.parts.trouble.textContent = text;
    this.parts.trouble.hidden = !text;
  }

  // Those under way flash; the way to the case stays for a while longer.
  warn(violations) {
    this.element.classList.toggle("alarm", violations.length > 0);
    const newest = violations.at(-1);
    if (!newest) return;
    const link = this.parts.case;
    link.href = `/cases/${newest.case}`;
    link.textContent = words.kinds[newest.kind] + (violations.length > 1 ? ` +${violations.length - 1}` : "");
    link.hidden = false;
    clearTimeout(this.forget);
    this.forget = setTimeout(() => { link.hidden = true; }, KEEP_CASE_MS);
    for (const { case: id, kind } of violations) this.announce(id, kind);
  }

  announce(id, kind) {
    if (this.announced.has(id)) return;
    this.announced.add(id);
    this.news(`${this.element.dataset.name}: ${words.kinds[kind]}`);
  }

  // The stills stand in while no film plays; they also cover the time until the first piece of film.
  async refresh() {
    const { playing } = this.player;
    this.element.classList.toggle("film", playing);
    if (playing || this.fetching) return;
    this.fetching = true;
    const { still } = this.parts;
    const width = Math.ceil(still.clientWidth * devicePixelRatio) || 640;
    still.src = `/api/v1/cameras/${encodeURIComponent(this.camera)}/still.jpg?width=${Math.min(width, 1280)}&at=${Date.now()}`;
    await still.decode().then(() => this.element.classList.add("pictured"), () => {}); // none yet: the state tells why
    this.fetching = false;
  }

  draw() {
    if (!this.withBoxes) return;
    const { video, still } = this.parts;
    const time = this.player.mediaTime;
    this.boxes.draw(time === null ? still : video, time);
  }
}

function trouble(states, age) {
  if (states.length) return states.map((state) => words.states[state]).join(" · ");
  if (age === null) return words.link.waiting;
  return age > OLD_S ? words.stale.replace("{age}", ago(age)) : "";
}

function ago(seconds) {
  if (seconds < 60) return words.seconds.replace("{n}", seconds.toFixed(seconds < 10 ? 1 : 0));
  if (seconds < 3600) return words.minutes.replace("{n}", Math.round(seconds / 60));
  return words.hours.replace("{n}", Math.round(seconds / 3600));
}
