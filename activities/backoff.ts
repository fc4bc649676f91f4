/** The wait before attempt `attempt + 1`: doubled each time up to the longest, with jitter of half of it either way down. */
export function backoffMs(attempt: number, firstMs: number, longestMs: number, random: () => number = Math.random): number {
  const full = Math.min(firstMs * 2 ** Math.min(attempt - 1, 30), longestMs);
  return Math.round(full / 2 + (full / 2) * random());
}
