// One camera's page: its live view, and the same keys as on the wall.
import { Tile } from "./wall-tile.js";

const element = document.querySelector(".tile");
const news = document.querySelector("#wall-news");
const toggle = document.querySelector("button[data-does=boxes]");
const tile = new Tile(element, (text) => { news.textContent = text; });

function setBoxes(on) {
  toggle.ariaPressed = String(on);
  localStorage.setItem("wall.boxes", String(on));
  tile.showBoxes(on);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  if (key === "b") setBoxes(!tile.withBoxes);
  else if (key === "f" || (event.key === "Enter" && event.target === element)) tile.enlarge();
}

toggle.addEventListener("click", () => setBoxes(!tile.withBoxes));
addEventListener("keydown", press);
document.addEventListener("visibilitychange", () => tile.watch(!document.hidden));
addEventListener("pagehide", () => tile.watch(false));
addEventListener("pageshow", () => tile.watch(true));
setBoxes(localStorage.getItem("wall.boxes") === "true");
tile.watch(true);
