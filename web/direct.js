// The direct door: the file goes to the storage, in one request or in parts, and the server then
// checks and publishes it.

import { PAUSE, UploadError, again, answered, ask, refusal, send } from "./http.js";
import { memoryOf } from "./memory.js";
import { watch } from "./watch.js";

const PARALLEL = 3; // parts of one file on their way
const ROUNDS = 4; // of sending what is missing, the first included

export async function sendDirect(file, o) {
  const memory = memoryOf(o.tickets, file);
  try {
    const kept = memory.get();
    if (kept) {
      try {
        return await finish(file, kept, memory, o);
      } catch (e) {
        if (e.code !== "bad_ticket") throw e; // the server refuses the kept ticket, so a new one follows
      }
    }
    const declared = { field: o.field, name: file.name, type: file.type, size: file.size };
    const ticket = await again(o, () => step("", declared, o, (a) => a?.token && (a.url || a.parts)));
    return await finish(file, { ...ticket, done: [] }, memory, o);
  } finally {
    memory.close();
  }
}

// finish sends what is missing and confirms.
async function finish(file, ticket, memory, o) {
  const done = new Set(ticket.done);
  const keep = () => ticket.parts && memory.set({ ...ticket, done: [...done] });
  keep();
  try {
    for (let round = 1; ; round++) {
      if (ticket.parts) await sendParts(file, ticket, done, keep, o);
      else await again(o, () => sendTo(ticket, file, (n) => sending(o, n, file.size), o));
      try {
        const { files } = await again(o, () => confirm(ticket, o)); // the same answer when asked again
        memory.clear();
        return files[0];
      } catch (e) {
        if (e.code !== "not_uploaded" || round === ROUNDS) throw e;
        if (e.params.part) done.delete(e.params.part);
        else done.clear();
      }
    }
  } catch (e) {
    const given = !ticket.parts || (o.signal.aborted ? o.signal.reason !== PAUSE : e.final);
    if (given) {
      memory.clear();
      step("abort", { token: ticket.token }, { ...o, signal: undefined }, () => true).catch(() => {}); // so that the server removes what was sent
    }
    throw e;
  }
}

const sending = (o, sent, size) => o.onProgress({ state: "sending", sent, size });

async function confirm(ticket, o) {
  const seen = watch(o);
  seen.begin();
  try {
    return await step("confirm", { ...o.fields, token: ticket.token }, o, (a) => a?.files?.[0], seen.headers);
  } finally {
    seen.end();
  }
}

// step resolves with an answer that fits.
async function step(name, body, o, fits, more) {
  const headers = { "Content-Type": "application/json", ...more };
  const xhr = await ask("POST", new URL(name, base(o)), o, { headers, body: JSON.stringify(body) });
  if (xhr.status >= 300) throw refusal(xhr);
  return answered(xhr, fits);
}

const base = ({ tickets }) => new URL(String(tickets).replace(/\/?$/, "/"), globalThis.location?.href);

async function sendParts(file, ticket, done, keep, o) {
  const { parts, partSize } = ticket;
  const bytesOf = (n) => file.slice((n - 1) * partSize, n * partSize);
  const arrived = Array.from({ length: parts }, (_, i) => (done.has(i + 1) ? bytesOf(i + 1).size : 0));
  const missing = arrived.map((_, i) => i + 1).filter((n) => !done.has(n));
  const stop = new AbortController(); // one part that fails ends the others
  const either = { ...o, signal: AbortSignal.any([o.signal, stop.signal]) };
  const part = async (n) => {
    const request = await step("part", { token: ticket.token, partNumber: n }, either, (a) => a?.url);
    await sendTo(request, bytesOf(n), (sent) => {
      arrived[n - 1] = sent;
      sending(o, arrived.reduce((a, b) => a + b), file.size);
    }, either);
    done.add(n);
    keep();
  };
  const work = async () => {
    for (let n = missing.shift(); n; n = missing.shift()) await again(either, () => part(n));
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, work));
  } finally {
    stop.abort();
  }
}

// sendTo sends bytes exactly as the server has signed the request, without the headers of the
// options.
async function sendTo({ method, url, headers, fields }, bytes, progress, o) {
  let body = bytes;
  if (fields) {
    body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", bytes);
  }
  const sent = (n) => progress(Math.min(n, bytes.size));
  const xhr = await send(method, new URL(url, base(o)), { headers, body, signal: o.signal, kind: "storage", progress: sent });
  // 412: it is there already. Browsers repeat a request by themselves when a connection is reset,
  // and the server checks what has arrived in any case.
  if (xhr.status >= 300 && xhr.status !== 412) {
    const detail = /<Code>(\w+)/.exec(xhr.responseText)?.[1];
    throw new UploadError("storage", {}, { status: xhr.status, cause: detail });
  }
}
