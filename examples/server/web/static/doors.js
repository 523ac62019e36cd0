// The ways a file can be sent. Each resolves with the stored file as the server
// describes it, calls sent(bytes, of) on the way, told(status) with what the
// server then does, and ends with the signal.

import { Failed, again, failure, parse, send } from "./http.js";
import { newID, watch } from "./progress.js";
import { say } from "./words.js";

// throughServer sends the file in a form, which the server reads, checks and
// stores as it arrives.
export async function throughServer(file, sent, signal, told) {
  const body = new FormData();
  body.append("file", file, file.name);
  const id = newID();
  let stop;
  const progress = (n, all) => {
    sent(n, all);
    if (n >= all) stop ??= watch(id, told);
  };
  try {
    const xhr = await send("POST", "/upload", { headers: { "Upload-Id": id }, body, signal, progress });
    if (xhr.status !== 201) throw failure(xhr);
    return parse(xhr.responseText)?.files?.[0];
  } finally {
    stop?.();
  }
}

const PARTS = 3; // parts of one file on their way at a time
const TRIES = 4; // of what can be repeated
const tickets = new URL("/tickets/", location.href);

// straight asks the server for a ticket, sends the file to the storage itself,
// and has the server check and publish what lies there.
export async function straight(file, sent, signal, told) {
  const ticket = await step("", { field: "file", name: file.name, type: file.type, size: file.size }, signal);
  try {
    await (ticket.parts ? sendParts(file, ticket, sent, signal) : sendTo(ticket, file, (n) => sent(n, file.size), signal));
    sent(file.size, file.size);
    // Asked again it answers the same, so a lost answer does no harm.
    const { files } = await again(TRIES, signal, () => confirm(ticket, signal, told));
    return files[0];
  } catch (e) {
    step("abort", { token: ticket.token }).catch(() => {}); // what was sent is of no use any more
    throw e;
  }
}

async function confirm(ticket, signal, told) {
  const id = newID();
  const stop = watch(id, told);
  try {
    return await step("confirm", { token: ticket.token }, signal, { "Upload-Id": id });
  } finally {
    stop();
  }
}

async function step(name, body, signal, more) {
  const headers = { "Content-Type": "application/json", ...more };
  const xhr = await send("POST", new URL(name, tickets), { headers, body: JSON.stringify(body), signal });
  if (xhr.status >= 300) throw failure(xhr);
  return parse(xhr.responseText);
}

async function sendParts(file, ticket, sent, signal) {
  const arrived = new Array(ticket.parts).fill(0);
  const stop = new AbortController(); // one part that fails ends the others
  const either = AbortSignal.any([signal, stop.signal]);
  const part = async (i) => {
    const request = await step("part", { token: ticket.token, partNumber: i + 1 }, either);
    const bytes = file.slice(i * ticket.partSize, (i + 1) * ticket.partSize);
    const progress = (n) => {
      arrived[i] = n;
      sent(arrived.reduce((a, b) => a + b), file.size);
    };
    await sendTo(request, bytes, progress, either);
  };
  let next = 0;
  const work = async () => {
    for (let i = next++; i < ticket.parts; i = next++) await again(TRIES, either, () => part(i));
  };
  try {
    await Promise.all(Array.from({ length: PARTS }, work));
  } finally {
    stop.abort();
  }
}

// sendTo sends bytes exactly as the server has signed it.
async function sendTo(request, bytes, progress, signal) {
  let body = bytes;
  if (request.fields) {
    body = new FormData();
    for (const [name, value] of Object.entries(request.fields)) body.append(name, value);
    body.append("file", bytes);
  }
  const xhr = await send(request.method, new URL(request.url, tickets), {
    headers: request.headers, body, progress, signal,
    lost: say("lost_storage"),
  });
  // 412: it is there already. Browsers repeat a request by themselves when the
  // connection is reset, and what has arrived is checked in any case.
  if (xhr.status >= 300 && xhr.status !== 412) {
    const code = /<Code>(\w+)/.exec(xhr.responseText)?.[1] ?? "";
    throw new Failed(say("answered_storage", { status: xhr.status, code: code || "-" }));
  }
}
