// The clip on the page of a case.
import { fallBack } from "./preview.js";

fallBack(document.querySelector("video[data-preview]"), document.querySelector(".preview"));
