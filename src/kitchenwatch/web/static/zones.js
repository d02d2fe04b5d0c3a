// Draws zones on a camera's picture, with mouse, finger or keyboard.
//
// The corners live in the form's own fields, as `x,y x,y …` in shares of the picture from 0 to 1: what is drawn is
// what is sent, and whoever has no pointer may write them there as well.
const UNITS = 1000; // of the drawing, each way
const STEP = 0.01;
const LEAP = 0.05;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SVG = "http://www.w3.org/2000/svg";

const editor = document.querySelector("[data-zones]");
if (editor) begin(editor);

function begin(editor) {
  const canvas = editor.querySelector(".canvas");
  const fields = [...editor.querySelectorAll("[data-zone]")];
  const locked = editor.closest("fieldset").disabled;
  const state = { editor, canvas, fields, locked, cross: [0.5, 0.5] };
  const picture = canvas.querySelector("img");
  picture.addEventListener("load", () => fit(canvas, picture));
  picture.addEventListener("error", () => { picture.hidden = true; });
  if (picture.complete && picture.naturalWidth) fit(canvas, picture);
  else if (picture.complete) picture.hidden = true;
  for (const zone of fields) listen(state, zone);
  if (!locked) {
    canvas.addEventListener("click", event => event.target.closest(".corner") || add(state, place(canvas, event)));
    canvas.addEventListener("keydown", event => steer(state, event));
    canvas.addEventListener("focus", () => draw(state));
    canvas.addEventListener("blur", () => { canvas.querySelector(".cross").hidden = true; });
  }
  draw(state);
}

function fit(canvas, picture) {
  picture.hidden = false;
  canvas.style.aspectRatio = `${picture.naturalWidth} / ${picture.naturalHeight}`;
}

function listen(state, zone) {
  zone.addEventListener("input", () => draw(state));
  const clear = zone.querySelector("[data-clear]");
  clear.hidden = state.locked;
  clear.addEventListener("click", () => {
    write(zone, []);
    draw(state);
  });
}

function picked(state) {
  return state.fields.find(zone => zone.querySelector("[name=zone-picked]").checked) ?? state.fields[0];
}

function corners(zone) {
  const points = zone.querySelector("textarea").value.trim().split(/\s+/).filter(Boolean)
    .map(pair => pair.split(",").map(Number));
  return points.filter(point => point.length === 2 && point.every(Number.isFinite));
}

function write(zone, points) {
  zone.querySelector("textarea").value = points.map(point => point.map(part => +part.toFixed(4)).join(",")).join(" ");
}

function within([x, y]) {
  return [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return within([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
}

function add(state, point) {
  const zone = picked(state);
  const points = [...corners(zone), point];
  write(zone, points);
  draw(state);
  say(state, state.editor.dataset.added.replace("{n}", points.length));
}

function steer(state, event) {
  if (event.target !== state.canvas) return;
  const step = moved(event);
  if (step) {
    state.cross = within([state.cross[0] + step[0], state.cross[1] + step[1]]);
    const [x, y] = state.cross.map(part => Math.round(part * 100));
    say(state, state.editor.dataset.place.replace("{x}", x).replace("{y}", y));
    event.preventDefault();
    draw(state);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    add(state, state.cross);
  }
}

function moved(event) {
  const arrow = ARROWS[event.key];
  return arrow && arrow.map(part => part * (event.shiftKey ? LEAP : STEP));
}

function draw(state) {
  const svg = state.canvas.querySelector("svg");
  svg.replaceChildren(...state.fields.map((zone, index) => shape(state, zone, index)));
  const held = document.activeElement?.dataset?.corner;
  const zone = picked(state);
  const handles = state.locked ? [] : corners(zone).map((point, index) => handle(state, zone, point, index));
  state.canvas.querySelector(".corners").replaceChildren(...handles);
  if (held !== undefined) handles[Math.min(held, handles.length - 1)]?.focus();
  const cross = state.canvas.querySelector(".cross");
  cross.hidden = document.activeElement !== state.canvas || !state.canvas.matches(":focus-visible");
  put(cross, state.cross);
}

function shape(state, zone, index) {
  const outline = document.createElementNS(SVG, "polygon");
  outline.setAttribute("points", corners(zone).map(point => point.map(part => part * UNITS).join(",")).join(" "));
  const out = zone.querySelector("select").value === "out";
  outline.setAttribute("class", `zone-${index % 6}${out ? " out" : ""}${zone === picked(state) ? " picked" : ""}`);
  return outline;
}

function handle(state, zone, point, index) {
  const corner = document.createElement("button");
  corner.type = "button";
  corner.className = "corner";
  corner.dataset.corner = index;
  const name = zone.querySelector("input[type=text], input:not([type])").value || "–";
  corner.setAttribute("aria-label", state.editor.dataset.corner.replace("{n}", index + 1).replace("{zone}", name));
  put(corner, point);
  corner.addEventListener("keydown", event => nudge(state, zone, index, event));
  corner.addEventListener("pointerdown", event => drag(state, zone, index, event));
  return corner;
}

function put(element, [x, y]) {
  element.style.left = `${x * 100}%`;
  element.style.top = `${y * 100}%`;
}

function nudge(state, zone, index, event) {
  const points = corners(zone);
  const step = moved(event);
  if (step) points[index] = within([points[index][0] + step[0], points[index][1] + step[1]]);
  else if (event.key === "Delete" || event.key === "Backspace") {
    points.splice(index, 1);
    say(state, state.editor.dataset.removed);
  } else return;
  event.preventDefault();
  write(zone, points);
  draw(state);
  if (!points.length) state.canvas.focus();
}

function drag(state, zone, index, event) {
  event.preventDefault();
  event.target.focus();
  const move = moving => {
    const points = corners(zone);
    points[index] = place(state.canvas, moving);
    write(zone, points);
    draw(state);
  };
  const stop = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
    // A drag that ends on the picture is no click on it.
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
}

function swallow(event) {
  event.stopPropagation();
}

function say(state, text) {
  state.editor.querySelector("[data-said]").textContent = text;
}
