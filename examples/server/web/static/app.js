// Sends each file in a request of its own, so that one refused file does not
// take the others with it. XMLHttpRequest, because fetch reports no progress.

const PARALLEL = 3; // requests at a time
const MAX_TRIES = 6; // of one file, while the server says that it is busy

const $ = (selector, root = document) => root.querySelector(selector);
const uploader = $("#uploader");
const picker = $("#picker");
const list = $("#files");
const summary = $("#summary");
const news = $("#news");

const limit = { bytes: Number(uploader.dataset.maxSize), text: uploader.dataset.maxSizeText };
const finished = new Set(["stored", "refused", "failed", "cancelled"]);
const uploads = new Set();

// Upload is one file and its row on the page.
class Upload {
  constructor(file) {
    this.file = file;
    this.tries = 0;
    this.row = $("#row").content.cloneNode(true).firstElementChild;
    $(".name", this.row).textContent = file.name;
    $(".name", this.row).title = file.name;
    $(".size", this.row).textContent = byteSize(file.size);
    $("progress", this.row).setAttribute("aria-label", `Progress of ${file.name}`);
    $("button", this.row).addEventListener("click", () => this.act());
    drawThumb($(".thumb", this.row), file);
    list.append(this.row);
    uploads.add(this);
  }

  get state() { return this.row.dataset.state; }

  // set shows a state, what it means, and what the button now does.
  set(state, status) {
    this.row.dataset.state = state;
    $(".status", this.row).textContent = status;
    const verb = { stored: "Remove", refused: "Remove", failed: "Try again", cancelled: "Try again" }[state] ?? "Cancel";
    const button = $("button", this.row);
    button.textContent = verb;
    button.setAttribute("aria-label", `${verb}: ${this.file.name}`);
    if (finished.has(state)) announce(`${this.file.name}: ${status}`);
    summarise();
  }

  queue() {
    this.tries = 0;
    this.progress(0);
    this.set("waiting", "Waiting");
    next();
  }

  act() {
    if (this.state === "stored" || this.state === "refused") return this.remove();
    if (finished.has(this.state)) return this.queue();
    clearInterval(this.timer);
    this.xhr?.abort();
    this.end("cancelled", "Cancelled");
  }

  remove() {
    const neighbour = this.row.nextElementSibling ?? this.row.previousElementSibling;
    uploads.delete(this);
    this.row.remove();
    (neighbour ? $("button", neighbour) : picker).focus(); // not lost with the row
    summarise();
  }

  end(state, status) {
    this.set(state, status);
    next();
  }

  // progress shows how much is sent; null says that it is not known.
  progress(part) {
    const bar = $("progress", this.row);
    if (part === null) bar.removeAttribute("value");
    else bar.value = part;
  }

  send() {
    this.tries++;
    this.set("sending", "Sending");
    const xhr = this.xhr = new XMLHttpRequest();
    xhr.open("POST", "/upload");
    xhr.upload.onprogress = (e) => this.sent(e);
    xhr.onload = () => this.answered(xhr);
    xhr.onerror = () => this.end("failed", "The connection was lost.");
    const form = new FormData();
    form.append("file", this.file, this.file.name);
    xhr.send(form);
  }

  sent(event) {
    if (event.loaded === event.total) {
      this.progress(null);
      this.set("checking", "Checking and storing");
      return;
    }
    this.progress(event.loaded / event.total);
    $(".status", this.row).textContent = `Sending, ${Math.floor(100 * event.loaded / event.total)} %`;
  }

  answered(xhr) {
    const body = parse(xhr.responseText);
    if (xhr.status === 201) {
      const type = body?.files?.[0]?.type;
      return this.end("stored", type ? `Stored as ${type}` : "Stored");
    }
    const wait = Number(xhr.getResponseHeader("Retry-After"));
    if (xhr.status === 503 && wait > 0 && this.tries < MAX_TRIES) return this.pause(wait, reasonOf(body) ?? "The server is busy.");
    const state = xhr.status >= 500 || xhr.status === 408 ? "failed" : "refused";
    this.end(state, reasonOf(body) ?? `The server answered ${xhr.status}.`);
  }

