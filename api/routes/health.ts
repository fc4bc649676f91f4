import { Router } from '@koa/router';
import type { ApiDeps } from '../deps.ts';

const ANSWER_WITHIN_MS = 2_000;

/**
 * `GET /healthz`: the process lives. `GET /readyz`: it can take postbacks; that takes MongoDB alone, since what Temporal
 * does not hear now it hears from the relay. So Temporal's state is told, but an API without it stays in rotation.
 */
export function healthRoutes({ db, pingTemporal }: ApiDeps): Router {
  const router = new Router();
  router.get('/healthz', (ctx) => {
    ctx.body = { ok: true };
  });
  router.get('/readyz', async (ctx) => {
    const [mongodb, temporal] = await Promise.all([
      ask(() => db.command({ ping: 1 }, { timeoutMS: ANSWER_WITHIN_MS })),
      ask(pingTemporal),
    ]);
    ctx.status = mongodb.ok ? 200 : 503;
    ctx.body = { ready: mongodb.ok, mongodb, temporal };
  });
  return router;
}

async function ask(question: () => Promise<unknown>): Promise<{ ok: boolean; ms: number }> {
  const startedMs = Date.now();
  const ok = await question().then(() => true, () => false);
  return { ok, ms: Date.now() - startedMs };
}
