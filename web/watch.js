// The state of an upload on the server, from the file's last byte to the answer.

const SOON = 400; // ms: an upload that is answered sooner needs no request for events

// watch returns the headers that name the upload, and two functions: begin, to be called after the
// last byte, and end, to be called with the answer.
// Where events do not come through, the page sees only that the server is checking.
export function watch(o) {
  let timer, events;
  const id = o.progress && [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const open = () => {
    events = new EventSource(o.progress + id, { withCredentials: o.credentials === "include" });
    events.onmessage = (e) => o.onProgress({ state: "checking", server: JSON.parse(e.data) });
    events.onerror = () => events.close();
  };
  return {
    headers: id ? { "Upload-Id": id } : {},
    begin() {
      if (timer !== undefined) return;
      o.onProgress({ state: "checking" });
      timer = id ? setTimeout(open, SOON) : null;
    },
    end() {
      clearTimeout(timer);
      events?.close();
    },
  };
}
