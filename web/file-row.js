// One file of <upload-files> and its row.

import { make } from "./dom.js";
import { PAUSE, UploadError, doorOf, upload } from "./upload.js";

// Characters that override the direction of a name, and control characters.
const HIDDEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

const FINISHED = new Set(["stored", "refused", "failed", "cancelled"]);
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]); // what browsers show
const ABOUT_ACCEPTED = /^(type_|too_large|unsupported)/; // refusals that repeat what is accepted
const MOST_SHOWN = 20 * 2 ** 20; // the most bytes of a picture that is shown before it is stored

export class Row {
  // host is the element: it has the words, the options of upload, the limits and links. changed is
  // called after every change, with the row and whether its state changed.
  constructor(file, host, changed) {
    const name = this.name = file.name.replace(HIDDEN, "\ufffd");
    Object.assign(this, { file, host, changed, part: 0, links: {} });
    const { words } = host;
    this.thumb = make("span", { className: "thumb", attributes: { "aria-hidden": "true" } });
    this.bar = make("progress", { max: 1, value: 0, ariaLabel: words.say("progress", { name }) });
    this.status = make("p", { className: "status" });
    this.actions = make("div", { className: "actions" });
    this.element = make("li", {}, this.thumb,
      make("div", { className: "facts" },
        make("p", { className: "title" },
          make("span", { className: "name", dir: "auto", title: name, textContent: name }),
          make("span", { className: "size", textContent: words.bytes(file.size) })),
        this.bar, this.status),
      this.actions);
    this.draw();
  }

  get state() { return this.element.dataset.state; }
  get finished() { return FINISHED.has(this.state); }
  get busy() { return this.state === "sending" || this.state === "checking" || this.state === "retrying"; }
  get text() { return this.status.textContent; }

  // begin queues the file, unless it is larger than max-size.
  begin() {
    const { maxSize, words } = this.host;
    this.show(0);
    if (!maxSize || this.file.size <= maxSize) return this.set("waiting", words.say("waiting"));
    const error = new UploadError("too_large", { kind: "file", limit: maxSize }, { final: true });
    error.message = words.refusal(error);
    this.refused(error);
  }

  async send() {
    const cancel = this.cancel = new AbortController();
    this.set("sending", this.host.words.say("sending", { percent: 0 }));
    try {
      const stored = await upload(this.file, { ...this.host.options, signal: cancel.signal, onProgress: (p) => cancel.signal.aborted || this.on(p) });
      if (!cancel.signal.aborted) this.stored(stored);
    } catch (e) {
      if (!cancel.signal.aborted) this.refused(e); // else the row may have begun again since
    }
  }

  // on shows what upload reports.
  on({ state, sent, size, server, seconds, error }) {
    const { words } = this.host;
    clearInterval(this.timer);
    if (state === "sending") {
      const part = size ? sent / size : 0;
      this.show(part);
      this.set("sending", words.say("sending", { percent: Math.floor(100 * part) }));
    } else if (state === "checking") {
      this.show(null);
      const percent = server?.total ? Math.floor(100 * server.received / server.total) : 0;
      this.set("checking", (server && words.say(`server_${server.state}`, { percent })) || words.say("checking"));
    } else {
      const count = () => this.set("retrying", words.say("retrying", { why: words.refusal(error), wait: seconds-- || 1 }));
      count();
      this.timer = setInterval(() => seconds > 0 && count(), 1000);
    }
  }

  // show shows the part that is sent. null means all of it, with a bar without a value.
  show(part) {
    this.part = part ?? 1;
    if (part === null) this.bar.removeAttribute("value");
    else this.bar.value = part;
  }

  // set shows a state, what it means, and what can be done.
  set(state, text) {
    const before = this.state;
    this.element.dataset.state = state;
    this.status.textContent = text;
    if (state !== before) this.offer();
    this.changed(this, state !== before);
  }

  stored(file) {
    const { words, links } = this.host;
    const called = words.typeOne(file.type) || file.type || "";
    const type = called.charAt(0).toUpperCase() + called.slice(1);
    const pixels = type && file.width ? words.say("pixels", file) : "";
    const cleaned = type && file.cleaned ? words.say("cleaned") : "";
    this.kept = file;
    try {
      this.links = links?.(file) ?? {};
    } catch (e) {
      reportError(e); // a fault of the page: the file is stored
    }
    if (this.links.open && PICTURES.has(file.type)) show(this.thumb, this.links.open);
    this.set("stored", (type ? words.say("stored_type", { type }) : words.say("stored")) + pixels + cleaned);
  }

  refused(error) {
    const { words, accepted } = this.host;
    this.error = error;
    const text = words.refusal(error);
    const repeat = ABOUT_ACCEPTED.test(error.code) && !error.params?.accepted && accepted;
    clearInterval(this.timer);
    this.set(error.final ? "refused" : "failed", text);
    if (repeat) this.status.append(make("span", { className: "accepted", textContent: ` ${repeat}` }));
  }

  // offer shows the links and buttons that fit the state.
  offer() {
    const { words } = this.host;
    const focused = this.actions.contains(this.element.getRootNode().activeElement);
    const name = (text) => ({ textContent: text, ariaLabel: `${text}: ${this.name}` });
    const button = (text, act) => make("button", { type: "button", className: "quiet", onclick: act, ...name(words.say(text)) });
    const link = (text, href) => make("a", { href, target: "_blank", rel: "noopener", ...name(words.say(text)) });
    const all = [];
    if (this.state === "stored") {
      if (this.links.open) all.push(link("open", this.links.open));
      if (this.links.download) all.push(link("download", this.links.download));
    } else if (this.state === "failed" || this.state === "cancelled") all.push(button("again", () => this.begin()));
    else if (this.state === "paused") all.push(button("resume", () => this.begin()));
    else if (this.busy && this.pausable) all.push(button("pause", () => this.end("paused", PAUSE)));
    all.push(this.finished ? button("dismiss", () => this.remove()) : button("cancel", () => this.end("cancelled")));
    this.actions.replaceChildren(...all);
    if (focused) all.at(-1).focus(); // the focused button was removed
  }

  get pausable() { return this.state !== "checking" && doorOf(this.file, this.host.options) !== "url"; }

  end(state, reason) {
    clearInterval(this.timer);
    this.cancel?.abort(reason);
    this.set(state, this.host.words.say(state));
  }

  // remove removes the row, and moves the focus to the next row, the previous row or host.
  remove() {
    const neighbour = this.element.nextElementSibling ?? this.element.previousElementSibling;
    const next = neighbour?.querySelector(".actions :last-child");
    this.element.remove();
    (next ?? this.host).focus();
    this.changed(this, true);
  }

  // draw shows the extension, and a picture from the chosen file.
  draw() {
    const { name, type, size } = this.file;
    const dot = name.lastIndexOf(".");
    this.thumb.textContent = dot > 0 ? name.slice(dot + 1, dot + 5).toUpperCase() : "";
    if (!type.startsWith("image/") || size > MOST_SHOWN) return;
    const url = URL.createObjectURL(this.file);
    show(this.thumb, url, () => URL.revokeObjectURL(url));
  }
}

// show puts a picture into thumb once it is loaded. It calls then after that, or after a failure.
function show(thumb, src, then) {
  const img = new Image();
  img.alt = "";
  img.onload = () => { thumb.replaceChildren(img); then?.(); };
  img.onerror = () => then?.();
  img.src = src;
}
