// The streamed door: the file goes through the server, in a form or as the whole body.

import { again, answered, ask, refusal } from "./http.js";
import { watch } from "./watch.js";

// sendForm repeats only what should have stored nothing: after a refusal that names a time, and
// after a connection that was lost before the last byte.
export function sendForm(file, o) {
  return again(o, () => once(file, o), (e) => (e.retryAfter > 0 && !e.final) || e.code === "lost");
}

async function once(file, o) {
  const seen = watch(o);
  const progress = (sent, size) => {
    if (sent < size) o.onProgress({ state: "sending", sent: Math.floor(sent / size * file.size), size: file.size });
    else seen.begin();
  };
  o.onProgress({ state: "sending", sent: 0, size: file.size });
  try {
    const { method, headers, body } = o.raw ? raw(file) : form(file, o);
    const xhr = await ask(method, o.url, o, { headers: { ...headers, ...seen.headers }, body, progress, once: true });
    if (xhr.status >= 300) throw refusal(xhr);
    return answered(xhr, (a) => a?.files?.[0]).files[0];
  } finally {
    seen.end();
  }
}

function form(file, { field, fields }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append(field, file, file.name); // the file comes after the text, which the server may need first
  return { method: "POST", body };
}

function raw(file) {
  // RFC 8187 allows fewer characters than encodeURIComponent leaves.
  const name = encodeURIComponent(file.name).replace(/['()*]/g, (c) => "%" + c.charCodeAt(0).toString(16));
  return { method: "PUT", body: file, headers: { "Content-Type": file.type || "application/octet-stream", "Content-Disposition": `attachment; filename*=UTF-8''${name}` } };
}
