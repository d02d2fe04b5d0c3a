// Shows a preview where the browser cannot play the clip as the camera sent it (H.265 mostly).
const UNPLAYABLE = [MediaError.MEDIA_ERR_DECODE, MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED];

// One byte is asked for to learn whether there is a preview; the answer comes when it has been made.
async function problem(preview, signal) {
  try {
    const answer = await fetch(preview, { headers: { Range: "bytes=0-0" }, signal });
    return answer.ok ? null : (await answer.json()).detail;
  } catch (error) {
    return error.message;
  }
}

// `player` names its preview in data-preview; `box` holds the lines making, shown and failed, and a place to say why.
export function fallBack(player, box, signal) {
  const say = (state) => {
    if (signal?.aborted) return;
    for (const line of box.children) line.hidden = !line.classList.contains(state);
  };
  const fail = (reason) => {
    if (!signal?.aborted) box.querySelector(".why").textContent = reason;
    say("failed");
  };

  async function replace() {
    if (!UNPLAYABLE.includes(player.error?.code)) return;
    player.removeEventListener("error", replace);
    say("making");
    const found = await problem(player.dataset.preview, signal);
    if (signal?.aborted) return;
    if (found !== null) return fail(found);
    player.addEventListener("error", () => fail(player.error.message), { signal });
    player.src = player.dataset.preview;
    say("shown");
  }

  say("");
  player.addEventListener("error", replace, { signal });
  replace(); // the error may have come before this call
}
