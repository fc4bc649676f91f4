/**
 * What a Retry-After header asks for, ms (RFC 9110 10.2.3: seconds, or a date). A date is counted from the answer's own `date`
 * header: classifiers have no clock, and the platform's clock is the one that set the date.
 */
export const retryAfterMs = (headers: Record<string, string>): number | undefined => {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const at = Date.parse(value);
  const now = answeredAtMs(headers);
  return Number.isNaN(at) || now === null ? undefined : Math.max(0, at - now);
};

/** When the platform answered, by its own clock. */
export const answeredAtMs = (headers: Record<string, string>): number | null => {
  const at = Date.parse(headers['date'] ?? '');
  return Number.isNaN(at) ? null : at;
};
