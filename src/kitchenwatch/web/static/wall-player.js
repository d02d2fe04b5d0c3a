// Plays a film that comes in pieces (fragmented MP4) through Media Source Extensions, close behind the camera.
const Source = globalThis.MediaSource ?? globalThis.ManagedMediaSource;
const BEHIND_S = 0.8; // a piece is 0.4 s long, and networks are uneven
const LATE_S = 2.5; // further behind than that, pictures are skipped
const KEEP_S = 6;
const WAITING = 100; // pieces that the browser has not taken; many come at once only in the beginning
const ALIVE_MS = 2000; // a film whose picture has not moved for so long is not playing

export function playable(mime) {
  return Boolean(Source?.isTypeSupported(mime));
}

export class Player {
  constructor(video, onfail) {
    this.video = video;
    this.onfail = onfail;
    this.moved = 0;
    video.disableRemotePlayback = true; // or phones with a managed media source refuse to play
    video.addEventListener("timeupdate", () => { this.moved = performance.now(); });
    video.addEventListener("error", () => { if (this.source) this.fail(); });
  }

  get playing() {
    return Boolean(this.source) && performance.now() - this.moved < ALIVE_MS;
  }

  // Seconds of the camera's own time that are on the screen.
  get mediaTime() {
    return this.playing ? this.start + this.video.currentTime : null;
  }

  begin({ mime, start }) {
    this.stop();
    const source = new Source();
    Object.assign(this, { source, start, queue: [], buffer: null, placed: false });
    source.addEventListener("sourceopen", () => this.opened(source, mime), { once: true });
    this.address = URL.createObjectURL(source);
    this.video.src = this.address;
    this.video.play().catch(() => {}); // it was stopped again, or nothing is there yet
  }

  append(piece) {
    if (!this.source) return;
    this.queue.push(piece);
    if (this.queue.length > WAITING) return this.fail();
    this.pump();
  }

  stop() {
    if (!this.source) return;
    this.source = this.buffer = null;
    this.moved = 0;
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  fail() {
    this.stop();
    this.onfail();
  }

  opened(source, mime) {
    if (this.source !== source) return;
    this.buffer = source.addSourceBuffer(mime);
    this.buffer.addEventListener("updateend", () => {
      if (this.source !== source) return;
      this.follow();
      this.pump();
    });
    this.pump();
  }

  pump() {
    if (!this.buffer || this.buffer.updating || !this.queue.length) return;
    try {
      if (!this.trim()) this.buffer.appendBuffer(this.queue.shift());
    } catch {
      this.fail();
    }
  }

  // Lets go of what was shown; returns whether that is under way.
  trim() {
    const { buffered } = this.buffer;
    const until = this.video.currentTime - KEEP_S;
    if (!buffered.length || buffered.start(0) > until - KEEP_S) return false;
    this.buffer.remove(0, until);
    return true;
  }

  // Stays close behind the camera, over gaps that a slow network left.
  follow() {
    const { buffered } = this.buffer;
    if (!buffered.length) return;
    const last = buffered.length - 1;
    const [begin, end] = [buffered.start(last), buffered.end(last)];
    const behind = end - this.video.currentTime;
    const stuck = this.video.currentTime < begin && (last === 0 || this.video.readyState < 3);
    if (!this.placed || stuck || behind > LATE_S) {
      this.video.currentTime = Math.max(begin, end - BEHIND_S);
      this.placed = true;
    }
    this.video.playbackRate = behind > 2 * BEHIND_S ? 1.1 : behind < 0.3 ? 0.9 : 1;
    if (this.video.paused) this.video.play().catch(() => {});
  }
}
