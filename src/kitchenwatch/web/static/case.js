// The page of one case: fills in what the forms propose, and tells when somebody else has acted meanwhile.
for (const group of document.querySelectorAll(".chips")) {
  const field = group.closest("form").elements[group.dataset.into];
  group.addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (!chip || field.value.includes(chip.textContent)) return;
    field.value = field.value ? `${field.value.trimEnd()}\n${chip.textContent}` : chip.textContent;
    field.focus();
  });
}

// A deadline that somebody has set by hand stays as it is.
for (const form of document.querySelectorAll(".act-dispatch")) {
  const { deadline } = form.elements;
  let byHand = false;
  deadline.addEventListener("input", () => { byHand = true; });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "severity" && !byHand) deadline.value = target.dataset.deadline;
  });
}

// A second click would only be told that the first has been faster.
for (const form of document.querySelectorAll("form[class*=act-]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

const bar = document.querySelector(".news[data-case]");
const stream = new EventSource(`/api/v1/alerts/stream?after=${bar.dataset.after}`);
const TOLD = ["clip", "closed", "verdict", "dispatched", "rectified", "rechecked", "overdue"];
for (const what of TOLD) {
  stream.addEventListener(`cn.kitchenwatch.case.${what}`, ({ data }) => {
    if (JSON.parse(data).subject === bar.dataset.case) bar.hidden = false;
  });
}
addEventListener("pagehide", () => stream.close());
