// Tries a camera from its form: one picture, fetched in the background, with a bar while it lasts.
const POLL_MS = 400;

const form = document.querySelector("#camera");
const panel = form?.querySelector("[data-trial]");

if (panel) {
  const button = panel.querySelector("[data-try]");
  button.addEventListener("click", event => {
    event.preventDefault();
    attempt(button);
  });
}

async function attempt(button) {
  button.disabled = true;
  const bar = panel.querySelector("progress");
  bar.hidden = false;
  bar.value = 0;
  tell(panel.dataset.running, "plain");
  try {
    show(await ended(await begun(), bar));
  } catch (error) {
    tell(`${panel.dataset.failed}: ${error.message}`, "problem");
  } finally {
    bar.hidden = true;
    button.disabled = false;
  }
}

async function begun() {
  const said = new FormData(form);
  const asked = new URLSearchParams();
  for (const name of ["id", "url", "user", "password", "trial"]) asked.set(name, said.get(name) ?? "");
  return answer(await fetch("/admin/trials", { method: "POST", body: asked }));
}

async function ended(trial, bar) {
  while (trial.state === "running") {
    await new Promise(done => setTimeout(done, POLL_MS));
    trial = await answer(await fetch(`/admin/trials/${trial.id}`));
    bar.value = trial.seconds;
  }
  return trial;
}

async function answer(response) {
  const json = response.headers.get("Content-Type")?.includes("application/json");
  const said = json ? await response.json() : {};
  if (!response.ok) throw new Error(said.problem ? `${said.problem} → ${said.remedy}` : `${response.status}`);
  return said;
}

function show(trial) {
  if (trial.state !== "seen") return tell(`${panel.dataset[trial.state]} · ${trial.detail}`, "problem");
  form.elements.trial.value = trial.id;
  const picture = form.querySelector(".canvas img");
  picture.src = `/admin/trials/${trial.id}/picture`;
  picture.hidden = false;
  tell(`${panel.dataset.seen} · ${trial.width}×${trial.height} · ${trial.seconds} s`, "done");
}

function tell(text, look) {
  const told = panel.querySelector(".told");
  told.className = `told ${look}`;
  told.textContent = text;
  told.hidden = false;
}
