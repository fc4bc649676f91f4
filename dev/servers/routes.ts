import { LaunchError } from '../launch-error.ts';

/** One way to come by a server: resolves to what it found, or to the reason, in a few words, why it is passed over (empty: not worth a word). */
export interface Route<T> {
  title: string;
  take(): Promise<T | string>;
}

/** Tries the routes in order. The sentence says which was taken and why the earlier ones were not. */
export async function firstRoute<T extends object>(server: string, routes: Route<T>[], remedy: string): Promise<{ found: T; source: string }> {
  const passed: string[] = [];
  for (const route of routes) {
    const found = await route.take().catch((error: Error) => (error instanceof LaunchError ? error.message : Promise.reject(error)));
    if (typeof found !== 'string') return { found, source: `${route.title}${passed.length ? ` (${passed.join('; ')})` : ''}` };
    if (found) passed.push(found);
  }
  throw new LaunchError(`No ${server} here: ${passed.join('; ')}. ${remedy}`);
}
