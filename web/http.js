// The parts of HTTP that all doors need: one request, the reason why it failed, and the next try.

// PAUSE is the reason for AbortController.abort that keeps what has arrived of a resumable upload,
// or of a direct one in parts. The next upload of that file goes on there, also after a reload.
export const PAUSE = new DOMException("The upload is paused.", "AbortError");

// UploadError says why a file was not, or perhaps not, stored: by a code and parameters of
// docs/errors.md or the application, or by a code of this module. The module's codes are "lost",
// "unanswered", "unreadable", and "refused" for a 4xx that codes does not list. If final is true,
// waiting alone does not help.
export class UploadError extends Error {
  constructor(code, params = {}, { detail, ...more } = {}) {
    super(detail ?? code);
    Object.assign(this, { name: "UploadError", code, params, detail, final: false, retryAfter: 0, files: [] }, more);
  }
}

// send sends one request and resolves with the XMLHttpRequest that was answered, whatever the
// status. It does not use fetch, which reports no progress. With once, a connection that is lost
// after the last byte was sent is "unanswered".
export function send(method, url, { headers = {}, body, signal, progress, credentials, kind, once } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const xhr = new XMLHttpRequest();
    let whole = false; // the last byte is on its way
    xhr.open(method, url);
    xhr.withCredentials = credentials === "include";
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    if (body && progress) {
      xhr.upload.onprogress = (e) => {
        whole = e.loaded === e.total;
        progress(e.loaded, e.total);
      };
    }
    const abort = () => xhr.abort();
    signal?.addEventListener("abort", abort);
    xhr.onload = () => resolve(xhr);
    xhr.onerror = xhr.ontimeout = () => reject(new UploadError(once && whole ? "unanswered" : "lost", kind && { kind }));
    xhr.onabort = () => reject(signal?.reason ?? new UploadError("lost")); // without a reason the page is being left
    xhr.onloadend = () => signal?.removeEventListener("abort", abort);
    xhr.send(body);
  });
}

// ask sends a request to the server of the page, with the headers of the options.
export async function ask(method, url, o, more) {
  const own = typeof o.headers === "function" ? await o.headers() : o.headers;
  return send(method, url, { credentials: o.credentials, signal: o.signal, ...more, headers: { ...own, ...more.headers } });
}

// The codes of answers that have none, such as those of a proxy, by status.
const codes = { 401: "unauthenticated", 403: "forbidden", 404: "not_found", 408: "timeout", 413: "too_large", 429: "rate_limited", 503: "busy", 507: "storage_full" };

// refusal makes an error from an answer.
export function refusal(xhr) {
  const { status } = xhr;
  const problem = parse(xhr.responseText) ?? {};
  const known = typeof problem.code === "string";
  const retryAfter = problem.params?.retry_after ?? seconds(xhr.getResponseHeader("Retry-After"));
  const unnamed = status === 429 && !retryAfter ? "busy" : codes[status]; // the sentence of rate_limited names a time
  const code = known ? problem.code : (unnamed ?? (status >= 500 ? "internal" : "refused"));
  const params = problem.params ?? (retryAfter ? { retry_after: retryAfter } : {});
  const final = status < 500 && ![401, 408, 423, 425, 429].includes(status); // 401: people sign in and go on
  return new UploadError(code, params, { detail: known ? problem.detail : undefined, files: problem.files ?? [], final, retryAfter, status });
}

// seconds reads a Retry-After.
function seconds(value) {
  const n = Number(value ?? 0);
  const wait = Math.ceil(Number.isNaN(n) ? (Date.parse(value) - Date.now()) / 1000 : n);
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

// answered returns the JSON of an answer that fits. A page in its place, such as one that asks to
// sign in, says nothing about the file. A handler of the application says by 204 that the file is
// stored, and nothing else.
export function answered(xhr, fits) {
  const answer = xhr.status === 204 ? { files: [{}] } : parse(xhr.responseText);
  if (!fits(answer)) throw strange(xhr);
  return answer;
}

// strange makes the error for a success that is not an answer of the library.
export const strange = ({ status }) => new UploadError("unanswered", { kind: "strange" }, { status });

// passes reports whether waiting alone may help.
export const passes = (e) => !e.final && e.code !== "unanswered" && e.status !== 401;

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page, for example
  }
}

const TRIES = 6; // without progress
const PATIENCE = 120; // seconds; if the server asks for a longer wait, again gives up

// again calls f until it succeeds, fails for good or has failed too often, or the wait is too long.
// After an error whose moved is true, because something arrived, the count starts again.
// A browser reports a file that has changed or is a folder as a lost connection.
export async function again(o, f, may = passes) {
  for (let n = 1; ; n++) {
    try {
      return await f();
    } catch (e) {
      if (!(e instanceof UploadError)) throw e;
      if (["lost", "unanswered"].includes(e.code) && !e.status && !(await o.readable())) throw new UploadError("unreadable", {}, { final: true });
      if (!may(e)) throw e;
      if (e.moved) n = 1;
      const wait = e.retryAfter || 2 ** (n - 1);
      if (n >= TRIES || wait > PATIENCE) throw e;
      o.onProgress({ state: "waiting", seconds: wait, error: e });
      await sleep(wait, o.signal);
    }
  }
}

// sleep waits. It ends early when the browser comes online again.
function sleep(wait, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const end = (settle) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      globalThis.removeEventListener?.("online", go);
      settle(signal.reason);
    };
    const go = end(resolve), stop = end(reject);
    const timer = setTimeout(go, 1000 * wait);
    signal.addEventListener("abort", stop);
    globalThis.addEventListener?.("online", go);
  });
}
