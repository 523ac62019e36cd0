// <upload-files>: choose, drop or paste files, and send each by itself.

import { filesOf } from "./dropped.js";
import { icon, make } from "./dom.js";
import { style } from "./element-style.js";
import { Row } from "./file-row.js";
import { PAUSE } from "./upload.js";
import { wordsOf } from "./words.js";

const PARALLEL = 3; // files at a time
const MOST = 1000; // rows, unless max-files says less
const MOST_NEWS = 20; // announcements that stay
const taken = new WeakSet(); // drops and pastes: the first of several elements has them

export class UploadFiles extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["disabled", "accept", "multiple", "max-size", "name", "required"];

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open", delegatesFocus: true });
  #rows = new Set();
  #due = false; // whether #sum is queued
  #early = []; // files that came before the words
  #more = {};
  #ready;

  async connectedCallback() {
    this.#ready ??= wordsOf(this.closest("[lang]")?.lang).then((words) => { this.words = words; this.#render(); });
    this.#validate();
    await this.#ready;
    this.stop?.abort();
    if (!this.isConnected) return;
    const stop = this.stop = new AbortController();
    const place = this.hasAttribute("page") ? window : this;
    const on = (target, type, f) => target.addEventListener(type, f, { signal: stop.signal });
    on(place, "dragover", (e) => this.#drag(e, true));
    on(place, "dragleave", (e) => e.relatedTarget || this.#drag(e, false));
    on(place, "drop", (e) => { if (this.#drag(e, false)) this.#take(e.dataTransfer); });
    on(place, "paste", (e) => { if (!isText(e.composedPath()[0]) && hasFiles(e.clipboardData) && first(e)) { e.preventDefault(); this.#take(e.clipboardData); } });
    on(window, "beforeunload", (e) => { if (this.#count((r) => !r.finished)) e.preventDefault(); });
    this.add(this.#early.splice(0));
  }

  // disconnectedCallback pauses what is on its way, unless the element is only moved.
  disconnectedCallback() {
    this.stop?.abort();
    queueMicrotask(() => {
      if (!this.isConnected) for (const row of this.#rows) if (row.busy) row.end("paused", PAUSE);
    });
  }

  attributeChangedCallback() {
    this.#inputs();
    this.#validate();
  }

  formDisabledCallback() { this.#inputs(); }
  formResetCallback() { this.clear(() => true); }

  // options are those of upload: those that are attributes, and over them those of the property.
  get options() {
    const of = (name) => this.getAttribute(name) ?? undefined;
    const large = of("large");
    const given = { url: of("url"), tickets: of("tickets"), resumable: of("resumable"), progress: of("progress"), field: of("field"), lang: this.words?.table.lang, ...(large && { large: Number(large) }) };
    return { ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)), ...this.#more };
  }
  set options(more) { this.#more = more; }

  get maxSize() { return Number(this.getAttribute("max-size")) || 0; }
  get types() { return (this.getAttribute("accept") ?? "").split(",").map((t) => t.trim()).filter((t) => this.words.typeName(t) !== t); }

  // accepted is the sentence on what is accepted, as far as the attributes say.
  get accepted() {
    const { types, maxSize: size } = this;
    if (types.length) return this.words.say(size ? "accepted" : "accepted_types", { types, size });
    return size ? this.words.say("accepted_size", { size }) : "";
  }

  get files() { return [...this.#rows].filter((r) => r.state === "stored").map((r) => r.kept); }
  get busy() { return this.#count((r) => !r.finished) > 0; }
  get form() { return this.#internals.form; }
  get name() { return this.getAttribute("name"); }
  get validity() { return this.#internals.validity; }
  get validationMessage() { return this.#internals.validationMessage; }
  checkValidity() { return this.#internals.checkValidity(); }
  reportValidity() { return this.#internals.reportValidity(); }

  // add queues files, and shows a message if they are too many. Without multiple, the first of them
  // replaces the file before it.
  add(files, more = false) {
    const all = [...files], several = this.hasAttribute("multiple");
    if (!this.list) return void this.#early.push(...all);
    if (!several && all.length) this.clear(() => true);
    const limit = several ? Math.min(Number(this.getAttribute("max-files")) || MOST, MOST) : 1;
    const room = Math.min(limit - this.#count((r) => r.state !== "refused"), MOST - this.#rows.size);
    const fit = all.slice(0, Math.max(0, room));
    for (const file of fit) {
      const row = new Row(file, this, (row, state) => this.#changed(row, state));
      this.#rows.add(row);
      this.list.append(row.element);
      row.begin();
    }
    this.#changed();
    this.#say(more || fit.length < all.length ? this.words.say("too_many", { limit }) : "");
  }

  // clear removes rows, by default those that have ended. It cancels the upload of a removed
  // row that has not ended.
  clear(which = (row) => row.finished) {
    const gone = [...this.#rows].filter(which);
    for (const row of gone) {
      row.element.remove();
      this.#rows.delete(row);
    }
    for (const row of gone) if (!row.finished) row.end("cancelled");
    this.#changed();
  }

  #count(which) { return [...this.#rows].filter(which).length; }

  async #take(transfer) {
    if (this.matches(":disabled")) return;
    const { files, more, unread } = await filesOf(transfer, this.hasAttribute("multiple") ? MOST : 1);
    this.add(files, more);
    if (unread) this.#say(this.words.say("unread"));
    else if (!files.length) this.#say(this.words.say("no_files"));
  }

  // #drag reports whether the drag has files for this element. It prevents the default, by which
  // the browser opens a dropped file and leaves the page.
  #drag(e, over) {
    if (!hasFiles(e.dataTransfer) || isInput(e.composedPath()[0]) || !first(e)) return this.toggleAttribute("dragging", false);
    e.preventDefault();
    this.toggleAttribute("dragging", over && !this.matches(":disabled"));
    return true;
  }

  // #changed runs after every change of a row. With many rows, a sum after each would be slow.
  #changed(row, state) {
    if (row && !this.list.contains(row.element)) this.#rows.delete(row);
    else if (state && row.finished) this.#announce(row);
    const waiting = [...this.#rows].filter((r) => r.state === "waiting");
    if (this.isConnected && waiting.length && this.#count((r) => r.busy) < PARALLEL) waiting[0].send();
    if (!row) this.#sum();
    else if (!this.#due) {
      this.#due = true;
      queueMicrotask(() => this.#sum());
    }
  }

  #sum() {
    this.#due = false;
    this.#summarise();
    this.#validate();
  }

  #announce(row) {
    this.#tell(`${row.name}: ${row.text}`);
    const { state, file, kept, error } = row;
    if (!this.busy) this.#sum(); // a listener may send the form
    if (state === "stored") this.dispatchEvent(new CustomEvent("stored", { detail: { file, stored: kept } }));
    else if (state !== "cancelled") this.dispatchEvent(new CustomEvent("refused", { detail: { file, error } }));
  }

  // #tell announces a text to screen readers.
  #tell(text) {
    this.news.append(make("p", { textContent: text }));
    while (this.news.children.length > MOST_NEWS) this.news.firstElementChild.remove();
  }

  #say(text) {
    this.notice.textContent = text;
    this.notice.hidden = !text;
    if (text) this.#tell(text);
  }

  #summarise() {
    if (!this.list) return;
    const of = (...states) => this.#count((r) => states.includes(r.state));
    const open = this.#count((r) => !r.finished);
    const parts = [[of("stored"), "n_stored"], [of("refused", "failed"), "n_refused"], [of("cancelled"), "n_cancelled"], [open, "n_open"]];
    this.summary.hidden = this.#rows.size === 0;
    this.counts.textContent = parts.filter(([n]) => n).map(([n, text]) => this.words.say(text, { n })).join(", ");
    this.total.hidden = open === 0 || this.#rows.size < 2;
    const going = [...this.#rows].filter((r) => !r.finished || r.state === "stored");
    const bytes = (part) => going.reduce((n, r) => n + part(r) * Math.max(1, r.file.size), 0);
    this.total.value = bytes((r) => (r.state === "stored" ? 1 : 0.99 * r.part)) / bytes(() => 1) || 0;
    this.again.hidden = of("failed") < 2;
    this.done.hidden = open === this.#rows.size;
  }

  // #validate sets the element's value and validity in its form.
  #validate() {
    const value = new FormData();
    for (const { key } of this.files) if (key) value.append(this.name ?? "", key);
    this.#internals.setFormValue(this.name ? value : null);
    const { words } = this;
    if (!this.list) this.#internals.setValidity(this.hasAttribute("required") ? { valueMissing: true } : {}, "\u2026"); // until there are words
    else if (this.busy) this.#internals.setValidity({ customError: true }, words.say("busy"), this.picker);
    else if (this.#count((r) => r.state === "failed")) this.#internals.setValidity({ customError: true }, words.say("failed"), this.picker);
    else if (this.hasAttribute("required") && !this.files.length) this.#internals.setValidity({ valueMissing: true }, words.say("required"), this.picker);
    else this.#internals.setValidity({});
  }

  // #inputs copies attributes to the inputs, and shows what is accepted.
  #inputs() {
    if (!this.picker) return;
    const disabled = this.matches(":disabled");
    for (const input of this.#root.querySelectorAll("input")) input.disabled = disabled;
    this.picker.multiple = this.hasAttribute("multiple");
    this.picker.accept = this.getAttribute("accept") ?? "";
    this.hint.textContent = this.accepted;
  }

  #render() {
    const say = (name) => this.words.say(name);
    const choose = (id, text, properties = {}, attributes = {}) => {
      const input = make("input", { id, type: "file", className: "unseen", ...properties, attributes: { "aria-describedby": "hint", ...attributes } });
      input.onchange = () => {
        this.add([...input.files].filter((f) => !f.name.startsWith(".") || !f.webkitRelativePath));
        input.value = ""; // so that the same file can be chosen again
      };
      return make("span", { className: id }, input, make("label", { className: "button", htmlFor: id, textContent: say(text) }));
    };
    const picker = choose("picker", this.hasAttribute("multiple") ? "choose" : "choose_one");
    const folder = this.hasAttribute("folder") && choose("folder", "folder", { webkitdirectory: true, multiple: true });
    const camera = this.hasAttribute("camera") && choose("camera", "camera", { accept: "image/*" }, { capture: "environment" });
    this.hint = make("slot", { name: "hint" });
    this.picker = picker.firstChild;
    this.notice = make("p", { id: "notice", hidden: true });
    this.counts = make("p");
    this.total = make("progress", { id: "total", max: 1, hidden: true, ariaLabel: say("total") });
    this.again = make("button", { type: "button", className: "quiet", textContent: say("all_again"), hidden: true, onclick: () => { for (const r of this.#rows) if (r.state === "failed") r.begin(); } });
    this.done = make("button", { type: "button", className: "quiet", textContent: say("clear"), onclick: () => { this.clear(); this.picker.focus(); } });
    this.summary = make("div", { id: "summary", hidden: true }, this.counts, this.total, this.again, this.done);
    this.list = make("ul", { id: "files", ariaLabel: say("files") });
    this.news = make("div", { id: "news", className: "unseen", attributes: { role: "log", "aria-live": "polite" } });
    const zone = make("div", { id: "zone", attributes: { part: "zone" } },
      icon(), make("p", { className: "drop", textContent: say("drop") }), make("p", { className: "or", textContent: this.words.table.or }),
      make("div", { className: "buttons" }, picker, folder, camera), make("p", { id: "hint" }, this.hint));
    this.#root.adoptedStyleSheets = [style];
    this.#root.append(zone, this.notice, this.summary, this.list, this.news);
    this.#inputs();
  }
}

const hasFiles = (transfer) => transfer?.types.includes("Files");
const isInput = (element) => element?.matches?.("input[type=file]"); // a file input takes what is dropped on it
const first = (event) => !taken.has(event) && taken.add(event);
const isText = (element) => element?.matches?.("input:not([type=file]), textarea, [contenteditable]");

customElements.define("upload-files", UploadFiles);
