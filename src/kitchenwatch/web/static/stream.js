// The event stream, for pages that change by themselves.
const TYPES = [
  "case.opened", "case.verdict", "case.dispatched", "case.rectified", "case.rechecked", "case.overdue", "camera.health",
];

// Calls `news` with each alert after that place in the outbox, and `state` with whether the stream stands.
// A stream that the server refuses belongs to a session that has ended: the page then asks to sign in.
export function listen(after, news, state) {
  const stream = new EventSource(`/api/v1/alerts/stream?after=${after}`);
  for (const type of TYPES) stream.addEventListener(`cn.kitchenwatch.${type}`, (event) => news(JSON.parse(event.data)));
  stream.addEventListener("open", () => state(true));
  stream.addEventListener("error", async () => {
    state(false);
    if (stream.readyState === EventSource.CLOSED && (await fetch("/api/v1/me")).status === 401) location.reload();
  });
  addEventListener("pagehide", () => stream.close());
}
