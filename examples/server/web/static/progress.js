// What the server says of an upload that it has whole and has not answered.

const SOON = 400; // ms in which most are answered: then nobody asks

// newID makes an id that nobody guesses. crypto.randomUUID needs https.
export function newID() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

// watch calls told with every status until the function that it returns is
// called. Where events do not come through, nothing is told.
export function watch(id, told) {
  let events;
  const timer = setTimeout(() => {
    events = new EventSource(`/progress/${id}`);
    events.onmessage = (e) => told(JSON.parse(e.data));
    events.onerror = () => events.close();
  }, SOON);
  return () => {
    clearTimeout(timer);
    events?.close();
  };
}
