import type { Router } from '@koa/router';
import type { ApiDeps } from '../../deps.ts';
import { postbacksPage, postbacksQuery, reprocessPostbacks, reprocessPostbacksBody, showPostback } from '../../v1/postbacks.ts';
import { operationIdOf, readJson, readQuery } from '../../v1/request.ts';

/** `/api/v1/postbacks`: what came in, and what became of it. */
export function postbackRoutes(router: Router, deps: ApiDeps): void {
  router.get('/postbacks', async (ctx) => {
    ctx.body = await postbacksPage(deps.db, readQuery(ctx, postbacksQuery), deps.now().getTime());
  });
  router.get('/postbacks/:id', async (ctx) => {
    ctx.body = await showPostback(deps.db, ctx.params.id!);
  });
  router.post('/postbacks/reprocess', async (ctx) => {
    ctx.body = await reprocessPostbacks(deps, await readJson(ctx, reprocessPostbacksBody), ctx.state.who as string, operationIdOf(ctx));
  });
}
