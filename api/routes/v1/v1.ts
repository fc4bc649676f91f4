import { Router } from '@koa/router';
import { z } from 'zod';
import type { ApiDeps } from '../../deps.ts';
import { Problem, methodNotAllowed } from '../../problem.ts';
import { metricsOf } from '../../v1/metrics.ts';
import { readQuery } from '../../v1/request.ts';
import { stuck } from '../../v1/stuck.ts';
import { requireToken } from '../../v1/tokens.ts';
import { conversionRoutes } from './conversions.ts';
import { postbackRoutes } from './postbacks.ts';
import { replayRoutes } from './replays.ts';

const stuckQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });

/** `/api/v1`: for operators and their programs, with a bearer token. The `tributary` command is a client of it. */
export function v1Routes(deps: ApiDeps): Router {
  const router = new Router({ prefix: '/api/v1' });
  router.use(requireToken(deps.tokens));
  conversionRoutes(router, deps);
  postbackRoutes(router, deps);
  replayRoutes(router, deps);
  router.get('/stuck', async (ctx) => {
    ctx.body = await stuck(deps.db, deps.now().getTime(), readQuery(ctx, stuckQuery).limit);
  });
  router.get('/metrics', async (ctx) => {
    const { type, text } = await metricsOf(deps);
    ctx.type = type;
    ctx.body = text;
  });
  // What no route took: a known address with another method, or none at all. Asked after the token, so that nobody can feel around.
  router.all('/{*rest}', (ctx) => {
    const allow = router.match(ctx.path, ctx.method).path.flatMap((layer) => (String(layer.path).includes('*') ? [] : layer.methods));
    if (allow.length > 0) throw methodNotAllowed(ctx.method, [...new Set(allow)].sort().join(', '));
    throw new Problem(404, 'not_found', 'There is nothing at this address.');
  });
  return router;
}
