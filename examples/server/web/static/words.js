// The words of the page's language: sentences with placeholders, as the server has them, too.

const words = await (await fetch(`/static/${document.documentElement.lang}.json`)).json();

// say is a text of the page's own.
export function say(name, values = {}) {
  return fill(words.script[name] ?? words.page[name], values) ?? "";
}

// refusal is the sentence of what the server says of a request or a file: by its code and its
// parameters alone. The server's sentence is for codes that are not known here.
export function refusal({ code, params = {}, detail }) {
  const sentences = [...(words.refusals[`${code} ${params.kind}`] ?? []), ...(words.refusals[code] ?? [])];
  for (const sentence of sentences) {
    const text = fill(sentence, params);
    if (text !== null) return text;
  }
  return detail || words.refused;
}

// typeName is what people call files of a media type.
export const typeName = (type) => words.types[type]?.[0] ?? type;

export function byteSize(n) {
  for (const [unit, size] of [["GB", 2 ** 30], ["MB", 2 ** 20], ["KB", 2 ** 10]]) {
    if (n >= size) return `${tenths(n, size)} ${unit}`;
  }
  return count(n, "byte");
}

// fill writes values for the placeholders; it is null if one is missing.
function fill(sentence, values) {
  let whole = true;
  const text = sentence.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, as) => {
    const value = written(values[name], as);
    whole &&= value !== "";
    return value;
  });
  return whole ? text[0].toUpperCase() + text.slice(1) : null;
}

function written(value, as) {
  if (Array.isArray(value)) return list(value, as);
  if (typeof value === "number") return number(value, as);
  if (as === "type") return words.types[value]?.[1] ?? "";
  return value ?? "";
}

function number(n, as) {
  if (as === "bytes") return byteSize(n);
  if (as === "million" && n >= 1e6) return `${tenths(n, 1e6)} ${words.million}`;
  if (as === undefined || as === "million") return String(n);
  if (as !== "time") return count(n, as);
  if (n >= 7200) return count(Math.ceil(n / 3600), "hour");
  return n >= 120 ? count(Math.ceil(n / 60), "minute") : count(n, "second");
}

const count = (n, noun) => (n === 1 ? words.counts[noun][0] : `${n} ${words.counts[noun][1]}`);

// tenths is n in units, cut to tenths.
function tenths(n, unit) {
  return String(Math.floor(10 * n / unit) / 10).replace(".", words.point);
}

function list(items, as) {
  const names = [...new Set(as === "types" ? items.map(typeName) : items)];
  const last = names.pop() ?? "";
  return names.length ? `${names.join(", ")} ${words.or} ${last}` : last;
}
