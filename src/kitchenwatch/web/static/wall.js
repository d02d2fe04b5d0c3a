// The wall: a grid of cameras in pages that turn by themselves, and its keys.
import { Tile } from "./wall-tile.js";

const GRIDS = [4, 9, 16];
const TURN_MS = 15_000;
const HIDDEN_MS = 5000; // a tab that is only glanced past keeps its streams
const wall = document.querySelector(".wall");
const list = wall.querySelector(".tiles");
const where = wall.querySelector(".page");
const news = document.querySelector("#wall-news");
const phone = matchMedia("(max-width: 640px)");
const buttons = Object.fromEntries([...wall.querySelectorAll("button[data-does]")].map((button) => [button.dataset.does, button]));
const tiles = [...list.children].map((element) => new Tile(element, (text) => { news.textContent = text; }));
const byElement = new Map(tiles.map((tile) => [tile.element, tile]));
const inView = new Set();
const state = { grid: remembered("grid", 9), turning: remembered("turning", true), boxes: remembered("boxes", false), page: 0, turned: Date.now() };

function remembered(name, usual) {
  return JSON.parse(localStorage.getItem(`wall.${name}`)) ?? usual;
}

function remember(name, value) {
  state[name] = value;
  localStorage.setItem(`wall.${name}`, JSON.stringify(value));
}

// On a phone all stand below each other, and the thumb turns the pages.
const perPage = () => (phone.matches ? Math.max(1, tiles.length) : state.grid);
const pages = () => Math.max(1, Math.ceil(tiles.length / perPage()));

function layOut() {
  state.page = (state.page + pages()) % pages();
  list.dataset.grid = state.grid;
  const first = state.page * perPage();
  tiles.forEach(({ element }, place) => {
    element.hidden = place < first || place >= first + perPage();
    element.tabIndex = place === first ? 0 : -1;
  });
  where.textContent = `${state.page + 1} / ${pages()}`;
  wall.dataset.pages = pages();
  for (const grid of GRIDS) buttons[`grid-${grid}`].ariaPressed = String(grid === state.grid);
  buttons.turn.ariaPressed = String(state.turning);
  buttons.boxes.ariaPressed = String(state.boxes);
}

function turn(by) {
  Object.assign(state, { page: state.page + by, turned: Date.now() });
  layOut();
}

function setGrid(grid) {
  const first = state.page * perPage();
  remember("grid", grid);
  turn(Math.floor(first / perPage()) - state.page);
}

function setBoxes(on) {
  remember("boxes", on);
  layOut();
  for (const tile of tiles) tile.showBoxes(on);
}

function setTurning(on) {
  remember("turning", on);
  state.turned = Date.now();
  layOut();
}

function fill() {
  if (document.fullscreenElement) return document.exitFullscreen();
  wall.requestFullscreen?.();
}

// Pages stay while somebody looks closely: the pointer rests on a tile, the keys are on one, or one fills the screen.
function held() {
  const full = document.fullscreenElement;
  return document.hidden || list.matches(":hover") || list.contains(document.activeElement) || (full && full !== wall);
}

function tick() {
  if (!state.turning || held() || pages() < 2) state.turned = Date.now();
  else if (Date.now() - state.turned >= TURN_MS) turn(1);
}

function columns() {
  return getComputedStyle(list).gridTemplateColumns.split(" ").length;
}

function step(by) {
  const shown = tiles.filter((tile) => !tile.element.hidden);
  const here = shown.findIndex((tile) => tile.element === document.activeElement);
  const next = shown[here < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, here + by))];
  for (const { element } of shown) element.tabIndex = element === next?.element ? 0 : -1;
  next?.element.focus();
}

function focused() {
  return byElement.get(document.activeElement?.closest(".tile"));
}

const KEYS = {
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  ArrowUp: () => step(-columns()),
  ArrowDown: () => step(columns()),
  PageUp: () => turn(-1),
  PageDown: () => turn(1),
  f: () => (focused() ? focused().enlarge() : fill()),
  b: () => setBoxes(!state.boxes),
  p: () => setTurning(!state.turning),
  1: () => setGrid(4),
  2: () => setGrid(9),
  3: () => setGrid(16),
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const opens = event.key === "Enter" && byElement.get(event.target);
  const act = opens ? () => opens.enlarge() : KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

const seeing = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    inView[isIntersecting ? "add" : "delete"](byElement.get(target));
    byElement.get(target).watch(isIntersecting && !document.hidden);
  }
}, { threshold: 0.1 });

let leaving = 0;
function look() {
  clearTimeout(leaving);
  const now = () => { for (const tile of inView) tile.watch(!document.hidden); };
  if (document.hidden) leaving = setTimeout(now, HIDDEN_MS);
  else now();
}

const acts = {
  "grid-4": () => setGrid(4), "grid-9": () => setGrid(9), "grid-16": () => setGrid(16),
  boxes: KEYS.b, turn: KEYS.p, back: KEYS.PageUp, next: KEYS.PageDown, fill,
};
for (const [name, button] of Object.entries(buttons)) button.addEventListener("click", acts[name]);
addEventListener("keydown", press);
document.addEventListener("visibilitychange", look);
phone.addEventListener("change", layOut);
addEventListener("pagehide", () => tiles.forEach((tile) => tile.watch(false)));
addEventListener("pageshow", (event) => { if (event.persisted) look(); });
setInterval(tick, 1000);
layOut();
if (state.boxes) setBoxes(true);
for (const { element } of tiles) seeing.observe(element);