  // pause waits as long as the server asked for.
  pause(seconds, why) {
    const show = () => `${why} Trying again in ${seconds} s.`;
    this.progress(0);
    this.set("busy", show());
    this.timer = setInterval(() => {
      seconds--;
      $(".status", this.row).textContent = show();
      if (seconds > 0) return;
      clearInterval(this.timer);
      this.set("waiting", "Waiting");
      next();
    }, 1000);
    next();
  }
}

// next starts what waits, as far as there is room.
function next() {
  let busy = [...uploads].filter((u) => u.state === "sending" || u.state === "checking").length;
  for (const u of uploads) {
    if (busy >= PARALLEL) return;
    if (u.state !== "waiting") continue;
    busy++;
    u.send();
  }
}

function add(files) {
  for (const file of files) {
    const upload = new Upload(file);
    if (file.size > limit.bytes) upload.set("refused", `Not sent: larger than ${limit.text}.`);
    else upload.queue();
  }
}

// reasonOf finds the server's words in a problem+json body. With one file in a
// request, the detail is about that file.
function reasonOf(problem) {
  const reason = problem?.detail || problem?.files?.[0]?.reason;
  return reason && reason[0].toUpperCase() + reason.slice(1) + (/[.!?]$/.test(reason) ? "" : ".");
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page, say
  }
}

function summarise() {
  const states = [...uploads].map((u) => u.state);
  const count = (...of) => states.filter((s) => of.includes(s)).length;
  const open = states.filter((s) => !finished.has(s)).length;
  const parts = [[count("stored"), "stored"], [count("refused", "failed"), "not stored"], [count("cancelled"), "cancelled"], [open, "to go"]];
  summary.hidden = uploads.size === 0;
  $("p", summary).textContent = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`).join(", ");
  $("button", summary).hidden = open === uploads.size;
}

// announce tells screen readers, and only them.
function announce(text) {
  const p = document.createElement("p");
  p.textContent = text;
  news.append(p);
  while (news.children.length > 20) news.firstElementChild.remove();
}

function drawThumb(thumb, file) {
  const dot = file.name.lastIndexOf(".");
  thumb.textContent = dot > 0 ? file.name.slice(dot + 1, dot + 5).toUpperCase() : "FILE";
  if (!file.type.startsWith("image/") || file.size > limit.bytes) return;
  const img = new Image();
  img.alt = "";
  img.onload = () => { thumb.replaceChildren(img); URL.revokeObjectURL(img.src); };
  img.onerror = () => URL.revokeObjectURL(img.src);
  img.src = URL.createObjectURL(file);
}

function byteSize(n) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; n >= 1024 && unit < units.length - 1; unit++) n /= 1024;
  return `${unit ? n.toFixed(1).replace(/\.0$/, "") : n} ${units[unit]}`;
}

// filesOf leaves out folders, which a browser hands over as unreadable files.
function filesOf(transfer) {
  const items = [...transfer.items].filter((i) => i.kind === "file");
  return items.filter((i) => !i.webkitGetAsEntry?.()?.isDirectory).map((i) => i.getAsFile());
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

// The whole window takes drops: one that misses the zone would open the file
// and leave the page.
addEventListener("dragover", (e) => {
  if (!hasFiles(e)) return;
  e.preventDefault();
  document.body.classList.add("dragging");
});
addEventListener("dragleave", (e) => {
  if (!e.relatedTarget) document.body.classList.remove("dragging");
});
addEventListener("drop", (e) => {
  if (!hasFiles(e)) return;
  e.preventDefault();
  document.body.classList.remove("dragging");
  add(filesOf(e.dataTransfer));
});
addEventListener("beforeunload", (e) => {
  if ([...uploads].some((u) => !finished.has(u.state))) e.preventDefault();
});

picker.addEventListener("change", () => {
  add(picker.files);
  picker.value = ""; // so that the same file can be chosen again
});
$("button", summary).addEventListener("click", () => {
  for (const u of [...uploads].filter((u) => finished.has(u.state))) u.remove();
  picker.focus();
});

uploader.hidden = false;
$("#plain").open = $(".message") !== null; // someone who used it goes on with it
if (location.search) history.replaceState(null, "", location.pathname); // a reload says nothing twice
