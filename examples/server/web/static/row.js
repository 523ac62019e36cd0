// One file and its row on the page.

import { byteSize, refusal, say, typeName } from "./words.js";

const MAX_TRIES = 6; // of one file, while the server says that it is busy
const finished = new Set(["stored", "refused", "failed", "cancelled"]);
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]); // what links show

const $ = (selector, root = document) => root.querySelector(selector);

export class Row {
  // door has what to send by and how much; changed is called with the row after
  // every change of its state.
  constructor(file, door, changed) {
    Object.assign(this, { file, door, changed, tries: 0 });
    this.element = $("#row").content.cloneNode(true).firstElementChild;
    $(".name", this.element).textContent = file.name;
    $(".name", this.element).title = file.name;
    $(".size", this.element).textContent = byteSize(file.size);
    $("progress", this.element).setAttribute("aria-label", say("progress", { name: file.name }));
    $("button", this.element).addEventListener("click", () => this.act());
    this.draw();
  }

  get state() { return this.element.dataset.state; }
  get finished() { return finished.has(this.state); }
  get busy() { return this.state === "sending" || this.state === "checking"; }
  get words() { return $(".status", this.element).textContent; }

  // begin queues the file, unless it is too large for its door.
  begin() {
    this.tries = 0;
    this.progress(0);
    if (this.file.size > this.door.bytes) this.set("refused", refusal({ code: "too_large", params: { kind: "file", limit: this.door.bytes } }));
    else this.set("waiting", say("waiting"));
  }

  // set shows a state, what it means, and what the button now does.
  set(state, status) {
    this.element.dataset.state = state;
    $(".status", this.element).textContent = status;
    const verb = say({ stored: "dismiss", refused: "dismiss", failed: "again", cancelled: "again" }[state] ?? "cancel");
    const button = $("button", this.element);
    button.textContent = verb;
    button.setAttribute("aria-label", `${verb}: ${this.file.name}`);
    this.changed(this);
  }

  act() {
    if (this.state === "stored" || this.state === "refused") return this.remove();
    if (this.finished) return this.begin();
    clearInterval(this.timer);
    this.cancel?.abort();
    this.set("cancelled", say("cancelled"));
  }

  remove() {
    const neighbour = this.element.nextElementSibling ?? this.element.previousElementSibling;
    this.element.remove();
    (neighbour ? $("button", neighbour) : $("#picker")).focus(); // not lost with the row
    this.changed(this);
  }

  // progress shows how much is sent; null says that it is not known.
  progress(part) {
    const bar = $("progress", this.element);
    if (part === null) bar.removeAttribute("value");
    else bar.value = part;
  }

  async send() {
    this.tries++;
    this.set("sending", say("sending"));
    const cancel = this.cancel = new AbortController();
    try {
      this.stored(await this.door.send(this.file, (n, all) => this.sent(n, all), cancel.signal, (s) => this.told(s)));
    } catch (e) {
      if (cancel.signal.aborted) return; // the row may have begun again since
      if (e.wait > 0 && this.tries < MAX_TRIES) return this.pause(e.wait, e.message);
      this.set(e.state ?? "failed", e.message);
    }
  }

  sent(bytes, all) {
    const done = bytes >= all;
    this.progress(done ? null : bytes / all);
    const state = done ? "checking" : "sending";
    if (state !== this.state) this.set(state, say(done ? this.door.last : "sending"));
    if (!done) $(".status", this.element).textContent = say("sending_part", { percent: Math.floor(100 * bytes / all) });
  }

  // told shows what the server does with a file that was sent whole: a proxy may
  // hold much of it, and checks take their time.
  told({ state, received, total }) {
    const part = received < total ? `, ${Math.floor(100 * received / total)} %` : "";
    const does = ["waiting", "receiving", "checking", "committing"].includes(state);
    if (does && this.state === "checking") $(".status", this.element).textContent = say(`on_server_${state}`) + part;
  }

  // stored shows the file as it is kept now.
  stored(file) {
    if (!file) return this.set("stored", say("n_stored", { n: 1 }));
    const pixels = file.width ? say("pixels", file) : "";
    this.set("stored", say(this.door.done, { type: typeName(file.type) }) + pixels + (file.cleaned ? say("cleaned") : ""));
    const path = "/files/" + file.key.split("/").map(encodeURIComponent).join("/");
    const links = [[say("download"), `${path}?download`]];
    if (pictures.has(file.type)) {
      links.unshift([say("open"), path]);
      show($(".thumb", this.element), path);
    }
    for (const [text, href] of links) {
      const a = Object.assign(document.createElement("a"), { textContent: text, href, target: "_blank", rel: "noopener" });
      a.setAttribute("aria-label", `${text}: ${this.file.name}`);
      $("button", this.element).before(a);
    }
  }

  // pause waits as long as the server asked for.
  pause(seconds, why) {
    const words = () => say("again_in", { why, seconds });
    this.progress(0);
    this.set("busy", words());
    this.timer = setInterval(() => {
      seconds--;
      $(".status", this.element).textContent = words();
      if (seconds > 0) return;
      clearInterval(this.timer);
      this.set("waiting", say("waiting"));
    }, 1000);
  }

  // draw shows the file as it is on the disk.
  draw() {
    const { name, type, size } = this.file;
    const thumb = $(".thumb", this.element);
    const dot = name.lastIndexOf(".");
    thumb.textContent = dot > 0 ? name.slice(dot + 1, dot + 5).toUpperCase() : "FILE";
    if (!type.startsWith("image/") || size > 20 * 1024 * 1024) return;
    const url = URL.createObjectURL(this.file);
    show(thumb, url, () => URL.revokeObjectURL(url));
  }
}

// show replaces what a thumb shows when the picture is there.
function show(thumb, src, then) {
  const img = new Image();
  img.alt = "";
  img.onload = () => { thumb.replaceChildren(img); then?.(); };
  img.onerror = () => then?.();
  img.src = src;
}
