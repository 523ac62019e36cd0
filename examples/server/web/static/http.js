// What both ways of sending need of HTTP.

import { refusal, say } from "./words.js";

// Failed says why a file was not stored. State "refused" is final; after
// "failed" it may be tried again, in wait seconds if the server asked for that.
export class Failed extends Error {
  constructor(reason, state = "failed", wait = 0) {
    super(reason);
    this.state = state;
    this.wait = wait;
  }
}

// send sends one request and resolves with the XMLHttpRequest that was answered,
// whatever the status. It is not fetch, which reports no progress.
export function send(method, url, { headers = {}, body, signal, progress, lost = say("lost") } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    if (progress) xhr.upload.onprogress = (e) => progress(e.loaded, e.total);
    const abort = () => xhr.abort();
    signal?.addEventListener("abort", abort);
    xhr.onload = () => resolve(xhr);
    xhr.onerror = () => reject(new Failed(lost));
    xhr.onabort = () => reject(signal?.reason);
    xhr.onloadend = () => signal?.removeEventListener("abort", abort);
    xhr.send(body);
  });
}

// failure makes a Failed of an answer of the server's.
export function failure(xhr) {
  const problem = parse(xhr.responseText);
  const reason = problem?.code ? refusal(problem) : say("answered", { status: xhr.status });
  const wait = xhr.status === 503 ? Number(xhr.getResponseHeader("Retry-After")) : 0;
  return new Failed(reason, xhr.status >= 500 || xhr.status === 408 ? "failed" : "refused", wait);
}

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page, say
  }
}

// again repeats what failed, a few times.
export async function again(tries, signal, f) {
  for (let n = 1; ; n++) {
    try {
      return await f();
    } catch (e) {
      if (e?.state !== "failed" || n === tries) throw e;
      await pause(e.wait || n, signal);
    }
  }
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal.removeEventListener("abort", stop); resolve(); }, 1000 * seconds);
    signal.addEventListener("abort", stop);
  });
}
