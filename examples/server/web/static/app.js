// Sends each file in a request of its own, so that one refused file does not
// take the others with it.

import { straight, throughServer } from "./doors.js";
import { Row } from "./row.js";
import { say } from "./words.js";

const PARALLEL = 3; // files at a time

const $ = (selector, root = document) => root.querySelector(selector);
const uploader = $("#uploader");
const picker = $("#picker");
const list = $("#files");
const summary = $("#summary");
const news = $("#news");

const { maxSize, maxDirect } = uploader.dataset;
const doors = {
  server: { send: throughServer, bytes: Number(maxSize), last: "last_server", done: "done_server" },
  direct: { send: straight, bytes: Number(maxDirect), last: "last_direct", done: "done_direct" },
};
const rows = new Set();

function add(files) {
  const door = doors[$("#doors input:checked")?.value ?? "server"];
  for (const file of files) {
    const row = new Row(file, door, changed);
    rows.add(row);
    list.append(row.element);
    row.begin();
  }
}

// changed follows every change of a row's state.
function changed(row) {
  if (!row.element.isConnected) rows.delete(row);
  else if (row.finished) announce(`${row.file.name}: ${row.words}`);
  summarise();
  if (!row.busy) next();
}

// next starts what waits, as far as there is room.
function next() {
  for (const row of rows) {
    if ([...rows].filter((r) => r.busy).length >= PARALLEL) return;
    if (row.state === "waiting") row.send();
  }
}

function summarise() {
  const states = [...rows].map((r) => r.state);
  const count = (...of) => states.filter((s) => of.includes(s)).length;
  const open = [...rows].filter((r) => !r.finished).length;
  const parts = [[count("stored"), "n_stored"], [count("refused", "failed"), "n_not_stored"], [count("cancelled"), "n_cancelled"], [open, "n_open"]];
  summary.hidden = rows.size === 0;
  $("p", summary).textContent = parts.filter(([n]) => n > 0).map(([n, what]) => say(what, { n })).join(", ");
  $("button", summary).hidden = open === rows.size;
}

// announce tells screen readers, and only them.
function announce(text) {
  const p = document.createElement("p");
  p.textContent = text;
  news.append(p);
  while (news.children.length > 20) news.firstElementChild.remove();
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
  if ([...rows].some((r) => !r.finished)) e.preventDefault();
});

picker.addEventListener("change", () => {
  add(picker.files);
  picker.value = ""; // so that the same file can be chosen again
});
$("button", summary).addEventListener("click", () => {
  for (const row of [...rows].filter((r) => r.finished)) row.remove();
  picker.focus();
});

uploader.hidden = false;
$("#plain").open = $(".message") !== null; // someone who used it goes on with it
if (location.search) history.replaceState(null, "", location.pathname); // a reload says nothing twice
