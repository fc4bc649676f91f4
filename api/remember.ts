/**
 * Remembers what `load` found for `ttlMs`. A miss is never remembered, so what was just set up is found at once; a change
 * is seen within `ttlMs`.
 */
export function remember<T>(load: (key: string) => Promise<T | null>, ttlMs: number, nowMs: () => number, entriesMax = 10_000): (key: string) => Promise<T | null> {
  const known = new Map<string, { value: T; untilMs: number }>();
  return async (key) => {
    const hit = known.get(key);
    if (hit && hit.untilMs > nowMs()) return hit.value;
    known.delete(key);
    const value = await load(key);
    if (value === null) return null;
    if (known.size >= entriesMax) known.clear();
    known.set(key, { value, untilMs: nowMs() + ttlMs });
    return value;
  };
}
