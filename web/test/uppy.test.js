// The plugin for Uppy, with a double of Uppy; integration/browser tests it with real ones.

import assert from "node:assert/strict";
import test from "node:test";
import AirlockPlugin from "../uppy.js";

const none = () => {};
const uppyOf = (endpoint) => ({
  addPreProcessor: none, removePreProcessor: none, on: none, off: none,
  getPlugin: (name) => (name === "AwsS3" ? { opts: { companionEndpoint: endpoint } } : undefined),
});

test("413 is final, and after 401, 408, 429 and 503 people can go on", async (t) => {
  const real = globalThis.fetch;
  t.after(() => { globalThis.fetch = real; });
  for (const [status, final] of [[401, false], [408, false], [413, true], [429, false], [503, false]]) {
    globalThis.fetch = () => Promise.resolve(new Response(JSON.stringify({ error: "mine", message: "No." }), { status }));
    const plugin = new AirlockPlugin(uppyOf("/a"), { lang: "en" });
    plugin.install();
    await assert.rejects(fetch("/a/s3/params"), { final }, String(status));
    plugin.uninstall();
  }
});

test("options can be set later", async (t) => {
  const real = globalThis.fetch;
  t.after(() => { globalThis.fetch = real; });
  globalThis.fetch = () => Promise.resolve(new Response(JSON.stringify({ error: "empty" }), { status: 400 }));
  const plugin = new AirlockPlugin(uppyOf("/a"), { lang: "en" });
  plugin.install();
  plugin.setOptions({ lang: "de" });
  await assert.rejects(fetch("/a/s3/params"), { message: "Die Datei ist leer. Wählen Sie eine andere." });
  plugin.uninstall();
});

test("two plugins leave the fetch of the page, in whatever order they go", async (t) => {
  const real = globalThis.fetch;
  t.after(() => { globalThis.fetch = real; });
  const refused = () => Promise.resolve(new Response(JSON.stringify({ error: "too_large", message: "too large" }), { status: 413 }));
  for (const order of [[0, 1], [1, 0]]) {
    globalThis.fetch = refused;
    const plugins = ["/a", "/b"].map((endpoint) => new AirlockPlugin(uppyOf(endpoint), { lang: "en" }));
    for (const p of plugins) p.install();
    await assert.rejects(fetch("/a/s3/params"), { code: "too_large" });
    await assert.rejects(fetch("/b/s3/params"), { code: "too_large" });
    plugins[order[0]].uninstall();
    assert.equal((await fetch(`${["/a", "/b"][order[0]]}/s3/params`)).status, 413, "a plugin that was removed only passes on");
    await assert.rejects(fetch(`${["/a", "/b"][order[1]]}/s3/params`), { code: "too_large" }, "the other one is there");
    plugins[order[0]].install(); // again, as frameworks do
    plugins[order[0]].uninstall();
    plugins[order[1]].uninstall();
    assert.equal((await fetch("/b/s3/params")).status, 413);
  }
});
