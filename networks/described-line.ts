import type { z } from 'zod';

/** Lines of JSON that describe something to be tried without a server. */

/** Undefined, which no shape accepts, for a line that is not JSON. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What is wrong with a line that should describe `what` ("a call"). */
export function sentenceOf(error: z.ZodError, what: string): string {
  const issue = error.issues[0];
  if (!issue || issue.path.length === 0) return `The line is not a JSON object that describes ${what}.`;
  return `The line's ${issue.path.join('.')} cannot be used: ${issue.message}.`;
}
