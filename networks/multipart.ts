import { isDamaged, type Pair } from './urlencoded.ts';

/** The plain fields of a multipart form (PHP's curl sends one when it is given an array); null where the text is none. Files are no part of a report. */
export function multipartPairs(contentType: string, text: string): Pair[] | null {
  const match = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (!boundary) return null;
  const parts = `\r\n${text}`.split(`\n--${boundary}`);
  if (parts.length < 2) return null;
  return parts.slice(1).flatMap((part): Pair[] => {
    const blank = /\r?\n\r?\n/.exec(part);
    if (!blank) return [];
    const head = part.slice(0, blank.index);
    const name = /;\s*name\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(head);
    if (!name || /;\s*filename\*?\s*=/i.test(head)) return [];
    const value = part.slice(blank.index + blank[0].length).replace(/\r?$/, '');
    return [[sound(name[1] ?? name[2] ?? ''), sound(value), value]];
  });
}

const sound = (text: string): string | null => (isDamaged(text) ? null : text);
