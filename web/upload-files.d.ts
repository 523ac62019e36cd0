import type { StoredFile, UploadError, UploadOptions } from "./upload.js";

/**
 * `<upload-files>`: choose, drop or paste files; each is sent by itself and has a row with progress,
 * cancel, pause and retry.
 *
 * Attributes: `url`, `tickets`, `resumable`, `large`, `progress` and `field` as in UploadOptions;
 * `accept` and `multiple` as of an input; `max-size` (bytes of a file, at any door) and `max-files`
 * (at most 1,000); `folder` adds a button except on touch screens, `camera` one on touch screens;
 * `page` takes drops and pastes on the whole page; `name`, `required` and `disabled` as of form
 * controls. The value in a form is the key of each stored file. A slot `hint` replaces the sentence
 * on what is accepted. An element that is removed from the page pauses what it sends.
 *
 * Events: `stored` (detail: file, stored) and `refused` (detail: file, error), the latter also for
 * uploads that may be tried again.
 */
export class UploadFiles extends HTMLElement {
  /** Options of upload: those that were set, such as headers and fields, and else the attributes. */
  get options(): UploadOptions;
  set options(more: Partial<UploadOptions>);
  /** Returns where a stored file can be opened and downloaded. */
  links?: (stored: StoredFile) => { open?: string; download?: string };
  /** The files that are stored and have a row. */
  readonly files: StoredFile[];
  /** Whether files wait, are paused or are on their way. */
  readonly busy: boolean;
  readonly form: HTMLFormElement | null;
  readonly name: string | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  checkValidity(): boolean;
  reportValidity(): boolean;
  /** Queues files, as if they were chosen. Without `multiple` the first one replaces the file before it. */
  add(files: Iterable<File>): void;
  /** Removes the rows that have ended. */
  clear(): void;
}

declare global {
  interface HTMLElementTagNameMap { "upload-files": UploadFiles }
  interface HTMLElementEventMap {
    stored: CustomEvent<{ file: File; stored: StoredFile }>;
    refused: CustomEvent<{ file: File; error: UploadError }>;
  }
}
