// A plugin for Uppy 5 and 6, beside its AwsS3 plugin (package uppy in Go) or XHRUpload. It sets
// what the server needs, shows the server's reason, and stops retries after final answers.

import { UploadError, parse, passes, refusal } from "./http.js";
import { wordsOf } from "./words.js";

export default class AirlockPlugin {
  type = "modifier";
  #final = new Map(); // error by the id of the file, with the bytes that it is about
  #told = new Map(); // error by the server's sentence, which is all that Uppy 5 keeps

  constructor(uppy, opts = {}) {
    Object.assign(this, { uppy, id: opts.id ?? "Airlock" });
    this.setOptions(opts);
  }

  install() {
    const { uppy } = this;
    uppy.addPreProcessor(this.#prepare);
    uppy.on("upload-error", this.#failed);
    uppy.on("file-removed", this.#forget);
    const before = globalThis.fetch;
    const own = this.own = (input, init) => (this.own === own ? this.#fetch(before, input, init) : before.call(globalThis, input, init));
    own.before = before;
    globalThis.fetch = own;
  }

  uninstall() {
    const { uppy } = this;
    uppy.removePreProcessor(this.#prepare);
    uppy.off("upload-error", this.#failed);
    uppy.off("file-removed", this.#forget);
    if (globalThis.fetch === this.own) globalThis.fetch = this.own.before;
    this.own = undefined; // if another script has wrapped own, own now only passes on
  }

  setOptions(opts) {
    this.opts = { ...this.opts, ...opts };
    this.words = wordsOf(this.opts.lang).catch(() => null);
  }

  update() {}
  afterUpdate() {}

  get #s3() { return this.uppy.getPlugin("AwsS3") ?? this.uppy.getPlugin("AwsS3Multipart"); }

  // #prepare gives each file its size, which requests are signed for, and ends at once what was
  // refused for good.
  #prepare = async (ids) => {
    this.#configure();
    for (const id of ids) {
      const file = this.uppy.getFile(id);
      this.uppy.setFileMeta(id, { size: file.size });
      const before = this.#final.get(id);
      if (before?.data === file.data) this.uppy.emit("upload-error", this.uppy.getFile(id), before.error);
    }
  };

  // #configure happens with each upload, since the other plugins may come after this one.
  #configure() {
    const s3 = this.#s3, xhr = this.uppy.getPlugin("XHRUpload");
    const { shouldUseMultipart, allowedMetaFields: fields } = s3?.opts ?? {};
    if (s3 && !this.opts.single && shouldUseMultipart !== true) s3.setOptions({ shouldUseMultipart: true });
    if (Array.isArray(fields) && !fields.includes("size")) s3.setOptions({ allowedMetaFields: [...fields, "size"] });
    if (xhr && xhr.opts.shouldRetry !== this.#shouldRetry) xhr.setOptions({ shouldRetry: this.#shouldRetry, onAfterResponse: this.#answered });
  }

  #shouldRetry = (xhr) => {
    if (xhr.status === 0) return true;
    const e = refusal(xhr);
    return passes(e) && !e.retryAfter; // Uppy would not wait
  };

  #answered = async (xhr) => {
    if (xhr.status >= 300) throw await this.#worded(refusal(xhr));
  };

  // #fetch reads the refusals of the steps of AwsS3. Uppy 6 does not show the server's sentence, so
  // #fetch throws an error with it. Uppy 5 shows it, and takes an error of fetch for a broken
  // connection.
  #fetch = async (before, input, init) => {
    const answer = await before.call(globalThis, input, init);
    const { companionEndpoint, endpoint } = this.#s3?.opts ?? {};
    const base = companionEndpoint ?? endpoint;
    if (answer.ok || !base || !String(input.url ?? input).startsWith(`${base}/s3/`)) return answer;
    const body = parse(await answer.clone().text());
    if (typeof body?.error !== "string") return answer;
    const final = answer.status < 500 && ![401, 408, 429].includes(answer.status) && body.error !== "not_uploaded";
    const e = await this.#worded(new UploadError(body.error, body.params, { detail: body.message, final }));
    if (companionEndpoint) throw e;
    this.#told.clear(); // the last is enough: its upload-error follows at once
    this.#told.set(body.message, e);
    return answer;
  };

  #worded = async (e) => {
    const words = await this.words;
    if (words) e.message = words.refusal(e);
    return e;
  };

  #failed = (file, error) => {
    const e = error instanceof UploadError ? error : (this.#told.get(error?.message) ?? this.#told.get(error?.cause?.message));
    if (!file || !e) return;
    if (e.final) this.#final.set(file.id, { error: e, data: file.data });
    this.uppy.info({ message: `${file.name}: ${e.message}` }, "error", 10_000);
  };

  #forget = (file) => this.#final.delete(file.id);
}
