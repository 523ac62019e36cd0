// Uses of the module in TypeScript, which must compile.
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import XHRUpload from "@uppy/xhr-upload";
import { PAUSE, UploadError, upload, type StoredFile } from "./module/upload.js";
import type { UploadFiles } from "./module/upload-files.js";
import AirlockPlugin from "./module/uppy.js";

const uppy = new Uppy();
uppy.use(AirlockPlugin).use(XHRUpload, { endpoint: "/upload" });
const other = new Uppy<{ album: string }, { key: string }>();
other.use(AirlockPlugin, { lang: "de", single: true });
other.getPlugin("Airlock")?.setOptions({ lang: "en" });
void AwsS3;

export async function send(file: File, element: UploadFiles): Promise<StoredFile | string> {
  const stop = new AbortController();
  element.addEventListener("refused", (e) => console.log(e.detail.error.code, e.detail.file.name));
  try {
    return await upload(file, { url: "/upload", resumable: "/resumable/", signal: stop.signal, onProgress: (p) => p.state === "sending" && stop.abort(PAUSE) });
  } catch (e) {
    return e instanceof UploadError ? e.code : "lost";
  }
}
