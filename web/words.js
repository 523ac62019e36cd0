// The texts for people, English and German. Each language is loaded when it is needed.

const languages = { en: () => import("./en.js"), de: () => import("./de.js") };

// wordsOf resolves with the texts of a language such as "de-CH", by default that of the page or
// else of the browser.
export async function wordsOf(lang = globalThis.document?.documentElement.lang || globalThis.navigator?.language) {
  const load = languages[String(lang).slice(0, 2).toLowerCase()] ?? languages.en;
  return new Words((await load()).default);
}

// Words writes the sentences of one language.
export class Words {
  constructor(table) { this.table = table; }

  // say returns a text of the element, or "" if none has that name or a value is missing.
  say(name, values = {}) {
    const text = this.table.page[name];
    return (text && this.fill(text, values)) ?? "";
  }

  // refusal returns the sentence of an error. The kind "host" marks a detail of the application,
  // which is returned as it is. Otherwise it returns the first sentence for the code and the kind,
  // or for the code, whose parameters the error has. If none fits, it returns the detail, or a
  // general sentence.
  refusal({ code, params = {}, detail }) {
    const { own, refusals, refused } = this.table;
    if (params.kind === "host" && detail) return detail;
    for (const key of [`${code} ${params.kind}`, code]) {
      for (const sentence of own[key] ?? refusals[key] ?? []) {
        const text = this.fill(sentence, params);
        if (text !== null) return text;
      }
    }
    return detail || refused;
  }

  // typeName returns the short name of a type, and typeOne the name of one file of that type.
  typeName(type) { return this.table.types[type]?.[0] ?? type; }
  typeOne(type) { return this.table.types[type]?.[2] ?? ""; }

  bytes(n) {
    for (const [unit, size] of [["GB", 2 ** 30], ["MB", 2 ** 20], ["KB", 2 ** 10]]) {
      if (n >= size) return `${this.tenths(n, size)} ${unit}`;
    }
    return this.count(n, "byte");
  }

  // fill writes values for the placeholders, and a capital letter first. It returns null if a value
  // is missing.
  fill(sentence, values) {
    let whole = true;
    const text = sentence.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, as) => {
      const value = this.written(values[name], as);
      whole &&= value !== "";
      return value;
    });
    return whole ? text[0].toUpperCase() + text.slice(1) : null;
  }

  written(value, as) {
    if (Array.isArray(value)) return this.list(value, as);
    if (typeof value === "number") return this.number(value, as);
    if (as === "type") return this.table.types[value]?.[1] ?? "";
    return value ?? "";
  }

  number(n, as) {
    if (as === "bytes") return this.bytes(n);
    if (as === "million" && n >= 1e6) return `${this.tenths(n, 1e6)} ${this.table.million}`;
    if (as === undefined || as === "million") return String(n);
    if (as !== "time") return this.count(n, as);
    if (n >= 7200) return this.count(Math.ceil(n / 3600), "hour");
    return n >= 120 ? this.count(Math.ceil(n / 60), "minute") : this.count(n, "second");
  }

  count(n, noun) {
    const [one, many] = this.table.counts[noun];
    return n === 1 ? one : `${n} ${many}`;
  }

  // tenths returns n in units, rounded down to tenths.
  tenths(n, unit) { return String(Math.floor(10 * n / unit) / 10).replace(".", this.table.point); }

  list(items, as) {
    const names = [...new Set(as === "types" ? items.map((t) => this.typeName(t)) : items)];
    const last = names.pop() ?? "";
    return names.length ? `${names.join(", ")} ${this.table.or} ${last}` : last;
  }
}
