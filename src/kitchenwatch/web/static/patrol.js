// Patrol: shows the camera as it is now, until the finding is sent.
const still = document.querySelector(".for-live img");
const chosen = document.querySelector(".patrol-camera select");
const EVERY_MS = 1000;

chosen?.addEventListener("change", () => chosen.form.requestSubmit());

if (still) {
  const place = new URL(still.src);
  const next = () => {
    if (document.hidden) return void setTimeout(next, EVERY_MS);
    place.searchParams.set("t", Date.now());
    still.src = place.href;
  };
  still.addEventListener("load", () => setTimeout(next, EVERY_MS));
  still.addEventListener("error", () => setTimeout(next, 5 * EVERY_MS));
  setTimeout(next, EVERY_MS);
}
