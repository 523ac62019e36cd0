// The direct door, against a double of the steps and of a storage.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually, fast, fileOf, json, problem, serve } from "./xhr.js";
import { PAUSE, upload } from "../upload.js";

// site is the double; answer may answer a request in its place.
async function site(t, { partSize, fields, answer = () => false } = {}) {
  const s = { log: [], parts: new Map(), aborted: [], tickets: 0 };
  s.origin = await serve(t, async (r, body, w, cut) => {
    const call = `${r.method} ${r.url}`;
    if (cut) return;
    s.log.push(call);
    if (await answer(call, w, r, s, body)) return;
    const step = r.url.startsWith("/tickets/") ? JSON.parse(body) : {};
    if (call === "POST /tickets/") {
      s.declared = step;
      s.tickets++;
      const ticket = { token: `t${s.tickets}`, expires: new Date(Date.now() + 60_000).toISOString() };
      if (partSize) return json(w, 201, { ...ticket, partSize, parts: Math.ceil(step.size / partSize) });
      return json(w, 201, { ...ticket, method: fields ? "POST" : "PUT", url: "/store/1", headers: fields ? {} : { "X-Signed": "yes" }, fields });
    }
    if (call === "POST /tickets/part") return json(w, 200, { method: "PUT", url: `/store/${step.partNumber}`, headers: { "X-Signed": "yes" } });
    if (call === "POST /tickets/abort") { s.aborted.push(step.token); w.writeHead(204); return w.end(); }
    if (call === "POST /tickets/confirm") { s.confirmed = step; return json(w, 201, { files: [{ key: "k", size: s.declared.size }] }); }
    s.parts.set(r.url, body);
    s.headers = r.headers;
    w.writeHead(200);
    w.end();
  });
  s.send = (file, more) => upload(file, { tickets: `${s.origin}/tickets/`, lang: "en", ...more });
  return s;
}

const count = (s, call) => s.log.filter((c) => c === call).length;

test("one request", async (t) => {
  const s = await site(t);
  const file = await s.send(fileOf(9), { field: "doc", fields: { album: "7" }, headers: { "X-Token": "t" } });
  assert.equal(file.key, "k");
  assert.deepEqual(s.declared, { field: "doc", name: "notes.txt", type: "text/plain", size: 9 });
  assert.deepEqual(s.confirmed, { album: "7", token: "t1" });
  assert.equal(s.parts.get("/store/1").length, 9);
  assert.equal(s.headers["x-signed"], "yes");
  assert.equal(s.headers["x-token"], undefined, "the storage gets no headers of the options");
});

test("a handler of the application may confirm by 204", async (t) => {
  const s = await site(t, { answer: (call, w) => call === "POST /tickets/confirm" && (w.writeHead(204), w.end(), true) });
  assert.deepEqual(await s.send(fileOf(9)), {});
});

test("a form of the storage has the file last", async (t) => {
  const s = await site(t, { fields: { key: "staged", policy: "p" } });
  await s.send(fileOf(9));
  assert.match(String(s.parts.get("/store/1")), /name="key"[\s\S]*name="policy"[\s\S]*name="file"/);
});

test("parts arrive whole, each signed by itself, and their progress adds up", async (t) => {
  const s = await site(t, { partSize: 100_000 });
  const file = fileOf(950_001), sent = [];
  await s.send(file, { onProgress: (p) => p.state === "sending" && sent.push(p.sent) });
  const whole = Buffer.concat([...Array(10).keys()].map((i) => s.parts.get(`/store/${i + 1}`)));
  assert.ok(whole.equals(Buffer.from(await file.arrayBuffer())));
  assert.equal(count(s, "POST /tickets/part"), 10);
  assert.equal(sent.at(-1), 950_001);
  assert.deepEqual(Object.keys(localStorage), []);
});

test("a request that fails for now is sent again", async (t) => {
  const waits = fast(t);
  const failed = new Set();
  const s = await site(t, {
    partSize: 100_000,
    answer(call, w, r) {
      if (failed.has(call)) return false;
      failed.add(call);
      if (call === "PUT /store/2") { w.writeHead(503); w.end("<Error><Code>SlowDown</Code></Error>"); return true; }
      if (call === "PUT /store/3") { r.socket.destroy(); return true; }
      if (call === "PUT /store/4") { w.writeHead(412); w.end(); return true; }
      if (call === "POST /tickets/") { problem(w, 429, "rate_limited", { kind: "requests", retry_after: 9 }); return true; }
      if (call === "POST /tickets/confirm") { r.socket.destroy(); return true; }
    },
  });
  assert.equal((await s.send(fileOf(400_000))).key, "k");
  assert.equal(waits[0], 9);
  assert.equal(count(s, "PUT /store/1"), 1);
  assert.equal(count(s, "PUT /store/2"), 2);
  assert.equal(count(s, "PUT /store/3"), 2);
  assert.equal(count(s, "PUT /store/4"), 1, "412 says that the storage has the part");
  assert.equal(count(s, "POST /tickets/confirm"), 2);
  assert.deepEqual(s.aborted, []);
});

