import { BasePlugin, type Body, type Meta, type Uppy } from "@uppy/core";

/**
 * A plugin for Uppy 5 and 6, beside AwsS3 or XHRUpload: `uppy.use(AirlockPlugin)`. It gives files
 * the size that package uppy of the Go library needs, has AwsS3 send all files in parts (see
 * `single`), shows the server's reason, and does not send again what was refused for good. Uppy 5
 * has its own words for a 401. While the plugin is installed, it wraps `fetch`. In Uppy 6 refusals
 * by AwsS3's endpoint then become errors.
 *
 * It has only the methods that Uppy calls, so it lacks others of BasePlugin, such as `i18n`.
 */
export default class AirlockPlugin<M extends Meta, B extends Body> extends BasePlugin<AirlockOptions, M, B> {
  constructor(uppy: Uppy<M, B>, opts?: AirlockOptions);
}

export interface AirlockOptions {
  /** By default "Airlock". It does not change later. */
  id?: string;
  /** Leave small files in single requests; Options.Endpoint of package uppy must be set. */
  single?: boolean;
  /** The language of reasons, by default that of the page or else of the browser. Uppy 5 itself shows the server's sentence. */
  lang?: string;
}
