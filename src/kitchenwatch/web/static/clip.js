// Shows a preview where the browser cannot play the clip as the camera sent it (H.265 mostly).
const player = document.querySelector("video[data-preview]");
const lines = document.querySelectorAll(".preview > p");
const why = document.querySelector(".preview .why");
const { preview } = player.dataset;
const UNPLAYABLE = [MediaError.MEDIA_ERR_DECODE, MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED];

function say(state) {
  for (const line of lines) line.hidden = !line.classList.contains(state);
}

function fail(reason) {
  why.textContent = reason;
  say("failed");
}

// One byte is asked for to learn whether there is a preview; the answer comes when it has been made.
async function problem() {
  try {
    const answer = await fetch(preview, { headers: { Range: "bytes=0-0" } });
    return answer.ok ? null : (await answer.json()).detail;
  } catch (error) {
    return error.message;
  }
}

async function replace() {
  if (!UNPLAYABLE.includes(player.error?.code)) return;
  player.removeEventListener("error", replace);
  say("making");
  const found = await problem();
  if (found !== null) return fail(found);
  player.addEventListener("error", () => fail(player.error.message));
  player.src = preview;
  say("shown");
}

player.addEventListener("error", replace);
replace(); // the error may have come before this script
