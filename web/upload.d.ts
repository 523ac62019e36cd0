/** A file as the server has stored it. Fields that are not known are absent: all if a handler of yours answers 204. */
export interface StoredFile {
  field?: string;
  /** The name that the client gave. */
  name?: string;
  /** The key in the storage. A handler that gets it from a page must check whose it is. */
  key?: string;
  /** The media type that the server has found. */
  type?: string;
  size?: number;
  width?: number;
  height?: number;
  frames?: number;
  /** Whether metadata such as place, time or device was removed. */
  cleaned?: boolean;
  [more: string]: unknown;
}

/** What the server does with an upload of which all bytes are sent; see upload.ProgressStatus in Go. */
export interface ServerStatus {
  state: "waiting" | "receiving" | "checking" | "committing" | "done" | "refused" | (string & {});
  received?: number;
  total?: number;
  [more: string]: unknown;
}

export type Progress =
  /** Bytes of the file are on their way. After a lost connection sent may fall. */
  | { state: "sending"; sent: number; size: number }
  /** All bytes are sent; the server checks and stores the file. */
  | { state: "checking"; server?: ServerStatus }
  /** The next try is at most so many seconds away. */
  | { state: "waiting"; seconds: number; error: UploadError };

/** URLs of the doors that the server has. At least one is needed. */
export interface Doors {
  /** Takes a form or, with raw, the file as the whole body (upload.Handler). */
  url?: string | URL;
  /** The steps of direct uploads (upload.Presigner). */
  tickets?: string | URL;
  /** Takes resumable uploads by tus 1.0 (upload.Resumer). */
  resumable?: string | URL;
  /** Files of more bytes do not go to url where there is another door. 5 MiB by default. */
  large?: number;
}

export interface UploadOptions extends Doors {
  /** The form field of the file, "file" by default. */
  field?: string;
  /**
   * Text that goes with the file: fields of the form before it, members of the JSON that confirms a
   * direct upload, metadata of a resumable one (upload.ResumeOptions.Done). A raw body has none.
   */
  fields?: Record<string, string>;
  /** Send the file alone to url, by PUT (upload.Handler.Raw). */
  raw?: boolean;
  /** Cancels, or pauses if its reason is PAUSE. */
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** URL before the id of an upload, where the server sends its ServerStatus as events. */
  progress?: string;
  /** Headers for the page's server, such as a token. Storages get none of them. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /** "include" sends cookies to a server of another origin. */
  credentials?: "include" | "same-origin";
  /** The language of errors, by default the page's or else the browser's. There are English and German. */
  lang?: string;
}

/** Why a file is not stored, or why that is not known. Once upload rejects, its message is for the person who chose the file. */
export class UploadError extends Error {
  constructor(code: string, params?: Record<string, unknown>, more?: object);
  /** A code of docs/errors.md or of your application, or "lost", "unanswered", "unreadable" or "refused" (an answer without a code, whose status has none either). */
  code: string;
  params: Record<string, unknown>;
  /** If true, waiting alone does not help. */
  final: boolean;
  /** Seconds after which a new try may succeed, or 0. */
  retryAfter: number;
  /** What the server says of single files. */
  files: { field?: string; name?: string; code: string; reason?: string; params?: Record<string, unknown> }[];
}

/**
 * The reason for AbortController.abort that keeps what has arrived of a resumable upload, or of a
 * direct one in parts. The next upload of the same file to the same URL goes on there, also after a
 * reload of the page. Any other reason cancels.
 */
export const PAUSE: DOMException;

/** Returns which door takes the file, by its size. It throws if doors names none. */
export function doorOf(file: File, doors: Doors): "url" | "tickets" | "resumable";

/**
 * Sends one file and resolves when the server has checked and stored it. A file that is refused
 * for now is sent again after the time that the server asks for, if that is at most two minutes.
 * The promise rejects with an UploadError, the signal's reason, or an error of the page, such as
 * one that headers throws.
 *
 * If the answer to a form or a raw body is lost, the file may be stored or not ("unanswered"), so it
 * is not sent again. A success that is not an answer of the library, such as a page that asks to sign
 * in, is "unanswered", too. The requests of direct and resumable uploads can be repeated, so they are.
 *
 * A handler of your own answers success with upload.JSON and upload.Files, or with 204. Any other
 * body is "unanswered", although the file is stored.
 */
export function upload(file: File, options: UploadOptions): Promise<StoredFile>;
