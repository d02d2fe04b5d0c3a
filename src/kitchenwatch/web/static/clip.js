// The clip on the page of a case; where it stands, a patrol finding can be made of it.
import { fallBack } from "./preview.js";

const video = document.querySelector("video[data-preview]");
const moment = document.querySelector("form.moment");

fallBack(video, document.querySelector(".preview"));

if (moment) {
  moment.hidden = false;
  moment.addEventListener("submit", () => {
    video.pause();
    moment.elements.t.value = video.currentTime.toFixed(2);
  });
}
