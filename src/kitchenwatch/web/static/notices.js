// An answer: each photo is sent by itself as soon as it is chosen, so that a lost connection loses one photo at most.
const form = document.querySelector("form#answer");
const { to, most, largest } = form.dataset;
const template = form.querySelector("template.sending");
const send = form.querySelector("button.send");
const missing = form.querySelector(".missing");
const lists = Object.fromEntries([...form.querySelectorAll("ul[data-purpose]")].map((list) => [list.dataset.purpose, list]));
const PREVIEW_PX = 320;
const PAUSES_S = [2, 4, 8, 15, 30];
const ONLY = { photo: Number(most), portrait: 1 };
let turn = Promise.resolve(); // photos go one after the other: the line is thin

// --- what is sent so far ---------------------------------------------------------------------------------------

const count = (purpose, kind = "") => lists[purpose].querySelectorAll(`li${kind}`).length;

function weigh() {
  const lacks = Object.keys(lists).filter((purpose) => !count(purpose, ".sent"));
  const busy = form.querySelector("li.sending, li.failed") !== null;
  send.disabled = busy || lacks.length > 0;
  missing.textContent = busy ? missing.dataset.sending : lacks.length ? missing.dataset[lacks.length > 1 ? "both" : lacks[0]] : "";
  for (const [purpose, list] of Object.entries(lists)) {
    list.parentElement.querySelector(".pick").hidden = count(purpose) >= ONLY[purpose];
  }
}

function words(code) {
  const line = form.querySelector(`.unfit [data-code="${code}"]`) ?? form.querySelector('.unfit [data-code="other"]');
  return line.textContent.trim();
}

// --- one photo -------------------------------------------------------------------------------------------------

function post(file, purpose, told) {
  const body = new FormData();
  body.append("purpose", purpose);
  for (const name of ["latitude", "longitude", "accuracy"]) if (form.elements[name].value) body.append(name, form.elements[name].value);
  body.append("photo", file);
  return new Promise((answered) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
    request.open("POST", to);
    request.responseType = "json";
    request.timeout = 180_000;
    request.upload.addEventListener("progress", (event) => told(event.loaded / event.total));
    request.addEventListener("loadend", () => answered({
      status: request.status, said: request.response, after: Number(request.getResponseHeader("Retry-After")),
    }));
    request.send(body);
  });
}

const refusals = { 401: "changed", 404: "changed", 409: "changed", 413: "too_large" };
const passing = (status) => status === 0 || status === 429 || status >= 500;

class Photo {
  constructor(file, purpose) {
    this.file = file;
    this.purpose = purpose;
    this.item = template.content.firstElementChild.cloneNode(true);
    this.state = this.item.querySelector(".state");
    this.bar = this.item.querySelector("progress");
    this.retry = this.item.querySelector(".again");
    this.gone = false;
    this.item.querySelector(".remove").addEventListener("click", () => this.remove());
    this.retry.addEventListener("click", () => this.queue());
    lists[purpose].append(this.item);
    this.preview();
    if (file.size > Number(largest)) this.fail("too_large");
    else this.queue();
  }

  // Drawn, not linked: the page allows no pictures but its own.
  async preview() {
    const canvas = this.item.querySelector("canvas");
    try {
      const picture = await createImageBitmap(this.file);
      const scale = Math.min(1, PREVIEW_PX / Math.max(picture.width, picture.height));
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
    } catch {
      canvas.hidden = true; // a kind that this browser does not show
    }
  }

  queue() {
    this.item.className = "photo sending";
    this.retry.hidden = true;
    this.bar.hidden = false;
    this.say("waiting");
    weigh();
    turn = turn.then(() => this.gone || this.go());
  }

  async go() {
    for (const pause of [...PAUSES_S, null]) {
      this.say("sending");
      const answer = await post(this.file, this.purpose, (share) => { this.bar.value = share; });
      if (this.gone) return answer.status === 201 && this.forget(answer.said.id);
      if (answer.status === 201) return this.succeed(answer.said.id);
      if (!passing(answer.status)) return this.fail(refusals[answer.status] ?? answer.said?.code ?? "other");
      if (pause !== null && !(await this.wait(answer.after || pause, answer.status === 429))) return;
    }
    this.fail("other");
  }

  // False: the photo was removed meanwhile.
  async wait(seconds, slow) {
    for (let left = seconds; left > 0 && !this.gone; left -= 1) {
      this.say(slow ? "slow" : "again", left);
      await new Promise((tick) => setTimeout(tick, 1000));
    }
    return !this.gone;
  }

  say(what, n = "") {
    this.state.textContent = this.state.dataset[what].replace("{n}", n);
  }

  succeed(id) {
    this.id = id;
    this.item.className = "photo sent";
    this.bar.hidden = true;
    this.say("sent");
    const kept = Object.assign(document.createElement("input"), { type: "hidden", name: "uploads", value: id });
    const shown = Object.assign(new Image(), { src: `${to}/${id}`, alt: "" });
    shown.decode().then(() => this.item.querySelector("canvas")?.replaceWith(shown)).catch(() => {});
    this.item.append(kept);
    weigh();
  }

  fail(code) {
    this.item.className = "photo failed";
    this.bar.hidden = true;
    this.retry.hidden = code !== "other";
    this.state.textContent = words(code);
    weigh();
  }

  remove() {
    this.gone = true;
    this.item.remove();
    if (this.id) this.forget(this.id);
    weigh();
  }

  forget(id) {
    return fetch(`${to}/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
  }
}

function take(input) {
  const purpose = input.name === "portrait" ? "portrait" : "photo";
  const room = ONLY[purpose] - count(purpose);
  const chosen = [...input.files];
  for (const file of chosen.slice(0, room)) new Photo(file, purpose);
  if (chosen.length > room) missing.textContent = words("too_many");
  input.value = ""; // what was chosen goes its own way, and the same photo may be chosen again
}

// --- where one is ----------------------------------------------------------------------------------------------

function locate() {
  const line = form.querySelector(".position");
  line.textContent = line.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      for (const name of ["latitude", "longitude", "accuracy"]) form.elements[name].value = coords[name];
      line.textContent = line.dataset.found
        .replace("{latitude}", coords.latitude.toFixed(5))
        .replace("{longitude}", coords.longitude.toFixed(5))
        .replace("{accuracy}", Math.round(coords.accuracy));
      line.classList.add("found");
    },
    () => { line.textContent = line.dataset.failed; },
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
}

// --- the form --------------------------------------------------------------------------------------------------

function keepRemark() {
  const place = `answer/${form.dataset.case}`;
  const { remark } = form.elements;
  remark.value ||= sessionStorage.getItem(place) ?? "";
  remark.addEventListener("input", () => sessionStorage.setItem(place, remark.value));
  form.addEventListener("submit", () => { send.disabled = true; });
}

form.classList.add("scripted");
for (const input of form.querySelectorAll("input[type=file]")) input.addEventListener("change", () => take(input));
if (navigator.geolocation) {
  form.querySelector(".place").hidden = false;
  form.querySelector(".locate").addEventListener("click", locate);
}
keepRemark();
addEventListener("pageshow", weigh);
weigh();
