/** The sentences of one language, by code and parameters. */
export class Words {
  constructor(table: object);
  /** The sentence of an error or of the server's problem+json. */
  refusal(error: { code: string; params?: Record<string, unknown>; detail?: string }): string;
  /** What people call files of a media type, such as "Word (.docx)". */
  typeName(type: string): string;
  /** What people call one such file, such as "Word document (.docx)", or "". */
  typeOne(type: string): string;
  /** A size as people read it. */
  bytes(n: number): string;
  /** A text of the element, or "". */
  say(name: string, values?: Record<string, unknown>): string;
}

/** Loads a language such as "de-CH", by default that of the page or else of the browser. English stands in for others. */
export function wordsOf(lang?: string): Promise<Words>;
