/** Why something was not set up: a code for programs, a sentence for the person, and details for a form. Never retried. */
export class SetupError extends Error {
  readonly code: string;
  readonly details: Record<string, unknown> | undefined;
  constructor(code: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** `a`, `b` and `c` for a sentence. */
export const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? 'none') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** The driver's error where a unique index refused a write; `field` is one of the index's fields. */
export const isDuplicateOf = (error: unknown, field: string): boolean => {
  const { code, keyPattern } = (error ?? {}) as { code?: unknown; keyPattern?: Record<string, unknown> };
  return code === 11000 && keyPattern !== undefined && field in keyPattern;
};
