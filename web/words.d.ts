/** The sentences of one language, by code and parameters. */
export class Words {
  constructor(table: object);
  /** The sentence of an error or of the server's problem+json. */
  refusal(error: { code: string; params?: Record<string, unknown>; detail?: string }): string;
  /** The short name of a media type, such as "Word (.docx)", or the type itself. */
  typeName(type: string): string;
  /** The name of one file of that type, such as "Word document (.docx)", or "". */
  typeOne(type: string): string;
  /** A size as people read it. */
  bytes(n: number): string;
  /** A text of the element, or "". */
  say(name: string, values?: Record<string, unknown>): string;
}

/** Loads a language such as "de-CH", by default that of the page or else of the browser. It loads English for a language that it does not have. */
export function wordsOf(lang?: string): Promise<Words>;
