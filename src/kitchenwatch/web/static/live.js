// Tells that there is something new; the page changes only when its reader wants it to.
const { after } = document.querySelector("script[data-after]").dataset;
const bar = document.querySelector(".news");
const told = bar.querySelector(".told");
const seen = { cases: 0, cameras: 0 };

function tell() {
  const parts = [];
  if (seen.cases) parts.push(bar.dataset.cases.replace("{n}", seen.cases));
  if (seen.cameras) parts.push(bar.dataset.cameras);
  told.textContent = parts.join(" · ");
  bar.hidden = false;
}

const stream = new EventSource(`/api/v1/alerts/stream?after=${after}`);
stream.addEventListener("cn.kitchenwatch.case.opened", () => { seen.cases += 1; tell(); });
stream.addEventListener("cn.kitchenwatch.camera.health", () => { seen.cameras += 1; tell(); });
bar.querySelector("a").addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
addEventListener("pagehide", () => stream.close());
