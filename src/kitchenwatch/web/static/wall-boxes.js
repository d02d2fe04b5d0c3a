// Draws what the camera's line saw over its picture.
const KEEP = 60; // of what was seen; 12 s at the usual pace
const STALE_S = 1.5; // boxes older than that are somewhere else by now
const COLOURS = { person: "#d7dcd9", violating: "#ff5a4f", hat: "#4cc38a", mask: "#4cc38a" };

export class Boxes {
  constructor(canvas, words) {
    Object.assign(this, { canvas, words, seen: [] });
  }

  add(seen) {
    if (seen.t < this.seen.at(-1)?.t) this.seen = [];
    this.seen.push(seen);
    if (this.seen.length > KEEP) this.seen.shift();
  }

  clear() {
    this.seen = [];
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  // `shown` is the video or image below, `mediaTime` what it shows; null: the newest.
  draw(shown, mediaTime) {
    const pen = this.pen();
    const [width, height] = [shown.videoWidth ?? shown.naturalWidth, shown.videoHeight ?? shown.naturalHeight];
    const seen = this.at(mediaTime);
    if (!seen || !width) return;
    const scale = Math.min(this.width / width, this.height / height);
    const at = { x: (this.width - width * scale) / 2, y: (this.height - height * scale) / 2, w: width * scale, h: height * scale };
    for (const person of seen.people) {
      const kind = person.violating ? "violating" : "person";
      this.box(pen, at, person.box, COLOURS[kind], `#${person.track}`);
    }
    for (const mark of seen.marks) {
      const word = `${this.words[mark.label] ?? mark.label} ${Math.round(mark.score * 100)}%`;
      this.box(pen, at, mark.box, COLOURS[mark.label] ?? COLOURS.violating, word);
    }
  }

  at(mediaTime) {
    const newest = this.seen.at(-1);
    if (mediaTime === null || !newest) return newest;
    const found = this.seen.findLast((seen) => seen.t <= mediaTime + 0.05);
    return found && mediaTime - found.t < STALE_S ? found : undefined;
  }

  // A clean canvas of the place's size on the screen.
  pen() {
    const { canvas } = this;
    const sharp = devicePixelRatio;
    [this.width, this.height] = [canvas.clientWidth, canvas.clientHeight];
    const [width, height] = [Math.round(this.width * sharp), Math.round(this.height * sharp)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    return pen;
  }

  box(pen, at, [x1, y1, x2, y2], colour, text) {
    const [x, y, w, h] = [at.x + x1 * at.w, at.y + y1 * at.h, (x2 - x1) * at.w, (y2 - y1) * at.h];
    const letters = Math.max(11, Math.min(16, this.height / 28));
    pen.lineWidth = Math.max(1.5, this.height / 220);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.strokeRect(x, y, w, h);
    pen.font = `600 ${letters}px system-ui, sans-serif`;
    const wide = pen.measureText(text).width + 6;
    const left = Math.max(0, Math.min(x, this.width - wide));
    const top = y > letters + 4 ? y - letters - 4 : y;
    pen.fillRect(left, top, wide, letters + 4);
    pen.fillStyle = "#101513";
    pen.fillText(text, left + 3, top + letters);
  }
}
