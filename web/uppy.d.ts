/**
 * A plugin for Uppy 5 and 6, beside AwsS3 or XHRUpload: `uppy.use(AirlockPlugin)`. It gives files
 * the size that package uppy of the Go library needs, asks for parts, shows the server's reason, and
 * does not send again what was refused for good. While it is installed, it wraps `fetch`, and changes
 * only refusals by AwsS3's endpoint.
 */
export default class AirlockPlugin {
  constructor(uppy: unknown, opts?: AirlockOptions);
  readonly id: string;
  readonly type: "modifier";
  install(): void;
  uninstall(): void;
  setOptions(opts: AirlockOptions): void;
  update(): void;
  afterUpdate(): void;
}

export interface AirlockOptions {
  id?: string;
  /** Leave small files in single requests; Options.Endpoint of package uppy must be set. */
  single?: boolean;
  /** The language of reasons, by default that of the page. Uppy 5 itself shows the server's sentence. */
  lang?: string;
}
