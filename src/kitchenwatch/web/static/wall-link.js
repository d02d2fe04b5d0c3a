// One camera's socket, opened again whenever it is lost, for as long as it is wanted.
const FIRST_MS = 500;
const LONGEST_MS = 10_000;
const SILENT_MS = 10_000; // the server tells something every second
const ENDS = { 4401: "out", 4404: "gone" };

export class Link {
  // `told` takes a message (an object, or an ArrayBuffer), `changed` one of: open, lost, out, gone.
  constructor(camera, told, changed) {
    Object.assign(this, { camera, told, changed, wait: FIRST_MS, socket: null, timer: 0 });
  }

  open() {
    if (this.socket || this.timer) return;
    const place = `/api/v1/cameras/${encodeURIComponent(this.camera)}/live`;
    const socket = new WebSocket(new URL(place, location.href.replace(/^http/, "ws")));
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    const opened = Date.now();
    socket.addEventListener("open", () => { if (socket === this.socket) this.changed("open"); });
    socket.addEventListener("message", ({ data }) => { if (socket === this.socket) this.hear(data, opened); });
    socket.addEventListener("close", ({ code }) => { if (socket === this.socket) this.lose(code); });
    this.listen();
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    const { socket } = this;
    this.timer = 0;
    this.socket = null;
    socket?.close();
  }

  // Anew, after the usual wait.
  again() {
    this.socket?.close();
    this.lose(0);
  }

  say(text) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  hear(data, opened) {
    this.listen();
    if (Date.now() - opened > LONGEST_MS) this.wait = FIRST_MS; // it holds; one whose film fails at once waits longer each time
    this.told(typeof data === "string" ? JSON.parse(data) : data);
  }

  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), SILENT_MS);
  }

  async lose(code) {
    clearTimeout(this.silence);
    this.socket = null;
    const state = ENDS[code] ?? "lost";
    this.changed(state);
    if (state !== "lost") return;
    this.timer = setTimeout(() => this.retry(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_MS, this.wait * 2);
  }

  // A socket that is refused does not tell why; a request does.
  async retry() {
    const { timer } = this;
    const status = await fetch(`/api/v1/cameras/${encodeURIComponent(this.camera)}`).then((answer) => answer.status, () => 0);
    if (timer !== this.timer) return; // closed meanwhile
    this.timer = 0;
    if (status === 401) this.changed("out");
    else if (status === 404) this.changed("gone");
    else this.open();
  }
}
