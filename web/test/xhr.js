// Doubles of the parts of a browser that the module uses and node lacks, and helpers of the tests.

import http from "node:http";

// XMLHttpRequest sends over node's http, and reports progress as the socket takes the bytes.
class XMLHttpRequest {
  upload = {};
  #headers = {};
  open(method, url) { Object.assign(this, { method, url: new URL(url, globalThis.location.href) }); }
  setRequestHeader(name, value) { this.#headers[name] = value; }
  getResponseHeader(name) { return this.answer.headers[name.toLowerCase()] ?? null; }

  async send(body) {
    const request = new Request(this.url, { method: "POST", body: body ?? "" });
    const bytes = new Uint8Array(await request.arrayBuffer());
    const type = body && request.headers.get("Content-Type");
    if (this.aborted) return this.#end("onabort");
    const headers = { ...(type && { "Content-Type": type }), ...this.#headers, "Content-Length": bytes.length };
    this.r = http.request(this.url, { method: this.method, headers, agent: false });
    this.r.on("response", (answer) => this.#read(answer));
    this.r.on("error", () => this.#end(this.aborted ? "onabort" : "onerror"));
    const closed = new Promise((done) => this.r.once("close", done));
    const step = 64 * 1024;
    for (let at = 0; at < bytes.length && !this.r.destroyed; at += step) {
      await Promise.race([closed, new Promise((done) => this.r.write(bytes.subarray(at, at + step), done))]);
      if (!this.r.destroyed) this.upload.onprogress?.({ loaded: Math.min(at + step, bytes.length), total: bytes.length });
    }
    this.r.end();
  }

  abort() {
    this.aborted = true;
    this.r?.destroy(new Error("aborted"));
  }

  async #read(answer) {
    this.answer = answer;
    this.status = answer.statusCode;
    this.responseText = "";
    try {
      for await (const part of answer) this.responseText += part;
      this.#end("onload");
    } catch {
      this.#end(this.aborted ? "onabort" : "onerror");
    }
  }

  #end(event) {
    if (this.ended) return;
    this.ended = true;
    this[event]?.();
    this.onloadend?.();
  }
}

// Storage is a localStorage.
class Storage {
  getItem(key) { return Object.hasOwn(this, key) ? this[key] : null; }
  setItem(key, value) { this[key] = String(value); }
  removeItem(key) { delete this[key]; }
}

globalThis.XMLHttpRequest = XMLHttpRequest;
globalThis.localStorage = new Storage();

// serve starts a server for one test; handle gets the request, its body, the answer, and whether the
// body was cut.
export async function serve(t, handle) {
  const server = http.createServer(async (r, w) => {
    const parts = [];
    let cut = false;
    try {
      for await (const part of r) parts.push(part);
    } catch {
      cut = true;
    }
    await handle(r, Buffer.concat(parts), w, cut);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => { server.closeAllConnections(); server.close(); });
  globalThis.location = new URL(`http://127.0.0.1:${server.address().port}/page`);
  return globalThis.location.origin;
}

export function json(w, status, value, headers = {}) {
  w.writeHead(status, { "Content-Type": status < 300 ? "application/json" : "application/problem+json", ...headers });
  w.end(JSON.stringify(value));
}

// problem answers with a refusal.
export const problem = (w, status, code, params = {}, headers = {}) => json(w, status, { status, code, params, detail: "the server's own words" }, headers);

// fast shortens waits of a second or more, and returns how long they would have been, in seconds.
export function fast(t) {
  const waits = [], real = globalThis.setTimeout;
  globalThis.setTimeout = (f, ms, ...rest) => {
    if (ms >= 1000) waits.push(ms / 1000);
    return real(f, ms >= 1000 ? 1 : ms, ...rest);
  };
  t.after(() => { globalThis.setTimeout = real; });
  return waits;
}

// eventually waits for what comes after the end of an upload, such as the request that gives it up.
export async function eventually(holds) {
  for (let tries = 0; !holds(); tries++) {
    if (tries === 3000) throw new Error(`never: ${holds}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

export const fileOf = (size, name = "notes.txt") => new File([new Uint8Array(size).map((_, i) => i % 251)], name, { type: "text/plain", lastModified: 1 });
