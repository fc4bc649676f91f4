import { Problem } from '../problem.ts';

/** The place after which the next page begins: opaque to callers, who only hand it back. */

/** The next page of a list starts after what this one ended with; null where this one was the last. */
export function pageOf<T>(found: readonly T[], limit: number, placeOf: (last: T) => readonly (string | number)[]): { items: T[]; cursor: string | null } {
  const items = found.slice(0, limit);
  return { items, cursor: found.length > limit ? encode(placeOf(items.at(-1)!)) : null };
}

const encode = (place: readonly (string | number)[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** `[ms, id]` of a list by time. */
export function timeCursor(cursor: string | undefined): { at: Date; id: string } | null {
  if (cursor === undefined) return null;
  const [ms, id] = decode(cursor);
  if (!Number.isSafeInteger(ms) || Math.abs(ms as number) > 8.64e15 || typeof id !== 'string') throw unreadable();
  return { at: new Date(ms as number), id };
}

/** `[id]` of a list by id. */
export function idCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id] = decode(cursor);
  if (typeof id !== 'string') throw unreadable();
  return id;
}

function decode(cursor: string): unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place)) return place;
  } catch {
    // Said below, in the same words as for any other text that is no cursor of ours.
  }
  throw unreadable();
}

const unreadable = (): Problem => new Problem(400, 'request_invalid', 'cursor: hand back the cursor of the page before as it came, with the same filter.');
