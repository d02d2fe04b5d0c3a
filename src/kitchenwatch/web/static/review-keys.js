// Which key does what; keys that are typed into a field, or held with Ctrl, are left alone.
const DOES = {
  Enter: "confirm", c: "confirm", m: "order",
  1: "hair", 2: "headscarf", 3: "visor", 4: "beard", 5: "spoon", 6: "straw", 7: "pen", 8: "hand", 9: "poster",
  0: "other", a: "allowed", d: "duplicate", u: "unclear",
  z: "undo", Backspace: "undo", j: "skip", ArrowDown: "skip", k: "back", ArrowUp: "back",
  b: "boxes", " ": "play", ArrowLeft: "second_back", ArrowRight: "second_on", ",": "frame_back", ".": "frame_on",
  r: "remark", "?": "keys",
};
// Held down, these go on; anything else happens once a press, so that a heavy hand judges one case.
const GOES_ON = new Set(["second_back", "second_on", "frame_back", "frame_on"]);
const FIELDS = "input:not([type=checkbox]), textarea, select, dialog";
const PRESSED = "button, a, summary, video";

export function listen(act) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest(FIELDS)) return leave(event);
    if ((event.key === "Enter" || event.key === " ") && event.target.closest(PRESSED)) return;
    const name = DOES[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name) return;
    event.preventDefault();
    if (!event.repeat || GOES_ON.has(name)) act(name, event.timeStamp);
  });
}

function leave(event) {
  if (event.target.name !== "remark" || !["Escape", "Enter"].includes(event.key)) return;
  event.preventDefault();
  event.target.blur();
}
