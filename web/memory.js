// The URL or the ticket by which an upload goes on after a reload of the page.

const PREFIX = "upload ";
const active = new Set(); // two files that look the same do not share an upload

// memoryOf returns the memory of one file at one URL, in localStorage. Without localStorage, as
// where the browser blocks it, nothing is kept.
export function memoryOf(url, file) {
  const key = PREFIX + [new URL(url, globalThis.location?.href), file.webkitRelativePath || file.name, file.size, file.lastModified].join(" ");
  const free = !active.has(key);
  if (free) active.add(key);
  return {
    get: () => (free ? read(key) : undefined),
    set: (value) => free && write(key, value),
    clear: () => free && attempt((s) => s.removeItem(key)),
    close: () => free && active.delete(key),
  };
}

function attempt(f) {
  try {
    return f(globalThis.localStorage);
  } catch {
    return undefined; // localStorage is blocked or full, or a value is not JSON
  }
}

const read = (key) => attempt((s) => {
  const value = JSON.parse(s.getItem(key));
  return value && Date.parse(value.expires) > Date.now() ? value : undefined;
});

// write also removes what has expired.
const write = (key, value) => attempt((s) => {
  for (const k of Object.keys(s)) if (k.startsWith(PREFIX) && !read(k)) s.removeItem(k);
  s.setItem(key, JSON.stringify(value));
});
