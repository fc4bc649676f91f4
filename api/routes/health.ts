import { Router } from '@koa/router';
import { endingVersionsOf } from '../../setup/ending-versions.ts';
import type { ApiDeps } from '../deps.ts';

const ANSWER_WITHIN_MS = 2_000;

/**
 * `GET /healthz`: the process lives. `GET /readyz`: it can keep postbacks, by whatever way: MongoDB, Temporal, or the spool.
 * So an API without its servers stays in rotation until its disk takes nothing more. `warnings` tells of ad platforms' API
 * versions that end soon.
 */
export function healthRoutes({ db, keys, pingTemporal, spool, now }: ApiDeps): Router {
  const router = new Router();
  const warnings = hourly(() => endingVersionsOf({ db, now: () => now().getTime() }), () => now().getTime());
  router.get('/healthz', (ctx) => {
    ctx.body = { ok: true };
  });
  router.get('/readyz', async (ctx) => {
    const [mongodb, temporal] = await Promise.all([
      ask(() => db.command({ ping: 1 }, { timeoutMS: ANSWER_WITHIN_MS })),
      ask(pingTemporal),
    ]);
    // What does not go to MongoDB is sealed; without a key there is no other way.
    const ready = mongodb.ok || (keys.byId.size > 0 && (temporal.ok || (await spool.takes())));
    ctx.status = ready ? 200 : 503;
    ctx.body = { ready, mongodb, temporal, spool: spool.state(), warnings: mongodb.ok ? await warnings() : [] };
  });
  return router;
}

/** Probes come every few seconds; what they are told changes with the days. */
function hourly(look: () => Promise<string[]>, now: () => number): () => Promise<string[]> {
  let known: { atMs: number; warnings: string[] } | null = null;
  return async () => {
    if (known && now() - known.atMs < 3_600_000) return known.warnings;
    const warnings = await look().catch(() => null); // a store that fails now is asked at the next probe
    if (warnings) known = { atMs: now(), warnings };
    return warnings ?? known?.warnings ?? [];
  };
}

async function ask(question: () => Promise<unknown>): Promise<{ ok: boolean; ms: number }> {
  const startedMs = Date.now();
  const ok = await question().then(() => true, () => false);
  return { ok, ms: Date.now() - startedMs };
}
