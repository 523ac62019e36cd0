// The resumable door, against a double that speaks tus 1.0 as the library does: until the file is
// published, its Upload-Offset is at most the length less one.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually, fast, fileOf, json, problem, serve } from "./xhr.js";
import { PAUSE, upload } from "../upload.js";

async function site(t, answer = () => false) {
  const s = { log: [], stored: Buffer.alloc(0), uploads: 0, deleted: 0 };
  s.origin = await serve(t, async (r, body, w, cut) => {
    const { method } = r;
    const call = method === "PATCH" ? `PATCH ${r.headers["upload-offset"]}` : method;
    s.log.push(call);
    if (await answer(call, w, r, s, body, cut)) return;
    if (method !== "GET" && r.headers["tus-resumable"] !== "1.0.0") return problem(w, 412, "malformed");
    const told = () => ({ "Tus-Resumable": "1.0.0", "Upload-Offset": s.published ? s.length : Math.min(s.stored.length, s.length - 1), "Upload-Length": s.length });
    if (method === "POST") {
      Object.assign(s, { length: Number(r.headers["upload-length"]), metadata: r.headers["upload-metadata"], stored: Buffer.alloc(0), published: false });
      w.writeHead(201, { Location: `u${++s.uploads}`, "Tus-Resumable": "1.0.0", "Upload-Expires": new Date(Date.now() + 60_000).toUTCString() });
      return w.end();
    }
    if (method === "HEAD") { w.writeHead(200, told()); return w.end(); }
    if (method === "DELETE") { s.deleted++; w.writeHead(204, { "Tus-Resumable": "1.0.0" }); return w.end(); }
    if (method === "GET") return s.foreign ? (w.writeHead(200, { "Content-Type": "text/plain" }), w.end("the file itself")) : json(w, 200, { files: [{ key: "k", size: s.length }] });
    const from = Number(r.headers["upload-offset"]);
    if (from > s.stored.length) { w.writeHead(409); return w.end(); }
    s.stored = Buffer.concat([s.stored.subarray(0, from), body]);
    if (cut) return;
    if (s.stored.length === s.length) s.published = true;
    w.writeHead(204, { ...told(), ...(s.published && s.last) });
    w.end();
  });
  s.send = (file, more) => upload(file, { resumable: `${s.origin}/resumable/`, lang: "en", ...more });
  return s;
}

const whole = async (s, file) => s.stored.equals(Buffer.from(await file.arrayBuffer()));

test("the head goes alone, then the rest", async (t) => {
  const s = await site(t);
  const file = fileOf(100_000, "Grüße.txt"), sent = [], states = [];
  const stored = await s.send(file, { field: "doc", fields: { album: "7" }, onProgress: (p) => { states.push(p.state); if (p.state === "sending") sent.push(p.sent); } });
  assert.equal(stored.key, "k");
  assert.deepEqual(s.log, ["POST", "PATCH 0", "PATCH 4096", "GET"]);
  assert.ok(await whole(s, file));
  assert.deepEqual(Object.fromEntries(s.metadata.split(",").map((p) => p.split(" ")).map(([k, v]) => [k, Buffer.from(v, "base64").toString()])),
    { album: "7", filename: "Grüße.txt", filetype: "text/plain", field: "doc" });
  assert.equal(sent.at(-1), 100_000);
  assert.equal(states.at(-1), "checking");
  assert.deepEqual(Object.keys(localStorage), []);
});

test("large files go in requests of 32 MiB", async (t) => {
  const s = await site(t);
  await s.send(new File([new Uint8Array(70 << 20)], "large.txt", { lastModified: 1 }));
  const from = 4096, chunk = 32 << 20;
  assert.deepEqual(s.log, ["POST", "PATCH 0", `PATCH ${from}`, `PATCH ${from + chunk}`, `PATCH ${from + 2 * chunk}`, "GET"]);
});

test("a file of up to 4 KiB goes in one request, and an empty one with its creation", async (t) => {
  for (const [size, log] of [[1, ["POST", "PATCH 0", "GET"]], [4096, ["POST", "PATCH 0", "GET"]], [0, ["POST", "GET"]]]) {
    await t.test(String(size), async (t) => {
      const s = await site(t);
      await s.send(fileOf(size));
      assert.deepEqual(s.log, log);
    });
  }
});

test("a refusal of the head is seen before the rest is sent", async (t) => {
  const s = await site(t, (call, w) => call === "PATCH 0" && (problem(w, 415, "type_not_allowed", { type: "text/html", accepted: ["image/png"] }), true));
  await assert.rejects(s.send(fileOf(10 << 20)), { code: "type_not_allowed", final: true, message: "HTML files are not accepted. Send PNG." });
  await eventually(() => s.deleted > 0);
  assert.deepEqual(s.log, ["POST", "PATCH 0", "DELETE"]);
  assert.deepEqual(Object.keys(localStorage), []);
});

test("after a cut it goes on from the offset of the server", async (t) => {
  fast(t);
  let cuts = 0;
  const s = await site(t, (call, w, r, s, body, cut) => {
    if (call !== "PATCH 4096" || cuts++) return false;
    s.stored = Buffer.concat([s.stored, body.subarray(0, 60_000)]);
    r.socket.destroy();
    return true;
  });
  const file = fileOf(200_000);
  await s.send(file);
  assert.deepEqual(s.log, ["POST", "PATCH 0", "PATCH 4096", "HEAD", "PATCH 64096", "GET"]);
  assert.ok(await whole(s, file));
});

