// The resumable door: tus 1.0 (core, creation, expiration, termination). After a lost connection it
// continues at the server's offset.

import { PAUSE, UploadError, again, ask, parse, refusal, strange } from "./http.js";
import { memoryOf } from "./memory.js";
import { watch } from "./watch.js";

const HEAD = 4096; // bytes by which the server judges the type; they are sent alone
const CHUNK = 32 * 2 ** 20; // what a proxy that buffers requests may lose
const DAY = 24 * 60 * 60 * 1000;

export async function sendResumable(file, o) {
  const memory = memoryOf(o.resumable, file);
  const at = { url: memory.get()?.url, offset: 0 };
  try {
    const stored = await again(o, () => go(file, at, memory, o));
    memory.clear();
    return stored;
  } catch (e) {
    if (o.signal.aborted ? o.signal.reason !== PAUSE : e.final) {
      memory.clear();
      if (at.url) tus("DELETE", at.url, { ...o, signal: undefined }).catch(() => {}); // so that the server removes what was sent
    }
    throw e;
  } finally {
    memory.close();
  }
}

// go sends what the server does not have. An error says whether the server has more than before.
async function go(file, at, memory, o) {
  const before = at.offset;
  try {
    if (at.url) await askOffset(file, at, memory, o);
    if (!at.url) await create(file, at, memory, o);
    while (at.offset < file.size) await append(file, at, o);
    return at.stored ?? (await described(at.url, o)) ?? { field: o.field, name: file.name, size: file.size };
  } catch (e) {
    if (e instanceof UploadError) e.moved = at.offset > before;
    throw e;
  }
}

async function create(file, at, memory, o) {
  const metadata = { ...o.fields, filename: file.name, filetype: file.type, field: o.field };
  const xhr = await tus("POST", new URL(o.resumable, globalThis.location?.href), o, {
    headers: { "Upload-Length": String(file.size), "Upload-Metadata": Object.entries(metadata).map(([k, v]) => `${k} ${base64(v)}`).join(",") },
  });
  const location = xhr.getResponseHeader("Location");
  if (!location) throw strange(xhr);
  at.url = new URL(location, new URL(o.resumable, globalThis.location?.href)).href;
  at.offset = 0;
  const expires = xhr.getResponseHeader("Upload-Expires") ?? new Date(Date.now() + DAY).toUTCString();
  memory.set({ url: at.url, expires });
}

// askOffset forgets an upload that the server does not know any more or has ended.
async function askOffset(file, at, memory, o) {
  try {
    at.offset = offsetOf(await tus("HEAD", at.url, o), file);
  } catch (e) {
    if (e.status !== 404 && e.status !== 410) throw e;
    memory.clear();
    at.url = undefined;
  }
}

async function append(file, at, o) {
  const from = at.offset;
  const end = from < HEAD && file.size > HEAD ? HEAD : Math.min(from + CHUNK, file.size);
  const seen = watch(o);
  const progress = (n) => {
    o.onProgress({ state: "sending", sent: Math.min(from + n, file.size), size: file.size });
    if (from + n >= file.size) seen.begin();
  };
  progress(0);
  try {
    const xhr = await tus("PATCH", at.url, o, {
      headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(from), ...seen.headers },
      body: file.slice(from, end), progress,
    });
    at.offset = offsetOf(xhr, file);
    at.stored = parse(xhr.getResponseHeader("Upload-File"));
  } finally {
    seen.end();
  }
  if (at.offset <= from) throw new UploadError("storage"); // the server has kept nothing; a later try may help
}

// offsetOf needs an Upload-Offset. Servers of another origin have to expose it.
function offsetOf(xhr, file) {
  const offset = Number(xhr.getResponseHeader("Upload-Offset") || NaN);
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= file.size)) throw strange(xhr);
  return offset;
}

// described asks for the description of a file if the last answer had none. Other tus servers may
// answer with the file itself, so only JSON is read.
async function described(url, o) {
  const own = typeof o.headers === "function" ? await o.headers() : o.headers;
  const stop = new AbortController();
  try {
    const answer = await fetch(url, { headers: { ...own, Accept: "application/json" }, credentials: o.credentials, signal: stop.signal });
    if (answer.ok && /json/.test(answer.headers.get("Content-Type"))) return parse(await answer.text())?.files?.[0];
  } catch {
    // It is stored in any case.
  } finally {
    stop.abort();
  }
}

// tus sends one request of the protocol. 423, and 409 to a PATCH, are not final: the next try asks
// for the offset.
async function tus(method, url, o, more = {}) {
  const xhr = await ask(method, url, o, { ...more, headers: { "Tus-Resumable": "1.0.0", ...more.headers } });
  if (xhr.status < 300) return xhr;
  const e = refusal(xhr);
  if (xhr.status === 409 && method === "PATCH") e.final = false;
  throw e;
}

// base64 encodes text of any script.
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
