// Sends one file to a server of github.com/airlock-go/upload, by the door that suits its size.

import { sendForm } from "./form.js";
import { PAUSE, UploadError } from "./http.js";

export { PAUSE, UploadError };

const LARGE = 5 * 2 ** 20; // the default of the server's MaxFileSize

// The other doors are loaded on first use.
const doors = {
  url: () => sendForm,
  tickets: async () => (await import("./direct.js")).sendDirect,
  resumable: async () => (await import("./resumable.js")).sendResumable,
};

// doorOf returns the name of the option whose URL takes the file.
export function doorOf(file, { url, tickets, resumable, large = LARGE }) {
  if (url && (file.size <= large || !(tickets || resumable))) return "url";
  if (resumable) return "resumable";
  if (tickets) return "tickets";
  throw new TypeError("upload: one of url, tickets and resumable is needed");
}

// upload resolves with the file as the server describes it, or as far as it is known here. It
// rejects with an UploadError, the signal's reason, or an error of the page, such as one that
// options.headers throws.
export async function upload(file, options) {
  const door = doorOf(file, options);
  const { field = "file", fields = {}, signal = new AbortController().signal, onProgress = () => {} } = options;
  // A file that is gone may have size 0. An empty slice can always be read, so the file itself is read.
  const readable = () => (file.size ? file.slice(0, 1) : file).arrayBuffer().then(() => true, () => false);
  const o = { ...options, field, fields, signal, onProgress, readable };
  const words = import("./words.js").then((m) => m.wordsOf(o.lang)); // now: later there may be no connection
  words.catch(() => {});
  try {
    signal.throwIfAborted();
    return await (await doors[door]())(file, o);
  } catch (e) {
    if (signal.aborted) throw signal.reason;
    if (e instanceof UploadError) throw await worded(e, words);
    throw e;
  }
}

// worded gives an error the sentence for the person who chose the file.
async function worded(e, words) {
  const sentences = await words.catch(() => null);
  if (sentences) e.message = sentences.refusal(e);
  return e;
}
