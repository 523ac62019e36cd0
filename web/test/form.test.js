// The streamed door, and what all doors share: which one is taken, errors, waiting, cancelling.

import assert from "node:assert/strict";
import test from "node:test";
import { fast, fileOf, json, problem, serve } from "./xhr.js";
import { UploadError, doorOf, upload } from "../upload.js";

test("the door goes by size", () => {
  const all = { url: "/u", tickets: "/t/", resumable: "/r/" };
  const MiB = 2 ** 20;
  for (const [size, options, want] of [
    [5 * MiB, all, "url"],
    [5 * MiB + 1, all, "resumable"],
    [5 * MiB + 1, { url: "/u", tickets: "/t/" }, "tickets"],
    [500 * MiB, { url: "/u" }, "url"],
    [1, { tickets: "/t/" }, "tickets"],
    [1, { resumable: "/r/", tickets: "/t/" }, "resumable"],
    [11, { ...all, large: 10 }, "resumable"],
    [10, { ...all, large: 10 }, "url"],
  ]) assert.equal(doorOf({ size }, options), want, JSON.stringify([size, options]));
  assert.throws(() => doorOf({ size: 1 }, {}), TypeError);
});

test("a form has its text before the file, and the headers of the options", async (t) => {
  let got;
  const origin = await serve(t, async (r, body, w) => {
    got = { method: r.method, token: r.headers["x-token"], body: String(body) };
    json(w, 201, { files: [{ name: "notes.txt", key: "k", type: "text/plain" }] });
  });
  const seen = [];
  const file = await upload(new File(["hello"], 'a "b".txt'), {
    url: `${origin}/upload`, field: "doc", fields: { title: "Mine" }, headers: async () => ({ "X-Token": "t" }), onProgress: (p) => seen.push(p.state),
  });
  assert.equal(file.key, "k");
  assert.equal(got.method, "POST");
  assert.equal(got.token, "t");
  assert.match(got.body, /name="title"[\s\S]*Mine[\s\S]*name="doc"; filename="a %22b%22.txt"[\s\S]*hello/);
  assert.deepEqual([...new Set(seen)], ["sending", "checking"]);
});

test("a raw body is the file alone, with its name", async (t) => {
  let got;
  const origin = await serve(t, async (r, body, w) => {
    got = { method: r.method, name: r.headers["content-disposition"], type: r.headers["content-type"], body: String(body) };
    json(w, 201, { files: [{ key: "k" }] });
  });
  await upload(new File(["hello"], "Grüße (1).txt", { type: "text/plain" }), { url: `${origin}/raw`, raw: true });
  assert.deepEqual(got, { method: "PUT", name: "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%281%29.txt", type: "text/plain", body: "hello" });
});

test("a handler of the application may answer 204", async (t) => {
  const origin = await serve(t, async (r, body, w) => { w.writeHead(204); w.end(); });
  assert.deepEqual(await upload(fileOf(9), { url: `${origin}/profile` }), {});
});

const strange = "The server's answer was not understood, so the file may be stored or not. Reload the page: perhaps you have to sign in again.";

test("errors have codes, and sentences without a status", async (t) => {
  const types = { type: "text/html", accepted: ["image/png", "application/pdf"] };
  for (const row of [
    { about: "a refusal", lang: "en", answer: (w) => problem(w, 415, "type_not_allowed", types), code: "type_not_allowed", final: true, says: "HTML files are not accepted. Send PNG or PDF." },
    { about: "in German", lang: "de-CH", answer: (w) => problem(w, 415, "type_not_allowed", types), code: "type_not_allowed", final: true, says: "HTML-Dateien werden nicht angenommen. Senden Sie PNG oder PDF." },
    { about: "in another language", lang: "fr", answer: (w) => problem(w, 413, "too_large", { kind: "file", limit: 5 << 20 }), code: "too_large", final: true, says: "The file is larger than 5 MB. Choose a smaller one." },
    { about: "the application's own sentence", lang: "de", answer: (w) => problem(w, 403, "forbidden", { kind: "host" }), code: "forbidden", final: true, says: "the server's own words" },
    { about: "a code of the host", lang: "en", answer: (w) => problem(w, 422, "no_cats"), code: "no_cats", final: true, says: "the server's own words" },
    { about: "a page of a proxy", lang: "en", answer: (w) => { w.writeHead(413); w.end("<h1>413 Request Entity Too Large</h1>"); }, code: "too_large", final: true, says: "The upload is too large." },
    { about: "a broken server", lang: "en", answer: (w) => { w.writeHead(500); w.end("panic"); }, code: "internal", final: false, says: "Something went wrong on the server. Try again later." },
    { about: "an odd status", lang: "de", answer: (w) => { w.writeHead(418); w.end(); }, code: "refused", final: true, says: "Die Übertragung wurde abgelehnt." },
    { about: "a session that has ended", lang: "en", answer: (w) => problem(w, 401, "unauthenticated"), code: "unauthenticated", final: false, says: "Sign in first." },
    { about: "a page instead of an answer", lang: "en", answer: (w) => { w.writeHead(200, { "Content-Type": "text/html" }); w.end("<h1>Sign in</h1>"); }, code: "unanswered", final: false, says: strange },
    { about: "an empty answer", lang: "en", answer: (w) => { w.writeHead(200); w.end(); }, code: "unanswered", final: false, says: strange },
    { about: "an answer without files", lang: "en", answer: (w) => json(w, 200, { files: [] }), code: "unanswered", final: false, says: strange },
    { about: "an odd Retry-After", lang: "en", answer: (w) => { w.writeHead(429, { "Retry-After": "soon; really" }); w.end(); }, code: "busy", final: false, says: "Too many uploads are under way. Try again shortly." },
    { about: "an endless Retry-After", lang: "en", answer: (w) => { w.writeHead(429, { "Retry-After": "1e999" }); w.end(); }, code: "busy", final: false, says: "Too many uploads are under way. Try again shortly." },
    { about: "a long wait", lang: "en", answer: (w) => problem(w, 429, "rate_limited", { kind: "files", retry_after: 3600 }), code: "rate_limited", final: false, says: "You have sent too many files. Try again in 60 minutes." },
  ]) {
    await t.test(row.about, async (t) => {
      let calls = 0;
      const origin = await serve(t, async (r, body, w) => { calls++; row.answer(w); });
      const e = await upload(fileOf(9), { url: `${origin}/upload`, lang: row.lang }).then(() => null, (e) => e);
      assert.ok(e instanceof UploadError);
      assert.deepEqual([e.code, e.final, e.message], [row.code, row.final, row.says]);
      assert.doesNotMatch(e.message, /\d{3}/);
      assert.equal(calls, 1);
    });
  }
});