test("a part that the server misses is sent again", async (t) => {
  let missing = 2;
  const s = await site(t, {
    partSize: 100_000,
    answer: (call, w) => call === "POST /tickets/confirm" && missing-- > 0 && (problem(w, 409, "not_uploaded", { part: 2 }), true),
  });
  await s.send(fileOf(300_000));
  assert.equal(count(s, "PUT /store/1"), 1);
  assert.equal(count(s, "PUT /store/2"), 3);
});

test("a refusal ends the upload, and the server may remove it", async (t) => {
  for (const [partSize, at] of [[undefined, "confirm"], [100_000, "confirm"], [100_000, "part"], [undefined, ""]]) {
    await t.test(`${partSize ? "parts" : "one request"} at ${at || "the ticket"}`, async (t) => {
      const s = await site(t, { partSize, answer: (call, w) => call === `POST /tickets/${at}` && (problem(w, 422, "infected"), true) });
      await assert.rejects(s.send(fileOf(250_000)), { code: "infected", final: true, message: "Malware was found in the file." });
      if (at) await eventually(() => s.aborted.length > 0);
      assert.deepEqual(s.aborted, at ? ["t1"] : []);
      assert.deepEqual(Object.keys(localStorage), []);
    });
  }
});

test("a page instead of an answer ends the upload, and parts stay for the next try", async (t) => {
  const waits = fast(t);
  for (const at of ["", "part", "confirm"]) {
    await t.test(at || "the ticket", async (t) => {
      let signedIn = false;
      const s = await site(t, { partSize: 100_000, answer: (call, w) => !signedIn && call === `POST /tickets/${at}` && (w.writeHead(200), w.end("<h1>Sign in</h1>"), true) });
      await assert.rejects(s.send(fileOf(250_000)), { code: "unanswered", final: false });
      signedIn = true;
      assert.equal((await s.send(fileOf(250_000))).key, "k");
      assert.equal(s.tickets, 1);
    });
  }
  await t.test("401 in place of a page", async (t) => {
    let signedIn = false;
    const s = await site(t, { partSize: 100_000, answer: (call, w) => !signedIn && call === "POST /tickets/confirm" && (problem(w, 401, "unauthenticated"), true) });
    await assert.rejects(s.send(fileOf(250_000)), { code: "unauthenticated", final: false });
    signedIn = true;
    await s.send(fileOf(250_000));
    assert.equal(s.tickets, 1);
    assert.equal(count(s, "PUT /store/1"), 1);
  });
  assert.deepEqual(waits, []);
});

test("a storage that cannot be reached has a sentence of its own, after six tries", async (t) => {
  fast(t);
  const s = await site(t, { answer: (call, w, r) => call === "PUT /store/1" && (r.socket.destroy(), true) });
  await assert.rejects(s.send(fileOf(9)), { code: "lost", message: "The storage cannot be reached. Try again." });
  assert.equal(count(s, "PUT /store/1"), 6);
});

// stopped sends a file of four parts and aborts when the last comes, which is after one has arrived.
async function stopped(s, file, reason) {
  const stop = new AbortController();
  s.hold = (call) => {
    if (call !== "PUT /store/4") return false;
    stop.abort(reason);
    return true; // never answered
  };
  await assert.rejects(s.send(file, { signal: stop.signal }), { name: "AbortError" });
  s.hold = () => false;
}

const holding = (t) => site(t, { partSize: 100_000, answer: (call, w, r, s) => s.hold?.(call) });

test("cancelling removes what has arrived", async (t) => {
  const s = await holding(t);
  await stopped(s, fileOf(400_000));
  await eventually(() => s.aborted.length > 0);
  assert.deepEqual(s.aborted, ["t1"]);
  assert.deepEqual(Object.keys(localStorage), []);
});

test("a pause keeps what has arrived, and the next upload sends the rest", async (t) => {
  const s = await holding(t);
  await stopped(s, fileOf(400_000), PAUSE);
  assert.equal(Object.keys(localStorage).length, 1);
  s.log.length = 0;
  await s.send(fileOf(400_000)); // as after a reload
  assert.equal(s.tickets, 1);
  assert.ok(s.log.filter((call) => call.startsWith("PUT")).length < 4, "all was sent again");
  assert.equal(s.parts.size, 4);
  assert.deepEqual(s.aborted, []);
  assert.deepEqual(Object.keys(localStorage), []);
});

test("an upload whose ticket is not known any more starts again", async (t) => {
  const s = await holding(t);
  await stopped(s, fileOf(400_000), PAUSE);
  s.hold = (call, w) => false;
  const known = s.tickets;
  const old = await site(t, { partSize: 100_000, answer: (call, w, r, self, body) => call === "POST /tickets/part" && String(body).includes('"t1"') && self.tickets < 1 && (problem(w, 404, "bad_ticket"), true) });
  localStorage.setItem(Object.keys(localStorage)[0].replace(s.origin, old.origin), Object.values(localStorage)[0]);
  await old.send(fileOf(400_000));
  assert.deepEqual([known, old.tickets, old.parts.size], [1, 1, 4]);
  for (const key of Object.keys(localStorage)) localStorage.removeItem(key);
});

test("another file of the same name is another upload", async (t) => {
  const s = await holding(t);
  await stopped(s, fileOf(400_000), PAUSE);
  await s.send(fileOf(400_001));
  assert.equal(s.tickets, 2);
  for (const key of Object.keys(localStorage)) localStorage.removeItem(key);
});