test("progress resets the count of tries, and without progress they end", async (t) => {
  fast(t);
  let moving = true;
  const s = await site(t, (call, w, r, s, body) => {
    if (!call.startsWith("PATCH") || call === "PATCH 0") return false;
    if (moving) s.stored = Buffer.concat([s.stored, body.subarray(0, 1000)]);
    if (s.stored.length > 20_000) moving = false;
    r.socket.destroy();
    return true;
  });
  await assert.rejects(s.send(fileOf(200_000)), { code: "lost" });
  assert.ok(s.stored.length > 20_000);
  assert.ok(s.log.length < 60, String(s.log.length));
  assert.equal(Object.keys(localStorage).length, 1, "a next upload can go on");
  localStorage.removeItem(Object.keys(localStorage)[0]);
});

test("after conflicts, locks and checks that must wait it tries again", async (t) => {
  const waits = fast(t);
  const once = new Set();
  const s = await site(t, (call, w, r, s, body) => {
    if (once.has(call)) return false;
    once.add(call);
    if (call === "PATCH 0") { w.writeHead(409); w.end(); return true; }
    if (call === "HEAD") { w.writeHead(423); w.end(); return true; }
    if (call === "PATCH 4096") { s.stored = Buffer.concat([s.stored, body]); problem(w, 503, "check_failed", { kind: "scan", retry_after: 17 }); return true; }
  });
  const file = fileOf(100_000);
  assert.equal((await s.send(file)).key, "k");
  assert.ok(await whole(s, file));
  assert.ok(waits.includes(17));
  assert.ok(s.log.includes("PATCH 99999"), "the last byte asks for the verdict");
});

test("an upload that is gone starts again", async (t) => {
  fast(t);
  let gone = false;
  const s = await site(t, (call, w, r) => {
    if (call === "PATCH 4096" && !gone) { gone = true; r.socket.destroy(); return true; }
    if (call === "HEAD") { w.writeHead(410); w.end(); return true; }
  });
  const file = fileOf(100_000);
  await s.send(file);
  assert.equal(s.uploads, 2);
  assert.ok(await whole(s, file));
});

// stopped sends a file and aborts at the second PATCH.
async function stopped(s, file, reason) {
  const stop = new AbortController();
  s.hold = (call) => call.startsWith("PATCH 4096") && (stop.abort(reason), true);
  await assert.rejects(s.send(file, { signal: stop.signal }), { name: "AbortError" });
  s.hold = undefined;
}

test("cancelling removes the upload, and a pause keeps it", async (t) => {
  for (const [about, reason, deleted, log] of [["cancel", undefined, 1, "POST"], ["pause", PAUSE, 0, "HEAD"]]) {
    await t.test(about, async (t) => {
      const s = await site(t, (call, w, r, s) => s.hold?.(call));
      await stopped(s, fileOf(100_000), reason);
      await eventually(() => s.deleted === deleted);
      s.log.length = 0;
      await s.send(fileOf(100_000)); // as after a reload
      assert.equal(s.log[0], log);
      assert.equal(s.stored.length, 100_000);
    });
  }
});

test("two files that look the same do not share an upload", async (t) => {
  const s = await site(t);
  await Promise.all([s.send(fileOf(10)), s.send(fileOf(10))]);
  assert.equal(s.uploads, 2);
});

test("a page instead of an answer ends the upload, and what has arrived stays", async (t) => {
  for (const at of ["POST", "PATCH 4096"]) {
    await t.test(at, async (t) => {
      let signedIn = false;
      const s = await site(t, (call, w) => !signedIn && call === at && (w.writeHead(200, { "Content-Type": "text/html" }), w.end("<h1>Sign in</h1>"), true));
      await assert.rejects(s.send(fileOf(100_000)), { code: "unanswered", final: false });
      signedIn = true;
      await s.send(fileOf(100_000));
      assert.equal(s.uploads, 1);
      assert.equal(s.deleted, 0);
      assert.equal(s.log.filter((call) => call === at).length, 2, "each time once");
    });
  }
});

test("an offset that cannot be is not believed", async (t) => {
  fast(t);
  for (const offset of ["1e9", "-5", "8.5", "NaN", ""]) {
    const s = await site(t, (call, w) => call === "PATCH 0" && (w.writeHead(204, { "Upload-Offset": offset }), w.end(), true));
    await assert.rejects(s.send(fileOf(9)), { name: "UploadError", code: "unanswered" }, offset);
    localStorage.removeItem(Object.keys(localStorage)[0]);
  }
});

test("the last answer describes the file", async (t) => {
  const s = await site(t);
  s.last = { "Upload-File": '{"key":"k","name":"Gr\\u00fc\\u00dfe.txt"}' };
  assert.deepEqual(await s.send(fileOf(9)), { key: "k", name: "Grüße.txt" });
  assert.deepEqual(s.log, ["POST", "PATCH 0"]);
});

test("a server that does not describe files", async (t) => {
  const s = await site(t);
  s.foreign = true;
  assert.deepEqual(await s.send(fileOf(9)), { field: "file", name: "notes.txt", size: 9 });
});