test("Retry-After is waited for", async (t) => {
  const waits = fast(t);
  let calls = 0;
  const origin = await serve(t, async (r, body, w) => {
    calls++;
    if (calls === 1) return problem(w, 503, "busy", { retry_after: 7 });
    if (calls === 2) { w.writeHead(503, { "Retry-After": "11" }); return w.end(); }
    if (calls === 3) { w.writeHead(503, { "Retry-After": new Date(Date.now() + 60_000).toUTCString() }); return w.end(); }
    json(w, 201, { files: [{ key: "k" }] });
  });
  const seen = [];
  await upload(fileOf(9), { url: `${origin}/upload`, onProgress: (p) => p.state === "waiting" && seen.push(p) });
  assert.deepEqual(waits.slice(0, 2), [7, 11]);
  assert.ok(waits[2] >= 58 && waits[2] <= 60, String(waits[2]));
  assert.equal(seen[0].error.code, "busy");
});

test("tries end", async (t) => {
  fast(t);
  let calls = 0;
  const origin = await serve(t, async (r, body, w) => { calls++; problem(w, 503, "busy", { retry_after: 1 }); });
  await assert.rejects(upload(fileOf(9), { url: `${origin}/upload` }), { code: "busy", message: "Too many uploads are under way. Try again shortly." });
  assert.equal(calls, 6);
});

test("a form is sent again only if it cannot have arrived whole", async (t) => {
  fast(t);
  for (const [about, size, code, calls] of [["lost in the middle", 4 << 20, undefined, 2], ["lost after the last byte", 9, "unanswered", 1]]) {
    await t.test(about, async (t) => {
      let n = 0;
      const origin = await serve(t, async (r, body, w, cut) => {
        if (cut) return;
        if (n > 1) return json(w, 201, { files: [{ key: "k" }] });
        r.socket.destroy();
      });
      const real = globalThis.XMLHttpRequest.prototype.send;
      globalThis.XMLHttpRequest.prototype.send = function (body) {
        if (++n === 1 && size > 9) this.upload.onprogress = () => this.r.destroy();
        return real.call(this, body);
      };
      t.after(() => { globalThis.XMLHttpRequest.prototype.send = real; });
      const end = await upload(fileOf(size), { url: `${origin}/upload` }).then(() => undefined, (e) => e.code);
      assert.equal(end, code);
      assert.equal(n, calls);
    });
  }
});

test("a file that cannot be read fails at once", async (t) => {
  const waits = fast(t);
  const origin = await serve(t, async (r) => { r.socket.destroy(); });
  const gone = fileOf(9);
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) });
  await assert.rejects(upload(gone, { url: `${origin}/upload` }), { code: "unreadable", final: true, message: /cannot be read/ });
  await assert.rejects(upload(gone, { resumable: `${origin}/resumable/` }), { code: "unreadable", final: true });
  assert.deepEqual(waits, []);
});

test("a signal cancels, while the file is sent, checked, and waits for a new try", async (t) => {
  const origin = await serve(t, async (r, body, w) => { if (r.url === "/busy") problem(w, 503, "busy", { retry_after: 60 }); });
  for (const [path, state] of [["/hangs", "sending"], ["/hangs", "checking"], ["/busy", "waiting"]]) {
    await t.test(state, async () => {
      const stop = new AbortController();
      const end = upload(fileOf(1 << 20), { url: origin + path, signal: stop.signal, onProgress: (p) => p.state === state && p.sent !== 0 && setTimeout(() => stop.abort(), 1) });
      await assert.rejects(end, { name: "AbortError" });
    });
  }
  await assert.rejects(upload(fileOf(9), { url: origin, signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("the server's progress is shown, and its events end with the upload", async (t) => {
  let id, closed = 0;
  globalThis.EventSource = class {
    constructor(url) { this.url = url; setTimeout(() => this.onmessage({ data: '{"state":"receiving","received":5,"total":9}' }), 5); }
    close() { closed++; }
  };
  const origin = await serve(t, async (r, body, w) => { id = r.headers["upload-id"]; setTimeout(() => json(w, 201, { files: [{ key: "k" }] }), 700); });
  const seen = [];
  await upload(fileOf(9), { url: `${origin}/upload`, progress: "/progress/", onProgress: (p) => seen.push(p) });
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual(seen.at(-1), { state: "checking", server: { state: "receiving", received: 5, total: 9 } });
  assert.equal(closed, 1);
});
